//! Every broadcast, newest first, with what became of it.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use domain::campaigns::Broadcast;
use domain::ids::BroadcastId;
use serde::{Deserialize, Serialize};

use super::figures::Figures;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Query;
use crate::pages::{Nav, Page, asked_page};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

/// Rows on a page: the numbers of each are counted when it is shown.
const ROWS: u32 = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    page: Option<u32>,
}

#[derive(Serialize)]
struct Row {
    id: BroadcastId,
    name: String,
    status: &'static str,
    created_at: DateTime<Utc>,
    scheduled_at: Option<DateTime<Utc>>,
    started_at: Option<DateTime<Utc>>,
    recipients: u32,
    /// Of what has been started.
    figures: Option<Figures>,
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Query(asked): Query<Asked>,
) -> PageResult {
    let page = asked_page(asked.page);
    let (rows, has_more) = blocking(move || rows(&state.ports, &me, page)).await?;
    Page::of(&request, "campaigns/list.html")
        .title("layout-broadcasts")
        .nav(Nav::Broadcasts)
        .with("rows", &rows)
        .with("newer", &(page > 1).then(|| page - 1))
        .with("older", &has_more.then(|| page + 1))
        .render()
}

fn rows(ports: &Ports, me: &SignedIn, page: u32) -> Result<(Vec<Row>, bool), Failure> {
    let tenant = me.tenant_id();
    let mut found = ports.broadcasts.list(tenant, (page - 1) * ROWS, ROWS + 1)?;
    let has_more = found.len() > ROWS as usize;
    found.truncate(ROWS as usize);
    let row = |broadcast: Broadcast| {
        let is_started = broadcast.status.is_started();
        let totals = is_started.then(|| ports.broadcasts.totals(tenant, broadcast.id));
        let figures = totals.transpose()?.map(|totals| Figures::of(&totals));
        Ok(Row::of(broadcast, figures))
    };
    Ok((
        found.into_iter().map(row).collect::<Result<_, Failure>>()?,
        has_more,
    ))
}

impl Row {
    fn of(broadcast: Broadcast, figures: Option<Figures>) -> Self {
        Self {
            id: broadcast.id,
            name: broadcast.name,
            status: broadcast.status.as_str(),
            created_at: broadcast.created_at,
            scheduled_at: broadcast.scheduled_at,
            started_at: broadcast.started_at,
            recipients: broadcast.recipients,
            figures,
        }
    }
}
