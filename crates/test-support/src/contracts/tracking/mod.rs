//! What the ports of [`domain::tracking`] and [`domain::scoring`] promise. Each contract makes
//! tenants of its own.

mod bursts;
mod custom;
mod dead;
mod erasure;
mod identity;
mod insight;
mod log;
mod reads;
mod scores;
mod settings;

pub use bursts::*;
pub use custom::*;
pub use dead::*;
pub use erasure::*;
pub use identity::*;
pub use insight::*;
pub use log::*;
pub use reads::*;
pub use scores::*;
pub use settings::*;

use chrono::{DateTime, Utc};
use domain::ids::{LeadId, TenantId};
use domain::leads::LeadInsight;
use domain::scoring::preset::TEMPERATURE;
use domain::scoring::{ScoreHistory, ScoreLine, ScoringRules, decide};
use domain::tracking::{
    Appended, DeadEngagements, Engagement, EngagementLog, ImportantPageStore, MachineReason,
    MachineVerdict, MailRef, SiteStore, Timeline, TimelineEntry, VisitorId,
};

use crate::builders::tenancy::at;
use crate::builders::tracking::{HOME, click, mail};
use crate::in_memory::TrackedLead;

/// Leads, as far as tracking is concerned: how a contract makes them, and what became of them.
pub trait Leads {
    /// A tenant that never chose rules.
    fn tenant(&self) -> TenantId;
    /// A lead that has done nothing, with the address of [`address`](crate::builders::tracking::address).
    fn add(&self, tenant: TenantId) -> LeadId;
    /// Erases a lead; false when there is none.
    fn remove(&self, tenant: TenantId, lead: LeadId) -> bool;
    /// Lets the provider take a mail.
    fn hand_over(&self, tenant: TenantId, mail: &MailRef, at: DateTime<Utc>);
    /// Lets a lead stop the tracking (C14).
    fn stop_tracking(&self, tenant: TenantId, lead: LeadId);
    /// The lead as it is now; none where there is no such lead.
    fn find(&self, tenant: TenantId, lead: LeadId) -> Option<TrackedLead>;
}

/// The ports of tracking and scoring over one and the same storage.
#[derive(Clone, Copy)]
pub struct TrackingPorts<'a> {
    /// The log.
    pub log: &'a dyn EngagementLog,
    /// What happened to a lead.
    pub timeline: &'a dyn Timeline,
    /// Why its score is what it is.
    pub history: &'a dyn ScoreHistory,
    /// What screens read of it.
    pub insight: &'a dyn LeadInsight,
    /// Rules and bounds.
    pub rules: &'a dyn ScoringRules,
    /// The sites.
    pub sites: &'a dyn SiteStore,
    /// The list of important pages.
    pub important_pages: &'a dyn ImportantPageStore,
    /// What the log refuses.
    pub dead: &'a dyn DeadEngagements,
    /// Tenants and leads to work with.
    pub leads: &'a dyn Leads,
}

/// The verdict on a click of a burst.
const BURST: MachineVerdict = MachineVerdict::Suspected(MachineReason::Burst);

impl<'a> TrackingPorts<'a> {
    /// All ports of one storage.
    pub fn of<S>(storage: &'a S, leads: &'a dyn Leads) -> Self
    where
        S: EngagementLog
            + Timeline
            + ScoreHistory
            + LeadInsight
            + ScoringRules
            + SiteStore
            + ImportantPageStore
            + DeadEngagements,
    {
        Self {
            log: storage,
            timeline: storage,
            history: storage,
            insight: storage,
            rules: storage,
            sites: storage,
            important_pages: storage,
            dead: storage,
            leads,
        }
    }

    /// A tenant with the preset `temperature` and a lead.
    fn tenant_and_lead(&self) -> (TenantId, LeadId) {
        let tenant = self.leads.tenant();
        self.rules
            .apply_preset(tenant, &TEMPERATURE, at(0))
            .unwrap();
        (tenant, self.leads.add(tenant))
    }

    fn append(&self, batch: &[Engagement]) -> Vec<Appended> {
        self.log.append(batch, &decide).unwrap()
    }

    fn append_one(&self, engagement: &Engagement) -> Appended {
        self.append(std::slice::from_ref(engagement)).remove(0)
    }

    /// Makes a lead click a day before anything else, and returns the visitor id that it got.
    fn identified(&self, tenant: TenantId, lead: LeadId) -> VisitorId {
        let first = click(tenant, &mail(lead, 255), 0, HOME, -86_400);
        self.append_one(&first).tracking_id.unwrap()
    }

