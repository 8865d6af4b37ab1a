//! What the ports of campaigns and of automation promise.

mod advancing;
mod enrolling;
mod lifecycle;
mod reactions;
mod sending;
mod standing_still;
mod steps;

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::automation::ReactionQueue;
use domain::campaigns::{
    Advance, Campaign, CampaignDefinition, CampaignStatus, CampaignStore, CampaignVersion,
    CampaignWork, Enrolled, Enrollment, EnrollmentStore, EnrollmentTrace, Flow, Onward, ReEntry,
    StepEffect, StepExecution, StepOutcome, Trigger,
};
use domain::delivery::{NewSend, SendCause, SendHistory, SendLog, SendWatch, Suppressions};
use domain::ids::{CampaignId, EnrollmentId, LeadId, TenantId};
use domain::leads::{LeadDraft, LeadStore};
use domain::privacy::{ConfirmationStore, PreferenceStore, TopicStore};
use domain::scoring::ScoreHistory;
use domain::tracking::{EngagementLog, MailRef, MailSource};

use crate::builders::delivery::address;
use crate::builders::tenancy::at;

pub use advancing::*;
pub use enrolling::*;
pub use lifecycle::*;
pub use reactions::*;
pub use sending::*;
pub use standing_still::*;
pub(crate) use steps::*;

/// The ports over one storage, and two tenants that exist in it.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the fields are the ports of those names")]
pub struct CampaignPorts<'a> {
    pub tenant: TenantId,
    pub other_tenant: TenantId,
    pub leads: &'a dyn LeadStore,
    pub campaigns: &'a dyn CampaignStore,
    pub enrollments: &'a dyn EnrollmentStore,
    pub work: &'a dyn CampaignWork,
    pub reactions: &'a dyn ReactionQueue,
    pub suppressions: &'a dyn Suppressions,
    pub topics: &'a dyn TopicStore,
    pub preferences: &'a dyn PreferenceStore,
    pub confirmations: &'a dyn ConfirmationStore,
    pub watch: &'a dyn SendWatch,
    pub log: &'a dyn SendLog,
    pub sends: &'a dyn SendHistory,
    pub engagements: &'a dyn EngagementLog,
    pub scores: &'a dyn ScoreHistory,
}

/// How long contracts hold somebody.
pub(crate) const LEASE: TimeDelta = TimeDelta::minutes(5);
/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

