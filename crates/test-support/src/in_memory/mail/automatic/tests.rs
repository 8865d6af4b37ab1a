//! The contracts of campaigns, but for those that need the engagement log on the same storage.

use std::sync::Arc;

use domain::ids::TenantId;

use crate::contracts::campaigns::CampaignPorts;
use crate::in_memory::{InMemoryEngagementLog, InMemoryLeads, InMemoryMail};

fn in_memory(contract: impl FnOnce(&CampaignPorts<'_>)) {
    let leads = Arc::new(InMemoryLeads::default());
    let mail = InMemoryMail::new(leads.clone());
    let log = InMemoryEngagementLog::default();
    contract(&CampaignPorts {
        tenant: TenantId::new(),
        other_tenant: TenantId::new(),
        leads: &*leads,
        campaigns: &mail,
        enrollments: &mail,
        work: &mail,
        reactions: &mail,
        suppressions: &mail,
        topics: &mail,
        preferences: &mail,
        confirmations: &mail,
        watch: &mail,
        log: &mail,
        sends: &mail,
        engagements: &log,
        scores: &log,
    });
}

crate::campaign_contracts! { in_memory:
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
    whoever_refuses_mail_is_out,
    a_paused_campaign_stands_still_and_keeps_distances,
    a_paused_person_stands_still,
    completing_takes_everybody_out,
    people_move_along_to_the_step_that_is_still_there,
    a_paused_person_moves_along_and_keeps_the_distance,
    pauses_of_a_person_and_a_campaign_count_no_time_twice,
    figures_say_who_stands_where,
    a_click_hastens_the_next_step_once,
    a_day_finds_its_leads,
    a_reaction_is_added_once_for_ever,
    a_reaction_that_failed_comes_back_at_its_time,
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
