use chrono::{DateTime, Utc};
use domain::campaigns::{
    Broadcast, BroadcastDraft, BroadcastStatus, BroadcastStore, BroadcastTotals, BroadcastWork,
};
use domain::content::FrozenContent;
use domain::delivery::{NewSend, SendState, SkipReason};
use domain::ids::{BroadcastId, LeadId, TemplateId, TenantId};
use domain::store::{StoreError, StoreResult};
use domain::tracking::MailSource;

use super::{InMemoryMail, State};

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

    pub(super) fn in_status(
        &mut self,
        tenant: TenantId,
        id: BroadcastId,
        status: BroadcastStatus,
    ) -> Option<&mut Broadcast> {
        self.broadcasts
            .get_mut(&(tenant, id))
            .filter(|broadcast| broadcast.status == status)
    }

    /// A completed broadcast has something to send again.
    pub(super) fn reopen(&mut self, tenant: TenantId, id: BroadcastId) {
        if let Some(broadcast) = self.in_status(tenant, id, BroadcastStatus::Completed) {
            broadcast.status = BroadcastStatus::Sending;
            broadcast.finished_at = None;
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

    /// A draft has nothing frozen.
    fn forget_contents(&mut self, tenant: TenantId, id: BroadcastId) {
        let source = MailSource::Broadcast(id);
        self.contents
            .retain(|(owner, _), stored| *owner != tenant || stored.source != source);
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
        state
            .broadcasts
            .insert((tenant, broadcast.id), broadcast.clone());
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
        let Some(broadcast) = state.in_status(tenant, id, BroadcastStatus::Draft) else {
            return Ok(false);
        };
        broadcast.name = draft.name.trim().to_owned();
        broadcast.template = draft.template;
        broadcast.audience = draft.audience.clone();
        broadcast.tracking = draft.tracking;
        broadcast.hourly_limit = draft.hourly_limit;
        broadcast.ab_test.clone_from(&draft.ab_test);
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
        Ok(found.cloned())
    }

    fn list(&self, tenant: TenantId, offset: u32, limit: u32) -> StoreResult<Vec<Broadcast>> {
        let state = self.state();
        let mut found: Vec<_> = state
            .broadcasts
            .iter()
            .filter(|((owner, _), _)| *owner == tenant)
            .map(|(_, broadcast)| broadcast.clone())
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
        let Some(broadcast) = found.filter(|broadcast| broadcast.status.allows(next)) else {
            return Ok(false);
        };
        broadcast.status = next;
        match next {
            BroadcastStatus::Cancelled => {
                broadcast.finished_at = Some(now);
                state.skip_waiting(tenant, id);
            }
            BroadcastStatus::Draft => {
                broadcast.scheduled_at = None;
                state.forget_contents(tenant, id);
            }
            BroadcastStatus::Paused => broadcast.paused_at = Some(now),
            BroadcastStatus::Testing | BroadcastStatus::Sending => {
                broadcast.paused_at = None;
                let alarm = broadcast.paused_by.take();
                broadcast.is_watched &= alarm.is_none();
            }
            BroadcastStatus::Scheduled
            | BroadcastStatus::Preparing
            | BroadcastStatus::Completed => {}
        }
        Ok(true)
    }
}

impl BroadcastWork for InMemoryMail {
    fn start(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        contents: &[FrozenContent],
        started_at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let Some(broadcast) = state.in_status(tenant, id, BroadcastStatus::Draft) else {
            return Ok(false);
        };
        broadcast.status = BroadcastStatus::Preparing;
        broadcast.started_at = Some(started_at);
        state.keep_contents(tenant, MailSource::Broadcast(id), contents);
        Ok(true)
    }

    fn schedule(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        contents: &[FrozenContent],
        scheduled_at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let Some(broadcast) = state.in_status(tenant, id, BroadcastStatus::Draft) else {
            return Ok(false);
        };
        broadcast.status = BroadcastStatus::Scheduled;
        broadcast.scheduled_at = Some(scheduled_at);
        state.keep_contents(tenant, MailSource::Broadcast(id), contents);
        Ok(true)
    }

    fn start_scheduled(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        started_at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let scheduled = state.in_status(tenant, id, BroadcastStatus::Scheduled);
        let is_due = |it: &&mut Broadcast| it.scheduled_at.is_some_and(|at| at <= started_at);
        let Some(broadcast) = scheduled.filter(is_due) else {
            return Ok(false);
        };
        broadcast.status = BroadcastStatus::Preparing;
        broadcast.started_at = Some(started_at);
        Ok(true)
    }

    fn at_work(&self, tenant: TenantId) -> StoreResult<Vec<Broadcast>> {
        let state = self.state();
        let mut found: Vec<_> = state
            .broadcasts
            .iter()
            .filter(|((owner, _), broadcast)| *owner == tenant && broadcast.status.is_moving())
            .map(|(_, broadcast)| broadcast.clone())
            .collect();
        let is_waiting = |broadcast: &Broadcast| broadcast.started_at.is_none();
        found.sort_by_key(|it| (is_waiting(it), it.started_at, it.id));
        Ok(found)
    }

    fn queue_sends(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        after: Option<LeadId>,
        sends: &[NewSend],
        _now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let preparing = state.in_status(tenant, id, BroadcastStatus::Preparing);
        if preparing.is_none_or(|broadcast| broadcast.prepared_up_to != after) {
            return Ok(false);
        }
        let added = state.queue(tenant, sends);
        if let Some(broadcast) = state.in_status(tenant, id, BroadcastStatus::Preparing) {
            broadcast.recipients += u32::try_from(added).unwrap_or(u32::MAX);
            broadcast.prepared_up_to = sends.last().map(|send| send.cause.lead()).or(after);
        }
        Ok(true)
    }

    fn finish_preparing(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<bool> {
        let mut state = self.state();
        let Some(broadcast) = state.in_status(tenant, id, BroadcastStatus::Preparing) else {
            return Ok(false);
        };
        broadcast.status = BroadcastStatus::Sending;
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
        let Some(broadcast) = state.in_status(tenant, id, BroadcastStatus::Sending) else {
            return Ok(false);
        };
        broadcast.status = BroadcastStatus::Completed;
        broadcast.finished_at = Some(now);
        Ok(true)
    }
}
