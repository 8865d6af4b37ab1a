//! What the builder's scripts get with the page.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::campaigns::{Campaign, CampaignDefinition, CampaignFigures, writable_field};
use domain::ids::{StepId, TenantId};
use domain::leads::{AttributeKind, LeadField};
use domain::store::StoreResult;
use domain::tenancy::Locale;
use serde::Serialize;

use super::document::DefinitionDocument;
use super::figures::MailFigures;
use super::problems::ProblemRow;
use super::words::{Words, for_scripts};
use crate::assets;
use crate::ports::Ports;
use crate::texts;

/// Events that programs commonly report; any other can be typed.
const EVENTS: [&str; 5] = [
    "assessment_completed",
    "brochure_requested",
    "download",
    "form_submitted",
    "applied",
];

/// See `web/src/builder/context.ts`.
#[derive(Serialize)]
pub(super) struct Context {
    definition: DefinitionDocument,
    seen: DateTime<Utc>,
    problems: Vec<ProblemRow>,
    texts: BTreeMap<&'static str, String>,
    icons: String,
    save: Option<String>,
    templates: Vec<Choice>,
    campaigns: Vec<Choice>,
    people: Vec<Choice>,
    fields: Vec<Field>,
    segments: Vec<Choice>,
    events: Vec<&'static str>,
    figures: BTreeMap<StepId, Figures>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
}

#[derive(Serialize)]
struct Field {
    value: String,
    label: String,
    kind: &'static str,
    writable: bool,
}

#[derive(Serialize)]
struct Figures {
    waiting: u64,
    note: String,
}

impl Context {
    /// For a page on which the campaign is edited.
    pub(super) fn of_builder(
        ports: &Ports,
        tenant: TenantId,
        campaign: &Campaign,
        words: &Words,
        problems: Vec<ProblemRow>,
    ) -> StoreResult<Self> {
        let id = campaign.id;
        let choice = |value: String, label: &str| Choice {
            value,
            label: label.to_owned(),
        };
        let others = words.campaigns.iter().filter(|(other, _)| *other != id);
        let staff = ports.users.list(tenant)?;
        Ok(Self {
            problems,
            save: Some(format!("/ui/campaigns/{id}/definition")),
            templates: words
                .templates
                .iter()
                .map(|(id, name)| choice(id.to_string(), name))
                .collect(),
            campaigns: others
                .map(|(id, name)| choice(id.to_string(), name))
                .collect(),
            people: staff
                .iter()
                .map(|user| choice(user.id.to_string(), &user.name))
                .collect(),
            fields: fields(words),
            ..Self::of_definition(
                &campaign.definition,
                campaign.updated_at,
                words,
                &CampaignFigures::default(),
            )
        })
    }

    /// For a page that only shows what holds now, with how many people stand where.
    pub(super) fn of_picture(
        campaign: &Campaign,
        words: &Words,
        figures: &CampaignFigures,
    ) -> Self {
        Self::of_definition(campaign.in_force(), campaign.updated_at, words, figures)
    }

    fn of_definition(
        definition: &CampaignDefinition,
        seen: DateTime<Utc>,
        words: &Words,
        figures: &CampaignFigures,
    ) -> Self {
        let choices = words.templates.iter().map(|(id, name)| Choice {
            value: id.to_string(),
            label: name.clone(),
        });
        let locale = words.locale;
        let noted = figures.steps.iter().map(|(step, figures)| {
            let note = note(figures, locale);
            let waiting = figures.waiting;
            (*step, Figures { waiting, note })
        });
        Self {
            definition: definition.clone().into(),
            seen,
            problems: Vec::new(),
            texts: for_scripts(locale),
            icons: assets::address("icons.svg").unwrap_or_default(),
            save: None,
            templates: choices.collect(),
            campaigns: Vec::new(),
            people: Vec::new(),
            fields: fields(words),
            // None can be made yet; the trigger and the test stand ready for them.
            segments: Vec::new(),
            events: EVENTS.to_vec(),
            figures: noted.collect(),
        }
    }
}

/// What became of a step, on one line of its box.
fn note(figures: &domain::campaigns::StepFigures, locale: Locale) -> String {
    if figures.sent > 0 {
        let rate = MailFigures::of(figures).click_rate;
        let values = texts::arguments([("sent", figures.sent.into()), ("rate", rate.into())]);
        return texts::text(locale, "campaigns-auto-sent-note", &values);
    }
    if figures.done == 0 {
        return String::new();
    }
    let values = texts::arguments([("count", figures.done.into())]);
    texts::text(locale, "campaigns-auto-done-note", &values)
}

fn fields(words: &Words) -> Vec<Field> {
    let fixed = LeadField::ALL
        .into_iter()
        .filter(|field| *field != LeadField::Owner)
        .map(|field| (field.as_str().to_owned(), kind_of_fixed(field)));
    let special = [
        ("score", "number"),
        ("score_band", "band"),
        ("tags", "tags"),
    ]
    .map(|(name, kind)| (name.to_owned(), kind));
    let own = words
        .attributes
        .iter()
        .map(|it| (format!("attributes.{}", it.key), kind_of(it.kind)));
    fixed
        .chain(special)
        .chain(own)
        .map(|(value, kind)| Field {
            label: words.field(&value),
            // The address names the lead; no step changes it.
            writable: writable_field(&value).is_some() && value != "email",
            kind,
            value,
        })
        .collect()
}

const fn kind_of_fixed(field: LeadField) -> &'static str {
    match field {
        LeadField::GraduationYear | LeadField::CompanySize => "number",
        LeadField::Email
        | LeadField::Name
        | LeadField::Kana
        | LeadField::Company
        | LeadField::Department
        | LeadField::Title
        | LeadField::Phone
        | LeadField::Grade
        | LeadField::Industry
        | LeadField::Region
        | LeadField::Owner => "text",
    }
}

const fn kind_of(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Text => "text",
        AttributeKind::Number => "number",
        AttributeKind::Date => "date",
        AttributeKind::Boolean => "boolean",
    }
}
