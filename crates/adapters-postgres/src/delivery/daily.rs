//! How many mails a broadcast or campaign sent on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Uuid as SqlUuid};
use domain::ids::TenantId;
use uuid::Uuid;

use crate::statement::statement;

/// Sends to be counted, by day and source.
#[derive(Default)]
pub(super) struct DailySends(BTreeMap<(NaiveDate, Uuid), i64>);

impl DailySends {
    /// One more; a mail without a source belongs to no report.
    pub(super) fn count(&mut self, day: NaiveDate, source: Option<Uuid>) {
        if let Some(source) = source {
            *self.0.entry((day, source)).or_default() += 1;
        }
    }

    /// Adds the counts, in the order of the keys, so that two writers never wait for each other.
    pub(super) fn write(self, connection: &mut PgConnection, tenant: TenantId) -> QueryResult<()> {
        for ((day, source), sends) in self.0 {
            statement(include_str!("daily.sql"))
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<Date, _>(day)
                .bind::<SqlUuid, _>(source)
                .bind::<BigInt, _>(sends)
                .execute(connection)?;
        }
        Ok(())
    }
}
