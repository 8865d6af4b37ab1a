use chrono::{DateTime, Utc};
use domain::campaigns::{
    Broadcast, BroadcastDraft, BroadcastStatus, BroadcastStore, BroadcastTotals, BroadcastWork,
    StartedContent,
};
use domain::delivery::{MailContent, Send, SendCause, SendState, SkipReason};
use domain::ids::{BroadcastId, LeadId, TemplateId, TenantId};
use domain::store::{StoreError, StoreResult};

use super::{InMemoryMail, State, StoredBroadcast, StoredSend};

impl State {
    fn needs_template(&self, tenant: TenantId, id: TemplateId) -> StoreResult<()> {
        if self.templates.contains_key(&(tenant, id)) {
            Ok(())
        } else {
            Err(StoreError::InUse(
                "broadcasts_tenant_id_template_id_fkey".to_owned(),
            ))
        }
    }

    fn in_status(
        &mut self,
        tenant: TenantId,
        id: BroadcastId,
        status: BroadcastStatus,
    ) -> Option<&mut StoredBroadcast> {
        self.broadcasts
            .get_mut(&(tenant, id))
            .filter(|stored| stored.broadcast.status == status)
    }

    /// A completed broadcast has something to send again.
    pub(super) fn reopen(&mut self, tenant: TenantId, id: BroadcastId) {
        if let Some(stored) = self.in_status(tenant, id, BroadcastStatus::Completed) {
            stored.broadcast.status = BroadcastStatus::Sending;
            stored.broadcast.finished_at = None;
        }
    }

    fn totals(&self, tenant: TenantId, id: BroadcastId) -> BroadcastTotals {
        let mut totals = BroadcastTotals::default();
        let of_broadcast = self
            .sends
            .iter()
            .filter(|((owner, _), stored)| *owner == tenant && stored.send.broadcast == Some(id));
        for (_, stored) in of_broadcast {
            *totals.by_state.entry(stored.send.state).or_default() += 1;
            totals.opened += u64::from(stored.send.first_opened_at.is_some());
            totals.machine_opens += u64::from(stored.send.machine_opens);
            totals.clicked += u64::from(stored.send.first_clicked_at.is_some());
            totals.machine_clicks += u64::from(stored.send.machine_clicks);
        }
        totals
    }

    fn skip_waiting(&mut self, tenant: TenantId, id: BroadcastId) {
        let waiting = self.sends.iter_mut().filter(|((owner, _), stored)| {
            *owner == tenant
                && stored.send.broadcast == Some(id)
                && matches!(stored.send.state, SendState::Queued | SendState::RetryWait)
        });
        for (_, stored) in waiting {
            let reason = SkipReason::Cancelled.as_str().to_owned();
            stored.becomes(SendState::Skipped, Some(reason));
        }
    }
}

impl BroadcastStore for InMemoryMail {
    fn create(&self, tenant: TenantId, broadcast: &Broadcast) -> StoreResult<()> {
        let mut state = self.state();
        state.needs_template(tenant, broadcast.template)?;
        let stored = StoredBroadcast {
            broadcast: broadcast.clone(),
            content: None,
        };
        state.broadcasts.insert((tenant, broadcast.id), stored);
        Ok(())
    }

    fn update_draft(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        draft: &BroadcastDraft,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        if state
            .in_status(tenant, id, BroadcastStatus::Draft)
            .is_none()
        {
            return Ok(false);
        }
        state.needs_template(tenant, draft.template)?;
        let Some(stored) = state.in_status(tenant, id, BroadcastStatus::Draft) else {
            return Ok(false);
        };
        stored.broadcast.name = draft.name.trim().to_owned();
        stored.broadcast.template = draft.template;
        stored.broadcast.audience = draft.audience.clone();
        stored.broadcast.tracking = draft.tracking;
        Ok(true)
    }

