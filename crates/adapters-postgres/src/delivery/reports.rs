//! What reports of providers leave behind.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use domain::delivery::{DeliveryReport, ReportLog, Settlement, Standing, Suppression};
use domain::ids::{TenantId, derived_uuid};
use domain::leads::EmailAddress;
use domain::store::{StoreError, StoreResult};
use domain::tracking::MailRef;
use uuid::Uuid;

use super::daily::DailySends;
use super::history::state_named;
use super::resolve::resolve;
use super::suppressions::suppress;
use crate::PgStore;
use crate::pool::TenantWorkError;
use crate::schema::{leads, send_logs, soft_bounces};

#[derive(Queryable, Selectable)]
#[diesel(table_name = send_logs, check_for_backend(diesel::pg::Pg))]
struct StandingRow {
    state: String,
    state_reason: Option<String>,
    accepted_at: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
    bounced_at: Option<DateTime<Utc>>,
    broadcast_id: Option<Uuid>,
    campaign_id: Option<Uuid>,
}

fn settle_send(
    connection: &mut PgConnection,
    tenant: TenantId,
    mail: &MailRef,
    settlement: &Settlement,
    sends: &mut DailySends,
) -> Result<(), TenantWorkError> {
    let row = send_logs::table.find((tenant.uuid(), mail.queued_at, mail.send.uuid()));
    let found: Option<StandingRow> = row
        .select(StandingRow::as_select())
        .for_update()
        .first(connection)
        .optional()?;
    let Some(found) = found else {
        return Ok(());
    };
    let before = Standing {
        state: state_named(&found.state)?,
        reason: found.state_reason,
        accepted_at: found.accepted_at,
        delivered_at: found.delivered_at,
        bounced_at: found.bounced_at,
    };
    let mut after = before.clone();
    if after.settle(&settlement.effect, settlement.as_of.now) {
        let source = found.broadcast_id.or(found.campaign_id);
        sends.count(settlement.as_of.today, source);
    }
    if after == before {
        return Ok(());
    }
    diesel::update(row)
        .set((
            send_logs::state.eq(after.state.as_str()),
            send_logs::state_reason.eq(after.reason),
            send_logs::accepted_at.eq(after.accepted_at),
            send_logs::delivered_at.eq(after.delivered_at),
            send_logs::bounced_at.eq(after.bounced_at),
            send_logs::updated_at.eq(settlement.as_of.now),
        ))
        .execute(connection)?;
    if after.state != before.state {
        diesel::update(row)
            .set((
                send_logs::next_attempt_at.eq(None::<DateTime<Utc>>),
                send_logs::lease_until.eq(None::<DateTime<Utc>>),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// The address that a report names, or that its lead has now.
fn address_of(
    connection: &mut PgConnection,
    tenant: TenantId,
    settlement: &Settlement,
) -> Result<Option<EmailAddress>, TenantWorkError> {
    if let Some(email) = &settlement.email {
        return Ok(Some(email.clone()));
    }
    let Some(mail) = &settlement.send else {
        return Ok(None);
    };
    let email: Option<String> = leads::table
        .find((tenant.uuid(), mail.lead.uuid()))
        .select(leads::email)
        .first(connection)
        .optional()?;
    let parse = |text: String| EmailAddress::parse(&text).map_err(StoreError::unexpected);
    Ok(email.map(parse).transpose()?)
}

fn settle_address(
    connection: &mut PgConnection,
    tenant: TenantId,
    email: EmailAddress,
    settlement: &Settlement,
) -> QueryResult<()> {
    if settlement.effect.is_soft_bounce() {
        return count_soft_bounce(connection, tenant, &email, settlement);
    }
    if let Some((reason, detail)) = settlement.effect.suppression() {
        let suppression = Suppression {
            email,
            reason,
            detail: detail.map(str::to_owned),
            created_at: settlement.as_of.now,
        };
        suppress(connection, tenant, &suppression)?;
    }
    Ok(())
}

/// A mail that is put off again and again counts once.
fn count_soft_bounce(
    connection: &mut PgConnection,
    tenant: TenantId,
    email: &EmailAddress,
    settlement: &Settlement,
) -> QueryResult<()> {
    let cause = settlement
        .send
        .as_ref()
        .map_or_else(|| settlement.report.clone(), |mail| mail.send.to_string());
    let id = derived_uuid("soft bounce", &[cause.as_bytes()]);
    let of_address = soft_bounces::table
        .filter(soft_bounces::tenant_id.eq(tenant.uuid()))
        .filter(soft_bounces::email.eq(email.as_str()));
    let counted: bool = diesel::select(exists(of_address.filter(soft_bounces::id.eq(id))))
        .get_result(connection)?;
    if !counted {
        diesel::insert_into(soft_bounces::table)
            .values((
                soft_bounces::tenant_id.eq(tenant.uuid()),
                soft_bounces::email.eq(email.as_str()),
                soft_bounces::occurred_at.eq(settlement.as_of.now),
                soft_bounces::id.eq(id),
            ))
            .on_conflict_do_nothing()
            .execute(connection)?;
    }
    Ok(())
}

fn settle(
    connection: &mut PgConnection,
    tenant: TenantId,
    settlements: &[Settlement],
) -> Result<(), TenantWorkError> {
    let mut of_sends: Vec<(&MailRef, &Settlement)> = settlements
        .iter()
        .filter_map(|settlement| Some((settlement.send.as_ref()?, settlement)))
        .collect();
    of_sends.sort_by_key(|(mail, _)| mail.send);
    let mut sends = DailySends::default();
    for (mail, settlement) in of_sends {
        settle_send(connection, tenant, mail, settlement, &mut sends)?;
    }
    let mut of_addresses = Vec::new();
    for settlement in settlements {
        if let Some(email) = address_of(connection, tenant, settlement)? {
            of_addresses.push((email, settlement));
        }
    }
    of_addresses.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (email, settlement) in of_addresses {
        settle_address(connection, tenant, email, settlement)?;
    }
    Ok(sends.write(connection, tenant)?)
}

impl ReportLog for PgStore {
    fn resolve(
        &self,
        tenant: TenantId,
        reports: &[DeliveryReport],
    ) -> StoreResult<Vec<Option<MailRef>>> {
        self.in_tenant(tenant, |connection| {
            Ok(resolve(connection, tenant, reports)?)
        })
    }

    fn settle(&self, tenant: TenantId, settlements: &[Settlement]) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| settle(connection, tenant, settlements))
    }
}
