//! What the address of a list says: filters, order and page, each a field of a type that names
//! all its values, so that nothing typed into an address reaches a statement (V-12, V-13).

use std::collections::BTreeSet;

use domain::ids::UserId;
use domain::leads::{
    Direction, ExportFormat, LeadFilter, LeadPage, LeadSort, ReactionKind, TAG_MAX,
};
use domain::scoring::Band;
use serde::{Deserialize, Serialize};
use serde_html_form::de::empty_as_none;

use crate::error::{Complaint, Failure};
use crate::pages::{PER_PAGE, asked_page};

/// Longest text to look for, in characters.
const TEXT_MAX: usize = 200;
/// Most tags to look for at once.
const TAGS_MAX: usize = 20;

/// The address of a list of leads.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LeadQuery {
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) q: Option<String>,
    pub(super) band: Vec<Band>,
    pub(super) graduation_year: Option<i32>,
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) grade: Option<String>,
    pub(super) tag: Vec<String>,
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) owner: Option<UserId>,
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) industry: Option<String>,
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) region: Option<String>,
    pub(super) engaged_within: Option<u32>,
    pub(super) page_views: Option<u32>,
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) reacted: Option<ReactionKind>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) mailable: bool,
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) sort: Option<LeadSort>,
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) dir: Option<Direction>,
    pub(super) page: Option<u32>,
    /// Of an export only.
    #[serde(deserialize_with = "empty_as_none")]
    pub(super) format: Option<ExportFormat>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// A heading by which the list is sorted.
#[derive(Debug, Serialize)]
pub(super) struct Heading {
    href: String,
    active: bool,
    descending: bool,
}

impl LeadQuery {
    /// The filter that the address describes.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for texts that no list can be searched by.
    pub(crate) fn filter(&self) -> Result<LeadFilter, Failure> {
        let texts = [
            ("q", &self.q),
            ("grade", &self.grade),
            ("industry", &self.industry),
            ("region", &self.region),
        ];
        for (name, text) in texts {
            check_text(name, text.as_deref().unwrap_or_default(), TEXT_MAX)?;
        }
        if self.tag.len() > TAGS_MAX {
            return Err(invalid("tag", "too many tags"));
        }
        for tag in &self.tag {
            check_text("tag", tag, TAG_MAX)?;
        }
        let is_named = |tag: &&String| !tag.is_empty();
        Ok(LeadFilter {
            q: self.q.clone(),
            bands: self.band.iter().copied().collect(),
            graduation_year: self.graduation_year,
            grade: self.grade.clone(),
            tags: self.tag.iter().filter(is_named).cloned().collect(),
            owner: self.owner,
            industry: self.industry.clone(),
            region: self.region.clone(),
            engaged_within_days: self.engaged_within,
            min_page_views_7d: self.page_views,
            reacted: self.reacted,
            mailable_only: self.mailable,
            listed_for: None,
        })
    }

    /// The page and order that the address asks for.
    pub(super) fn lead_page(&self) -> LeadPage {
        let page = asked_page(self.page);
        LeadPage::new(self.order(), self.direction(), page, PER_PAGE)
    }

    /// The address of the same list from its first page on.
    pub(crate) fn text(&self) -> String {
        let query = Self {
            page: None,
            format: None,
            ..self.clone()
        };
        // Nothing in it can fail: texts, numbers, and lists of texts.
        serde_html_form::to_string(&query).unwrap_or_default()
    }

    /// The heading of the column `sort`: once more on the same column turns the order round.
    pub(super) fn heading(&self, path: &str, sort: LeadSort) -> Heading {
        let active = self.order() == sort;
        let dir = match (active, self.direction()) {
            (false, _) => usual(sort),
            (true, Direction::Asc) => Direction::Desc,
            (true, Direction::Desc) => Direction::Asc,
        };
        let query = Self {
            sort: Some(sort),
            dir: Some(dir),
            ..self.clone()
        };
        Heading {
            href: format!("{path}?{}", query.text()),
            active,
            descending: active && self.direction() == Direction::Desc,
        }
    }

    /// How many conditions are set, beside words and order.
    pub(super) fn conditions(&self) -> usize {
        let set = [
            !self.band.is_empty(),
            self.graduation_year.is_some(),
            self.grade.is_some(),
            self.tag.iter().any(|tag| !tag.is_empty()),
            self.owner.is_some(),
            self.industry.is_some(),
            self.region.is_some(),
            self.engaged_within.is_some(),
            self.page_views.is_some(),
            self.reacted.is_some(),
            self.mailable,
        ];
        set.into_iter().filter(|is_set| *is_set).count()
    }

    fn order(&self) -> LeadSort {
        self.sort.unwrap_or_default()
    }

    fn direction(&self) -> Direction {
        self.dir.unwrap_or_else(|| usual(self.order()))
    }
}

/// The end that people look for first.
fn usual(sort: LeadSort) -> Direction {
    match sort {
        LeadSort::Score | LeadSort::LastEngaged | LeadSort::Created => Direction::Desc,
        LeadSort::Name | LeadSort::Email => Direction::Asc,
    }
}

/// The address that finds the same leads, for a filter that was stored.
impl From<&LeadFilter> for LeadQuery {
    fn from(filter: &LeadFilter) -> Self {
        Self {
            q: filter.q.clone(),
            band: filter.bands.iter().copied().collect(),
            graduation_year: filter.graduation_year,
            grade: filter.grade.clone(),
            tag: filter.tags.iter().cloned().collect(),
            owner: filter.owner,
            industry: filter.industry.clone(),
            region: filter.region.clone(),
            engaged_within: filter.engaged_within_days,
            page_views: filter.min_page_views_7d,
            reacted: filter.reacted,
            mailable: filter.mailable_only,
            ..Self::default()
        }
    }
}

fn check_text(name: &str, text: &str, max: usize) -> Result<(), Failure> {
    if text.chars().any(char::is_control) {
        return Err(invalid(name, "a control character is in it"));
    }
    if text.chars().count() > max {
        return Err(invalid(name, "it is too long"));
    }
    Ok(())
}

fn invalid(name: &str, reason: &str) -> Failure {
    Failure::Invalid(Complaint::about(name, reason))
}

/// Tags that were typed, with the separators that Japanese keyboards offer.
pub(super) fn typed_tags(text: &str) -> BTreeSet<String> {
    let separators = [',', ';', '、', '，', '；', '\n'];
    text.split(separators)
        .filter_map(domain::leads::tidy_tag)
        .collect()
}

#[cfg(test)]
mod tests;
