//! Who comes in.

use std::collections::BTreeSet;
use std::thread;

use domain::campaigns::{
    CampaignStatus, EnrollRefused, Enrolled, EnrollmentStatus, Flow, ReEntry, StepAction,
};
use domain::delivery::{Suppression, SuppressionReason};
use domain::ids::{EnrollmentId, LeadId};

use super::{CampaignPorts, DAY, cause, days, mail_step, now, step, two_mails};
use crate::builders::delivery::address;
use crate::builders::tenancy::at;

impl CampaignPorts<'_> {
    pub(super) fn refuse_mail(&self, name: &str, reason: SuppressionReason) {
        let suppression = Suppression {
            email: address(&format!("{name}@example.com")),
            reason,
            detail: None,
            created_at: at(0),
        };
        assert!(
            self.suppressions
                .suppress(self.tenant, &suppression)
                .unwrap()
        );
    }

    pub(super) fn statuses(&self, lead: LeadId) -> Vec<EnrollmentStatus> {
        let ways = self.enrollments.of_lead(self.tenant, lead).unwrap();
        ways.iter().map(|way| way.enrollment.status).collect()
    }

    pub(super) fn take_out(&self, id: EnrollmentId, seconds: i64) {
        let exited = EnrollmentStatus::Exited;
        let ports = self.enrollments;
        assert!(
            ports
                .change_status(self.tenant, id, exited, at(seconds))
                .unwrap()
        );
    }
}

/// See its name.
pub fn whoever_comes_in_waits_for_the_first_step(ports: &CampaignPorts<'_>) {
    // B17, D17
    let flow = Flow {
        steps: vec![mail_step(days(2)), mail_step(days(1))],
    };
    let campaign = ports.active(&flow, ReEntry::Never);
    let lead = ports.lead("a");
    let id = now(ports.enroll(campaign, lead, "request", 7));
    let way = ports.trace(id);
    assert_eq!(way.executions, []);
    let way = way.enrollment;
    assert_eq!((way.campaign, way.version, way.lead), (campaign, 1, lead));
    assert_eq!(way.status, EnrollmentStatus::Active);
    assert_eq!(way.next_step, Some(flow.steps[0].id));
    assert_eq!(way.next_at, Some(at(7 + 2 * DAY)));
    assert_eq!((way.since, way.enrolled_at), (at(7), at(7)));
    assert_eq!(way.ended_at, None);
    assert_eq!(ports.campaign(campaign).enrolled_count, 1);
}

/// See its name.
pub fn the_same_occasion_lets_nobody_in_twice(ports: &CampaignPorts<'_>) {
    // B17
    let campaign = ports.active(&two_mails(), ReEntry::Always);
    let lead = ports.lead("a");
    let id = ports.enrolled(campaign, lead);
    assert_eq!(
        ports.enroll(campaign, lead, "first", 5),
        Enrolled::Already(id)
    );
    ports.take_out(id, 6);
    assert_eq!(
        ports.enroll(campaign, lead, "first", 7),
        Enrolled::Already(id)
    );
    assert_eq!(ports.statuses(lead), [EnrollmentStatus::Exited]);
    assert_eq!(ports.campaign(campaign).enrolled_count, 1);
}

/// See its name.
pub fn many_at_once_are_let_in_once(ports: &CampaignPorts<'_>) {
    // B17
    let campaign = ports.active(&two_mails(), ReEntry::Never);
    let leads: Vec<LeadId> = (0..20).map(|n| ports.lead(&format!("lead{n}"))).collect();
    let leads = &leads;
    let answers: Vec<Vec<Enrolled>> = thread::scope(|scope| {
        let working: Vec<_> = (0..8)
            .map(|n| {
                scope.spawn(move || {
                    let occasion = format!("occasion {n}");
                    let mut causes: Vec<_> =
                        (leads.iter().map(|lead| cause(campaign, *lead, &occasion))).collect();
                    if n % 2 == 1 {
                        causes.reverse();
                    }
                    let entered = ports
                        .enrollments
                        .enroll(ports.tenant, campaign, &causes, at(1));
                    entered.unwrap()
                })
            })
            .collect();
        let done = working.into_iter().map(|worker| worker.join().unwrap());
        done.collect()
    });
    let all = answers.concat();
    let now = all
        .iter()
        .filter(|answer| matches!(answer, Enrolled::Now(_)));
    assert_eq!((now.count(), all.len()), (20, 160));
    let ways: BTreeSet<EnrollmentId> = all
        .iter()
        .map(|answer| match answer {
            Enrolled::Now(id) | Enrolled::Already(id) => *id,
            Enrolled::Refused(why) => panic!("{why:?}"),
        })
        .collect();
    assert_eq!(ways.len(), 20, "everyone is told the one way that there is");
    assert_eq!(ports.campaign(campaign).enrolled_count, 20);
    for lead in leads {
        assert_eq!(ports.statuses(*lead), [EnrollmentStatus::Active]);
    }
}

