//! What the ports of `content`, `delivery` and `campaigns` promise.

mod ab_tests;
mod broadcasts;
mod content;
mod contents;
mod deliverability;
mod limits;
mod queue;
mod recipient_lists;
mod reports;
mod suppressions;
mod watching;

use chrono::{DateTime, TimeDelta, Utc};
use domain::analytics::DeliverabilityReports;
use domain::campaigns::{
    AbTests, Broadcast, BroadcastDraft, BroadcastStore, BroadcastWork, RecipientLists,
};
use domain::content::{ImageStore, Template, TemplateStore};
use domain::delivery::{
    ClaimTerms, ClaimedSend, DeliverySettings, DispatchGate, DispatchNote, MailContents, NewSend,
    ProviderKind, ReportLog, Send, SendHistory, SendLog, SendRecord, SendWatch, Suppressions,
};
use domain::ids::{BroadcastId, LeadId, TemplateId, TenantId};
use domain::leads::{AsOf, LeadDraft, LeadListing, LeadStore};
use domain::tracking::MailRef;

use crate::builders::delivery::{address, broadcast_content, broadcast_send, template_draft};
use crate::builders::tenancy::at;

pub use ab_tests::*;
pub use broadcasts::*;
pub use content::*;
pub use contents::*;
pub use deliverability::*;
pub use limits::*;
pub use queue::*;
pub use recipient_lists::*;
pub use reports::*;
pub use suppressions::*;
pub use watching::*;

/// The ports of mail over one storage, and two tenants that exist in it.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the fields are the ports of those names")]
pub struct MailPorts<'a> {
    pub tenant: TenantId,
    pub other_tenant: TenantId,
    pub leads: &'a dyn LeadStore,
    pub listing: &'a dyn LeadListing,
    pub templates: &'a dyn TemplateStore,
    pub images: &'a dyn ImageStore,
    pub settings: &'a dyn DeliverySettings,
    pub log: &'a dyn SendLog,
    pub history: &'a dyn SendHistory,
    pub watch: &'a dyn SendWatch,
    pub suppressions: &'a dyn Suppressions,
    pub reports: &'a dyn ReportLog,
    pub broadcasts: &'a dyn BroadcastStore,
    pub work: &'a dyn BroadcastWork,
    pub tests: &'a dyn AbTests,
    pub lists: &'a dyn RecipientLists,
    pub contents: &'a dyn MailContents,
    pub deliverability: &'a dyn DeliverabilityReports,
    /// Lets a machine open a mail and follow one of its links.
    pub machine: &'a dyn Fn(TenantId, &MailRef),
    /// Queues sends as those who cause them do.
    pub cause: &'a dyn Fn(TenantId, &[NewSend]),
}

/// How long contracts hold a send.
pub(crate) const LEASE: TimeDelta = TimeDelta::minutes(5);

/// `seconds` after the beginning, in Tokyo.
pub(crate) fn as_of(seconds: i64) -> AsOf {
    AsOf::new(at(seconds), chrono_tz::Asia::Tokyo)
}

impl<'a> MailPorts<'a> {
    /// One storage for all of them.
    pub fn of<S, L>(
        store: &'a S,
        leads: &'a L,
        [tenant, other_tenant]: [TenantId; 2],
        machine: &'a dyn Fn(TenantId, &MailRef),
        cause: &'a dyn Fn(TenantId, &[NewSend]),
    ) -> Self
    where
        S: TemplateStore
            + ImageStore
            + DeliverySettings
            + SendLog
            + SendHistory
            + SendWatch
            + Suppressions
            + ReportLog
            + BroadcastStore
            + BroadcastWork
            + AbTests
            + RecipientLists
            + MailContents
            + DeliverabilityReports,
        L: LeadStore + LeadListing,
    {
        Self {
            tenant,
            other_tenant,
            leads,
            listing: leads,
            templates: store,
            images: store,
            settings: store,
            log: store,
            history: store,
            watch: store,
            suppressions: store,
            reports: store,
            broadcasts: store,
            work: store,
            tests: store,
            lists: store,
            contents: store,
            deliverability: store,
            machine,
            cause,
        }
    }

