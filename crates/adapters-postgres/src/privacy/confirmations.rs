//! Those who were asked to confirm their address.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use domain::delivery::SuppressionReason;
use domain::ids::{ConfirmationId, ConsentId, LeadId, TenantId};
use domain::privacy::{Confirmation, ConfirmationStore, Consent, ConsentHow, Funnel, SaidBy};
use domain::store::StoreResult;
use uuid::Uuid;

use super::consents::{insert, keep_lead};
use crate::PgStore;
use crate::campaigns::go_on;
use crate::schema::{confirmation_requests as requests, leads, suppressions};

#[derive(Queryable, Selectable)]
#[diesel(table_name = requests, check_for_backend(diesel::pg::Pg))]
struct RequestRow {
    id: Uuid,
    lead_id: Uuid,
    holds_mail: bool,
    source: String,
    shown_text: Option<String>,
    requested_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    visited_at: Option<DateTime<Utc>>,
    confirmed_at: Option<DateTime<Utc>>,
}

impl From<RequestRow> for Confirmation {
    fn from(row: RequestRow) -> Self {
        Self {
            id: ConfirmationId::from_uuid(row.id),
            lead: LeadId::from_uuid(row.lead_id),
            holds_mail: row.holds_mail,
            source: row.source,
            shown_text: row.shown_text,
            requested_at: row.requested_at,
            sent_at: row.sent_at,
            visited_at: row.visited_at,
            confirmed_at: row.confirmed_at,
        }
    }
}

/// One question of a tenant.
macro_rules! question {
    ($tenant:ident, $id:ident) => {
        requests::table
            .filter(requests::tenant_id.eq($tenant.uuid()))
            .filter(requests::id.eq($id.uuid()))
    };
}

impl ConfirmationStore for PgStore {
    fn confirmation(
        &self,
        tenant: TenantId,
        id: ConfirmationId,
    ) -> StoreResult<Option<Confirmation>> {
        self.in_tenant(tenant, |connection| {
            let found: Option<RequestRow> = question!(tenant, id)
                .select(RequestRow::as_select())
                .first(connection)
                .optional()?;
            Ok(found.map(Confirmation::from))
        })
    }

    fn confirmation_of(&self, tenant: TenantId, lead: LeadId) -> StoreResult<Option<Confirmation>> {
        self.in_tenant(tenant, |connection| {
            let found: Option<RequestRow> = requests::table
                .find((tenant.uuid(), lead.uuid()))
                .select(RequestRow::as_select())
                .first(connection)
                .optional()?;
            Ok(found.map(Confirmation::from))
        })
    }

    fn ask(
        &self,
        tenant: TenantId,
        question: &Confirmation,
    ) -> StoreResult<Option<ConfirmationId>> {
        let said = (
            requests::source.eq(&question.source),
            requests::shown_text.eq(&question.shown_text),
            requests::requested_at.eq(question.requested_at),
        );
        self.in_tenant(tenant, |connection| {
            if !keep_lead(connection, tenant, question.lead)? {
                return Ok(None);
            }
            begin_anew(connection, tenant, question)?;
            let id: Uuid = diesel::insert_into(requests::table)
                .values((
                    requests::tenant_id.eq(tenant.uuid()),
                    requests::lead_id.eq(question.lead.uuid()),
                    requests::id.eq(question.id.uuid()),
                    requests::holds_mail.eq(question.holds_mail),
                    said,
                ))
                .on_conflict((requests::tenant_id, requests::lead_id))
                .do_update()
                .set(said)
                .returning(requests::id)
                .get_result(connection)?;
            Ok(Some(ConfirmationId::from_uuid(id)))
        })
    }

    fn note_asked(
        &self,
        tenant: TenantId,
        id: ConfirmationId,
        at: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            diesel::update(question!(tenant, id))
                .set(requests::sent_at.eq(at))
                .execute(connection)?;
            Ok(())
        })
    }

    fn note_visited(
        &self,
        tenant: TenantId,
        id: ConfirmationId,
        at: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            diesel::update(question!(tenant, id).filter(requests::visited_at.is_null()))
                .set(requests::visited_at.eq(at))
                .execute(connection)?;
            Ok(())
        })
    }

    fn confirm(
        &self,
        tenant: TenantId,
        id: ConfirmationId,
        network: Option<String>,
        at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let open: Option<RequestRow> = question!(tenant, id)
                .filter(requests::confirmed_at.is_null())
                .select(RequestRow::as_select())
                .for_update()
                .first(connection)
                .optional()?;
            let open = open.map(Confirmation::from);
            let Some(open) = open.filter(|open| !open.is_expired(at)) else {
                return Ok(false);
            };
            diesel::update(question!(tenant, id))
                .set(requests::confirmed_at.eq(at))
                .execute(connection)?;
            lift_refusal(connection, tenant, open.lead)?;
            go_on(connection, tenant, open.lead, at)?;
            insert(connection, tenant, &consent(open, network, at))?;
            Ok(true)
        })
    }

    fn funnel(&self, tenant: TenantId, since: DateTime<Utc>) -> StoreResult<Funnel> {
        self.in_tenant(tenant, |connection| {
            let (requested, visited, confirmed): (i64, i64, i64) = requests::table
                .filter(requests::tenant_id.eq(tenant.uuid()))
                .filter(requests::requested_at.ge(since))
                .select((
                    count_star(),
                    diesel::dsl::count(requests::visited_at),
                    diesel::dsl::count(requests::confirmed_at),
                ))
                .first(connection)?;
            Ok(Funnel {
                requested: requested.unsigned_abs(),
                visited: visited.unsigned_abs(),
                confirmed: confirmed.unsigned_abs(),
            })
        })
    }
}

/// Puts the question in the place of one that was answered.
fn begin_anew(
    connection: &mut PgConnection,
    tenant: TenantId,
    question: &Confirmation,
) -> QueryResult<()> {
    let never = None::<DateTime<Utc>>;
    diesel::update(requests::table.find((tenant.uuid(), question.lead.uuid())))
        .filter(requests::confirmed_at.is_not_null())
        .set((
            requests::id.eq(question.id.uuid()),
            requests::holds_mail.eq(false),
            requests::sent_at.eq(never),
            requests::visited_at.eq(never),
            requests::confirmed_at.eq(never),
        ))
        .execute(connection)
        .map(drop)
}

fn consent(asked: Confirmation, network: Option<String>, at: DateTime<Utc>) -> Consent {
    Consent {
        id: ConsentId::derived(&[b"confirmation", asked.id.uuid().as_bytes()]),
        lead: asked.lead,
        given_at: asked.requested_at,
        how: ConsentHow::DoubleOptIn,
        source: asked.source,
        shown_text: asked.shown_text,
        network,
        recorded_by: SaidBy::Person,
        confirmed_at: Some(at),
    }
}

/// Who refused mail earlier and confirms now wants mail; what others stopped stays stopped.
fn lift_refusal(connection: &mut PgConnection, tenant: TenantId, lead: LeadId) -> QueryResult<()> {
    let email = leads::table
        .find((tenant.uuid(), lead.uuid()))
        .select(leads::email)
        .first::<String>(connection)
        .optional()?;
    let Some(email) = email else {
        return Ok(());
    };
    diesel::delete(suppressions::table.find((tenant.uuid(), email)))
        .filter(suppressions::reason.eq(SuppressionReason::Unsubscribed.as_str()))
        .execute(connection)
        .map(drop)
}
