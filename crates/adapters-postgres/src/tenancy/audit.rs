//! The audit log.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use diesel::dsl::{Eq, Filter};
use diesel::prelude::*;
use domain::ids::{AuditEntryId, TenantId};
use domain::store::StoreResult;
use domain::tenancy::{
    Actor, ActorKind, AuditAction, AuditCursor, AuditEntry, AuditLog, AuditTarget,
};
use uuid::Uuid;

use crate::PgStore;
use crate::schema::audit_entries;

use super::rows::known;

fn entries_of(
    tenant: TenantId,
) -> Filter<audit_entries::table, Eq<audit_entries::tenant_id, Uuid>> {
    audit_entries::table.filter(audit_entries::tenant_id.eq(tenant.uuid()))
}

#[derive(Insertable)]
#[diesel(table_name = audit_entries)]
struct NewRow<'a> {
    tenant_id: Uuid,
    id: Uuid,
    occurred_at: DateTime<Utc>,
    actor_kind: &'a str,
    actor_id: Option<Uuid>,
    actor_name: &'a str,
    action: &'a str,
    target_kind: &'a str,
    target_id: Option<&'a str>,
    detail: Option<&'a str>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_entries, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    occurred_at: DateTime<Utc>,
    actor_kind: String,
    actor_id: Option<Uuid>,
    actor_name: String,
    action: String,
    target_kind: String,
    target_id: Option<String>,
    detail: Option<String>,
}

/// Adds a line within the transaction of the change that it tells of.
pub(crate) fn write_audit(
    connection: &mut PgConnection,
    tenant: TenantId,
    entry: &AuditEntry,
) -> QueryResult<()> {
    let row = NewRow {
        tenant_id: tenant.uuid(),
        id: entry.id.uuid(),
        occurred_at: entry.occurred_at,
        actor_kind: entry.actor.kind.as_str(),
        actor_id: entry.actor.id,
        actor_name: &entry.actor.name,
        action: entry.action.as_str(),
        target_kind: &entry.target.kind,
        target_id: entry.target.id.as_deref(),
        detail: entry.detail.as_deref(),
    };
    diesel::insert_into(audit_entries::table)
        .values(row)
        .execute(connection)
        .map(drop)
}

impl Row {
    fn entry(self) -> StoreResult<AuditEntry> {
        Ok(AuditEntry {
            id: AuditEntryId::from_uuid(self.id),
            occurred_at: self.occurred_at,
            actor: Actor {
                kind: known(ActorKind::parse(&self.actor_kind), &self.actor_kind)?,
                id: self.actor_id,
                name: self.actor_name,
            },
            action: AuditAction::stored(self.action),
            target: AuditTarget {
                kind: Cow::Owned(self.target_kind),
                id: self.target_id,
            },
            detail: self.detail,
        })
    }
}

impl AuditLog for PgStore {
    fn append(&self, tenant: TenantId, entry: &AuditEntry) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            Ok(write_audit(connection, tenant, entry)?)
        })
    }

    fn page(
        &self,
        tenant: TenantId,
        before: Option<AuditCursor>,
        limit: u32,
    ) -> StoreResult<Vec<AuditEntry>> {
        use audit_entries::{id, occurred_at};
        let mut lines = entries_of(tenant)
            .order((occurred_at.desc(), id.desc()))
            .limit(i64::from(limit))
            .select(Row::as_select())
            .into_boxed();
        if let Some(AuditCursor {
            occurred_at: time,
            id: last,
        }) = before
        {
            let earlier = occurred_at.lt(time).or(id.lt(last.uuid()));
            lines = lines.filter(occurred_at.le(time).and(earlier));
        }
        let rows = self.in_tenant(tenant, |connection| Ok(lines.load(connection)?))?;
        rows.into_iter().map(Row::entry).collect()
    }
}
