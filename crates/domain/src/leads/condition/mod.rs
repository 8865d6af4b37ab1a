//! Conditions on what is known of a lead: entry conditions, branches, dynamic content, segments.

mod fact;
mod stored;

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::fact::{Rank, known_of};
use self::stored::StoredCondition;
use super::{Lead, LeadField, search_form};
use crate::scoring::Band;

/// The prefix of a custom attribute's name in a condition.
const ATTRIBUTE: &str = "attributes.";
/// Values in one condition, at most.
const MOST_VALUES: usize = 200;
/// Longest text in a condition. Characters.
const LONGEST_TEXT: usize = 500;

/// What a condition looks at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConditionField {
    /// A fixed field, but the owner.
    Field(LeadField),
    /// A custom attribute, by its key.
    Attribute(String),
    /// The shown score.
    Score,
    /// 温度: `cold`, `warm` or `hot`; `greater_than` orders them.
    Band,
    /// The tags: `equals` and `contains` ask for one of them.
    Tags,
}

impl ConditionField {
    /// The field with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "score" => Some(Self::Score),
            "score_band" => Some(Self::Band),
            "tags" => Some(Self::Tags),
            _ => match name.strip_prefix(ATTRIBUTE) {
                Some("") => None,
                Some(key) => Some(Self::Attribute(key.to_owned())),
                None => LeadField::parse(name)
                    .filter(|field| *field != LeadField::Owner)
                    .map(Self::Field),
            },
        }
    }
}

/// The name in storage, forms and the JSON interface.
impl fmt::Display for ConditionField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => f.write_str(field.as_str()),
            Self::Attribute(key) => write!(f, "{ATTRIBUTE}{key}"),
            Self::Score => f.write_str("score"),
            Self::Band => f.write_str("score_band"),
            Self::Tags => f.write_str("tags"),
        }
    }
}

/// How a value is compared (B42).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionOperator {
    /// The same, in any spelling: width, case and kana do not count.
    Equals,
    /// Not the same, or not known.
    NotEquals,
    /// More, or later.
    GreaterThan,
    /// Less, or earlier.
    LessThan,
    /// The text occurs in it.
    Contains,
    /// Equals one of several.
    In,
    /// From the first to the second, both included.
    Between,
}

impl ConditionOperator {
    /// Every operator, in the order of the form.
    pub const ALL: [Self; 7] = [
        Self::Equals,
        Self::NotEquals,
        Self::GreaterThan,
        Self::LessThan,
        Self::Contains,
        Self::In,
        Self::Between,
    ];

    /// The name in storage, forms and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::NotEquals => "not_equals",
            Self::GreaterThan => "greater_than",
            Self::LessThan => "less_than",
            Self::Contains => "contains",
            Self::In => "in",
            Self::Between => "between",
        }
    }

    /// The operator with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operator| operator.as_str() == name)
    }
}

/// One value that a condition compares with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ConditionValue {
    /// Yes or no.
    Truth(bool),
    /// A number.
    Number(f64),
    /// A text, or a day as `2026-11-22`.
    Text(String),
}

impl ConditionValue {
    fn text(&self) -> String {
        match self {
            Self::Truth(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Truth(_) => None,
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

/// One condition on a lead (B41).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredCondition", into = "StoredCondition")]
pub struct LeadCondition {
    field: ConditionField,
    operator: ConditionOperator,
    values: Vec<ConditionValue>,
}

/// Why a condition makes no sense.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ConditionFault {
    /// Leads have no such field.
    #[error("leads have no such field")]
    UnknownField,
    /// A value is missing, or there are too many for this operator.
    #[error("this operator needs another number of values")]
    ValueCount,
    /// The operator compares numbers or days and the value is neither.
    #[error("the value is neither a number nor a day")]
    NotComparable,
    /// The value is no band.
    #[error("the value is not cold, warm or hot")]
    NotABand,
    /// The value is too long.
    #[error("the value is too long")]
    TooLong,
}

impl LeadCondition {
    /// A condition that makes sense.
    ///
    /// # Errors
    /// See [`ConditionFault`].
    pub fn new(
        field: ConditionField,
        operator: ConditionOperator,
        values: Vec<ConditionValue>,
    ) -> Result<Self, ConditionFault> {
        use ConditionOperator as Op;
        let counted = match operator {
            Op::In => (1..=MOST_VALUES).contains(&values.len()),
            Op::Between => values.len() == 2,
            Op::Equals | Op::NotEquals | Op::GreaterThan | Op::LessThan | Op::Contains => {
                values.len() == 1
            }
        };
        if !counted || values.iter().any(|value| value.text().trim().is_empty()) {
            return Err(ConditionFault::ValueCount);
        }
        if values
            .iter()
            .any(|value| value.text().chars().count() > LONGEST_TEXT)
        {
            return Err(ConditionFault::TooLong);
        }
        if field == ConditionField::Band {
            let known = |value: &ConditionValue| Band::parse(&value.text()).is_some();
            if !values.iter().all(known) {
                return Err(ConditionFault::NotABand);
            }
        } else if matches!(operator, Op::GreaterThan | Op::LessThan | Op::Between) {
            let ordered = |value: &ConditionValue| Rank::of(value).is_some();
            if !values.iter().all(ordered) {
                return Err(ConditionFault::NotComparable);
            }
        }
        Ok(Self {
            field,
            operator,
            values,
        })
    }

    /// What it looks at.
    #[must_use]
    pub const fn field(&self) -> &ConditionField {
        &self.field
    }

    /// How it compares.
    #[must_use]
    pub const fn operator(&self) -> ConditionOperator {
        self.operator
    }

    /// What it compares with: one value, two for `between`, any number for `in`.
    #[must_use]
    pub fn values(&self) -> &[ConditionValue] {
        &self.values
    }

    /// Whether it holds for a lead. What is not known fulfils only `not_equals`.
    #[must_use]
    pub fn holds(&self, lead: &Lead) -> bool {
        let known = known_of(&self.field, lead);
        let is_any = |value: &ConditionValue| known.iter().any(|fact| fact.is(value));
        match (self.operator, self.values.as_slice()) {
            (ConditionOperator::Equals | ConditionOperator::In, values) => {
                values.iter().any(is_any)
            }
            (ConditionOperator::NotEquals, values) => !values.iter().any(is_any),
            (ConditionOperator::GreaterThan, [value]) => known
                .iter()
                .any(|fact| fact.compare(value).is_some_and(Ordering::is_gt)),
            (ConditionOperator::LessThan, [value]) => known
                .iter()
                .any(|fact| fact.compare(value).is_some_and(Ordering::is_lt)),
            (ConditionOperator::Contains, [value]) => {
                let part = search_form(&value.text());
                known.iter().any(|fact| fact.text().contains(&part))
            }
            (ConditionOperator::Between, [from, to]) => known.iter().any(|fact| {
                fact.compare(from).is_some_and(Ordering::is_ge)
                    && fact.compare(to).is_some_and(Ordering::is_le)
            }),
            (
                ConditionOperator::GreaterThan
                | ConditionOperator::LessThan
                | ConditionOperator::Contains
                | ConditionOperator::Between,
                _,
            ) => false,
        }
    }
}
