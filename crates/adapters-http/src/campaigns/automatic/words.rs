//! Triggers, conditions and steps in words, the same that the builder's scripts say.

use std::collections::BTreeMap;

use domain::campaigns::{
    Delay, ExitCondition, Placed, Step, StepAction, StepTest, Trigger, WeekdayName,
};
use domain::ids::{CampaignId, TemplateId, TenantId};
use domain::leads::{AttributeDefinition, ConditionValue, LeadCondition, LeadField};
use domain::store::StoreResult;
use domain::tenancy::Locale;

use crate::ports::Ports;
use crate::texts::{self, Arguments};

/// The prefix of the builder's texts.
pub(super) const PREFIX: &str = "campaigns-auto-b-";
/// 診断完了: a custom event with a name of its own (B9).
pub(super) const ASSESSMENT: &str = "assessment_completed";
/// Campaigns that a step can lead to, at most.
pub(super) const MOST_CAMPAIGNS: u32 = 1_000;

/// What names stand for, and in which language they are said.
pub(super) struct Words {
    pub(super) locale: Locale,
    pub(super) attributes: Vec<AttributeDefinition>,
    pub(super) templates: Vec<(TemplateId, String)>,
    pub(super) campaigns: Vec<(CampaignId, String)>,
}

impl Words {
    /// Everything that a flow can name.
    pub(super) fn read(ports: &Ports, tenant: TenantId, locale: Locale) -> StoreResult<Self> {
        let templates = ports.templates.list(tenant)?.into_iter();
        let campaigns = ports.campaigns.list(tenant, None, 0, MOST_CAMPAIGNS)?;
        Ok(Self {
            locale,
            attributes: ports.lead_listing.attributes(tenant)?,
            templates: templates.map(|it| (it.id, it.name)).collect(),
            campaigns: campaigns
                .into_iter()
                .map(|it| (it.id, it.definition.name))
                .collect(),
        })
    }

    fn say(&self, key: &str) -> String {
        self.say_with(key, &Arguments::new())
    }

    fn say_with(&self, key: &str, values: &Arguments) -> String {
        texts::text(self.locale, &format!("{PREFIX}{key}"), values)
    }

    /// What lets people in.
    pub(super) fn trigger(&self, trigger: &Trigger) -> String {
        let name = self.say(&format!("trigger-{}", trigger.kind()));
        match trigger {
            Trigger::Custom { event, .. } if event.as_str() == ASSESSMENT => {
                self.say("trigger-assessment_completed")
            }
            Trigger::Custom { event, .. } => format!("{name}: {event}"),
            Trigger::ScoreReached { score } => format!("{name}: {score}"),
            Trigger::BandReached { band } => format!("{name}: {}", self.band(band.as_str())),
            Trigger::AttributeMatches { conditions } => {
                format!("{name}: {}", self.conditions(conditions))
            }
            Trigger::StageEntered { stage } => format!("{name}: {stage}"),
            Trigger::DateAttribute { attribute, .. } => {
                format!("{name}: {}", self.field(&format!("attributes.{attribute}")))
            }
            Trigger::SegmentEntered { .. } | Trigger::EventRegistered { .. } | Trigger::Manual => {
                name
            }
        }
    }

    /// What takes people out early.
    pub(super) fn exit(&self, exit: &ExitCondition) -> String {
        match exit {
            ExitCondition::BandReached(band) => {
                let name = self.say("exit-band_reached");
                format!("{name}: {}", self.band(band.as_str()))
            }
            ExitCondition::Custom(event) => format!("{}: {event}", self.say("exit-custom")),
            ExitCondition::Lead(condition) => self.condition(condition),
        }
    }

    /// Several conditions that all must hold.
    pub(super) fn conditions(&self, conditions: &[LeadCondition]) -> String {
        let said: Vec<_> = conditions.iter().map(|it| self.condition(it)).collect();
        said.join(&self.say("and"))
    }

    /// One condition on a lead.
    pub(super) fn condition(&self, condition: &LeadCondition) -> String {
        let operator = self.say(&format!("operator-{}", condition.operator().as_str()));
        let field = condition.field().to_string();
        let value = |value: &ConditionValue| match value {
            ConditionValue::Truth(truth) => self.say(&format!("boolean-{truth}")),
            ConditionValue::Number(number) => number.to_string(),
            ConditionValue::Text(text) if field == "score_band" => self.band(text),
            ConditionValue::Text(text) => text.clone(),
        };
        let values: Vec<_> = condition.values().iter().map(value).collect();
        format!("{} {operator} {}", self.field(&field), values.join(", "))
    }

    /// A field of leads as staff know it.
    pub(super) fn field(&self, name: &str) -> String {
        if let Some(field) = LeadField::parse(name) {
            let key = format!("leads-field-{}", field.as_str().replace('_', "-"));
            return texts::text(self.locale, &key, &Arguments::new());
        }
        if let Some(key) = name.strip_prefix("attributes.") {
            let known = self.attributes.iter().find(|it| it.key == key);
            return known.map_or_else(|| key.to_owned(), |it| it.label.clone());
        }
        self.say(&format!("field-{name}"))
    }

