//! What staff are to do and are told, and what other programs are told.

use chrono::{DateTime, TimeDelta, Utc};
use domain::automation::{Carrier, ClaimedReaction, Reaction, ReactionKind, StaffReaction, worded};
use domain::ids::UserId;
use domain::leads::Lead;
use domain::notifications::{
    CallOutcome, MESSAGE_MAX, Notice, Notification, TellPorts, Told, WebhookPorts, WebhookWish,
    call_webhook, marketers, recipients, tell,
};
use domain::store::{StoreError, StoreResult};
use domain::tasks::{TaskPorts, TaskWish, open_task};
use domain::tenancy::Tenant;

use crate::reactions::again_at;
use crate::{Ports, Stop, Turn};

/// Reactions that a worker takes at once; few, because each may wait for somebody outside.
const BATCH: u32 = 5;
/// How long a worker may hold them. Programs that do not answer take less than half of it.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// What carrying a reaction out came to.
enum Outcome {
    /// It is done.
    Done,
    /// It is worth another try.
    NotNow(String),
    /// It never will be.
    Never(String),
}

/// Carries out what is due of a carrier that reaches people or programs, for every tenant in turn.
///
/// What is carried out twice, because a worker died in between, opens one task, tells everybody
/// once, and calls a program twice under the same id.
///
/// # Errors
/// `Unavailable` if the storage is away.
pub fn serve_staff(ports: &Ports, carrier: Carrier, stop: &Stop) -> StoreResult<Turn> {
    let mut turn = Turn::Idle;
    for tenant in ports.tenants.list()? {
        let (queue, claimed_at) = (&*ports.reactions, (ports.clock)());
        let claimed = queue.claim_due(tenant.id, carrier, BATCH, LEASE, claimed_at)?;
        for claimed in &claimed {
            // What is left when time runs out comes again when the lease is over.
            if stop.is_set() || (ports.clock)() - claimed_at > LEASE / 2 {
                return Ok(turn);
            }
            turn = Turn::Worked;
            settle(ports, &tenant, claimed)?;
        }
    }
    Ok(turn)
}

fn settle(ports: &Ports, tenant: &Tenant, claimed: &ClaimedReaction) -> StoreResult<()> {
    let (reaction, now) = (&claimed.reaction, (ports.clock)());
    let outcome = match carry_out(ports, tenant, reaction, now) {
        Ok(outcome) => outcome,
        Err(error @ StoreError::Unavailable(_)) => return Err(error),
        Err(error) => Outcome::NotNow(error.to_string()),
    };
    let (reason, again_at) = match outcome {
        Outcome::Done => return ports.reactions.done(tenant.id, reaction.id, now),
        Outcome::NotNow(reason) => (reason, again_at(claimed.attempts, now)),
        Outcome::Never(reason) => (reason, None),
    };
    let (id, queue) = (reaction.id, &*ports.reactions);
    tracing::warn!(tenant = %tenant.id, reaction = %id, reason, ?again_at, "nobody could be reached");
    if again_at.is_none() {
        give_up(ports, tenant, reaction, &reason, now)?;
    }
    queue.failed(tenant.id, id, &reason, again_at)
}

fn carry_out(
    ports: &Ports,
    tenant: &Tenant,
    reaction: &Reaction,
    now: DateTime<Utc>,
) -> StoreResult<Outcome> {
    let Some(lead) = ports.leads.find(tenant.id, reaction.lead)? else {
        // Erased in the meantime: there is nobody to speak of.
        return Ok(Outcome::Done);
    };
    let ReactionKind::Staff(wish) = &reaction.kind else {
        return Err(StoreError::unexpected("what is for campaigns is theirs"));
    };
    match wish {
        StaffReaction::CreateTask {
            title,
            assignee,
            due_at,
            campaign,
        } => {
            let wish = TaskWish {
                reaction: reaction.id,
                campaign: *campaign,
                title,
                assignee: *assignee,
                due_at: *due_at,
            };
            open_task(&task_ports(ports), tenant.id, &lead, &wish, now).map(|_is_new| Outcome::Done)
        }
        StaffReaction::Notify { user, message } => {
            notify(ports, tenant, reaction, &lead, (*user, message), now)
        }
        StaffReaction::Webhook {
            url,
            campaign,
            step,
            at,
        } => {
            let wish = WebhookWish {
                reaction: reaction.id,
                at: *at,
                url,
                campaign: *campaign,
                step: *step,
            };
            let called = call_webhook(&webhook_ports(ports), tenant.id, &lead, &wish, now)?;
            Ok(match called {
                CallOutcome::Taken => Outcome::Done,
                CallOutcome::NotNow { reason } => Outcome::NotNow(reason),
                CallOutcome::Never { reason } => Outcome::Never(reason),
            })
        }
    }
}

fn notify(
    ports: &Ports,
    tenant: &Tenant,
    reaction: &Reaction,
    lead: &Lead,
    (wanted, message): (Option<UserId>, &str),
    now: DateTime<Utc>,
) -> StoreResult<Outcome> {
    let text = worded(&*ports.renderer, message, lead, MESSAGE_MAX);
    let users = ports.users.list(tenant.id)?;
    let told: Vec<_> = recipients(&users, wanted, lead.owner)
        .into_iter()
        .map(|user| {
            let notice = Notice::Message { text: text.clone() };
            let about = Some(lead.id);
            let one = Notification::of_reaction(reaction.id, user.id, notice, about, now);
            (one, user)
        })
        .collect();
    let told = tell(&tell_ports(ports), tenant, &told, Some(lead), now)?;
    Ok(match told {
        Told::Everybody => Outcome::Done,
        Told::NotByMail(reason) => Outcome::NotNow(reason),
    })
}

/// A program that was not reached is told to those who mend campaigns. A task or a notice that
/// failed is a fault of ours or of the mail provider, which the log and the settings show.
fn give_up(
    ports: &Ports,
    tenant: &Tenant,
    reaction: &Reaction,
    reason: &str,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let url = match &reaction.kind {
        ReactionKind::Staff(StaffReaction::Webhook { url, .. }) => url,
        ReactionKind::Staff(StaffReaction::CreateTask { .. } | StaffReaction::Notify { .. })
        | ReactionKind::Enroll { .. }
        | ReactionKind::Hasten { .. } => return Ok(()),
    };
    let users = ports.users.list(tenant.id)?;
    let told: Vec<Notification> = marketers(&users)
        .into_iter()
        .map(|user| {
            let notice = Notice::WebhookFailed {
                url: url.clone(),
                reason: reason.to_owned(),
            };
            let about = Some(reaction.lead);
            Notification::of_reaction(reaction.id, user.id, notice, about, now)
        })
        .collect();
    ports.inbox.put(tenant.id, &told).map(drop)
}

fn task_ports(ports: &Ports) -> TaskPorts<'_> {
    TaskPorts {
        tasks: &*ports.tasks,
        users: &*ports.users,
        renderer: &*ports.renderer,
    }
}

fn tell_ports(ports: &Ports) -> TellPorts<'_> {
    TellPorts {
        inbox: &*ports.inbox,
        settings: &*ports.settings,
        mailers: &*ports.mailers,
        address: &ports.address,
    }
}

fn webhook_ports(ports: &Ports) -> WebhookPorts<'_> {
    WebhookPorts {
        campaigns: &*ports.campaigns,
        secrets: &*ports.webhook_secrets,
        keys: &ports.keys,
        webhooks: &*ports.webhooks,
    }
}
