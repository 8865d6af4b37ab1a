//! What is known of a lead, as conditions compare it.

use std::cmp::Ordering;

use chrono::{Datelike, NaiveDate};

use super::{ConditionField, ConditionValue};
use crate::leads::{AttributeValue, Lead, LeadField, search_form};
use crate::scoring::Band;

/// Something that is known of a lead.
pub(super) enum Fact {
    Text(String),
    Number(f64),
    Day(NaiveDate),
    Truth(bool),
    Band(Band),
}

/// What has an order. Values of different kinds cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Rank(f64);

impl Rank {
    /// Numbers, days and bands have one.
    pub(super) fn of(value: &ConditionValue) -> Option<Self> {
        if let Some(number) = value.number() {
            return Some(Self(number));
        }
        let text = value.text();
        let day = text.trim().parse::<NaiveDate>().ok().map(Self::of_day);
        day.or_else(|| Band::parse(&text).map(|band| Self(f64::from(band as u8))))
    }

    fn of_day(day: NaiveDate) -> Self {
        Self(f64::from(day.num_days_from_ce()))
    }
}

impl Fact {
    pub(super) fn is(&self, value: &ConditionValue) -> bool {
        match self {
            Self::Text(text) => search_form(text) == search_form(&value.text()),
            Self::Number(number) => value.number() == Some(*number),
            Self::Day(day) => value.text().trim().parse() == Ok(*day),
            Self::Truth(truth) => value.text() == truth.to_string(),
            Self::Band(band) => Band::parse(&value.text()) == Some(*band),
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => search_form(text),
            Self::Number(number) => number.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Truth(truth) => truth.to_string(),
            Self::Band(band) => band.as_str().to_owned(),
        }
    }

    /// How it stands to a value; `None` where one of them has no order.
    pub(super) fn compare(&self, value: &ConditionValue) -> Option<Ordering> {
        self.rank()?.partial_cmp(&Rank::of(value)?)
    }

    fn rank(&self) -> Option<Rank> {
        match self {
            Self::Text(text) => text.trim().parse().ok().map(Rank),
            Self::Number(number) => Some(Rank(*number)),
            Self::Day(day) => Some(Rank::of_day(*day)),
            Self::Band(band) => Some(Rank(f64::from(*band as u8))),
            Self::Truth(_) => None,
        }
    }
}

pub(super) fn known_of(field: &ConditionField, lead: &Lead) -> Vec<Fact> {
    let text = |text: &Option<String>| text.clone().map(Fact::Text).into_iter().collect();
    let whole = |number: Option<i32>| {
        number
            .map(|number| Fact::Number(number.into()))
            .into_iter()
            .collect()
    };
    match field {
        ConditionField::Score => vec![Fact::Number(lead.score.into())],
        ConditionField::Band => vec![Fact::Band(lead.band)],
        ConditionField::Tags => lead.tags.iter().cloned().map(Fact::Text).collect(),
        ConditionField::Attribute(key) => {
            lead.attributes.get(key).map(fact_of).into_iter().collect()
        }
        ConditionField::Field(field) => match field {
            LeadField::Email => vec![Fact::Text(lead.email.as_str().to_owned())],
            LeadField::Name => text(&lead.name),
            LeadField::Kana => text(&lead.kana),
            LeadField::Company => text(&lead.company),
            LeadField::Department => text(&lead.department),
            LeadField::Title => text(&lead.title),
            LeadField::Phone => text(&lead.phone),
            LeadField::Grade => text(&lead.grade),
            LeadField::Industry => text(&lead.industry),
            LeadField::Region => text(&lead.region),
            LeadField::GraduationYear => whole(lead.graduation_year),
            LeadField::CompanySize => whole(lead.company_size),
            LeadField::Owner => Vec::new(),
        },
    }
}

fn fact_of(value: &AttributeValue) -> Fact {
    match value {
        AttributeValue::Text(text) => Fact::Text(text.clone()),
        AttributeValue::Number(number) => Fact::Number(*number),
        AttributeValue::Date(day) => Fact::Day(*day),
        AttributeValue::Boolean(truth) => Fact::Truth(*truth),
    }
}
