//! Reading and writing tasks.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use domain::ids::{LeadId, TaskId, TenantId};
use domain::leads::EmailAddress;
use domain::store::{StoreError, StoreResult};
use domain::tasks::{
    Assignee, Task, TaskDecision, TaskFault, TaskFilter, TaskLead, TaskRow, TaskStore,
};
use uuid::Uuid;

use super::row::{TaskRecord, number};
use crate::PgStore;
use crate::pool::TenantWorkError;
use crate::schema::{leads, tasks};

fn tasks_of(tenant: TenantId, filter: &TaskFilter) -> tasks::BoxedQuery<'_, Pg> {
    let mut query = tasks::table
        .filter(tasks::tenant_id.eq(tenant.uuid()))
        .into_boxed();
    match filter.assignee {
        Assignee::Anybody => {}
        Assignee::Nobody => query = query.filter(tasks::assigned_to.is_null()),
        Assignee::User(user) => query = query.filter(tasks::assigned_to.eq(user.uuid())),
    }
    if !filter.statuses.is_empty() {
        let names: Vec<&str> = filter.statuses.iter().map(|it| it.as_str()).collect();
        query = query.filter(tasks::status.eq_any(names));
    }
    if let Some(priority) = filter.priority {
        query = query.filter(tasks::priority.eq(number(priority)));
    }
    if let Some(lead) = filter.lead {
        query = query.filter(tasks::lead_id.eq(lead.uuid()));
    }
    query
}

fn read(records: Vec<TaskRecord>) -> StoreResult<Vec<Task>> {
    records.into_iter().map(Task::try_from).collect()
}

/// Tasks with the leads they are about.
fn with_leads(
    connection: &mut PgConnection,
    tenant: TenantId,
    found: Vec<Task>,
) -> Result<Vec<TaskRow>, TenantWorkError> {
    type Known = (Uuid, String, Option<String>, Option<String>, Option<String>);
    let ids: Vec<Uuid> = (found.iter())
        .filter_map(|task| task.lead.map(LeadId::uuid))
        .collect();
    let known: Vec<Known> = leads::table
        .filter(leads::tenant_id.eq(tenant.uuid()))
        .filter(leads::id.eq_any(ids))
        .select((
            leads::id,
            leads::email,
            leads::name,
            leads::company,
            leads::phone,
        ))
        .load(connection)?;
    let mut people = BTreeMap::new();
    for (id, email, name, company, phone) in known {
        let id = LeadId::from_uuid(id);
        let email = EmailAddress::parse(&email).map_err(StoreError::unexpected)?;
        people.insert(
            id,
            TaskLead {
                id,
                email,
                name,
                company,
                phone,
            },
        );
    }
    let row = |task: Task| TaskRow {
        lead: task.lead.and_then(|lead| people.get(&lead).cloned()),
        task,
    };
    Ok(found.into_iter().map(row).collect())
}

impl TaskStore for PgStore {
    fn add_task(&self, tenant: TenantId, task: &Task) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let added = diesel::insert_into(tasks::table)
                .values(TaskRecord::of(tenant, task))
                .on_conflict_do_nothing()
                .execute(connection)?;
            Ok(added > 0)
        })
    }

    fn task(&self, tenant: TenantId, id: TaskId) -> StoreResult<Option<TaskRow>> {
        self.in_tenant(tenant, |connection| {
            let found: Option<TaskRecord> = tasks::table
                .find((tenant.uuid(), id.uuid()))
                .select(TaskRecord::as_select())
                .first(connection)
                .optional()?;
            let found = read(found.into_iter().collect())?;
            Ok(with_leads(connection, tenant, found)?.pop())
        })
    }

    fn change_task(
        &self,
        tenant: TenantId,
        id: TaskId,
        decide: &TaskDecision<'_>,
    ) -> StoreResult<Option<Result<Task, TaskFault>>> {
        self.in_tenant(tenant, |connection| {
            let row = || tasks::table.find((tenant.uuid(), id.uuid()));
            let found: Option<TaskRecord> = row()
                .select(TaskRecord::as_select())
                .for_update()
                .first(connection)
                .optional()?;
            let Some(found) = found else {
                return Ok(None);
            };
            let changed = match decide(&Task::try_from(found)?) {
                Ok(changed) => changed,
                Err(fault) => return Ok(Some(Err(fault))),
            };
            diesel::update(row())
                .set(TaskRecord::of(tenant, &changed))
                .execute(connection)?;
            Ok(Some(Ok(changed)))
        })
    }

    fn tasks(
        &self,
        tenant: TenantId,
        filter: &TaskFilter,
        offset: u32,
        limit: u32,
    ) -> StoreResult<Vec<TaskRow>> {
        self.in_tenant(tenant, |connection| {
            let found: Vec<TaskRecord> = tasks_of(tenant, filter)
                .order((
                    sql::<Bool>("tasks.status IN ('completed', 'cancelled')"),
                    tasks::priority.desc(),
                    tasks::due_at.asc().nulls_last(),
                    tasks::id,
                ))
                .offset(offset.into())
                .limit(limit.into())
                .select(TaskRecord::as_select())
                .load(connection)?;
            with_leads(connection, tenant, read(found)?)
        })
    }

    fn newest_tasks(
        &self,
        tenant: TenantId,
        filter: &TaskFilter,
        before: Option<(DateTime<Utc>, TaskId)>,
        limit: u32,
    ) -> StoreResult<Vec<Task>> {
        self.in_tenant(tenant, |connection| {
            let mut query = tasks_of(tenant, filter);
            if let Some((at, id)) = before {
                let same = tasks::created_at.eq(at).and(tasks::id.lt(id.uuid()));
                query = query.filter(tasks::created_at.lt(at).or(same));
            }
            let found = query
                .order((tasks::created_at.desc(), tasks::id.desc()))
                .limit(limit.into())
                .select(TaskRecord::as_select())
                .load(connection)?;
            Ok(read(found)?)
        })
    }

    fn count_tasks(&self, tenant: TenantId, filter: &TaskFilter) -> StoreResult<u64> {
        self.in_tenant(tenant, |connection| {
            let count: i64 = tasks_of(tenant, filter).count().get_result(connection)?;
            Ok(count.unsigned_abs())
        })
    }
}
