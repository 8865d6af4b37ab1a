use chrono::{DateTime, Utc};
use domain::campaigns::BroadcastStatus;
use domain::ids::{TenantId, TopicId};
use domain::privacy::{Topic, TopicStore};
use domain::store::{StoreError, StoreResult};
use domain::tracking::MailSource;

use super::Privacy;
use crate::in_memory::InMemoryMail;

impl Privacy {
    fn name_is_taken(&self, tenant: TenantId, topic: &Topic) -> bool {
        self.topics.iter().any(|((owner, id), other)| {
            *owner == tenant && *id != topic.id && other.name == topic.name
        })
    }
}

fn duplicate() -> StoreError {
    StoreError::Duplicate("topics_tenant_id_name_key".to_owned())
}

fn in_use() -> StoreError {
    StoreError::InUse("broadcasts_tenant_id_topic_id_fkey".to_owned())
}

impl TopicStore for InMemoryMail {
    fn topics(&self, tenant: TenantId) -> StoreResult<Vec<Topic>> {
        let state = self.state();
        let of_tenant = state.privacy.topics.iter();
        let mut topics: Vec<Topic> = of_tenant
            .filter(|((owner, _), _)| *owner == tenant)
            .map(|(_, topic)| topic.clone())
            .collect();
        topics.sort_by(|a, b| (a.position, &a.name).cmp(&(b.position, &b.name)));
        Ok(topics)
    }

    fn add_topic(&self, tenant: TenantId, topic: &Topic, _now: DateTime<Utc>) -> StoreResult<()> {
        let mut state = self.state();
        let privacy = state.privacy_mut();
        if privacy.name_is_taken(tenant, topic) {
            return Err(duplicate());
        }
        privacy.topics.insert((tenant, topic.id), topic.clone());
        Ok(())
    }

    fn change_topic(
        &self,
        tenant: TenantId,
        topic: &Topic,
        _now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let privacy = state.privacy_mut();
        if privacy.name_is_taken(tenant, topic) {
            return Err(duplicate());
        }
        let Some(stored) = privacy.topics.get_mut(&(tenant, topic.id)) else {
            return Ok(false);
        };
        *stored = topic.clone();
        Ok(true)
    }

    fn remove_topic(&self, tenant: TenantId, topic: TopicId) -> StoreResult<bool> {
        let mut state = self.state();
        let privacy = state.privacy_mut();
        let mut assigned = privacy.of_source.iter();
        if assigned.any(|((owner, _), of)| *owner == tenant && *of == topic) {
            return Err(in_use());
        }
        let of_tenant = |owner: &TenantId| *owner == tenant;
        for ((owner, _), wanted) in &mut privacy.preferences {
            if of_tenant(owner) {
                wanted.topics.remove(&topic);
            }
        }
        Ok(privacy.topics.remove(&(tenant, topic)).is_some())
    }

    fn topic_of(&self, tenant: TenantId, source: MailSource) -> StoreResult<Option<TopicId>> {
        let state = self.state();
        let found = state.privacy.of_source.get(&(tenant, source.uuid()));
        Ok(found.copied())
    }

    fn assign_topic(
        &self,
        tenant: TenantId,
        source: MailSource,
        topic: Option<TopicId>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let may = match source {
            MailSource::Broadcast(id) => {
                let stored = state.broadcasts.get(&(tenant, id));
                stored.is_some_and(|stored| stored.status == BroadcastStatus::Draft)
            }
            MailSource::Campaign(id) => state.automatic.status_of(tenant, id).is_some(),
        };
        if !may {
            return Ok(false);
        }
        let privacy = state.privacy_mut();
        let key = (tenant, source.uuid());
        match topic {
            None => drop(privacy.of_source.remove(&key)),
            Some(topic) if !privacy.topics.contains_key(&(tenant, topic)) => return Err(in_use()),
            Some(topic) => drop(privacy.of_source.insert(key, topic)),
        }
        Ok(true)
    }
}
