//! What sends say.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::content::{FrozenContent, TemplateSource};
use domain::delivery::{ContentLink, MailContent, MailContents};
use domain::ids::{ContentId, TenantId};
use domain::store::{StoreError, StoreResult};
use domain::tracking::MailSource;
use uuid::Uuid;

use crate::PgStore;
use crate::pool::TenantWorkError;
use crate::schema::{links, mail_contents};

/// A statement takes a limited number of values.
const CHUNK: usize = 1_000;

/// Keeps what a broadcast or campaign sends, with the links. For the transaction that starts or
/// activates it.
pub(crate) fn keep_contents(
    connection: &mut PgConnection,
    tenant: TenantId,
    source: MailSource,
    contents: &[FrozenContent],
    now: DateTime<Utc>,
) -> Result<(), TenantWorkError> {
    for content in contents {
        diesel::insert_into(mail_contents::table)
            .values((
                mail_contents::tenant_id.eq(tenant.uuid()),
                mail_contents::id.eq(content.id.uuid()),
                mail_contents::source_id.eq(source.uuid()),
                mail_contents::template_id.eq(content.template.map(|id| id.uuid())),
                mail_contents::subject.eq(&content.source.subject),
                mail_contents::html.eq(&content.source.html),
                mail_contents::text_body.eq(&content.source.text),
                mail_contents::tracking.eq(content.tracking),
                mail_contents::created_at.eq(now),
            ))
            .execute(connection)?;
        keep_links(connection, tenant, source, content)?;
    }
    Ok(())
}

fn keep_links(
    connection: &mut PgConnection,
    tenant: TenantId,
    source: MailSource,
    content: &FrozenContent,
) -> Result<(), TenantWorkError> {
    let first = i16::try_from(content.first_link).map_err(StoreError::unexpected)?;
    let mut rows = Vec::with_capacity(content.links.len());
    for (position, url) in (0..=i16::MAX).zip(&content.links) {
        let index = first
            .checked_add(position)
            .ok_or_else(|| StoreError::unexpected("a content has more links than numbers"))?;
        rows.push((
            links::tenant_id.eq(tenant.uuid()),
            links::source_id.eq(source.uuid()),
            links::link_index.eq(index),
            links::content_id.eq(content.id.uuid()),
            links::position.eq(position),
            links::url.eq(url),
        ));
    }
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(links::table)
            .values(chunk)
            .execute(connection)?;
    }
    Ok(())
}

type ContentRow = (String, String, Option<String>, bool);
type LinkRow = (Uuid, i16, i16, String);

impl MailContents for PgStore {
    fn content(&self, tenant: TenantId, id: ContentId) -> StoreResult<Option<MailContent>> {
        self.in_tenant(tenant, |connection| {
            let kept: Option<ContentRow> = mail_contents::table
                .find((tenant.uuid(), id.uuid()))
                .select((
                    mail_contents::subject,
                    mail_contents::html,
                    mail_contents::text_body,
                    mail_contents::tracking,
                ))
                .first(connection)
                .optional()?;
            Ok(kept.map(|(subject, html, text, tracking)| MailContent {
                source: TemplateSource {
                    subject,
                    html,
                    text,
                },
                tracking,
            }))
        })
    }

    fn links_of(&self, tenant: TenantId, source: MailSource) -> StoreResult<Vec<ContentLink>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<LinkRow> = links::table
                .filter(links::tenant_id.eq(tenant.uuid()))
                .filter(links::source_id.eq(source.uuid()))
                .order(links::link_index)
                .select((
                    links::content_id,
                    links::link_index,
                    links::position,
                    links::url,
                ))
                .load(connection)?;
            let link = |(content, link_index, position, url): LinkRow| ContentLink {
                content: ContentId::from_uuid(content),
                link_index: link_index.unsigned_abs(),
                position: position.unsigned_abs(),
                url,
            };
            Ok(rows.into_iter().map(link).collect())
        })
    }
}
