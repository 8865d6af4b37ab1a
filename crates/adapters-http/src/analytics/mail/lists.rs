//! The lists of broadcasts, campaigns and templates as files, with what became of their mails.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::analytics::MailCounts;
use domain::campaigns::{Broadcast, Campaign};
use domain::content::Template;
use uuid::Uuid;

use super::file::{Sheet, answer, name_of_today};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;
use crate::texts;

/// Rows that are read at once.
const CHUNK: u32 = 500;

const OF_BROADCASTS: [&str; 6] = [
    "campaigns-name",
    "campaigns-status",
    "analytics-mail-recipients",
    "campaigns-created-at",
    "campaigns-started-at",
    "campaigns-finished-at",
];
const OF_CAMPAIGNS: [&str; 6] = [
    "campaigns-auto-name",
    "campaigns-auto-status",
    "campaigns-auto-all-entered",
    "campaigns-auto-finished",
    "campaigns-auto-created-at",
    "campaigns-auto-activated-at",
];
const OF_TEMPLATES: [&str; 4] = [
    "content-name",
    "content-subject",
    "content-updated",
    "analytics-mail-broadcasts",
];

/// How the cells of one reader look.
struct Look<'a> {
    me: &'a SignedIn,
    zone: Tz,
}

pub(super) async fn broadcasts(me: SignedIn, state: State) -> PageResult {
    let name = name_of_today("broadcasts", &me);
    let file = blocking(move || of_broadcasts(&state.ports, &me)?.finish()).await?;
    Ok(answer(file, &name))
}

pub(super) async fn campaigns(me: SignedIn, state: State) -> PageResult {
    let name = name_of_today("campaigns", &me);
    let file = blocking(move || of_campaigns(&state.ports, &me)?.finish()).await?;
    Ok(answer(file, &name))
}

pub(super) async fn templates(me: SignedIn, state: State) -> PageResult {
    let name = name_of_today("templates", &me);
    let file = blocking(move || of_templates(&state.ports, &me)?.finish()).await?;
    Ok(answer(file, &name))
}

fn of_broadcasts(ports: &Ports, me: &SignedIn) -> Result<Sheet, Failure> {
    let tenant = me.tenant_id();
    let counts = ports.mail_reports.by_source(tenant)?;
    let look = Look::of(me);
    let mut sheet = Sheet::with_counts(&OF_BROADCASTS, me.locale())?;
    each(
        |offset| Ok(ports.broadcasts.list(tenant, offset, CHUNK)?),
        |broadcast: Broadcast| {
            let counts = of(&counts, broadcast.id.uuid());
            sheet.row_with_counts(look.broadcast(broadcast), &counts)
        },
    )?;
    Ok(sheet)
}

fn of_campaigns(ports: &Ports, me: &SignedIn) -> Result<Sheet, Failure> {
    let tenant = me.tenant_id();
    let counts = ports.mail_reports.by_source(tenant)?;
    let look = Look::of(me);
    let mut sheet = Sheet::with_counts(&OF_CAMPAIGNS, me.locale())?;
    each(
        |offset| Ok(ports.campaigns.list(tenant, None, offset, CHUNK)?),
        |campaign: Campaign| {
            let counts = of(&counts, campaign.id.uuid());
            sheet.row_with_counts(look.campaign(campaign), &counts)
        },
    )?;
    Ok(sheet)
}

fn of_templates(ports: &Ports, me: &SignedIn) -> Result<Sheet, Failure> {
    let figures = ports.mail_reports.by_template(me.tenant_id())?;
    let look = Look::of(me);
    let mut sheet = Sheet::with_counts(&OF_TEMPLATES, me.locale())?;
    for template in ports.templates.list(me.tenant_id())? {
        let figures = figures.get(&template.id).copied().unwrap_or_default();
        let cells = look.template(template, figures.broadcasts);
        sheet.row_with_counts(cells, &figures.counts)?;
    }
    Ok(sheet)
}

/// Hands every row to `row`, read in chunks.
fn each<T>(
    read: impl Fn(u32) -> Result<Vec<T>, Failure>,
    mut row: impl FnMut(T) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for offset in (0..).step_by(CHUNK as usize) {
        let chunk = read(offset)?;
        let is_last = chunk.len() < CHUNK as usize;
        chunk.into_iter().try_for_each(&mut row)?;
        if is_last {
            break;
        }
    }
    Ok(())
}

fn of(counts: &BTreeMap<Uuid, MailCounts>, source: Uuid) -> MailCounts {
    counts.get(&source).copied().unwrap_or_default()
}

impl<'a> Look<'a> {
    fn of(me: &'a SignedIn) -> Self {
        Self {
            me,
            zone: me.tenant().time_zone,
        }
    }

    fn text(&self, key: &str) -> String {
        texts::text(self.me.locale(), key, &texts::arguments([]))
    }

    /// As spreadsheets read it; nothing where it never was.
    fn time(&self, at: Option<DateTime<Utc>>) -> String {
        let local = at.map(|at| at.with_timezone(&self.zone));
        local.map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M").to_string())
    }

    fn broadcast(&self, broadcast: Broadcast) -> Vec<String> {
        let status = broadcast.status.as_str();
        vec![
            broadcast.name,
            self.text(&format!("campaigns-status-{status}")),
            broadcast.recipients.to_string(),
            self.time(Some(broadcast.created_at)),
            self.time(broadcast.started_at),
            self.time(broadcast.finished_at),
        ]
    }

    fn campaign(&self, campaign: Campaign) -> Vec<String> {
        let status = campaign.status.as_str();
        vec![
            campaign.definition.name,
            self.text(&format!("campaigns-auto-status-{status}")),
            campaign.enrolled_count.to_string(),
            campaign.completed_count.to_string(),
            self.time(Some(campaign.created_at)),
            self.time(campaign.activated_at),
        ]
    }

    fn template(&self, template: Template, broadcasts: u64) -> Vec<String> {
        vec![
            template.name,
            template.source.subject,
            self.time(Some(template.updated_at)),
            broadcasts.to_string(),
        ]
    }
}
