//! The click map: a mail with a badge at each of its links, in a frame, and the table beside it.

use std::collections::BTreeMap;

use actix_web::web;
use domain::analytics::{LinkFigures, LinkShare, SentContent, shares};
use domain::content::TemplateSource;
use domain::delivery::ComposeError;
use domain::ids::{BroadcastId, CampaignId, ContentId};
use domain::tenancy::Locale;
use domain::tracking::MailSource;
use serde::{Deserialize, Serialize};

use super::page::chosen;
use crate::blocking::blocking;
use crate::content::composing::Untracked;
use crate::content::sandbox;
use crate::error::{Failure, PageResult};
use crate::extract::Query;
use crate::pages::format::thousands;
use crate::security::SignedIn;
use crate::state::{AppState, State};
use crate::texts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    content: Option<ContentId>,
}

/// One mail of the source, to be chosen.
#[derive(Debug, Serialize)]
pub(super) struct Choice {
    pub(super) id: ContentId,
    label: String,
    pub(super) is_chosen: bool,
}

/// One line of the table.
#[derive(Debug, Serialize)]
pub(super) struct LinkRow {
    number: u16,
    url: String,
    clicks: u64,
    share: String,
    people: u64,
    machine_clicks: u64,
}

pub(super) async fn of_broadcast(
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let source = MailSource::Broadcast(broadcast.into_inner());
    let html = blocking(move || picture(&state, &me, source, asked.content)).await?;
    Ok(sandbox::mail(html, sandbox::PREVIEW))
}

pub(super) async fn of_campaign(
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let source = MailSource::Campaign(campaign.into_inner());
    let html = blocking(move || picture(&state, &me, source, asked.content)).await?;
    Ok(sandbox::mail(html, sandbox::PREVIEW))
}

/// The mail as somebody made up would get it, with the badges.
fn picture(
    state: &AppState,
    me: &SignedIn,
    source: MailSource,
    asked: Option<ContentId>,
) -> Result<String, Failure> {
    let (tenant, ports) = (me.tenant_id(), &state.ports);
    let contents = ports.mail_reports.contents(tenant, source)?;
    let id = chosen(&contents, asked)?.ok_or(Failure::NotFound)?;
    let content = ports.mail_contents.content(tenant, id)?;
    let content = content.ok_or(Failure::NotFound)?.source;
    let links = ports.mail_reports.links(tenant, source)?;
    let marks: BTreeMap<u16, String> = shares(&links, id)
        .iter()
        .map(|share| (share.link.link_index, badge(share)))
        .collect();
    let marked = TemplateSource {
        html: ports.renderer.mark_links(&content.html, &marks),
        ..content
    };
    let untracked = Untracked {
        state,
        tenant: me.tenant(),
        locale: me.locale(),
    };
    let sender = ports.delivery_settings.sender_profile(tenant)?;
    let mail = untracked.preview(&marked, &untracked.sample_lead(), sender);
    match mail {
        Ok(mail) => Ok(mail.html),
        // It was sent once, so that only something of ours can be wrong.
        Err(error @ (ComposeError::Template(_) | ComposeError::SenderIncomplete(_))) => {
            Err(Failure::unexpected(error))
        }
    }
}

/// What stands at a link: its number in the table, clicks and their share. Digits and marks only,
/// which no template language and no HTML takes for its own.
fn badge(share: &LinkShare<'_>) -> String {
    let colour = match share.heat {
        0 => "#5f6b7a",
        1..=3 => "#1f6fb8",
        4..=7 => "#b35309",
        8.. => "#b91c1c",
    };
    let clicks = thousands(i64::try_from(share.link.clicks).unwrap_or(i64::MAX));
    format!(
        "<span style=\"display:inline-block;margin:0 2px 0 4px;padding:0 7px;border-radius:10px;\
         background:{colour};color:#ffffff;font:bold 12px/20px sans-serif;letter-spacing:0;\
         text-decoration:none;white-space:nowrap;vertical-align:middle\">\
         #{} {clicks} ({})</span>",
        share.link.position + 1,
        share.share
    )
}

/// The links of a content, in the order of the mail.
pub(super) fn link_rows(links: &[LinkFigures], content: ContentId) -> Vec<LinkRow> {
    let row = |share: &LinkShare<'_>| LinkRow {
        number: share.link.position + 1,
        url: share.link.url.clone(),
        clicks: share.link.clicks,
        share: share.share.to_string(),
        people: share.link.people,
        machine_clicks: share.link.machine_clicks,
    };
    shares(links, content).iter().map(row).collect()
}

/// The mails of a source by what tells them apart: variants by their letter, steps by their name.
pub(super) fn choices(
    contents: &[SentContent],
    source: MailSource,
    chosen: Option<ContentId>,
    locale: Locale,
) -> Vec<Choice> {
    let letters = ('A'..='Z').map(Some).chain(std::iter::repeat(None));
    let label = |content: &SentContent, letter: Option<char>| match (source, &content.step) {
        (MailSource::Campaign(_), Some(step)) => {
            let step = texts::arguments([
                ("step", step.name.clone().into()),
                ("version", step.version.into()),
                ("subject", content.subject.clone().into()),
            ]);
            texts::text(locale, "analytics-mail-step", &step)
        }
        (MailSource::Broadcast(_), _) => match letter {
            Some(letter) if contents.len() > 1 => format!("{letter}: {}", content.subject),
            Some(_) | None => content.subject.clone(),
        },
        (MailSource::Campaign(_), None) => content.subject.clone(),
    };
    let choice = |(content, letter): (&SentContent, Option<char>)| Choice {
        id: content.id,
        label: label(content, letter),
        is_chosen: Some(content.id) == chosen,
    };
    contents.iter().zip(letters).map(choice).collect()
}
