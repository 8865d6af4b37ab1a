//! Templates.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::content::{Template, TemplateDraft, TemplateSource, TemplateStore};
use domain::ids::{TemplateId, TenantId};
use domain::store::StoreResult;
use uuid::Uuid;

use crate::PgStore;
use crate::schema::templates;

#[derive(Queryable, Selectable)]
#[diesel(table_name = templates, check_for_backend(diesel::pg::Pg))]
struct TemplateRow {
    id: Uuid,
    name: String,
    subject: String,
    html: String,
    text_body: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<TemplateRow> for Template {
    fn from(row: TemplateRow) -> Self {
        Self {
            id: TemplateId::from_uuid(row.id),
            name: row.name,
            source: TemplateSource {
                subject: row.subject,
                html: row.html,
                text: row.text_body,
            },
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl TemplateStore for PgStore {
    fn create(&self, tenant: TenantId, template: &Template) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(templates::table)
                .values((
                    templates::tenant_id.eq(tenant.uuid()),
                    templates::id.eq(template.id.uuid()),
                    templates::name.eq(&template.name),
                    templates::subject.eq(&template.source.subject),
                    templates::html.eq(&template.source.html),
                    templates::text_body.eq(&template.source.text),
                    templates::created_at.eq(template.created_at),
                    templates::updated_at.eq(template.updated_at),
                ))
                .execute(connection)?;
            Ok(())
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
        self.in_tenant(tenant, |connection| {
            let updated = diesel::update(templates::table.find((tenant.uuid(), id.uuid())))
                .set((
                    templates::name.eq(&after.name),
                    templates::subject.eq(&after.source.subject),
                    templates::html.eq(&after.source.html),
                    templates::text_body.eq(&after.source.text),
                    templates::updated_at.eq(now),
                ))
                .execute(connection)?;
            Ok(updated > 0)
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
            Ok(found.map(Template::from))
        })
    }

    fn list(&self, tenant: TenantId) -> StoreResult<Vec<Template>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<TemplateRow> = templates::table
                .filter(templates::tenant_id.eq(tenant.uuid()))
                .order(templates::name)
                .select(TemplateRow::as_select())
                .load(connection)?;
            Ok(rows.into_iter().map(Template::from).collect())
        })
    }
}
