//! The lead as the template shows it.

use chrono::{DateTime, Utc};
use domain::ids::LeadId;
use domain::leads::{AttributeKind, ImportantView};
use domain::scoring::Bounds;
use serde::Serialize;

use super::super::query::LeadQuery;
use super::super::shown::{self, Phone, WebLink};
use super::Found;
use crate::security::SignedIn;

/// Who they are and how warm.
#[derive(Serialize)]
pub(super) struct View<'a> {
    id: LeadId,
    name: Option<&'a str>,
    kana: Option<&'a str>,
    email: String,
    phone: Option<Phone>,
    company: Option<&'a str>,
    department: Option<&'a str>,
    title: Option<&'a str>,
    graduation_year: Option<i32>,
    grade: Option<&'a str>,
    industry: Option<&'a str>,
    company_size: Option<i32>,
    region: Option<&'a str>,
    tags: Vec<Tag<'a>>,
    owner: Option<&'a str>,
    attributes: Vec<Attribute<'a>>,
    band: &'static str,
    score: i32,
    engagement_score: i32,
    fit_score: i32,
    last_engaged_at: Option<DateTime<Utc>>,
    last_clicked: Option<WebLink>,
    created_at: DateTime<Utc>,
}

#[derive(Serialize)]
pub(super) struct Tag<'a> {
    name: &'a str,
    /// The list of those who have it.
    href: String,
}

#[derive(Serialize)]
pub(super) struct Attribute<'a> {
    label: &'a str,
    value: String,
    is_boolean: bool,
}

/// The score between its thresholds.
#[derive(Serialize)]
pub(super) struct Meter {
    max: i32,
    warm_from: i32,
    hot_from: i32,
    /// Points that are missing to be hot.
    missing: i32,
}

#[derive(Serialize)]
pub(super) struct Views {
    page: WebLink,
    title: Option<String>,
    views: u32,
    last_at: DateTime<Utc>,
}

#[derive(Serialize)]
pub(super) struct Stop<'a> {
    reason: &'static str,
    detail: Option<&'a str>,
    since: DateTime<Utc>,
}

#[derive(Serialize)]
pub(super) struct Week {
    page_views: u32,
    sessions: u32,
    important_page_views: u32,
    clicks: u32,
    opens: u32,
}

#[derive(Serialize)]
pub(super) struct Traces {
    engagements: u64,
    score_lines: u64,
    mails: u64,
}

impl View<'_> {
    /// What the page is called: the name, or else the address.
    pub(super) fn title(&self) -> &str {
        self.name.unwrap_or(&self.email)
    }
}

impl<'a> Tag<'a> {
    fn of(name: &'a str) -> Self {
        let query = LeadQuery {
            tag: vec![name.to_owned()],
            ..LeadQuery::default()
        };
        Self {
            name,
            href: format!("/ui/leads?{}", query.text()),
        }
    }
}

impl Found {
    pub(super) fn view(&self, me: &SignedIn) -> View<'_> {
        let lead = &self.lead;
        View {
            id: lead.id,
            name: lead.name.as_deref(),
            kana: lead.kana.as_deref(),
            email: shown::address(me, &lead.email),
            phone: Phone::shown(me, lead.phone.as_deref()),
            company: lead.company.as_deref(),
            department: lead.department.as_deref(),
            title: lead.title.as_deref(),
            graduation_year: lead.graduation_year,
            grade: lead.grade.as_deref(),
            industry: lead.industry.as_deref(),
            company_size: lead.company_size,
            region: lead.region.as_deref(),
            tags: lead.tags.iter().map(|tag| Tag::of(tag)).collect(),
            owner: self.owner.as_deref(),
            attributes: self.attribute_views(),
            band: lead.band.as_str(),
            score: lead.score,
            engagement_score: lead.engagement_score,
            fit_score: lead.fit_score,
            last_engaged_at: lead.last_engaged_at,
            last_clicked: lead.last_clicked_url.as_deref().map(WebLink::of),
            created_at: lead.created_at,
        }
    }

    fn attribute_views(&self) -> Vec<Attribute<'_>> {
        let known = self.attributes.iter();
        known
            .filter_map(|one| {
                Some(Attribute {
                    label: &one.label,
                    value: self.lead.attributes.get(&one.key)?.to_string(),
                    is_boolean: one.kind == AttributeKind::Boolean,
                })
            })
            .collect()
    }

    pub(super) fn meter(&self) -> Meter {
        let Bounds {
            max,
            warm_from,
            hot_from,
            ..
        } = self.bounds;
        let full = max.unwrap_or_else(|| hot_from.saturating_mul(2));
        Meter {
            max: full.max(self.lead.score).max(1),
            warm_from,
            hot_from,
            missing: hot_from.saturating_sub(self.lead.score).max(0),
        }
    }

    pub(super) fn week(&self) -> Week {
        Week {
            page_views: self.activity.page_views,
            sessions: self.activity.sessions,
            important_page_views: self.activity.important_page_views,
            clicks: self.activity.clicks,
            opens: self.activity.opens,
        }
    }

    pub(super) fn important_views(&self) -> Vec<Views> {
        let view = |view: &ImportantView| Views {
            page: WebLink::of(&view.url),
            title: view.title.clone(),
            views: view.views,
            last_at: view.last_at,
        };
        self.important.iter().map(view).collect()
    }

    pub(super) fn stop(&self) -> Option<Stop<'_>> {
        let stop = self.stop.as_ref()?;
        Some(Stop {
            reason: stop.reason.as_str(),
            detail: stop.detail.as_deref(),
            since: stop.created_at,
        })
    }

    pub(super) fn traces(&self) -> Traces {
        Traces {
            engagements: self.traces.engagements,
            score_lines: self.traces.score_lines,
            mails: self.traces.mails,
        }
    }
}
