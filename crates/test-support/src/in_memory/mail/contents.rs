use domain::content::FrozenContent;
use domain::delivery::{
    ContentLink, MailContent, MailContents, NewSend, Send, SendCause, SendState,
};
use domain::ids::{ContentId, TenantId};
use domain::store::StoreResult;
use domain::tracking::MailSource;

use super::{InMemoryMail, State, StoredContent, StoredSend};

impl InMemoryMail {
    /// Keeps what a campaign sends, as activating it does.
    pub fn keep_contents(&self, tenant: TenantId, source: MailSource, contents: &[FrozenContent]) {
        self.state().keep_contents(tenant, source, contents);
    }

    /// Queues these sends; a cause whose send exists already adds none.
    pub fn queue(&self, tenant: TenantId, sends: &[NewSend]) {
        self.state().queue(tenant, sends);
    }
}

impl State {
    pub(super) fn keep_contents(
        &mut self,
        tenant: TenantId,
        source: MailSource,
        contents: &[FrozenContent],
    ) {
        for content in contents {
            let stored = StoredContent {
                source,
                content: content.clone(),
            };
            self.contents.insert((tenant, content.id), stored);
        }
    }

    /// How many are new.
    pub(super) fn queue(&mut self, tenant: TenantId, sends: &[NewSend]) -> usize {
        let before = self.sends.len();
        for send in sends {
            self.sends
                .entry((tenant, send.cause.key().id))
                .or_insert_with(|| queued(send));
        }
        self.sends.len() - before
    }
}

fn queued(new: &NewSend) -> StoredSend {
    let (broadcast, campaign) = match new.cause {
        SendCause::Broadcast { broadcast, .. } => (Some(broadcast), None),
        SendCause::Step { campaign, .. } => (None, Some(campaign)),
    };
    StoredSend {
        send: Send {
            key: new.cause.key(),
            lead: new.cause.lead(),
            broadcast,
            campaign,
            content: Some(new.content),
            template: new.template,
            state: SendState::Queued,
            state_reason: None,
            attempts: 0,
            next_attempt_at: new.due_at,
            subject: None,
            accepted_at: None,
            delivered_at: None,
            bounced_at: None,
            first_opened_at: None,
            machine_opens: 0,
            first_clicked_at: None,
            machine_clicks: 0,
        },
        variant: new.variant,
        expires_at: new.expires_at,
        lease_until: None,
        provider_message_id: None,
    }
}

impl MailContents for InMemoryMail {
    fn content(&self, tenant: TenantId, id: ContentId) -> StoreResult<Option<MailContent>> {
        let state = self.state();
        let found = state.contents.get(&(tenant, id));
        Ok(found.map(|stored| stored.content.clone().into()))
    }

    fn links_of(&self, tenant: TenantId, source: MailSource) -> StoreResult<Vec<ContentLink>> {
        let state = self.state();
        let of_source = state
            .contents
            .iter()
            .filter(|((owner, _), stored)| *owner == tenant && stored.source == source);
        let mut links: Vec<_> = of_source
            .flat_map(|(_, stored)| links_of(&stored.content))
            .collect();
        links.sort_by_key(|link| link.link_index);
        Ok(links)
    }
}

fn links_of(content: &FrozenContent) -> impl Iterator<Item = ContentLink> {
    let numbered = (content.first_link..).zip(0..).zip(&content.links);
    numbered.map(|((link_index, position), url)| ContentLink {
        content: content.id,
        link_index,
        position,
        url: url.clone(),
    })
}
