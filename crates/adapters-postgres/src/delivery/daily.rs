//! How many mails a broadcast or campaign sent on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::ids::TenantId;
use uuid::Uuid;

use crate::schema::daily_delivery;

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
            diesel::insert_into(daily_delivery::table)
                .values((
                    daily_delivery::tenant_id.eq(tenant.uuid()),
                    daily_delivery::day.eq(day),
                    daily_delivery::source_id.eq(source),
                    daily_delivery::sends.eq(sends),
                ))
                .on_conflict((
                    daily_delivery::tenant_id,
                    daily_delivery::day,
                    daily_delivery::source_id,
                ))
                .do_update()
                .set(daily_delivery::sends.eq(daily_delivery::sends + sends))
                .execute(connection)?;
        }
        Ok(())
    }
}