    /// A new lead with this name before the `@`.
    pub(crate) fn lead(&self, name: &str) -> LeadId {
        let draft = LeadDraft::new(address(&format!("{name}@example.com")));
        self.leads.create(self.tenant, draft, at(0)).unwrap().id
    }

    pub(crate) fn template(&self, name: &str) -> Template {
        let template = template_draft(name).into_template(TemplateId::new(), at(0));
        self.templates.create(self.tenant, &template).unwrap();
        template
    }

    pub(crate) fn draft(&self) -> Broadcast {
        let id = BroadcastId::new();
        let template = self.template(&id.to_string());
        let draft = BroadcastDraft::new("春の案内", template.id);
        let broadcast = draft.into_broadcast(id, None, at(0));
        self.broadcasts.create(self.tenant, &broadcast).unwrap();
        broadcast
    }

    /// A broadcast that was started at the beginning and is still preparing.
    pub(crate) fn preparing(&self) -> BroadcastId {
        let broadcast = self.draft();
        let content = broadcast_content(broadcast.id);
        assert!(
            self.work
                .start(self.tenant, broadcast.id, &[content], at(0))
                .unwrap()
        );
        broadcast.id
    }

    pub(crate) fn queue(&self, id: BroadcastId, after: Option<LeadId>, leads: &[LeadId]) -> bool {
        let send = |lead: &LeadId| broadcast_send(id, at(0), *lead);
        let sends: Vec<_> = leads.iter().map(send).collect();
        self.work
            .queue_sends(self.tenant, id, after, &sends, at(0))
            .unwrap()
    }

    /// A broadcast to these leads that is sending.
    pub(crate) fn sending(&self, leads: &[LeadId]) -> BroadcastId {
        let id = self.preparing();
        assert!(self.queue(id, None, leads));
        assert!(self.work.finish_preparing(self.tenant, id).unwrap());
        id
    }

    pub(crate) fn claim(&self, seconds: i64) -> Vec<ClaimedSend> {
        self.claim_by(&ClaimTerms::new(50, LEASE, at(seconds)))
    }

    pub(crate) fn claim_by(&self, terms: &ClaimTerms) -> Vec<ClaimedSend> {
        self.log.claim_due(self.tenant, terms).unwrap()
    }

    pub(crate) fn begin(&self, claimed: &ClaimedSend, seconds: i64) -> DispatchGate {
        let note = DispatchNote {
            send: claimed.key,
            provider: ProviderKind::Outbox,
            subject: "佐藤様へ".to_owned(),
            content_hash: [7; 32],
            tracked: false,
        };
        let gates = self
            .log
            .begin_dispatch(self.tenant, &[note], LEASE, at(seconds));
        gates.unwrap()[0]
    }

    pub(crate) fn record(&self, claimed: &ClaimedSend, record: &SendRecord, seconds: i64) -> bool {
        let records = [(claimed.key, record.clone())];
        let recorded = self.log.record(self.tenant, &records, as_of(seconds));
        recorded.unwrap()[0]
    }

    /// The one mail of a new broadcast to a new lead, taken by the provider under this name.
    pub(crate) fn accepted(&self, name: &str) -> ClaimedSend {
        let lead = self.lead(name);
        self.sending(&[lead]);
        let claimed = self.claim(1).remove(0);
        assert_eq!(self.begin(&claimed, 2), DispatchGate::Go);
        assert!(self.record(&claimed, &accepted_as(name), 3));
        claimed
    }

    pub(crate) fn send(&self, claimed: &ClaimedSend) -> Send {
        let found = self.history.find(self.tenant, claimed.key.id).unwrap();
        found.unwrap()
    }
}

