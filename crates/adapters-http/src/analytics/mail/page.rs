//! `/ui/broadcasts/{id}/figures`, `/ui/campaigns/{id}/figures`. (C11, C16, C31)

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::analytics::{
    LinkFigures, MailCounts, MailDay, SentContent, course_by_day, course_by_hour,
};
use domain::ids::{BroadcastId, CampaignId, ContentId, TenantId};
use domain::tenancy::Locale;
use domain::tracking::MailSource;
use serde::Deserialize;

use super::counts::Counts;
use super::course::Course;
use super::map::{Choice, LinkRow, choices, link_rows};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Query;
use crate::pages::{Nav, Page};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

/// How long the hours of a broadcast are looked at.
const HOURS: u16 = 48;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Whose links are shown; none given: those of the first mail.
    content: Option<ContentId>,
    #[serde(default)]
    by: By,
}

/// How finely time is looked at.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum By {
    #[default]
    Day,
    /// The first hours of a broadcast.
    Hour,
}

/// What is looked at.
struct Subject {
    source: MailSource,
    name: String,
    started_at: Option<DateTime<Utc>>,
}

struct Found {
    subject: Subject,
    counts: Counts,
    course: Course,
    by: By,
    contents: Vec<Choice>,
    links: Vec<LinkRow>,
}

pub(super) async fn of_broadcast(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let id = broadcast.into_inner();
    let found = blocking(move || {
        let broadcast = state.ports.broadcasts.find(me.tenant_id(), id)?;
        let broadcast = broadcast.ok_or(Failure::NotFound)?;
        let subject = Subject {
            source: MailSource::Broadcast(id),
            name: broadcast.name,
            started_at: broadcast.started_at,
        };
        find(&state.ports, me.tenant_id(), subject, &asked, me.locale())
    })
    .await?;
    page(&request, &found, &format!("/ui/broadcasts/{id}"))
        .nav(Nav::Broadcasts)
        .render()
}

pub(super) async fn of_campaign(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let id = campaign.into_inner();
    let found = blocking(move || {
        let campaign = state.ports.campaigns.find(me.tenant_id(), id)?;
        let subject = Subject {
            source: MailSource::Campaign(id),
            name: campaign.ok_or(Failure::NotFound)?.definition.name,
            started_at: None,
        };
        find(&state.ports, me.tenant_id(), subject, &asked, me.locale())
    })
    .await?;
    page(&request, &found, &format!("/ui/campaigns/{id}"))
        .nav(Nav::Campaigns)
        .render()
}

fn find(
    ports: &Ports,
    tenant: TenantId,
    subject: Subject,
    asked: &Asked,
    locale: Locale,
) -> Result<Found, Failure> {
    let (reports, source) = (&ports.mail_reports, subject.source);
    let days = reports.by_day(tenant, source)?;
    let contents = reports.contents(tenant, source)?;
    let links = reports.links(tenant, source)?;
    let hours = match (source, subject.started_at) {
        (MailSource::Broadcast(id), Some(start)) if asked.by == By::Hour => {
            Some(reports.first_hours(tenant, id, start, HOURS)?)
        }
        (MailSource::Broadcast(_) | MailSource::Campaign(_), _) => None,
    };
    let chosen = chosen(&contents, asked.content)?;
    Ok(Found {
        counts: sum(&days).into(),
        by: hours.as_ref().map_or(By::Day, |_| By::Hour),
        course: match hours {
            Some(hours) => Course::by_hour(&course_by_hour(&hours, HOURS), locale),
            None => Course::by_day(&course_by_day(&days), locale),
        },
        contents: choices(&contents, source, chosen, locale),
        links: rows(&links, chosen),
        subject,
    })
}

fn sum(days: &[MailDay]) -> MailCounts {
    let mut all = MailCounts::default();
    for day in days {
        all += day.counts;
    }
    all
}

/// The content that was asked for, or the first.
pub(super) fn chosen(
    contents: &[SentContent],
    asked: Option<ContentId>,
) -> Result<Option<ContentId>, Failure> {
    match asked {
        Some(asked) if contents.iter().any(|content| content.id == asked) => Ok(Some(asked)),
        Some(_) => Err(Failure::NotFound),
        None => Ok(contents.first().map(|content| content.id)),
    }
}

fn rows(links: &[LinkFigures], chosen: Option<ContentId>) -> Vec<LinkRow> {
    chosen.map_or_else(Vec::new, |content| link_rows(links, content))
}

fn page(request: &HttpRequest, found: &Found, here: &str) -> Page {
    let chosen = found.contents.iter().find(|choice| choice.is_chosen);
    Page::of(request, "analytics/mail.html")
        .title_about("analytics-mail-title", &found.subject.name)
        .with("name", &found.subject.name)
        .with("here", here)
        .with("has_hours", &found.subject.started_at.is_some())
        .with("by_hour", &(found.by == By::Hour))
        .with("hours", &HOURS)
        .with("counts", &found.counts)
        .with("course", &found.course)
        .with("contents", &found.contents)
        .with("content", &chosen.map(|choice| choice.id))
        .with("links", &found.links)
}