/// See its name.
pub fn whether_people_may_come_again_is_the_campaigns_choice(ports: &CampaignPorts<'_>) {
    // D16
    let lead = ports.lead("a");
    for re_entry in ReEntry::ALL {
        let campaign = ports.active(&two_mails(), re_entry);
        let first = ports.enrolled(campaign, lead);
        let while_inside = ports.enroll(campaign, lead, "second", 5);
        let begins_anew = matches!(while_inside, Enrolled::Now(id) if id != first);
        assert_eq!(begins_anew, re_entry == ReEntry::Always, "{re_entry:?}");
        let inside = match while_inside {
            Enrolled::Now(id) | Enrolled::Already(id) => id,
            Enrolled::Refused(why) => panic!("{why:?}"),
        };
        ports.take_out(inside, 6);
        let afterwards = ports.enroll(campaign, lead, "third", 7);
        if re_entry == ReEntry::Never {
            assert_eq!(afterwards, Enrolled::Refused(EnrollRefused::Before));
        } else {
            assert!(matches!(afterwards, Enrolled::Now(_)), "{afterwards:?}");
        }
    }
}

/// See its name.
pub fn whoever_begins_anew_leaves_the_way_they_were_on(ports: &CampaignPorts<'_>) {
    // D16
    let campaign = ports.active(&two_mails(), ReEntry::Always);
    let lead = ports.lead("a");
    let first = ports.enrolled(campaign, lead);
    let second = now(ports.enroll(campaign, lead, "again", 5));
    let old = ports.trace(first).enrollment;
    assert_eq!(
        (old.status, old.ended_at),
        (EnrollmentStatus::Exited, Some(at(5)))
    );
    assert_eq!((old.next_step, old.next_at), (None, None));
    assert_eq!(
        ports.trace(second).enrollment.status,
        EnrollmentStatus::Active
    );
    let figures = ports.enrollments.figures(ports.tenant, campaign).unwrap();
    assert_eq!(figures.converted, 0, "nobody was won by beginning anew");
    assert_eq!(ports.campaign(campaign).enrolled_count, 2);
}

/// See its name.
pub fn who_is_not_let_in_is_told_why(ports: &CampaignPorts<'_>) {
    let campaign = ports.active(&two_mails(), ReEntry::Never);
    let (fine, refuses) = (ports.lead("fine"), ports.lead("refuses"));
    ports.refuse_mail("refuses", SuppressionReason::Unsubscribed);
    let causes: Vec<_> = [LeadId::new(), refuses, fine]
        .map(|lead| cause(campaign, lead, "list"))
        .into();
    let enroll = |seconds| {
        let entered = ports
            .enrollments
            .enroll(ports.tenant, campaign, &causes, at(seconds));
        entered.unwrap()
    };
    let answers = enroll(1);
    assert_eq!(answers[0], Enrolled::Refused(EnrollRefused::NoSuchLead));
    assert_eq!(answers[1], Enrolled::Refused(EnrollRefused::Suppressed));
    assert_eq!(answers[2], Enrolled::Now(causes[2].id()));
    assert!(ports.set_status(campaign, CampaignStatus::Paused, 2));
    assert_eq!(enroll(3), [Enrolled::Refused(EnrollRefused::NotActive); 3]);
    let draft = ports.draft(&two_mails(), ReEntry::Never);
    let early = ports.enroll(draft, fine, "early", 3);
    assert_eq!(early, Enrolled::Refused(EnrollRefused::NotActive));
}

/// See its name.
pub fn people_are_found_by_status_and_step(ports: &CampaignPorts<'_>) {
    // B14
    let flow = Flow {
        steps: vec![mail_step(days(1)), step(days(1), StepAction::End)],
    };
    let campaign = ports.active(&flow, ReEntry::Never);
    let ways: Vec<EnrollmentId> = (0..4)
        .map(|n| {
            let lead = ports.lead(&format!("lead{n}"));
            now(ports.enroll(campaign, lead, "list", n))
        })
        .collect();
    ports.take_out(ways[1], 10);
    let found = |status, step, offset, limit| -> Vec<EnrollmentId> {
        let page =
            ports
                .enrollments
                .of_campaign(ports.tenant, campaign, status, step, offset, limit);
        page.unwrap().iter().map(|way| way.id).collect()
    };
    let newest_first: Vec<_> = ways.iter().rev().copied().collect();
    assert_eq!(found(None, None, 0, 10), newest_first);
    assert_eq!(found(None, None, 1, 2), newest_first[1..3]);
    let inside = [ways[3], ways[2], ways[0]];
    assert_eq!(found(Some(EnrollmentStatus::Active), None, 0, 10), inside);
    assert_eq!(found(None, Some(flow.steps[0].id), 0, 10), inside);
    assert_eq!(found(None, Some(flow.steps[1].id), 0, 10), []);
    assert_eq!(
        found(Some(EnrollmentStatus::Exited), None, 0, 10),
        [ways[1]]
    );
}
