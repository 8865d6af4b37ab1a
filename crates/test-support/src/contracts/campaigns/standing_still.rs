//! People and campaigns that stand still for a while, and go on.

use domain::campaigns::{CampaignStatus, EnrollmentStatus, Flow, Onward, ReEntry};
use domain::delivery::SendState;
use domain::ids::{ConfirmationId, EnrollmentId, LeadId};
use domain::privacy::{CONFIRMATION_LIFETIME, Confirmation, PreferenceChange, Said, SaidBy};

use super::{CampaignPorts, DAY, LEASE, days, mail_step, now, onward, two_mails, version};
use crate::builders::tenancy::at;

impl CampaignPorts<'_> {
    /// The person wants something else.
    pub(super) fn wants(&self, lead: LeadId, change: PreferenceChange, seconds: i64) {
        let said = Said {
            at: at(seconds),
            by: SaidBy::Person,
        };
        let store = self.preferences;
        let changed = store.change_preferences(self.tenant, lead, &[change], said);
        assert!(changed.unwrap());
    }

    fn rests(&self, lead: LeadId, until: i64, seconds: i64) {
        let until = at(until);
        self.wants(lead, PreferenceChange::Pause { until }, seconds);
    }

    /// Staff change where a person stands.
    pub(super) fn stand(&self, id: EnrollmentId, next: EnrollmentStatus, seconds: i64) {
        let store = self.enrollments;
        let changed = store.change_status(self.tenant, id, next, at(seconds));
        assert!(changed.unwrap());
    }

    /// The person is asked to confirm the address, and gets no other mail before that.
    fn asked(&self, lead: LeadId) -> ConfirmationId {
        let question = Confirmation {
            id: ConfirmationId::new(),
            lead,
            holds_mail: true,
            source: "資料請求フォーム".to_owned(),
            shown_text: None,
            requested_at: at(0),
            sent_at: None,
            visited_at: None,
            confirmed_at: None,
        };
        let asked = self.confirmations.ask(self.tenant, &question).unwrap();
        asked.unwrap()
    }

    /// The next step is held back: since when, until when.
    fn is_held(&self, id: EnrollmentId, since: i64, until: i64) {
        let way = self.trace(id).enrollment;
        let held = (way.held_since, way.next_at);
        assert_eq!(held, (Some(at(since)), Some(at(until))));
    }

    /// The next step is due then, and nobody holds it back.
    fn is_due(&self, id: EnrollmentId, seconds: i64) {
        let way = self.trace(id).enrollment;
        assert_eq!((way.held_since, way.next_at), (None, Some(at(seconds))));
    }
}

/// See its name.
pub fn a_pause_by_the_person_stops_the_way(ports: &CampaignPorts<'_>) {
    let flow = Flow {
        steps: [0, 1, 2].map(|n| mail_step(days(n))).to_vec(),
    };
    let lead = ports.lead("a");
    let id = ports.enrolled(ports.active(&flow, ReEntry::Never), lead);
    ports.send_and_go_on(&ports.claim_one(1), onward(&flow.steps[1], DAY), 2);
    ports.rests(lead, 20 * DAY, 10);
    assert_eq!(ports.claim(DAY), []);
    ports.is_held(id, DAY, 20 * DAY);
    ports.rests(lead, 30 * DAY, 19 * DAY);
    for seconds in [20 * DAY, 30 * DAY - 1] {
        assert_eq!(ports.claim(seconds), []);
    }
    ports.is_held(id, DAY, 30 * DAY);
    assert_eq!(ports.trace(id).executions.len(), 1);
    let claimed = ports.claim_one(30 * DAY);
    assert_eq!(claimed.held_for().num_days(), 29);
    ports.send_and_go_on(&claimed, onward(&flow.steps[2], 32 * DAY), 30 * DAY);
    ports.is_due(id, 32 * DAY);
}

/// See its name.
pub fn the_way_goes_on_when_the_person_ends_the_pause(ports: &CampaignPorts<'_>) {
    let flow = two_mails();
    let lead = ports.lead("a");
    let id = ports.enrolled(ports.active(&flow, ReEntry::Never), lead);
    let mail = ports.send_and_go_on(&ports.claim_one(1), onward(&flow.steps[1], DAY), 2);
    ports.rests(lead, 30 * DAY, 3);
    assert_eq!(ports.claim_mails(4), []);
    assert_eq!(ports.stands(&mail).0, SendState::RetryWait);
    assert_eq!(ports.claim(DAY), []);
    ports.wants(lead, PreferenceChange::Resume, 5 * DAY);
    ports.is_held(id, DAY, 5 * DAY);
    let mails = ports.claim_mails(5 * DAY);
    assert_eq!(mails[0].key.id, mail.send);
    assert_eq!(ports.claim_one(5 * DAY).id, id);
}

