//! What a mail was sent for, in two columns.

use domain::ids::{BroadcastId, CampaignId};
use domain::tracking::MailSource;
use uuid::Uuid;

/// The source in `broadcast_id` and `campaign_id`, of which a send has at most one.
pub(super) fn source_of(broadcast: Option<Uuid>, campaign: Option<Uuid>) -> Option<MailSource> {
    let campaign = campaign.map(|id| MailSource::Campaign(CampaignId::from_uuid(id)));
    broadcast
        .map(|id| MailSource::Broadcast(BroadcastId::from_uuid(id)))
        .or(campaign)
}