    fn lead(&self, tenant: TenantId, lead: LeadId) -> TrackedLead {
        self.leads.find(tenant, lead).unwrap()
    }

    fn score(&self, tenant: TenantId, lead: LeadId) -> i32 {
        self.lead(tenant, lead).score
    }

    fn entries(&self, tenant: TenantId, lead: LeadId) -> Vec<TimelineEntry> {
        self.timeline
            .timeline(tenant, lead, &[], None, 1000)
            .unwrap()
    }

    fn lines(&self, tenant: TenantId, lead: LeadId) -> Vec<ScoreLine> {
        self.history
            .score_history(tenant, lead, None, 1000)
            .unwrap()
    }

    fn points(&self, tenant: TenantId, lead: LeadId) -> Vec<i32> {
        let lines = self.lines(tenant, lead);
        lines.iter().map(|line| line.points).collect()
    }
}

/// Makes a test of each contract of tracking and scoring. `$on_storage` is a function that takes a
/// closure and calls it with the [`TrackingPorts`] of an empty storage.
#[macro_export]
macro_rules! tracking_contracts {
    ($on_storage:path) => {
        $crate::tracking_contracts! { $on_storage:
            a_repeated_engagement_changes_nothing,
            a_repeat_is_answered_as_the_first_time,
            a_batch_of_several_tenants_and_leads_is_answered_in_its_order,
            an_engagement_of_an_unknown_lead_is_kept_without_a_lead,
            a_mail_that_names_a_lead_of_another_tenant_touches_nobody,
            a_report_is_recorded_and_scores_nothing,
            a_click_issues_a_visitor_id_that_brings_page_views_to_the_lead,
            an_unknown_visitor_is_stored_as_a_stranger,
            a_visitor_of_another_tenant_is_a_stranger,
            a_strangers_history_joins_the_lead_it_turns_out_to_be,
            a_strangers_history_joins_once,
            history_from_long_ago_does_not_join,
            the_newest_page_views_of_a_busy_browser_join,
            a_strangers_page_views_of_the_same_batch_join,
            a_strangers_page_view_that_is_late_belongs_to_the_lead,
            a_forwarded_mail_moves_no_history,
            two_identified_leads_never_merge,
            each_kind_scores_by_its_rule,
            repeated_clicks_and_opens_score_once,
            a_page_scores_once_in_half_an_hour,
            an_important_page_replaces_the_plain_rule,
            what_was_important_when_it_happened_stays_so,
            every_score_moves_band_and_last_engagement,
            the_sum_of_the_history_is_the_score,
            ten_links_within_a_second_are_recorded_and_score_nothing,
            points_given_before_a_burst_was_recognised_are_taken_back,
            a_later_lone_click_scores_again,
            a_burst_is_recognised_whichever_click_comes_last,
            each_burst_of_a_batch_is_seen_by_itself,
            a_flood_of_clicks_on_one_mail_is_looked_at_from_its_end,
            a_machine_scores_nothing_and_is_given_no_visitor_id,
            the_history_is_newest_first_and_read_page_by_page,
            the_history_says_what_gave_the_points,
            the_timeline_shows_the_kinds_asked_for_page_by_page,
            the_timeline_shows_points_after_anything_taken_back,
            a_timeline_holds_the_leads_own_engagements_only,
            activity_counts_what_people_did_in_seven_days,
            important_views_name_each_page_once,
            the_strongest_causes_of_a_score_come_first,
            what_was_taken_back_is_no_cause,
            sites_are_registered_and_removed,
            a_site_is_found_by_its_origin_in_every_tenant,
            a_site_knows_when_its_last_page_view_came,
            important_pages_are_listed_once,
            a_tenant_that_never_chose_has_the_temperature_preset,
            a_preset_replaces_rules_bounds_and_important_pages,
            a_custom_event_is_shown_with_its_name_and_properties,
            a_custom_event_finds_its_lead_by_the_address,
            whoever_decides_knows_when_the_mail_was_handed_over,
            nothing_of_an_erased_lead_is_written,
            a_mail_of_an_erased_lead_does_not_stop_the_others,
            who_stopped_the_tracking_is_measured_no_more,
            what_the_log_refuses_is_kept_once_and_removed_once,
        }
    };
    ($on_storage:path: $($contract:ident,)*) => {$(
        #[test]
        fn $contract() {
            $on_storage(|ports| $crate::contracts::tracking::$contract(ports));
        }
    )*};
}
