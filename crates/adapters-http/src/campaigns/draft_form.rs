//! The form of a draft.

use domain::campaigns::{Broadcast, BroadcastDraft, BroadcastDraftFault};
use domain::ids::{TemplateId, TopicId};
use domain::leads::LeadFilter;
use serde::{Deserialize, Serialize};
use serde_html_form::de::empty_as_none;

use super::ab_form::fault_of_test;
use super::audience::mailable;
use super::draft_query::audience_of;
use crate::error::Failure;
use crate::leads::query::LeadQuery;
use crate::pages::FormErrors;

/// Where saving leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Next {
    /// The page that asks whether to start.
    #[default]
    Confirm,
    /// The page on which a list is uploaded.
    Recipients,
}

/// What the form sends; the filter comes along as the address of the lead list would have it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftForm {
    pub(super) name: String,
    #[serde(deserialize_with = "empty_as_none")]
    template: Option<TemplateId>,
    /// Of which kind it is; absent where the tenant has no kinds.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub(super) topic: Option<TopicId>,
    #[serde(default)]
    tracking: bool,
    #[serde(default)]
    pub(super) hourly_limit: String,
    #[serde(default)]
    pub(super) ab_by: String,
    #[serde(default)]
    pub(super) ab_subject: String,
    #[serde(default, deserialize_with = "empty_as_none")]
    pub(super) ab_template: Option<TemplateId>,
    #[serde(default)]
    pub(super) ab_time_a: String,
    #[serde(default)]
    pub(super) ab_time_b: String,
    #[serde(default)]
    pub(super) ab_share: String,
    #[serde(default)]
    pub(super) ab_metric: String,
    #[serde(default)]
    pub(super) ab_wait: String,
    #[serde(skip_serializing)]
    audience: String,
    #[serde(default, skip_serializing)]
    pub(super) next: Next,
}

impl DraftForm {
    pub(super) fn blank(template: Option<TemplateId>) -> Self {
        let form = Self {
            name: String::new(),
            template,
            topic: None,
            tracking: true,
            hourly_limit: String::new(),
            ab_by: String::new(),
            ab_subject: String::new(),
            ab_template: None,
            ab_time_a: String::new(),
            ab_time_b: String::new(),
            ab_share: String::new(),
            ab_metric: String::new(),
            ab_wait: String::new(),
            audience: String::new(),
            next: Next::default(),
        };
        form.with_test(None)
    }

    pub(super) fn of(broadcast: &Broadcast, topic: Option<TopicId>) -> Self {
        let limit = broadcast.hourly_limit.map(|limit| limit.to_string());
        let form = Self {
            name: broadcast.name.clone(),
            topic,
            tracking: broadcast.tracking,
            hourly_limit: limit.unwrap_or_default(),
            audience: LeadQuery::from(&broadcast.audience).text(),
            ..Self::blank(Some(broadcast.template))
        };
        form.with_test(broadcast.ab_test.as_ref())
    }

    /// The filter that comes along.
    ///
    /// # Errors
    /// [`Failure::Invalid`] if it is none: the page never sends that.
    pub(super) fn audience(&self) -> Result<LeadQuery, Failure> {
        audience_of(&self.audience)
    }

    /// The draft, or what has to be mended.
    pub(super) fn parsed(&self, audience: LeadFilter) -> Result<BroadcastDraft, FormErrors> {
        let mut errors = FormErrors::default();
        if self.template.is_none() {
            errors.add("template", "campaigns-error-template");
        }
        let hourly_limit = self.parsed_limit(&mut errors);
        let draft = BroadcastDraft {
            name: self.name.trim().to_owned(),
            template: self.template.unwrap_or_default(),
            audience: mailable(audience),
            tracking: self.tracking,
            hourly_limit,
            ab_test: self.ab_test(&mut errors),
        };
        if let Some(fault) = draft.fault() {
            let (field, key) = text_of(fault);
            errors.add(field, key);
        }
        if errors.is_empty() {
            Ok(draft)
        } else {
            Err(errors)
        }
    }

    fn parsed_limit(&self, errors: &mut FormErrors) -> Option<u32> {
        let limit = self.hourly_limit.trim();
        if limit.is_empty() {
            return None;
        }
        let limit = limit.parse().ok();
        if limit.is_none() {
            errors.add("hourly_limit", "campaigns-error-hourly-limit");
        }
        limit
    }
}

/// The field that is wrong, and the key of what is said about it.
fn text_of(fault: BroadcastDraftFault) -> (&'static str, &'static str) {
    match fault {
        BroadcastDraftFault::NameMissing => ("name", "campaigns-error-name"),
        BroadcastDraftFault::NameTooLong => ("name", "campaigns-error-name-long"),
        BroadcastDraftFault::HourlyLimit => ("hourly_limit", "campaigns-error-hourly-limit"),
        BroadcastDraftFault::AbTest(fault) => fault_of_test(fault),
    }
}
