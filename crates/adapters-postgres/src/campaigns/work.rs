//! Broadcasts, for the workers.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use domain::campaigns::{Broadcast, BroadcastStatus, BroadcastWork, StartedContent};
use domain::content::TemplateSource;
use domain::delivery::{MailContent, SendCause, SendState};
use domain::ids::{BroadcastId, LeadId, TenantId};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use super::row::BroadcastRow;
use crate::PgStore;
use crate::pool::TenantWorkError;
use crate::schema::{broadcasts, links, send_logs};

const DRAFT: &str = BroadcastStatus::Draft.as_str();
const PREPARING: &str = BroadcastStatus::Preparing.as_str();
const SENDING: &str = BroadcastStatus::Sending.as_str();

fn start(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    content: &StartedContent,
    started_at: DateTime<Utc>,
) -> Result<bool, TenantWorkError> {
    let started = diesel::update(broadcasts::table.find((tenant.uuid(), id.uuid())))
        .filter(broadcasts::status.eq(DRAFT))
        .set((
            broadcasts::status.eq(PREPARING),
            broadcasts::subject.eq(&content.source.subject),
            broadcasts::html.eq(&content.source.html),
            broadcasts::text_body.eq(&content.source.text),
            broadcasts::started_at.eq(started_at),
        ))
        .execute(connection)?;
    if started == 0 {
        return Ok(false);
    }
    let mut rows = Vec::with_capacity(content.links.len());
    for (index, url) in content.links.iter().enumerate() {
        let index = i16::try_from(index).map_err(StoreError::unexpected)?;
        rows.push((
            links::tenant_id.eq(tenant.uuid()),
            links::broadcast_id.eq(id.uuid()),
            links::link_index.eq(index),
            links::url.eq(url),
        ));
    }
    // A statement takes a limited number of values.
    for chunk in rows.chunks(1_000) {
        diesel::insert_into(links::table)
            .values(chunk)
            .execute(connection)?;
    }
    Ok(true)
}

/// The template of a broadcast that is still to be prepared after this lead.
fn template_of_preparing(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    after: Option<LeadId>,
) -> QueryResult<Option<Uuid>> {
    let found: Option<(Uuid, Option<Uuid>)> = broadcasts::table
        .find((tenant.uuid(), id.uuid()))
        .filter(broadcasts::status.eq(PREPARING))
        .select((broadcasts::template_id, broadcasts::prepared_up_to))
        .for_update()
        .first(connection)
        .optional()?;
    let after = after.map(LeadId::uuid);
    Ok(found.and_then(|(template, up_to)| (up_to == after).then_some(template)))
}

fn queue_sends(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    after: Option<LeadId>,
    causes: &[SendCause],
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let Some(template) = template_of_preparing(connection, tenant, id, after)? else {
        return Ok(false);
    };
    let rows: Vec<_> = causes
        .iter()
        .map(|cause| {
            let key = cause.key();
            (
                send_logs::tenant_id.eq(tenant.uuid()),
                send_logs::queued_at.eq(key.queued_at),
                send_logs::id.eq(key.id.uuid()),
                send_logs::lead_id.eq(cause.lead.uuid()),
                send_logs::broadcast_id.eq(id.uuid()),
                send_logs::template_id.eq(template),
                send_logs::state.eq(SendState::Queued.as_str()),
                send_logs::next_attempt_at.eq(now),
                send_logs::updated_at.eq(now),
            )
        })
        .collect();
    let queued = diesel::insert_into(send_logs::table)
        .values(&rows)
        .on_conflict_do_nothing()
        .execute(connection)?;
    let queued = i32::try_from(queued).unwrap_or(i32::MAX);
    let up_to = causes.last().map(|cause| cause.lead).or(after);
    diesel::update(broadcasts::table.find((tenant.uuid(), id.uuid())))
        .set((
            broadcasts::prepared_up_to.eq(up_to.map(LeadId::uuid)),
            broadcasts::recipients.eq(broadcasts::recipients + queued),
        ))
        .execute(connection)?;
    Ok(true)
}

fn complete_if_done(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let open_states = SendState::ALL
        .into_iter()
        .filter(|state| state.is_open())
        .map(SendState::as_str);
    let open = send_logs::table
        .filter(send_logs::tenant_id.eq(tenant.uuid()))
        .filter(send_logs::broadcast_id.eq(id.uuid()))
        .filter(send_logs::state.eq_any(open_states));
    let completed = diesel::update(broadcasts::table.find((tenant.uuid(), id.uuid())))
        .filter(broadcasts::status.eq(SENDING))
        .filter(not(exists(open)))
        .set((
            broadcasts::status.eq(BroadcastStatus::Completed.as_str()),
            broadcasts::finished_at.eq(now),
        ))
        .execute(connection)?;
    Ok(completed > 0)
}

impl BroadcastWork for PgStore {
    fn start(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        content: &StartedContent,
        started_at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            start(connection, tenant, id, content, started_at)
        })
    }

    fn at_work(&self, tenant: TenantId) -> StoreResult<Vec<Broadcast>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<BroadcastRow> = broadcasts::table
                .filter(broadcasts::tenant_id.eq(tenant.uuid()))
                .filter(broadcasts::status.eq_any([PREPARING, SENDING]))
                .order((broadcasts::started_at, broadcasts::id))
                .select(BroadcastRow::as_select())
                .load(connection)?;
            let found: StoreResult<Vec<_>> = rows.into_iter().map(Broadcast::try_from).collect();
            Ok(found?)
        })
    }

    fn queue_sends(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        after: Option<LeadId>,
        causes: &[SendCause],
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(queue_sends(connection, tenant, id, after, causes, now)?)
        })
    }

    fn finish_preparing(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let finished = diesel::update(broadcasts::table.find((tenant.uuid(), id.uuid())))
                .filter(broadcasts::status.eq(PREPARING))
                .set(broadcasts::status.eq(SENDING))
                .execute(connection)?;
            Ok(finished > 0)
        })
    }

    fn complete_if_done(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(complete_if_done(connection, tenant, id, now)?)
        })
    }

    fn content(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<Option<MailContent>> {
        type Kept = (Option<String>, Option<String>, Option<String>, bool);
        self.in_tenant(tenant, |connection| {
            let kept: Option<Kept> = broadcasts::table
                .find((tenant.uuid(), id.uuid()))
                .select((
                    broadcasts::subject,
                    broadcasts::html,
                    broadcasts::text_body,
                    broadcasts::tracking,
                ))
                .first(connection)
                .optional()?;
            Ok(kept.and_then(|(subject, html, text, tracking)| {
                Some(MailContent {
                    source: TemplateSource {
                        subject: subject?,
                        html: html?,
                        text,
                    },
                    tracking,
                })
            }))
        })
    }

    fn links(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<Vec<String>> {
        self.in_tenant(tenant, |connection| {
            Ok(links::table
                .filter(links::tenant_id.eq(tenant.uuid()))
                .filter(links::broadcast_id.eq(id.uuid()))
                .order(links::link_index)
                .select(links::url)
                .load(connection)?)
        })
    }
}
