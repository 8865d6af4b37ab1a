//! A campaign (シナリオ) that has been at work for three weeks when the demo begins: five mails over
//! fourteen days to whoever asked for the brochure (B10), with people at every step.

use std::collections::{BTreeMap, BTreeSet};

use adapters_postgres::PgStore;
use adapters_render::Renderer;
use chrono::{DateTime, TimeDelta, Utc};
use domain::campaigns::{
    ActivatePorts, ActivateRefused, Campaign, CampaignDefinition, CampaignStatus, CampaignStore,
    Delay, DelayUnit, Flow, ReEntry, Step, StepAction, SurroundingsPorts, Trigger, activate,
};
use domain::delivery::{SendHistory, SendState};
use domain::ids::{CampaignId, LeadId, StepId, TenantId};
use domain::scoring;
use domain::tracking::{
    CustomEventInput, Engagement, EngagementLog, EventKey, EventName, MailSource, Properties,
    Subject, custom_event,
};

use super::content::{FOLLOW_UP, Letter};
use super::fill::{Fill, unless_there};
use super::people::{BROCHURE, Person};
use super::sending::{ReceivedMails, links_of, note};

const NAME: &str = "資料請求フォロー";
const EVENT: &str = "brochure_requested";
/// It was activated so many days before the demo was filled.
const AT_WORK_FOR: i64 = 21;
/// The days of the five mails after the request.
const MAIL_DAYS: [i64; 5] = [0, 1, 3, 7, 14];

fn id(tenant: TenantId) -> CampaignId {
    CampaignId::derived(&[b"demo", tenant.uuid().as_bytes(), NAME.as_bytes()])
}

/// Lets people ask for the brochure, one after another over three weeks, and the campaign do what
/// it does. Adds the mails that they got to `received`.
pub(super) fn lead_through(
    fill: &Fill<'_>,
    tenant: TenantId,
    people: &[(LeadId, Person)],
    received: &mut ReceivedMails,
) -> anyhow::Result<()> {
    let began_at = fill.state.filled_at - TimeDelta::days(AT_WORK_FOR);
    begin(fill.store, tenant, began_at)?;
    let requests = requests(people, began_at, fill.state.filled_at);
    for (at, what) in moments(&requests, fill.state.filled_at) {
        if let Some(lead) = what {
            let request = request(tenant, lead, at)?;
            fill.store.append(&[request], &|policy, lead, new| {
                scoring::decide(policy, lead, new)
            })?;
        }
        fill.past.work_at(at)?;
    }
    let asked = requests.into_iter().map(|(_, lead)| lead);
    collect(fill, tenant, asked.collect(), received)
}

/// Activates the campaign as it is saved, so that what it sends from now on leads to where the
/// letters lead now.
pub(super) fn renew(store: &PgStore, tenant: TenantId, now: DateTime<Utc>) -> anyhow::Result<()> {
    let campaign = CampaignStore::find(store, tenant, id(tenant))?;
    let is_at_work = |campaign: &Campaign| campaign.status == CampaignStatus::Active;
    if campaign.as_ref().is_some_and(is_at_work) {
        activated(store, tenant, true, now)?;
    }
    Ok(())
}

fn begin(store: &PgStore, tenant: TenantId, began_at: DateTime<Utc>) -> anyhow::Result<()> {
    let id = id(tenant);
    if CampaignStore::find(store, tenant, id)?.is_none() {
        let made_at = began_at - TimeDelta::hours(2);
        unless_there(CampaignStore::create(
            store,
            tenant,
            &draft(tenant, made_at)?,
        ))?;
    }
    let found = CampaignStore::find(store, tenant, id)?;
    if found.is_some_and(|campaign| campaign.status == CampaignStatus::Draft) {
        activated(store, tenant, false, began_at)?;
    }
    Ok(())
}

fn draft(tenant: TenantId, made_at: DateTime<Utc>) -> anyhow::Result<Campaign> {
    let event = EventName::parse(EVENT)?;
    let properties = BTreeMap::new();
    Ok(Campaign {
        id: id(tenant),
        definition: CampaignDefinition {
            name: NAME.to_owned(),
            description: "資料を請求した方に、2週間で5通のメールを送ります。".to_owned(),
            trigger: Trigger::Custom { event, properties },
            entry: Vec::new(),
            exits: Vec::new(),
            re_entry: ReEntry::AfterFinishing,
            tracking: true,
            flow: Flow {
                steps: FOLLOW_UP.map(|mail| step(tenant, mail)).into(),
            },
        },
        live: None,
        status: CampaignStatus::Draft,
        version: 0,
        enrolled_count: 0,
        completed_count: 0,
        created_by: None,
        created_at: made_at,
        updated_at: made_at,
        activated_at: None,
        paused_at: None,
    })
}

