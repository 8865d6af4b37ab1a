//! Where a person is in a campaign, and what comes next.

use chrono::{DateTime, Utc};
use domain::campaigns::{Campaign, CampaignStatus, Enrollment, EnrollmentStatus};
use domain::ids::StepId;
use serde::Serialize;

use super::words::Words;
use crate::texts::{self, Arguments};

/// What happens next: a sentence, and the moment before it where there is one.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct NextUp {
    at: Option<DateTime<Utc>>,
    text: String,
}

impl NextUp {
    pub(super) fn of(
        enrollment: &Enrollment,
        campaign: &Campaign,
        words: &Words,
        now: DateTime<Utc>,
    ) -> Self {
        let step = step_title(campaign, enrollment.next_step, words);
        let say = |key: &str| {
            let values = texts::arguments([("step", step.clone().into())]);
            let text = texts::text(words.locale, &format!("campaigns-auto-next-{key}"), &values);
            Self { at: None, text }
        };
        match enrollment.status {
            EnrollmentStatus::Completed => say("completed-person"),
            EnrollmentStatus::Exited => say("exited"),
            EnrollmentStatus::Unsubscribed => say("unsubscribed"),
            EnrollmentStatus::Paused => say("person-paused"),
            EnrollmentStatus::Active if campaign.status == CampaignStatus::Paused => {
                say("campaign-paused")
            }
            EnrollmentStatus::Active => match enrollment.next_at.filter(|at| *at > now) {
                None => say("due"),
                at => Self { at, ..say("at") },
            },
        }
    }
}

/// What the step is called; a step that is no longer in what holds now is named as gone.
pub(super) fn step_title(campaign: &Campaign, step: Option<StepId>, words: &Words) -> String {
    let flow = &campaign.in_force().flow;
    let placed = flow.placed();
    let found = step.and_then(|id| placed.iter().find(|it| it.step.id == id));
    found.map_or_else(
        || texts::text(words.locale, "campaigns-auto-step-gone", &Arguments::new()),
        |placed| words.numbered(placed),
    )
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::ids::{CampaignId, EnrollmentId, LeadId};
    use domain::tenancy::Locale;

    use super::*;
    use crate::campaigns::automatic::create::draft;
    use crate::campaigns::automatic::recipes::Recipe;

    fn words() -> Words {
        Words {
            locale: Locale::Ja,
            attributes: Vec::new(),
            templates: Vec::new(),
            campaigns: Vec::new(),
        }
    }

    fn waiting(now: DateTime<Utc>, minutes: i64) -> (Campaign, Enrollment) {
        let definition = Recipe::Assessment.definition(Locale::Ja, &[]).unwrap();
        let next_step = definition.flow.steps.get(1).map(|step| step.id);
        let mut campaign = draft(CampaignId::new(), definition, None, now);
        campaign.status = CampaignStatus::Active;
        let enrollment = Enrollment {
            id: EnrollmentId::new(),
            campaign: campaign.id,
            version: 1,
            lead: LeadId::new(),
            status: EnrollmentStatus::Active,
            next_step,
            next_at: Some(now + TimeDelta::minutes(minutes)),
            held_since: None,
            since: now,
            enrolled_at: now,
            ended_at: None,
        };
        (campaign, enrollment)
    }

    #[test]
    fn a_waiting_person_has_a_moment_and_a_step() {
        let now = DateTime::UNIX_EPOCH;
        let (campaign, enrollment) = waiting(now, 5);
        let next = NextUp::of(&enrollment, &campaign, &words(), now);
        assert_eq!(next.at, enrollment.next_at);
        assert_eq!(next.text, "に「2. 詳しいレポート」");
        let (campaign, enrollment) = waiting(now, -1);
        let due = NextUp::of(&enrollment, &campaign, &words(), now);
        assert_eq!(due.at, None);
        assert_eq!(due.text, "まもなく「2. 詳しいレポート」");
    }

    #[test]
    fn whoever_does_not_move_is_told_why() {
        let now = DateTime::UNIX_EPOCH;
        let (mut campaign, mut enrollment) = waiting(now, 5);
        campaign.status = CampaignStatus::Paused;
        let next = NextUp::of(&enrollment, &campaign, &words(), now);
        assert!(next.text.starts_with("シナリオが一時停止中"), "{next:?}");
        for status in EnrollmentStatus::ALL {
            if status != EnrollmentStatus::Active {
                enrollment.status = status;
                let next = NextUp::of(&enrollment, &campaign, &words(), now);
                assert_eq!(next.at, None);
                assert!(!next.text.contains("campaigns-auto"), "{next:?}");
            }
        }
    }
}
