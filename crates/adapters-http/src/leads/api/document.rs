//! A lead as a program gets it.

use chrono::{DateTime, Utc};
use domain::ids::{LeadId, UserId};
use domain::leads::{Lead, Upserted};
use domain::tracking::VisitorId;
use serde::Serialize;

use super::attributes;

#[derive(Debug, Serialize)]
pub(super) struct LeadDocument<'a> {
    id: LeadId,
    email: &'a str,
    name: Option<&'a str>,
    kana: Option<&'a str>,
    company: Option<&'a str>,
    department: Option<&'a str>,
    title: Option<&'a str>,
    phone: Option<&'a str>,
    graduation_year: Option<i32>,
    grade: Option<&'a str>,
    industry: Option<&'a str>,
    company_size: Option<i32>,
    region: Option<&'a str>,
    attributes: attributes::Document,
    tags: Vec<&'a str>,
    owner: Option<UserId>,
    engagement_score: i32,
    fit_score: i32,
    score: i32,
    band: &'static str,
    last_engaged_at: Option<DateTime<Utc>>,
    last_clicked_url: Option<&'a str>,
    tracking_id: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl<'a> LeadDocument<'a> {
    pub(super) fn of(lead: &'a Lead) -> Self {
        Self {
            id: lead.id,
            email: lead.email.as_str(),
            name: lead.name.as_deref(),
            kana: lead.kana.as_deref(),
            company: lead.company.as_deref(),
            department: lead.department.as_deref(),
            title: lead.title.as_deref(),
            phone: lead.phone.as_deref(),
            graduation_year: lead.graduation_year,
            grade: lead.grade.as_deref(),
            industry: lead.industry.as_deref(),
            company_size: lead.company_size,
            region: lead.region.as_deref(),
            attributes: attributes::document(&lead.attributes),
            tags: lead.tags.iter().map(String::as_str).collect(),
            owner: lead.owner,
            engagement_score: lead.engagement_score,
            fit_score: lead.fit_score,
            score: lead.score,
            band: lead.band.as_str(),
            last_engaged_at: lead.last_engaged_at,
            last_clicked_url: lead.last_clicked_url.as_deref(),
            tracking_id: lead.tracking_id.map(|id: VisitorId| id.to_string()),
            created_at: lead.created_at,
            updated_at: lead.updated_at,
        }
    }
}

/// Which lead an upsert was about.
pub(super) fn id_of(upserted: Upserted) -> LeadId {
    match upserted {
        Upserted::Created(id) | Upserted::Updated(id) => id,
    }
}
