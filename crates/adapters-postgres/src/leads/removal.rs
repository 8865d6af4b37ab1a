//! Deleting leads.

use diesel::dsl::{count_star, now};
use diesel::prelude::*;
use domain::ids::{LeadId, TenantId};
use domain::leads::{LeadRemoval, LeadTraces};
use domain::store::StoreResult;
use uuid::Uuid;

use super::row::leads_of;
use crate::PgStore;
use crate::schema::{
    engagement_events, erased_subjects, leads, score_history, send_logs, visitors, web_sessions,
};

/// The rows of one lead in a table that has no foreign key to it.
macro_rules! of_lead {
    ($table:ident, $tenant:ident, $lead:ident) => {
        $table::table
            .filter($table::tenant_id.eq($tenant.uuid()))
            .filter($table::lead_id.eq($lead.uuid()))
    };
}

impl LeadRemoval for PgStore {
    fn traces(&self, tenant: TenantId, lead: LeadId) -> StoreResult<LeadTraces> {
        self.in_tenant(tenant, |connection| {
            let engagements: i64 = of_lead!(engagement_events, tenant, lead)
                .select(count_star())
                .first(connection)?;
            let score_lines: i64 = of_lead!(score_history, tenant, lead)
                .select(count_star())
                .first(connection)?;
            let mails: i64 = of_lead!(send_logs, tenant, lead)
                .select(count_star())
                .first(connection)?;
            Ok(LeadTraces {
                engagements: engagements.unsigned_abs(),
                score_lines: score_lines.unsigned_abs(),
                mails: mails.unsigned_abs(),
            })
        })
    }

    fn remove(&self, tenant: TenantId, lead: LeadId) -> StoreResult<bool> {
        loop {
            let removed = self.in_tenant(tenant, |connection| {
                Ok(match lock(connection, tenant, lead)? {
                    Locked::Nobody => Some(false),
                    Locked::Changed => None,
                    Locked::With(browsers) => {
                        bury(connection, tenant, lead, browsers)?;
                        Some(true)
                    }
                })
            })?;
            if let Some(removed) = removed {
                return Ok(removed);
            }
        }
    }
}

/// What was found where a lead is to be removed.
enum Locked {
    /// No such lead.
    Nobody,
    /// The lead, with another browser than a moment ago: all of it must be locked anew.
    Changed,
    /// The lead with its browsers.
    With(Vec<Uuid>),
}

/// Locks the lead's browsers and then the lead, the order of everyone who writes about them.
fn lock(connection: &mut PgConnection, tenant: TenantId, lead: LeadId) -> QueryResult<Locked> {
    let browsers = || {
        of_lead!(visitors, tenant, lead)
            .order(visitors::id)
            .select(visitors::id)
    };
    let locked: Vec<Uuid> = browsers().for_update().load(connection)?;
    let found = leads_of(tenant)
        .filter(leads::id.eq(lead.uuid()))
        .for_update()
        .select(leads::id)
        .first::<Uuid>(connection)
        .optional()?;
    if found.is_none() {
        return Ok(Locked::Nobody);
    }
    let theirs: Vec<Uuid> = browsers().load(connection)?;
    Ok(if theirs == locked {
        Locked::With(locked)
    } else {
        Locked::Changed
    })
}

/// Notes that lead and browsers were erased, so that what is still on its way from them is dropped,
/// and deletes all they did, with what the browsers did too long ago to join the lead. Tags, visitors, roll-ups and grants go with the lead by their foreign
/// keys.
fn bury(
    connection: &mut PgConnection,
    tenant: TenantId,
    lead: LeadId,
    browsers: Vec<Uuid>,
) -> QueryResult<()> {
    let of_browsers = engagement_events::table
        .filter(engagement_events::tenant_id.eq(tenant.uuid()))
        .filter(engagement_events::lead_id.is_null())
        .filter(engagement_events::visitor_id.eq_any(&browsers));
    diesel::delete(of_browsers).execute(connection)?;
    let subjects = std::iter::once(lead.uuid()).chain(browsers);
    let erased: Vec<_> = subjects
        .map(|subject| {
            (
                erased_subjects::tenant_id.eq(tenant.uuid()),
                erased_subjects::subject_id.eq(subject),
                erased_subjects::erased_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(erased_subjects::table)
        .values(erased)
        .on_conflict_do_nothing()
        .execute(connection)?;
    diesel::delete(of_lead!(engagement_events, tenant, lead)).execute(connection)?;
    diesel::delete(of_lead!(score_history, tenant, lead)).execute(connection)?;
    diesel::delete(of_lead!(send_logs, tenant, lead)).execute(connection)?;
    diesel::delete(of_lead!(web_sessions, tenant, lead)).execute(connection)?;
    diesel::delete(leads_of(tenant).filter(leads::id.eq(lead.uuid()))).execute(connection)?;
    Ok(())
}