pub(crate) fn accepted_as(name: &str) -> SendRecord {
    SendRecord::Accepted {
        provider_message_id: format!("message-{name}"),
    }
}

pub(crate) fn ids(sends: &[ClaimedSend]) -> Vec<LeadId> {
    let mut leads: Vec<_> = sends.iter().map(|send| send.lead).collect();
    leads.sort_unstable();
    leads
}

pub(crate) fn minutes(minutes: i64) -> DateTime<Utc> {
    at(minutes * 60)
}

/// Writes one test for each contract; `$on_storage` gives it the ports over an empty storage.
#[macro_export]
macro_rules! mail_contracts {
    ($on_storage:path) => {
        $crate::mail_contracts! { $on_storage:
            a_template_comes_back_as_it_was_stored,
            a_name_makes_one_template,
            a_template_in_use_stays,
            every_save_makes_a_version,
            a_picture_is_kept_once_and_for_its_tenant_only,
            settings_come_back_as_they_were_stored,
            what_is_due_is_claimed_once,
            a_suppressed_address_is_skipped_at_the_claim,
            a_suppression_after_the_claim_still_stops_the_mail,
            five_soft_bounces_stop_an_address_for_a_month,
            a_claim_that_ran_out_is_claimed_again,
            a_dispatch_that_ran_out_is_unknown_until_someone_settles_it,
            a_late_acceptance_settles_an_unknown_send,
            a_try_that_failed_comes_back_at_its_time,
            an_hour_lets_no_more_through_than_the_limit,
            a_broadcast_goes_out_no_faster_than_its_own_limit,
            a_day_sends_no_more_than_its_ceiling,
            a_broadcast_skips_who_had_enough_mail_this_week,
            a_step_over_the_cap_is_postponed_once,
            what_is_stopped_or_paused_goes_back_before_the_provider,
            each_mail_of_a_batch_has_its_own_answer,
            rules_come_back_as_they_were_stored,
            an_alarm_pauses_a_broadcast_until_somebody_resumes_it,
            sends_are_found_by_lead_and_by_broadcast,
            reports_settle_a_send_in_any_order,
            a_report_is_found_by_either_id,
            a_repeated_report_changes_nothing,
            reports_stop_addresses,
            a_report_settles_an_unknown_send,
            a_refusal_takes_the_place_of_a_bounce,
            a_lifted_address_gets_mail_again,
            suppressions_are_listed_page_by_page,
            a_draft_can_be_changed_until_it_starts,
            starting_keeps_contents_and_links,
            links_of_all_contents_are_told_apart,
            a_step_of_a_campaign_is_sent_before_broadcasts,
            a_mail_whose_time_is_over_is_skipped,
            whether_anything_is_due_is_told,
            preparation_goes_on_where_it_stopped,
            the_same_recipient_is_queued_once,
            a_paused_broadcast_sends_nothing,
            cancelling_skips_what_waits,
            what_is_scheduled_starts_at_its_time,
            what_is_scheduled_can_be_taken_back,
            a_test_sends_to_its_group_and_the_winner_to_the_rest,
            a_test_ends_when_the_last_has_the_winner,
            a_winner_is_found_once,
            what_another_worker_has_begun_is_not_given_back,
            what_comes_back_to_a_cancelled_broadcast_is_skipped,
            mails_that_were_put_off_are_still_to_come,
            a_paused_test_goes_on_as_a_test,
            a_test_that_is_cancelled_sends_to_nobody_else,
            only_the_leads_of_a_list_get_the_mail,
            a_list_belongs_to_a_draft,
            a_broadcast_completes_when_nothing_is_open,
            machines_are_counted_apart_from_people,
            another_tenant_sees_no_mail,
            mail_is_counted_by_receiving_domain,
        }
    };
    ($on_storage:path: $($contract:ident,)+) => {$(
        #[test]
        fn $contract() {
            $on_storage($crate::contracts::mail::$contract);
        }
    )+};
}
