//! The kinds of mail of a tenant.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{TenantId, TopicId};
use domain::privacy::{Topic, TopicStore};
use domain::store::StoreResult;
use domain::tracking::MailSource;
use uuid::Uuid;

use crate::PgStore;
use crate::schema::{broadcasts, campaigns, topics};

#[derive(Queryable, Selectable)]
#[diesel(table_name = topics, check_for_backend(diesel::pg::Pg))]
pub(super) struct TopicRow {
    id: Uuid,
    name: String,
    description: Option<String>,
    default_on: bool,
    position: i32,
}

impl From<TopicRow> for Topic {
    fn from(row: TopicRow) -> Self {
        Self {
            id: TopicId::from_uuid(row.id),
            name: row.name,
            description: row.description,
            default_on: row.default_on,
            position: row.position,
        }
    }
}

impl TopicStore for PgStore {
    fn topics(&self, tenant: TenantId) -> StoreResult<Vec<Topic>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<TopicRow> = topics::table
                .filter(topics::tenant_id.eq(tenant.uuid()))
                .order((topics::position, topics::name))
                .select(TopicRow::as_select())
                .load(connection)?;
            Ok(rows.into_iter().map(Topic::from).collect())
        })
    }

    fn add_topic(&self, tenant: TenantId, topic: &Topic, now: DateTime<Utc>) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(topics::table)
                .values((
                    topics::tenant_id.eq(tenant.uuid()),
                    topics::id.eq(topic.id.uuid()),
                    topics::name.eq(&topic.name),
                    topics::description.eq(&topic.description),
                    topics::default_on.eq(topic.default_on),
                    topics::position.eq(topic.position),
                    topics::created_at.eq(now),
                    topics::updated_at.eq(now),
                ))
                .execute(connection)?;
            Ok(())
        })
    }

    fn change_topic(
        &self,
        tenant: TenantId,
        topic: &Topic,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let changed = diesel::update(topics::table.find((tenant.uuid(), topic.id.uuid())))
                .set((
                    topics::name.eq(&topic.name),
                    topics::description.eq(&topic.description),
                    topics::default_on.eq(topic.default_on),
                    topics::position.eq(topic.position),
                    topics::updated_at.eq(now),
                ))
                .execute(connection)?;
            Ok(changed > 0)
        })
    }

    fn remove_topic(&self, tenant: TenantId, topic: TopicId) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let removed = diesel::delete(topics::table.find((tenant.uuid(), topic.uuid())))
                .execute(connection)?;
            Ok(removed > 0)
        })
    }

    fn topic_of(&self, tenant: TenantId, source: MailSource) -> StoreResult<Option<TopicId>> {
        let key = (tenant.uuid(), source.uuid());
        self.in_tenant(tenant, |connection| {
            let found: Option<Option<Uuid>> = match source {
                MailSource::Broadcast(_) => broadcasts::table
                    .find(key)
                    .select(broadcasts::topic_id)
                    .first(connection),
                MailSource::Campaign(_) => campaigns::table
                    .find(key)
                    .select(campaigns::topic_id)
                    .first(connection),
            }
            .optional()?;
            Ok(found.flatten().map(TopicId::from_uuid))
        })
    }

    fn assign_topic(
        &self,
        tenant: TenantId,
        source: MailSource,
        topic: Option<TopicId>,
    ) -> StoreResult<bool> {
        let key = (tenant.uuid(), source.uuid());
        let topic = topic.map(TopicId::uuid);
        self.in_tenant(tenant, |connection| {
            let assigned = match source {
                MailSource::Broadcast(_) => {
                    let draft = broadcasts::table
                        .find(key)
                        .filter(broadcasts::status.eq("draft"));
                    diesel::update(draft)
                        .set(broadcasts::topic_id.eq(topic))
                        .execute(connection)?
                }
                MailSource::Campaign(_) => diesel::update(campaigns::table.find(key))
                    .set(campaigns::topic_id.eq(topic))
                    .execute(connection)?,
            };
            Ok(assigned > 0)
        })
    }
}