    fn remove_draft(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<bool> {
        let mut state = self.state();
        let is_draft = state
            .in_status(tenant, id, BroadcastStatus::Draft)
            .is_some();
        Ok(is_draft && state.broadcasts.remove(&(tenant, id)).is_some())
    }

    fn find(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<Option<Broadcast>> {
        let state = self.state();
        let found = state.broadcasts.get(&(tenant, id));
        Ok(found.map(|stored| stored.broadcast.clone()))
    }

    fn list(&self, tenant: TenantId, offset: u32, limit: u32) -> StoreResult<Vec<Broadcast>> {
        let state = self.state();
        let mut found: Vec<_> = state
            .broadcasts
            .iter()
            .filter(|((owner, _), _)| *owner == tenant)
            .map(|(_, stored)| stored.broadcast.clone())
            .collect();
        found.sort_by_key(|broadcast| std::cmp::Reverse((broadcast.created_at, broadcast.id)));
        let page = found.into_iter().skip(offset as usize);
        Ok(page.take(limit as usize).collect())
    }

    fn totals(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<BroadcastTotals> {
        Ok(self.state().totals(tenant, id))
    }

    fn change_status(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        next: BroadcastStatus,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let found = state.broadcasts.get_mut(&(tenant, id));
        let Some(stored) = found.filter(|stored| stored.broadcast.status.allows(next)) else {
            return Ok(false);
        };
        stored.broadcast.status = next;
        if next == BroadcastStatus::Cancelled {
            stored.broadcast.finished_at = Some(now);
            state.skip_waiting(tenant, id);
        }
        Ok(true)
    }
}

impl BroadcastWork for InMemoryMail {
    fn start(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        content: &StartedContent,
        started_at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let Some(stored) = state.in_status(tenant, id, BroadcastStatus::Draft) else {
            return Ok(false);
        };
        stored.broadcast.status = BroadcastStatus::Preparing;
        stored.broadcast.started_at = Some(started_at);
        stored.content = Some(content.clone());
        Ok(true)
    }

    fn at_work(&self, tenant: TenantId) -> StoreResult<Vec<Broadcast>> {
        let state = self.state();
        let mut found: Vec<_> = state
            .broadcasts
            .iter()
            .filter(|((owner, _), stored)| {
                *owner == tenant
                    && matches!(
                        stored.broadcast.status,
                        BroadcastStatus::Preparing | BroadcastStatus::Sending
                    )
            })
            .map(|(_, stored)| stored.broadcast.clone())
            .collect();
        found.sort_by_key(|broadcast| (broadcast.started_at, broadcast.id));
        Ok(found)
    }

    fn queue_sends(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        after: Option<LeadId>,
        causes: &[SendCause],
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let preparing = state.in_status(tenant, id, BroadcastStatus::Preparing);
        let Some(stored) = preparing.filter(|stored| stored.broadcast.prepared_up_to == after)
        else {
            return Ok(false);
        };
        let template = stored.broadcast.template;
        if let Some(last) = causes.last() {
            stored.broadcast.prepared_up_to = Some(last.lead);
        }
        let mut added = 0;
        for cause in causes {
            let key = (tenant, cause.key().id);
            if let std::collections::btree_map::Entry::Vacant(vacant) = state.sends.entry(key) {
                vacant.insert(queued(cause, template, now));
                added += 1;
            }
        }
        if let Some(stored) = state.in_status(tenant, id, BroadcastStatus::Preparing) {
            stored.broadcast.recipients += added;
        }
        Ok(true)
    }

    fn finish_preparing(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<bool> {
        let mut state = self.state();
        let Some(stored) = state.in_status(tenant, id, BroadcastStatus::Preparing) else {
            return Ok(false);
        };
        stored.broadcast.status = BroadcastStatus::Sending;
        Ok(true)
    }

    fn complete_if_done(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        if state.totals(tenant, id).open() > 0 {
            return Ok(false);
        }
        let Some(stored) = state.in_status(tenant, id, BroadcastStatus::Sending) else {
            return Ok(false);
        };
        stored.broadcast.status = BroadcastStatus::Completed;
        stored.broadcast.finished_at = Some(now);
        Ok(true)
    }

    fn content(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<Option<MailContent>> {
        let state = self.state();
        let found = || {
            let stored = state.broadcasts.get(&(tenant, id))?;
            Some(MailContent {
                source: stored.content.as_ref()?.source.clone(),
                tracking: stored.broadcast.tracking,
            })
        };
        Ok(found())
    }

    fn links(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<Vec<String>> {
        let state = self.state();
        let content = state
            .broadcasts
            .get(&(tenant, id))
            .and_then(|stored| stored.content.as_ref());
        Ok(content.map_or_else(Vec::new, |content| content.links.clone()))
    }
}

fn queued(cause: &SendCause, template: TemplateId, now: DateTime<Utc>) -> StoredSend {
    StoredSend {
        send: Send {
            key: cause.key(),
            lead: cause.lead,
            broadcast: Some(cause.broadcast),
            template: Some(template),
            state: SendState::Queued,
            state_reason: None,
            attempts: 0,
            next_attempt_at: Some(now),
            subject: None,
            accepted_at: None,
            delivered_at: None,
            bounced_at: None,
            first_opened_at: None,
            machine_opens: 0,
            first_clicked_at: None,
            machine_clicks: 0,
        },
        lease_until: None,
        provider_message_id: None,
    }
}
