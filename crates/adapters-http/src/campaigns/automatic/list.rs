//! Every campaign, newest first, with how it stands and what to do about it.

use actix_web::HttpRequest;
use domain::campaigns::{Campaign, CampaignStatus, EnrollmentStatus};
use domain::ids::CampaignId;
use domain::leads::search_form;
use domain::tenancy::Locale;
use serde::{Deserialize, Serialize};
use serde_html_form::de::empty_as_none;

use super::figures::{MailFigures, in_status, inside};
use super::recipes::Recipe;
use super::words::{MOST_CAMPAIGNS, Words};
use crate::blocking::blocking;
use crate::error::{Complaint, Failure, PageResult};
use crate::extract::Query;
use crate::pages::{Nav, PER_PAGE, Page, Pagination, asked_page};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default, deserialize_with = "empty_as_none")]
    q: Option<String>,
    #[serde(default, deserialize_with = "empty_as_none")]
    status: Option<String>,
    page: Option<u32>,
}

#[derive(Serialize)]
struct Row {
    id: CampaignId,
    name: String,
    trigger: String,
    status: &'static str,
    inside: u64,
    finished: u64,
    sent: u64,
    click_rate: String,
}

struct Found {
    rows: Vec<Row>,
    total: u64,
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Query(asked): Query<Asked>,
) -> PageResult {
    let page = asked_page(asked.page);
    let status = parsed(asked.status.as_deref())?;
    let (wanted, locale) = (asked.q.clone(), me.locale());
    let found = blocking(move || {
        let wanted = wanted.as_deref().map(search_form);
        find(&state.ports, &me, status, wanted.as_deref(), page, locale)
    })
    .await?;
    Page::of(&request, "campaigns/automatic/list.html")
        .title("campaigns-auto-title")
        .nav(Nav::Campaigns)
        .with("rows", &found.rows)
        .with("filter", &asked)
        .with("is_filtered", &(asked.q.is_some() || status.is_some()))
        .with("statuses", &CampaignStatus::ALL.map(CampaignStatus::as_str))
        .with("recipes", &Recipe::ALL.map(Recipe::as_str))
        .with("pages", &Pagination::of(&request, page, found.total))
        .render()
}

fn parsed(status: Option<&str>) -> Result<Option<CampaignStatus>, Failure> {
    let known = |name| {
        let unknown = || Complaint::about("status", "is no status of a campaign");
        CampaignStatus::parse(name).ok_or_else(|| Failure::Invalid(unknown()))
    };
    status.map(known).transpose()
}

/// A tenant has tens of campaigns; their names are looked through here.
fn find(
    ports: &Ports,
    me: &SignedIn,
    status: Option<CampaignStatus>,
    wanted: Option<&str>,
    page: u32,
    locale: Locale,
) -> Result<Found, Failure> {
    let tenant = me.tenant_id();
    let words = Words::read(ports, tenant, locale)?;
    let mut all = ports.campaigns.list(tenant, status, 0, MOST_CAMPAIGNS)?;
    if let Some(wanted) = wanted {
        all.retain(|it| search_form(&it.definition.name).contains(wanted));
    }
    let total = all.len() as u64;
    let rows = all
        .into_iter()
        .skip((page - 1) as usize * PER_PAGE as usize)
        .take(PER_PAGE as usize)
        .map(|campaign| {
            let figures = ports.enrollments.figures(tenant, campaign.id)?;
            Ok(Row::of(campaign, &figures, &words))
        });
    Ok(Found {
        rows: rows.collect::<Result<_, Failure>>()?,
        total,
    })
}

impl Row {
    fn of(campaign: Campaign, figures: &domain::campaigns::CampaignFigures, words: &Words) -> Self {
        let mails = MailFigures::of_all(figures);
        Self {
            id: campaign.id,
            trigger: words.trigger(&campaign.in_force().trigger),
            name: campaign.definition.name,
            status: campaign.status.as_str(),
            inside: inside(figures),
            finished: in_status(figures, EnrollmentStatus::Completed),
            sent: mails.sent,
            click_rate: mails.click_rate,
        }
    }
}
