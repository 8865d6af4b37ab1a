//! The broadcasts of the past month: started, prepared and dispatched by the product itself, with
//! the clock of those days.

use std::collections::HashMap;

use adapters_postgres::PgStore;
use adapters_render::Renderer;
use chrono::{DateTime, TimeDelta, Utc};
use domain::campaigns::{
    BroadcastDraft, BroadcastStore, StartPorts, StartRefused, start_broadcast,
};
use domain::delivery::{MailContents, Send, SendHistory, SendLog, SendState};
use domain::ids::{BroadcastId, ContentId, LeadId, TenantId};
use domain::tracking::{MailRef, MailSource, PageUrl};

use super::behaviour::{Links, Received};
use super::content::{LIVE, PAST, Planned};
use super::fill::{Fill, unless_there};

/// Mails that each person got, oldest first.
pub(super) type ReceivedMails = HashMap<LeadId, Vec<Received>>;

/// Longer than a worker may hold mails.
const LEASE: TimeDelta = TimeDelta::minutes(15);

/// Sends the broadcasts that are not sent yet, and says who got what.
pub(super) fn send_past_broadcasts(
    fill: &Fill<'_>,
    tenant: TenantId,
) -> anyhow::Result<ReceivedMails> {
    let mut received = ReceivedMails::new();
    for past in &PAST {
        let started_at = past.started_at(fill.state.filled_at);
        let at = minute_of(started_at, fill.state.tries);
        start(fill, tenant, past, started_at)?;
        requeue_interrupted(fill, tenant, past.id(tenant), at)?;
        fill.past.work_at(at)?;
        collect(fill, tenant, past.id(tenant), &mut received)?;
    }
    Ok(received)
}

/// Starts a broadcast of today, which the workers carry out as soon as they run: so that the
/// mailbox is not empty when somebody first looks at it.
pub(super) fn start_live_broadcast(fill: &Fill<'_>, tenant: TenantId) -> anyhow::Result<()> {
    start(fill, tenant, &LIVE, fill.now)
}

fn start(
    fill: &Fill<'_>,
    tenant: TenantId,
    planned: &Planned,
    started_at: DateTime<Utc>,
) -> anyhow::Result<()> {
    let id = planned.id(tenant);
    if BroadcastStore::find(fill.store, tenant, id)?.is_none() {
        let draft = BroadcastDraft {
            name: planned.name.to_owned(),
            template: planned.letter.id(tenant),
            audience: (planned.audience)(fill.state.filled_at),
            tracking: true,
            hourly_limit: None,
            ab_test: None,
        };
        let broadcast = draft.into_broadcast(id, None, started_at - TimeDelta::hours(2));
        unless_there(BroadcastStore::create(fill.store, tenant, &broadcast))?;
    }
    let ports = StartPorts {
        broadcasts: fill.store,
        work: fill.store,
        templates: fill.store,
        renderer: &Renderer,
        settings: fill.store,
    };
    match start_broadcast(&ports, tenant, id, started_at) {
        Ok(()) | Err(StartRefused::NotADraft) => Ok(()),
        Err(refused) => Err(refused.into()),
    }
}

/// When the mails of a broadcast went out, as far as the demo tells. Each try to fill it is later
/// than all leases of the try before, so that it can take over what that left behind.
fn minute_of(started_at: DateTime<Utc>, tries: u32) -> DateTime<Utc> {
    let lease = LEASE + TimeDelta::minutes(1);
    let earlier = i32::try_from(tries.saturating_sub(1)).unwrap_or(i32::MAX);
    started_at + TimeDelta::minutes(1) + lease * earlier
}

/// A start that was killed in the middle left sends that nobody holds. None of them reached
/// anybody: the mailer of the past is in this process.
fn requeue_interrupted(
    fill: &Fill<'_>,
    tenant: TenantId,
    id: BroadcastId,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    SendLog::recover_expired(fill.store, tenant, now)?;
    let unknown = Some(SendState::Unknown);
    for send in SendHistory::of_broadcast(fill.store, tenant, id, unknown, None, 1_000)? {
        SendLog::resend_unknown(fill.store, tenant, send.key.id, now)?;
    }
    Ok(())
}

fn collect(
    fill: &Fill<'_>,
    tenant: TenantId,
    id: BroadcastId,
    received: &mut ReceivedMails,
) -> anyhow::Result<()> {
    let links = links_of(fill.store, tenant, MailSource::Broadcast(id))?;
    let mut after = None;
    loop {
        let accepted = Some(SendState::Accepted);
        let sends = SendHistory::of_broadcast(fill.store, tenant, id, accepted, after, 1_000)?;
        let Some(last) = sends.last() else {
            return Ok(());
        };
        after = Some(last.key.id);
        for send in &sends {
            note(send, &links, received);
        }
    }
}

/// The links of a broadcast or campaign, by the content that they stand in.
pub(super) fn links_of(
    store: &PgStore,
    tenant: TenantId,
    source: MailSource,
) -> anyhow::Result<HashMap<ContentId, Links>> {
    let mut links: HashMap<ContentId, Vec<(u16, PageUrl)>> = HashMap::new();
    for link in store.links_of(tenant, source)? {
        let target = PageUrl::parse(&link.url)?;
        let of_content = links.entry(link.content).or_default();
        of_content.push((link.link_index, target));
    }
    let shared = links
        .into_iter()
        .map(|(content, links)| (content, links.into()));
    Ok(shared.collect())
}

/// Notes that somebody got this mail.
pub(super) fn note(send: &Send, links: &HashMap<ContentId, Links>, received: &mut ReceivedMails) {
    let links = send.content.and_then(|content| links.get(&content));
    let mail = MailRef {
        send: send.key.id,
        lead: send.lead,
        queued_at: send.key.queued_at,
        source: send.source(),
        event: None,
    };
    received.entry(send.lead).or_default().push(Received {
        mail,
        links: links.cloned().unwrap_or_default(),
    });
}
