//! Which database this is, and how often a process was started on it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Uuid as SqlUuid};
use domain::store::StoreResult;
use uuid::Uuid;

use crate::PgStore;
use crate::error::store_error;
use crate::statement::statement;

/// What a database knows of its starts. Among those with one id, the one with more is the newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Starts {
    /// Which database it is. One that was restored gets another.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Which one it was before it was restored.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub before_id: Option<Uuid>,
    /// How often a process was started on it.
    #[diesel(sql_type = BigInt)]
    pub starts: i64,
}

const READ: &str = "SELECT id, before_id, starts FROM installation";
const COUNT: &str = "
    INSERT INTO installation AS known (id, starts) VALUES ($1, 1)
    ON CONFLICT (is_only) DO UPDATE SET starts = known.starts + 1
    RETURNING id, before_id, starts";
const RENEW: &str = "
    INSERT INTO installation AS known (id, starts) VALUES ($1, 1)
    ON CONFLICT (is_only) DO UPDATE SET id = $1, starts = 1, before_id = known.id
    RETURNING id, before_id, starts";

impl PgStore {
    /// What the database knows; `None` before its first start.
    ///
    /// # Errors
    /// Only those of the storage itself.
    pub fn starts(&self) -> StoreResult<Option<Starts>> {
        let mut connection = self.connection()?;
        let read = statement(READ).get_result(&mut connection);
        read.optional().map_err(store_error)
    }

    /// Counts one more.
    ///
    /// # Errors
    /// Only those of the storage itself.
    pub fn count_start(&self) -> StoreResult<Starts> {
        self.write_starts(COUNT)
    }

    /// Counts the first start of what is a database of its own from now on.
    ///
    /// # Errors
    /// Only those of the storage itself.
    pub fn begin_anew(&self) -> StoreResult<Starts> {
        self.write_starts(RENEW)
    }

    fn write_starts(&self, sql: &'static str) -> StoreResult<Starts> {
        let mut connection = self.connection()?;
        statement(sql)
            .bind::<SqlUuid, _>(Uuid::now_v7())
            .get_result(&mut connection)
            .map_err(store_error)
    }
}