impl<'a> CampaignPorts<'a> {
    /// One storage for all of them.
    pub fn of<S>(store: &'a S, [tenant, other_tenant]: [TenantId; 2]) -> Self
    where
        S: LeadStore
            + CampaignStore
            + EnrollmentStore
            + CampaignWork
            + ReactionQueue
            + Suppressions
            + TopicStore
            + PreferenceStore
            + ConfirmationStore
            + SendWatch
            + SendLog
            + SendHistory
            + EngagementLog
            + ScoreHistory,
    {
        Self {
            tenant,
            other_tenant,
            leads: store,
            campaigns: store,
            enrollments: store,
            work: store,
            reactions: store,
            suppressions: store,
            topics: store,
            preferences: store,
            confirmations: store,
            watch: store,
            log: store,
            sends: store,
            engagements: store,
            scores: store,
        }
    }

    /// A lead with this name before its address.
    pub(crate) fn lead(&self, name: &str) -> LeadId {
        let draft = LeadDraft::new(address(&format!("{name}@example.com")));
        self.leads.create(self.tenant, draft, at(0)).unwrap().id
    }

    /// A draft with this flow.
    pub(crate) fn draft(&self, flow: &Flow, re_entry: ReEntry) -> CampaignId {
        let campaign = Campaign {
            id: CampaignId::new(),
            definition: CampaignDefinition {
                name: "資料請求の追客".to_owned(),
                description: "資料請求から三日".to_owned(),
                trigger: Trigger::Manual,
                entry: Vec::new(),
                exits: Vec::new(),
                re_entry,
                tracking: true,
                flow: flow.clone(),
            },
            live: None,
            status: CampaignStatus::Draft,
            version: 0,
            enrolled_count: 0,
            completed_count: 0,
            created_by: None,
            created_at: at(0),
            updated_at: at(0),
            activated_at: None,
            paused_at: None,
        };
        self.campaigns.create(self.tenant, &campaign).unwrap();
        campaign.id
    }

    /// An active campaign with this flow.
    pub(crate) fn active(&self, flow: &Flow, re_entry: ReEntry) -> CampaignId {
        let id = self.draft(flow, re_entry);
        let version = CampaignVersion {
            re_entry,
            ..version(id, 1, flow, 0)
        };
        assert!(self.activate(&version, false, 0));
        id
    }

    /// An active campaign of two mails that this lets people into.
    pub(crate) fn opened_by(&self, trigger: Trigger) -> CampaignId {
        let flow = two_mails();
        let id = self.draft(&flow, ReEntry::Never);
        let version = CampaignVersion {
            trigger,
            ..version(id, 1, &flow, 0)
        };
        assert!(self.activate(&version, false, 0));
        id
    }

    /// Saves a change, as staff do in the builder.
    pub(crate) fn save(&self, id: CampaignId, change: impl FnOnce(&mut CampaignDefinition)) {
        let Campaign {
            mut definition,
            updated_at,
            ..
        } = self.campaign(id);
        change(&mut definition);
        let (tenant, now) = (self.tenant, updated_at + TimeDelta::seconds(1));
        let updated = (self.campaigns).update(tenant, id, &definition, updated_at, now);
        assert!(updated.unwrap());
    }

    pub(crate) fn activate(
        &self,
        version: &CampaignVersion,
        move_along: bool,
        seconds: i64,
    ) -> bool {
        self.campaigns
            .activate(self.tenant, version, move_along, at(seconds))
            .unwrap()
    }

    pub(crate) fn set_status(&self, id: CampaignId, next: CampaignStatus, seconds: i64) -> bool {
        self.campaigns
            .change_status(self.tenant, id, next, at(seconds))
            .unwrap()
    }

    pub(crate) fn campaign(&self, id: CampaignId) -> Campaign {
        self.campaigns.find(self.tenant, id).unwrap().unwrap()
    }

    /// Lets one lead in; the occasion is a word.
    pub(crate) fn enroll(
        &self,
        campaign: CampaignId,
        lead: LeadId,
        occasion: &str,
        seconds: i64,
    ) -> Enrolled {
        let cause = cause(campaign, lead, occasion);
        let answers = self
            .enrollments
            .enroll(self.tenant, campaign, &[cause], at(seconds))
            .unwrap();
        answers[0]
    }

    /// A lead who comes in at the beginning.
    pub(crate) fn enrolled(&self, campaign: CampaignId, lead: LeadId) -> EnrollmentId {
        now(self.enroll(campaign, lead, "first", 0))
    }

    pub(crate) fn claim(&self, seconds: i64) -> Vec<Enrollment> {
        self.work
            .claim_due(self.tenant, 100, LEASE, at(seconds))
            .unwrap()
    }

    pub(crate) fn claim_one(&self, seconds: i64) -> Enrollment {
        let claimed = self.claim(seconds);
        let [one] = claimed.try_into().unwrap();
        one
    }

    pub(crate) fn apply(&self, claimed: &Enrollment, advance: &Advance, seconds: i64) -> bool {
        self.work
            .apply(self.tenant, claimed, advance, at(seconds))
            .unwrap()
    }

    pub(crate) fn trace(&self, id: EnrollmentId) -> EnrollmentTrace {
        self.enrollments.trace(self.tenant, id).unwrap().unwrap()
    }

    /// Sends the mail of the step that a claimed enrollment waits for and goes on; the mail as
    /// clicks name it.
    pub(crate) fn send_and_go_on(
        &self,
        claimed: &Enrollment,
        onward: Onward,
        seconds: i64,
    ) -> MailRef {
        let (advance, mail) = self.sending(claimed, onward, seconds);
        assert!(self.apply(claimed, &advance, seconds));
        mail
    }

    /// What sending the mail of the step that somebody waits for comes to.
    pub(crate) fn sending(
        &self,
        claimed: &Enrollment,
        onward: Onward,
        seconds: i64,
    ) -> (Advance, MailRef) {
        let step = claimed.next_step.unwrap();
        let version = self
            .work
            .version(self.tenant, claimed.campaign, claimed.version)
            .unwrap()
            .unwrap();
        let (_, content) = version.contents.iter().find(|(of, _)| *of == step).unwrap();
        let send = NewSend {
            cause: SendCause::Step {
                campaign: claimed.campaign,
                enrollment: claimed.id,
                step,
                due_at: claimed.next_at.unwrap(),
                lead: claimed.lead,
            },
            content: content.id,
            template: content.template,
            variant: None,
            due_at: Some(at(seconds)),
            expires_at: None,
        };
        let key = send.cause.key();
        let advance = Advance {
            executions: vec![StepExecution {
                step,
                at: at(seconds),
                outcome: StepOutcome::Sent(key),
            }],
            effects: vec![StepEffect::Send(send)],
            since: at(seconds),
            onward,
        };
        let mail = MailRef {
            send: key.id,
            lead: claimed.lead,
            queued_at: key.queued_at,
            source: Some(MailSource::Campaign(claimed.campaign)),
            event: None,
        };
        (advance, mail)
    }
}

/// Those of the claimed, by their ids.
pub(crate) fn ids(claimed: &[Enrollment]) -> BTreeSet<EnrollmentId> {
    claimed.iter().map(|enrollment| enrollment.id).collect()
}

/// Writes one test for each contract; `$on_storage` gives it the ports over an empty storage.
#[macro_export]
macro_rules! campaign_contracts {
    ($on_storage:path) => {
        $crate::campaign_contracts! { $on_storage:
            a_definition_comes_back_as_it_was_saved,
            only_who_saw_the_newest_form_changes_it,
            a_campaign_that_nobody_was_in_can_be_removed,
            versions_are_made_one_after_another,
            what_is_saved_lets_nobody_in_before_it_is_activated,
            whoever_comes_in_waits_for_the_first_step,
            the_same_occasion_lets_nobody_in_twice,
            many_at_once_are_let_in_once,
            whether_people_may_come_again_is_the_campaigns_choice,
            whoever_begins_anew_leaves_the_way_they_were_on,
            who_is_not_let_in_is_told_why,
            people_are_found_by_status_and_step,
            workers_at_once_never_take_the_same_person,
            a_worker_that_died_loses_its_people,
            mail_and_position_are_written_together,
            a_look_that_is_out_of_date_changes_nothing,
            a_step_writes_fields_tags_and_points,
            points_of_a_step_open_campaigns,
            whoever_refuses_mail_is_out,
            a_paused_campaign_stands_still_and_keeps_distances,
            a_paused_person_stands_still,
            completing_takes_everybody_out,
            people_move_along_to_the_step_that_is_still_there,
            a_paused_person_moves_along_and_keeps_the_distance,
            pauses_of_a_person_and_a_campaign_count_no_time_twice,
            figures_say_who_stands_where,
            a_click_hastens_the_next_step_once,
            what_somebody_did_is_known,
            a_day_finds_its_leads,
            a_reaction_is_added_once_for_ever,
            a_reaction_that_failed_comes_back_at_its_time,
            an_event_lets_somebody_in,
            a_click_of_a_burst_takes_its_reaction_back,
            a_refused_topic_stops_the_mail_of_a_campaign,
            an_alarm_pauses_a_campaign_until_somebody_resumes_it,
            a_queued_mail_of_somebody_who_left_is_skipped,
            the_last_mail_goes_out_after_the_end,
            a_mail_of_a_paused_person_waits,
            a_pause_by_the_person_stops_the_way,
            the_way_goes_on_when_the_person_ends_the_pause,
            who_has_to_confirm_stands_still_until_then,
            a_step_that_is_held_back_is_moved_and_paused_like_others,
            nobody_is_held_up_by_those_who_stand_still,
            another_tenant_sees_no_campaign,
        }
    };
    ($on_storage:path: $($contract:ident,)+) => {$(
        #[test]
        fn $contract() {
            $on_storage($crate::contracts::campaigns::$contract);
        }
    )+};
}