/// See its name.
pub fn who_has_to_confirm_stands_still_until_then(ports: &CampaignPorts<'_>) {
    let campaign = ports.active(&two_mails(), ReEntry::Never);
    let [confirms, silent] = ["confirms", "silent"].map(|name| ports.lead(name));
    let [question, _] = [confirms, silent].map(|lead| ports.asked(lead));
    for lead in [confirms, silent] {
        ports.enrolled(campaign, lead);
    }
    assert_eq!(ports.claim(1), []);
    let store = ports.confirmations;
    assert!(store.confirm(ports.tenant, question, None, at(60)).unwrap());
    let claimed = ports.claim_one(60);
    assert_eq!(claimed.lead, confirms);
    ports.send_and_go_on(&claimed, Onward::Ended(EnrollmentStatus::Completed), 61);
    let expires = CONFIRMATION_LIFETIME.num_seconds();
    assert_eq!(ports.claim(expires - 1), []);
    assert_eq!(ports.claim_one(expires).lead, silent);
}

/// See its name.
pub fn a_step_that_is_held_back_is_moved_and_paused_like_others(ports: &CampaignPorts<'_>) {
    let flow = Flow {
        steps: vec![mail_step(days(1)), mail_step(days(1))],
    };
    let campaign = ports.active(&flow, ReEntry::Never);
    let lead = ports.lead("a");
    let id = ports.enrolled(campaign, lead);
    ports.rests(lead, 30 * DAY, 1);
    assert_eq!(ports.claim(DAY), []);
    ports.stand(id, EnrollmentStatus::Paused, 5 * DAY);
    ports.is_due(id, DAY);
    ports.stand(id, EnrollmentStatus::Active, 10 * DAY);
    assert_eq!(ports.claim(10 * DAY), []);
    ports.is_held(id, 6 * DAY, 30 * DAY);
    assert!(ports.set_status(campaign, CampaignStatus::Paused, 12 * DAY));
    assert!(ports.set_status(campaign, CampaignStatus::Active, 14 * DAY));
    ports.is_due(id, 8 * DAY);
    assert_eq!(ports.claim(14 * DAY), []);
    ports.is_held(id, 8 * DAY, 30 * DAY);
    assert!(ports.activate(&version(campaign, 2, &flow, 2), true, 15 * DAY));
    ports.is_due(id, 15 * DAY);
    assert_eq!(ports.claim(15 * DAY), []);
    ports.is_held(id, 15 * DAY, 30 * DAY);
    ports.wants(lead, PreferenceChange::Resume, 20 * DAY);
    assert_eq!(ports.claim_one(20 * DAY).held_since, Some(at(15 * DAY)));
}

/// See its name.
pub fn nobody_is_held_up_by_those_who_stand_still(ports: &CampaignPorts<'_>) {
    let campaign = ports.active(&two_mails(), ReEntry::Never);
    for name in ["a", "b", "c"] {
        let lead = ports.lead(name);
        ports.enrolled(campaign, lead);
        ports.rests(lead, 30 * DAY, 1);
    }
    let id = now(ports.enroll(campaign, ports.lead("d"), "first", 5));
    let claim = || {
        ports
            .work
            .claim_due(ports.tenant, 3, LEASE, at(10))
            .unwrap()
    };
    assert_eq!(claim(), [], "they are looked at once");
    let [claimed] = claim().try_into().unwrap();
    assert_eq!(claimed.id, id);
    assert_eq!(claim(), []);
}

/// See its name.
pub fn a_paused_person_moves_along_and_keeps_the_distance(ports: &CampaignPorts<'_>) {
    let flow = Flow {
        steps: vec![mail_step(days(1))],
    };
    let campaign = ports.active(&flow, ReEntry::Never);
    let id = ports.enrolled(campaign, ports.lead("a"));
    ports.stand(id, EnrollmentStatus::Paused, 0);
    assert!(ports.activate(&version(campaign, 2, &flow, 1), true, 5 * DAY));
    assert_eq!(ports.trace(id).enrollment.version, 2);
    ports.stand(id, EnrollmentStatus::Active, 6 * DAY);
    ports.is_due(id, 7 * DAY);
}

/// See its name.
pub fn pauses_of_a_person_and_a_campaign_count_no_time_twice(ports: &CampaignPorts<'_>) {
    let flow = Flow {
        steps: vec![mail_step(days(10))],
    };
    let campaign = ports.active(&flow, ReEntry::Never);
    // The days on which staff pause somebody and let them go on, and the day of the step then. The
    // campaign is paused from day 2 to day 8.
    let people = [(1, 5, 17), (3, 5, 16), (4, 9, 17), (1, 9, 18)];
    let ways = [0, 1, 2, 3].map(|n| ports.enrolled(campaign, ports.lead(&format!("lead{n}"))));
    for day in 1..10 {
        if day == 2 {
            assert!(ports.set_status(campaign, CampaignStatus::Paused, 2 * DAY));
        }
        for (way, (from, to, _)) in ways.iter().zip(people) {
            if day == from {
                ports.stand(*way, EnrollmentStatus::Paused, day * DAY);
            } else if day == to {
                ports.stand(*way, EnrollmentStatus::Active, day * DAY);
            }
        }
        if day == 8 {
            assert!(ports.set_status(campaign, CampaignStatus::Active, 8 * DAY));
        }
    }
    for (way, (_, _, due)) in ways.into_iter().zip(people) {
        ports.is_due(way, due * DAY);
    }
}
