//! The broadcasts of the past month: started, prepared and dispatched by the product itself, with
//! the clock of those days.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread;

use adapters_render::Renderer;
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Asia::Tokyo;
use domain::campaigns::{
    Broadcast, BroadcastDraft, BroadcastStatus, BroadcastStore, BroadcastWork, StartPorts,
    StartRefused, prepare_step, start_broadcast,
};
use domain::delivery::{
    DispatchPorts, MailContent, MailContents, Mailer, OpenSource, OutgoingMail, ProviderKind,
    SendCause, SendHistory, SendLog, SendOutcome, SendState, SendingTenant, dispatch,
};
use domain::ids::{BroadcastId, LeadId, TenantId};
use domain::leads::AsOf;
use domain::tenancy::Locale;
use domain::tracking::{MailSource, PageUrl};

use super::behaviour::Received;
use super::content::{LIVE, PAST, Planned, sender_profile};
use super::fill::{Fill, unless_there};

/// Mails that each person got, oldest first.
pub(super) type ReceivedMails = HashMap<LeadId, Vec<Received>>;

/// Sends taken at once by one thread.
const CLAIM: u32 = 100;
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// The machine composes mails while PostgreSQL writes them down.
const THREADS: usize = 4;

/// Sends the broadcasts that are not sent yet, and says who got what.
pub(super) fn send_past_broadcasts(
    fill: &Fill<'_>,
    tenant: TenantId,
) -> anyhow::Result<ReceivedMails> {
    let mut received = ReceivedMails::new();
    for past in &PAST {
        let started_at = past.started_at(fill.state.filled_at);
        let id = past.id(tenant);
        start(fill, tenant, past, started_at)?;
        prepare(fill, tenant, id, started_at)?;
        send(fill, tenant, id, started_at)?;
        collect(fill, tenant, id, started_at, &mut received)?;
    }
    Ok(received)
}

fn as_of(now: DateTime<Utc>) -> AsOf {
    AsOf {
        now,
        today: now.with_timezone(&Tokyo).date_naive(),
    }
}

/// Starts a broadcast of today, which the workers carry out as soon as they run: so that the
/// mailbox is not empty when somebody first looks at it.
pub(super) fn start_live_broadcast(fill: &Fill<'_>, tenant: TenantId) -> anyhow::Result<()> {
    start(fill, tenant, &LIVE, Utc::now())
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

fn prepare(
    fill: &Fill<'_>,
    tenant: TenantId,
    id: BroadcastId,
    started_at: DateTime<Utc>,
) -> anyhow::Result<()> {
    let mut broadcast = found(fill, tenant, id)?;
    while prepare_step(
        fill.store,
        fill.store,
        tenant,
        &mut broadcast,
        as_of(started_at),
    )? {}
    Ok(())
}

fn found(fill: &Fill<'_>, tenant: TenantId, id: BroadcastId) -> anyhow::Result<Broadcast> {
    BroadcastStore::find(fill.store, tenant, id)?.context("a broadcast of the demo is gone")
}

fn send(
    fill: &Fill<'_>,
    tenant: TenantId,
    id: BroadcastId,
    started_at: DateTime<Utc>,
) -> anyhow::Result<()> {
    if found(fill, tenant, id)?.status != BroadcastStatus::Sending {
        return Ok(());
    }
    let at = minute_of(started_at, fill.state.tries);
    requeue_interrupted(fill, tenant, id, at)?;
    let content = MailContents::content(fill.store, tenant, found(fill, tenant, id)?.content())?
        .context("a broadcast of the demo has no content")?;
    let from = SendingTenant {
        tenant,
        sender: sender_profile(started_at),
        opens: OpenSource::Pixel,
        honeypot: false,
        locale: Locale::Ja,
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS)
            .map(|_| scope.spawn(|| send_due(fill, &from, &content, at)))
            .collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .map_err(|_panic| anyhow::anyhow!("sending the demo's mail panicked"))?
        })
    })?;
    BroadcastWork::complete_if_done(fill.store, tenant, id, at + TimeDelta::minutes(4))?;
    Ok(())
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

fn send_due(
    fill: &Fill<'_>,
    from: &SendingTenant,
    content: &MailContent,
    at: DateTime<Utc>,
) -> anyhow::Result<()> {
    let ports = DispatchPorts {
        leads: fill.store,
        log: fill.store,
        renderer: &Renderer,
        links: fill.links,
        mailer: &PastMailer,
        clock: &|| as_of(at),
    };
    loop {
        let claimed = SendLog::claim_due(fill.store, from.tenant, CLAIM, LEASE, at)?;
        if claimed.is_empty() {
            return Ok(());
        }
        for send in claimed {
            dispatch(&ports, from, content, &send)?;
        }
    }
}

/// Took mails weeks ago. Nobody keeps what was in them; what the demo sends from now on goes to the
/// mailbox.
struct PastMailer;

impl Mailer for PastMailer {
    fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        SendOutcome::Accepted {
            provider_message_id: format!("demo-{}", mail.send),
        }
    }

    fn kind(&self) -> ProviderKind {
        ProviderKind::Outbox
    }
}

fn collect(
    fill: &Fill<'_>,
    tenant: TenantId,
    id: BroadcastId,
    started_at: DateTime<Utc>,
    received: &mut ReceivedMails,
) -> anyhow::Result<()> {
    let links: Arc<[PageUrl]> = fill
        .store
        .links_of(tenant, MailSource::Broadcast(id))?
        .iter()
        .map(|link| PageUrl::parse(&link.url))
        .collect::<Result<_, _>>()?;
    let mut after = None;
    loop {
        let accepted = Some(SendState::Accepted);
        let sends = SendHistory::of_broadcast(fill.store, tenant, id, accepted, after, 1_000)?;
        let Some(last) = sends.last() else {
            return Ok(());
        };
        after = Some(last.key.id);
        for send in &sends {
            let cause = SendCause::Broadcast {
                broadcast: id,
                started_at,
                lead: send.lead,
            };
            received.entry(send.lead).or_default().push(Received {
                cause,
                links: Arc::clone(&links),
            });
        }
    }
}
