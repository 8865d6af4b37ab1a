//! A template as it was each time it was saved.

use chrono::{DateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use domain::content::{KEPT_VERSIONS, Template, TemplateSource, TemplateVersion};
use domain::ids::{TemplateId, TenantId, UserId};
use domain::store::StoreError;
use uuid::Uuid;

use super::{read_manuscript, stored_manuscript};
use crate::pool::TenantWorkError;
use crate::schema::template_versions;

#[derive(Queryable, Selectable)]
#[diesel(table_name = template_versions, check_for_backend(diesel::pg::Pg))]
struct VersionRow {
    version: i32,
    mode: String,
    manuscript: Option<String>,
    subject: String,
    html: String,
    text_body: Option<String>,
    created_at: DateTime<Utc>,
    created_by: Option<Uuid>,
}

impl TryFrom<VersionRow> for TemplateVersion {
    type Error = StoreError;

    fn try_from(row: VersionRow) -> Result<Self, StoreError> {
        Ok(Self {
            number: row.version.unsigned_abs(),
            manuscript: read_manuscript(&row.mode, row.manuscript, &row.html)?,
            source: TemplateSource {
                subject: row.subject,
                html: row.html,
                text: row.text_body,
            },
            created_at: row.created_at,
            created_by: row.created_by.map(UserId::from_uuid),
        })
    }
}

/// Keeps what the template is now as its next version. The caller holds the template's row.
pub(super) fn append(
    connection: &mut PgConnection,
    tenant: TenantId,
    template: &Template,
) -> Result<(), TenantWorkError> {
    let of_template = template_versions::table
        .filter(template_versions::tenant_id.eq(tenant.uuid()))
        .filter(template_versions::template_id.eq(template.id.uuid()));
    let last: Option<i32> = of_template
        .select(max(template_versions::version))
        .first(connection)?;
    let next = last.unwrap_or_default() + 1;
    let source = &template.source;
    diesel::insert_into(template_versions::table)
        .values((
            template_versions::tenant_id.eq(tenant.uuid()),
            template_versions::template_id.eq(template.id.uuid()),
            template_versions::version.eq(next),
            template_versions::mode.eq(template.manuscript.mode.as_str()),
            template_versions::manuscript.eq(stored_manuscript(&template.manuscript, &source.html)),
            template_versions::subject.eq(&source.subject),
            template_versions::html.eq(&source.html),
            template_versions::text_body.eq(&source.text),
            template_versions::created_at.eq(template.updated_at),
            template_versions::created_by.eq(template.updated_by.map(UserId::uuid)),
        ))
        .execute(connection)?;
    let kept = i32::try_from(KEPT_VERSIONS).unwrap_or(i32::MAX);
    let outlived = of_template.filter(template_versions::version.le(next - kept));
    diesel::delete(outlived).execute(connection)?;
    Ok(())
}

/// The versions, newest first.
pub(super) fn of(
    connection: &mut PgConnection,
    tenant: TenantId,
    template: TemplateId,
) -> Result<Vec<TemplateVersion>, TenantWorkError> {
    let rows: Vec<VersionRow> = template_versions::table
        .filter(template_versions::tenant_id.eq(tenant.uuid()))
        .filter(template_versions::template_id.eq(template.uuid()))
        .order(template_versions::version.desc())
        .select(VersionRow::as_select())
        .load(connection)?;
    let versions: Result<_, StoreError> = rows.into_iter().map(TemplateVersion::try_from).collect();
    Ok(versions?)
}
