//! Campaigns to begin with: sequences that schools and companies use most. (B10)

use std::collections::BTreeMap;

use domain::campaigns::{
    CampaignDefinition, Delay, DelayUnit, Flow, ReEntry, Step, StepAction, StepTest, Trigger,
};
use domain::ids::{StepId, TemplateId};
use domain::tenancy::Locale;
use domain::tracking::{CustomEventError, EventName};
use uuid::Uuid;

use crate::texts::{self, Arguments};

/// A campaign that is ready but for its mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recipe {
    /// 診断フォロー: the five steps of B10.
    Assessment,
    /// 資料請求フォロー
    Request,
    /// 休眠掘り起こし
    Dormant,
}

impl Recipe {
    pub(super) const ALL: [Self; 3] = [Self::Assessment, Self::Request, Self::Dormant];

    /// The name in forms and in the keys of texts.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Assessment => "assessment",
            Self::Request => "request",
            Self::Dormant => "dormant",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|recipe| recipe.as_str() == name)
    }

    /// The definition in somebody's language. A send step takes the template of its own name
    /// where the tenant has one, and asks for one otherwise.
    ///
    /// # Errors
    /// Never: the names of its events are names of events.
    pub(super) fn definition(
        self,
        locale: Locale,
        templates: &[(TemplateId, String)],
    ) -> Result<CampaignDefinition, CustomEventError> {
        let kitchen = Kitchen { locale, templates };
        let key = format!("recipe-{}", self.as_str());
        let (trigger, steps) = match self {
            Self::Assessment => (on("assessment_completed")?, kitchen.assessment()),
            Self::Request => (on("brochure_requested")?, kitchen.request()),
            Self::Dormant => (Trigger::Manual, kitchen.dormant()),
        };
        Ok(CampaignDefinition {
            name: kitchen.say(&key),
            description: kitchen.say(&format!("{key}-help")),
            trigger,
            re_entry: ReEntry::AfterFinishing,
            flow: Flow { steps },
            ..blank(String::new())
        })
    }
}

/// A definition without steps that nobody enters by themselves.
pub(super) fn blank(name: String) -> CampaignDefinition {
    CampaignDefinition {
        name,
        description: String::new(),
        trigger: Trigger::Manual,
        entry: Vec::new(),
        exits: Vec::new(),
        re_entry: ReEntry::Never,
        tracking: true,
        flow: Flow::default(),
    }
}

fn on(event: &str) -> Result<Trigger, CustomEventError> {
    Ok(Trigger::Custom {
        event: EventName::parse(event)?,
        properties: BTreeMap::new(),
    })
}

/// Where recipes are made.
struct Kitchen<'a> {
    locale: Locale,
    templates: &'a [(TemplateId, String)],
}

impl Kitchen<'_> {
    fn say(&self, key: &str) -> String {
        let key = format!("campaigns-auto-{key}");
        texts::text(self.locale, &key, &Arguments::new())
    }

    /// B10: at once, then 1, 3, 7 and 14 days after the day of the assessment.
    fn assessment(&self) -> Vec<Step> {
        let days_between = [
            ("thanks", 0),
            ("report", 1),
            ("case", 2),
            ("demo", 4),
            ("offer", 7),
        ];
        let mail = |(key, days)| self.mail(key, days);
        days_between.into_iter().map(mail).collect()
    }

    fn request(&self) -> Vec<Step> {
        let thanks = self.mail("thanks", 0);
        let clicked = self.clicked_in(
            thanks.id,
            3,
            vec![self.mail("session", 0)],
            vec![self.mail("case", 0)],
        );
        vec![thanks, clicked]
    }

    fn dormant(&self) -> Vec<Step> {
        let again = self.mail("again", 0);
        let notify = StepAction::Notify {
            user: None,
            message: self.say("recipe-word-back"),
        };
        let tag = StepAction::AddTag {
            tag: self.say("recipe-word-dormant"),
        };
        let clicked = self.clicked_in(
            again.id,
            7,
            vec![self.step("notify", 0, notify)],
            vec![self.step("tag", 0, tag)],
        );
        vec![again, clicked]
    }

    fn mail(&self, key: &str, days: u32) -> Step {
        let name = self.say(&format!("recipe-step-{key}"));
        let named = self.templates.iter().find(|(_, known)| *known == name);
        let template = named.map_or(TemplateId::from_uuid(Uuid::nil()), |(id, _)| *id);
        let action = StepAction::Send {
            template,
            click_hastens: false,
        };
        self.step(key, days, action)
    }

    fn clicked_in(&self, mail: StepId, days: u32, yes: Vec<Step>, no: Vec<Step>) -> Step {
        let test = StepTest::Clicked {
            step: Some(mail),
            url_contains: None,
        };
        self.step("clicked", days, StepAction::Condition { test, yes, no })
    }

    fn step(&self, key: &str, days: u32, action: StepAction) -> Step {
        Step {
            id: StepId::new(),
            name: self.say(&format!("recipe-step-{key}")),
            delay: Delay {
                value: days,
                unit: DelayUnit::Days,
            },
            only_if: Vec::new(),
            not_later_than: None,
            action,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // B10
    #[test]
    fn the_assessment_recipe_sends_on_the_days_of_the_specification() {
        let made = Recipe::Assessment.definition(Locale::Ja, &[]).unwrap();
        let steps = made.flow.steps.iter();
        let day = steps.scan(0, |day, step| {
            *day += step.delay.value;
            Some(*day)
        });
        assert_eq!(day.collect::<Vec<_>>(), [0, 1, 3, 7, 14]);
        let is_mail = |step: &Step| matches!(step.action, StepAction::Send { .. });
        assert!(made.flow.steps.iter().all(is_mail));
    }

    #[test]
    fn a_step_takes_the_template_of_its_name() {
        let thanks = (TemplateId::new(), "お礼".to_owned());
        let made = Recipe::Request.definition(Locale::Ja, std::slice::from_ref(&thanks));
        let first = made.unwrap().flow.steps.remove(0);
        let expected = StepAction::Send {
            template: thanks.0,
            click_hastens: false,
        };
        assert_eq!(first.action, expected);
    }

    #[test]
    fn every_recipe_can_be_made_in_both_languages() {
        for recipe in Recipe::ALL {
            assert_eq!(Recipe::parse(recipe.as_str()), Some(recipe));
            for locale in Locale::ALL {
                let made = recipe.definition(locale, &[]).unwrap();
                let texts = made
                    .flow
                    .placed()
                    .into_iter()
                    .map(|it| it.step.name.clone());
                for text in texts.chain([made.name, made.description]) {
                    assert!(!text.contains("campaigns-auto"), "{text}");
                }
            }
        }
    }
}
