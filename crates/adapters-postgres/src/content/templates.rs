//! Templates.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::content::{Template, TemplateDraft, TemplateSource, TemplateStore, TemplateVersion};
use domain::ids::{TemplateId, TenantId, UserId};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use super::{read_manuscript, stored_manuscript, versions};
use crate::PgStore;
use crate::schema::templates;

#[derive(Queryable, Selectable)]
#[diesel(table_name = templates, check_for_backend(diesel::pg::Pg))]
struct TemplateRow {
    id: Uuid,
    name: String,
    mode: String,
    manuscript: Option<String>,
    subject: String,
    html: String,
    text_body: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    updated_by: Option<Uuid>,
}

impl TryFrom<TemplateRow> for Template {
    type Error = StoreError;

    fn try_from(row: TemplateRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: TemplateId::from_uuid(row.id),
            name: row.name,
            manuscript: read_manuscript(&row.mode, row.manuscript, &row.html)?,
            source: TemplateSource {
                subject: row.subject,
                html: row.html,
                text: row.text_body,
            },
            created_at: row.created_at,
            updated_at: row.updated_at,
            updated_by: row.updated_by.map(UserId::from_uuid),
        })
    }
}

impl TemplateStore for PgStore {
    fn create(&self, tenant: TenantId, template: &Template) -> StoreResult<()> {
        let source = &template.source;
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(templates::table)
                .values((
                    templates::tenant_id.eq(tenant.uuid()),
                    templates::id.eq(template.id.uuid()),
                    templates::name.eq(&template.name),
                    templates::mode.eq(template.manuscript.mode.as_str()),
                    templates::manuscript.eq(stored_manuscript(&template.manuscript, &source.html)),
                    templates::subject.eq(&source.subject),
                    templates::html.eq(&source.html),
                    templates::text_body.eq(&source.text),
                    templates::created_at.eq(template.created_at),
                    templates::updated_at.eq(template.updated_at),
                    templates::updated_by.eq(template.updated_by.map(UserId::uuid)),
                ))
                .execute(connection)?;
            versions::append(connection, tenant, template)
        })
    }

    fn update(
        &self,
        tenant: TenantId,
        id: TemplateId,
        draft: &TemplateDraft,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let after = draft.clone().into_template(id, now);
        let source = &after.source;
        self.in_tenant(tenant, |connection| {
            // Holds the row, so that two who save at once make two versions.
            let updated = diesel::update(templates::table.find((tenant.uuid(), id.uuid())))
                .set((
                    templates::name.eq(&after.name),
                    templates::mode.eq(after.manuscript.mode.as_str()),
                    templates::manuscript.eq(stored_manuscript(&after.manuscript, &source.html)),
                    templates::subject.eq(&source.subject),
                    templates::html.eq(&source.html),
                    templates::text_body.eq(&source.text),
                    templates::updated_at.eq(now),
                    templates::updated_by.eq(after.updated_by.map(UserId::uuid)),
                ))
                .execute(connection)?;
            if updated == 0 {
                return Ok(false);
            }
            versions::append(connection, tenant, &after)?;
            Ok(true)
        })
    }

    fn remove(&self, tenant: TenantId, id: TemplateId) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let removed = diesel::delete(templates::table.find((tenant.uuid(), id.uuid())))
                .execute(connection)?;
            Ok(removed > 0)
        })
    }

    fn find(&self, tenant: TenantId, id: TemplateId) -> StoreResult<Option<Template>> {
        self.in_tenant(tenant, |connection| {
            let found: Option<TemplateRow> = templates::table
                .find((tenant.uuid(), id.uuid()))
                .select(TemplateRow::as_select())
                .first(connection)
                .optional()?;
            Ok(found.map(Template::try_from).transpose()?)
        })
    }

    fn list(&self, tenant: TenantId) -> StoreResult<Vec<Template>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<TemplateRow> = templates::table
                .filter(templates::tenant_id.eq(tenant.uuid()))
                .order(templates::name)
                .select(TemplateRow::as_select())
                .load(connection)?;
            let templates: Result<_, StoreError> =
                rows.into_iter().map(Template::try_from).collect();
            Ok(templates?)
        })
    }

    fn versions(&self, tenant: TenantId, id: TemplateId) -> StoreResult<Vec<TemplateVersion>> {
        self.in_tenant(tenant, |connection| versions::of(connection, tenant, id))
    }
}
