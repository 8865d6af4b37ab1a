//! The rules by which a tenant sends, as they are stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use domain::delivery::{Halt, HaltedBy, SendingPolicy};
use domain::ids::TenantId;
use domain::store::{StoreError, StoreResult};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::schema::sending_policies;
use crate::statement::statement;

#[derive(Queryable, Selectable)]
#[diesel(table_name = sending_policies, check_for_backend(diesel::pg::Pg))]
pub(super) struct StoredPolicy {
    frequency_cap: Option<i16>,
    send_window: Option<Value>,
    warm_up: Option<Value>,
    auto_pause: bool,
    halted_at: Option<DateTime<Utc>>,
    halted_by: Option<String>,
}

/// The columns of the rules alone; what is not there is emptied.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = sending_policies, treat_none_as_null = true)]
pub(super) struct PolicyColumns {
    frequency_cap: Option<i16>,
    send_window: Option<Value>,
    warm_up: Option<Value>,
    auto_pause: bool,
}

impl PolicyColumns {
    pub(super) fn of(policy: &SendingPolicy) -> StoreResult<Self> {
        let cap = policy.frequency_cap.map(i16::try_from).transpose();
        Ok(Self {
            frequency_cap: cap.map_err(StoreError::unexpected)?,
            send_window: written(policy.window.as_ref())?,
            warm_up: written(policy.warm_up.as_ref())?,
            auto_pause: policy.auto_pause,
        })
    }
}

const SET_HALT: &str = "
    INSERT INTO sending_policies AS stored (tenant_id, halted_at, halted_by, updated_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant_id) DO UPDATE SET halted_at = $2, halted_by = $3, updated_at = $4
    WHERE stored.halted_at IS NULL";

/// `false` if everything is stopped, or not, already.
pub(super) fn set_halt(
    connection: &mut PgConnection,
    tenant: TenantId,
    halt: Option<Halt>,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let Some(halt) = halt else {
        // Who has no rules has not stopped anything.
        let resumed = diesel::update(sending_policies::table.find(tenant.uuid()))
            .filter(sending_policies::halted_at.is_not_null())
            .set((
                sending_policies::halted_at.eq(None::<DateTime<Utc>>),
                sending_policies::halted_by.eq(None::<String>),
                sending_policies::updated_at.eq(now),
            ))
            .execute(connection)?;
        return Ok(resumed > 0);
    };
    let changed = statement(SET_HALT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(halt.at)
        .bind::<Text, _>(halt.by.as_str())
        .bind::<Timestamptz, _>(now)
        .execute(connection)?;
    Ok(changed > 0)
}

impl TryFrom<StoredPolicy> for SendingPolicy {
    type Error = StoreError;

    fn try_from(row: StoredPolicy) -> StoreResult<Self> {
        let halt = row.halted_at.map(|at| {
            // Whatever it is that stopped everything: it is stopped.
            let by = row.halted_by.as_deref().and_then(HaltedBy::parse);
            let by = by.unwrap_or(HaltedBy::Staff);
            Halt { at, by }
        });
        Ok(Self {
            frequency_cap: row.frequency_cap.map(i16::unsigned_abs),
            window: read(row.send_window)?,
            warm_up: read(row.warm_up)?,
            auto_pause: row.auto_pause,
            halt,
        })
    }
}

fn written(rule: Option<&impl Serialize>) -> StoreResult<Option<Value>> {
    let json = rule.map(serde_json::to_value).transpose();
    json.map_err(StoreError::unexpected)
}

fn read<T: DeserializeOwned>(json: Option<Value>) -> StoreResult<Option<T>> {
    let rule = json.map(serde_json::from_value).transpose();
    rule.map_err(StoreError::unexpected)
}