    fn band(&self, name: &str) -> String {
        self.say(&format!("band-{name}"))
    }

    /// A step with its number.
    pub(super) fn numbered(&self, placed: &Placed<'_>) -> String {
        let values = texts::arguments([
            ("order", placed.order.to_string().into()),
            ("step", self.title(placed.step).into()),
        ]);
        texts::text(self.locale, "campaigns-auto-problem-where", &values)
    }

    /// What a step is called, or what kind it is of.
    pub(super) fn title(&self, step: &Step) -> String {
        let name = step.name.trim();
        if name.is_empty() {
            self.say(&format!("kind-{}", step.action.kind()))
        } else {
            name.to_owned()
        }
    }

    /// When a step comes.
    pub(super) fn delay(&self, delay: Delay) -> String {
        if delay.value == 0 {
            return self.say("at-once");
        }
        let unit = self.say(&format!("unit-{}", delay.unit.as_str()));
        let values = texts::arguments([("n", delay.value.into()), ("unit", unit.into())]);
        self.say_with("after", &values)
    }

    /// What exactly a step does.
    pub(super) fn detail(&self, action: &StepAction) -> String {
        match action {
            StepAction::Send { template, .. } => self.template(*template),
            StepAction::WaitUntil { weekdays, at } => {
                let days: Vec<_> = weekdays.iter().map(|day| self.day(*day)).collect();
                let days = if days.is_empty() {
                    self.say("any-day")
                } else {
                    days.join("・")
                };
                format!("{days} {}", at.format("%H:%M"))
            }
            StepAction::Condition { test, .. } => self.test(test),
            StepAction::Split { share_a, .. } => {
                format!("A {share_a}% / B {}%", 100_u8.saturating_sub(*share_a))
            }
            StepAction::SetAttribute { field, value } => format!("{} = {value}", self.field(field)),
            StepAction::AddTag { tag } | StepAction::RemoveTag { tag } => tag.clone(),
            StepAction::AddScore { points } => {
                let points = format!("{points:+}").into();
                self.say_with("points", &texts::arguments([("n", points)]))
            }
            StepAction::CreateTask { title, .. } => title.clone(),
            StepAction::Notify { message, .. } => message.clone(),
            StepAction::Webhook { url } => url.clone(),
            StepAction::GoTo { campaign } => self.campaign(*campaign),
            StepAction::End => String::new(),
        }
    }

    fn test(&self, test: &StepTest) -> String {
        let with =
            |key, value: String| self.say_with(key, &texts::arguments([("value", value.into())]));
        match test {
            StepTest::BandAtLeast { band } => with("test-is-band", self.band(band.as_str())),
            StepTest::Opened { .. } => self.say("test-opened"),
            StepTest::Clicked { .. } => self.say("test-clicked"),
            StepTest::Visited { path } => with("test-is-visited", path.clone()),
            StepTest::Lead { conditions } => self.conditions(conditions),
            StepTest::InSegment { .. } => self.say("test-in_segment"),
        }
    }

    fn day(&self, day: WeekdayName) -> String {
        let name = match day {
            WeekdayName::Monday => "monday",
            WeekdayName::Tuesday => "tuesday",
            WeekdayName::Wednesday => "wednesday",
            WeekdayName::Thursday => "thursday",
            WeekdayName::Friday => "friday",
            WeekdayName::Saturday => "saturday",
            WeekdayName::Sunday => "sunday",
        };
        self.say(&format!("day-{name}"))
    }

    fn template(&self, id: TemplateId) -> String {
        if id.uuid().is_nil() {
            return self.say("not-chosen");
        }
        let known = self.templates.iter().find(|(known, _)| *known == id);
        known.map_or_else(|| self.say("gone"), |(_, name)| name.clone())
    }

    fn campaign(&self, id: CampaignId) -> String {
        if id.uuid().is_nil() {
            return self.say("not-chosen");
        }
        let known = self.campaigns.iter().find(|(known, _)| *known == id);
        known.map_or_else(|| self.say("gone"), |(_, name)| name.clone())
    }
}

/// The builder's texts by their names after [`PREFIX`]; `{ $name }` stays as `{name}` for the
/// scripts to fill in.
pub(super) fn for_scripts(locale: Locale) -> BTreeMap<&'static str, String> {
    const FILE: &str = include_str!("../../../../../locales/ja/campaigns.ftl");
    let values = ["n", "unit", "name", "value", "days", "at", "reason"]
        .map(|name| (name, format!("{{{name}}}").into()));
    let values = texts::arguments(values);
    let names = FILE
        .lines()
        .filter_map(|line| line.strip_prefix(PREFIX)?.split_once(" =").map(|it| it.0));
    names
        .map(|name| {
            let key = format!("{PREFIX}{name}");
            (name, texts::text(locale, &key, &values))
        })
        .collect()
}
