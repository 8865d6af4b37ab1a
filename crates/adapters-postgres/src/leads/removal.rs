//! Deleting leads.

use diesel::dsl::count_star;
use diesel::prelude::*;
use domain::ids::{LeadId, TenantId};
use domain::leads::{LeadRemoval, LeadTraces};
use domain::store::StoreResult;

use super::row::leads_of;
use crate::PgStore;
use crate::schema::{engagement_events, leads, score_history, send_logs, web_sessions};

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
        self.in_tenant(tenant, |connection| {
            // The lead is locked first, as everyone does who writes about it; tags, visitors,
            // roll-ups and grants go with it by their foreign keys.
            let found = leads_of(tenant)
                .filter(leads::id.eq(lead.uuid()))
                .for_update()
                .select(leads::id)
                .first::<uuid::Uuid>(connection)
                .optional()?;
            if found.is_none() {
                return Ok(false);
            }
            diesel::delete(of_lead!(engagement_events, tenant, lead)).execute(connection)?;
            diesel::delete(of_lead!(score_history, tenant, lead)).execute(connection)?;
            diesel::delete(of_lead!(send_logs, tenant, lead)).execute(connection)?;
            diesel::delete(of_lead!(web_sessions, tenant, lead)).execute(connection)?;
            diesel::delete(leads_of(tenant).filter(leads::id.eq(lead.uuid())))
                .execute(connection)?;
            Ok(true)
        })
    }
}
