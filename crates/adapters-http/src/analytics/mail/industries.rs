//! The industries of those who got the mail, as a table that the page asks for by itself: counting
//! takes longer than the rest. (C16)

use actix_web::{HttpRequest, web};
use domain::analytics::IndustryFigures;
use domain::ids::{BroadcastId, CampaignId};
use domain::store::StoreError;
use domain::tracking::MailSource;
use serde::Serialize;

use crate::blocking::blocking;
use crate::error::PageResult;
use crate::pages::Page;
use crate::security::SignedIn;
use crate::state::State;

/// Industries that are shown.
const SHOWN: u32 = 20;

#[derive(Serialize)]
struct Row {
    industry: Option<String>,
    sends: u64,
    clicked: u64,
    click_rate: String,
    opened: u64,
    open_rate: String,
}

pub(super) async fn of_broadcast(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> PageResult {
    let source = MailSource::Broadcast(broadcast.into_inner());
    table(request, me, state, source).await
}

pub(super) async fn of_campaign(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
) -> PageResult {
    let source = MailSource::Campaign(campaign.into_inner());
    table(request, me, state, source).await
}

async fn table(request: HttpRequest, me: SignedIn, state: State, source: MailSource) -> PageResult {
    let tenant = me.tenant_id();
    let found = blocking(move || {
        match state.ports.mail_reports.by_industry(tenant, source, SHOWN) {
            Ok(found) => Ok(Some(found)),
            // More mail than can be counted while somebody waits: the page says so.
            Err(StoreError::Unavailable(_)) => Ok(None),
            Err(error) => Err(error),
        }
    })
    .await?;
    let rows: Vec<Row> = found.iter().flatten().map(Row::of).collect();
    Page::of(&request, "analytics/mail_industries.html")
        .with("is_counted", &found.is_some())
        .with("rows", &rows)
        .render_block("industries")
}

impl Row {
    fn of(figures: &IndustryFigures) -> Self {
        Self {
            industry: figures.industry.clone(),
            sends: figures.sends,
            clicked: figures.clicked,
            click_rate: figures.click_rate().to_string(),
            opened: figures.opened,
            open_rate: figures.open_rate().to_string(),
        }
    }
}