fn step(tenant: TenantId, (letter, days): (&Letter, u32)) -> Step {
    let template = letter.id(tenant);
    Step {
        id: StepId::derived(&[b"demo", template.uuid().as_bytes()]),
        name: letter.name.to_owned(),
        delay: Delay {
            value: days,
            unit: DelayUnit::Days,
        },
        only_if: Vec::new(),
        not_later_than: None,
        action: StepAction::Send {
            template,
            click_hastens: false,
        },
    }
}

fn activated(
    store: &PgStore,
    tenant: TenantId,
    move_along: bool,
    now: DateTime<Utc>,
) -> Result<(), ActivateRefused> {
    let ports = ActivatePorts {
        surroundings: SurroundingsPorts {
            campaigns: store,
            templates: store,
            renderer: &Renderer,
            settings: store,
            listing: store,
        },
        contents: store,
    };
    match activate(&ports, tenant, id(tenant), move_along, now) {
        Ok(_) | Err(ActivateRefused::Changed) => Ok(()),
        Err(refused) => Err(refused),
    }
}

/// Who asks for the brochure, and when: evenly over the time that the campaign is at work.
fn requests(
    people: &[(LeadId, Person)],
    began_at: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<(DateTime<Utc>, LeadId)> {
    let count = (people.len() / 100).clamp(6, 40);
    let asked = |(_, person): &&(LeadId, Person)| person.draft.tags.contains(BROCHURE);
    let who: Vec<LeadId> = people.iter().filter(asked).map(|(lead, _)| *lead).collect();
    // In whole seconds, as exactly as everything that is due is stored.
    let seconds = (until - began_at).num_seconds();
    let pause = TimeDelta::seconds(seconds / i64::try_from(count + 1).unwrap_or(i64::MAX));
    let apart = (who.len() / count).max(1);
    let turns = who.into_iter().step_by(apart).take(count);
    turns
        .scan(began_at, |at, lead| {
            *at += pause;
            Some((*at, lead))
        })
        .collect()
}

/// When something is to be done: a request, or a mail of somebody who asked earlier.
fn moments(
    requests: &[(DateTime<Utc>, LeadId)],
    until: DateTime<Utc>,
) -> BTreeMap<DateTime<Utc>, Option<LeadId>> {
    let mut moments = BTreeMap::new();
    for (asked_at, _) in requests {
        let due = MAIL_DAYS.map(|days| *asked_at + TimeDelta::days(days));
        moments.extend(
            due.into_iter()
                .filter(|at| *at <= until)
                .map(|at| (at, None)),
        );
    }
    moments.extend(requests.iter().map(|(at, lead)| (*at, Some(*lead))));
    moments
}

fn request(tenant: TenantId, lead: LeadId, at: DateTime<Utc>) -> anyhow::Result<Engagement> {
    let input = CustomEventInput {
        subject: Subject::Lead(lead),
        event: EventName::parse(EVENT)?,
        properties: Properties::default(),
        occurred_at: Some(at),
        key: Some(EventKey::Own(format!("demo {lead}"))),
    };
    Ok(custom_event(input, tenant, at)?)
}

fn collect(
    fill: &Fill<'_>,
    tenant: TenantId,
    leads: BTreeSet<LeadId>,
    received: &mut ReceivedMails,
) -> anyhow::Result<()> {
    let links = links_of(fill.store, tenant, MailSource::Campaign(id(tenant)))?;
    for lead in leads {
        let sends = SendHistory::of_lead(fill.store, tenant, lead, 20)?;
        let mut mails: Vec<_> = sends
            .into_iter()
            .filter(|send| send.campaign.is_some() && send.state == SendState::Accepted)
            .filter(|send| send.key.queued_at <= fill.state.filled_at)
            .collect();
        mails.sort_by_key(|send| send.key.queued_at);
        mails.iter().for_each(|send| note(send, &links, received));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::people::person;
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    // B10
    #[test]
    fn the_five_mails_go_out_on_the_days_of_the_specification() {
        let mut day = 0;
        let days = FOLLOW_UP.map(|(_, after)| {
            day += i64::from(after);
            day
        });
        assert_eq!(days, [0, 1, 3, 7, 14]);
        assert_eq!(days, MAIL_DAYS);
    }

    #[test]
    fn people_stand_at_several_steps_of_the_way() {
        for leads in [50, 200, 5_000] {
            let people = (0..leads).map(|number| (LeadId::new(), person(number, now())));
            let people: Vec<_> = people.collect();
            let began_at = now() - TimeDelta::days(AT_WORK_FOR);
            let requests = requests(&people, began_at, now());
            let had = |(at, _): &(DateTime<Utc>, LeadId)| {
                let days = (now() - *at).num_days();
                MAIL_DAYS.iter().filter(|day| **day <= days).count()
            };
            let stages: BTreeSet<usize> = requests.iter().map(had).collect();
            assert!(
                stages.contains(&5) && stages.len() >= 3,
                "{leads}: {stages:?}"
            );
        }
    }
}
