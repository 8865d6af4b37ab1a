//! What more than one query answers.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Text, Uuid as SqlUuid};
use domain::analytics::{DeliveryCounts, SourceRank};
use domain::ids::{BroadcastId, CampaignId};
use domain::tracking::MailSource;
use uuid::Uuid;

use super::count;

/// What became of mails.
#[derive(QueryableByName)]
pub(crate) struct DeliveryRow {
    #[diesel(sql_type = BigInt)]
    sends: i64,
    #[diesel(sql_type = BigInt)]
    delivered: i64,
    #[diesel(sql_type = BigInt)]
    bounces: i64,
    #[diesel(sql_type = BigInt)]
    complaints: i64,
    #[diesel(sql_type = BigInt)]
    unsubscribes: i64,
}

impl From<DeliveryRow> for DeliveryCounts {
    fn from(row: DeliveryRow) -> Self {
        Self {
            sends: count(row.sends),
            delivered: count(row.delivered),
            bounces: count(row.bounces),
            complaints: count(row.complaints),
            unsubscribes: count(row.unsubscribes),
        }
    }
}

/// In how many of some mails people did something.
#[derive(QueryableByName)]
pub(super) struct ReactedRow {
    #[diesel(sql_type = BigInt)]
    pub(super) sends: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) unique_opens: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) unique_clicks: i64,
}

/// A broadcast or campaign with what people did.
#[derive(QueryableByName)]
pub(super) struct RankRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Bool)]
    is_campaign: bool,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(embed)]
    reacted: ReactedRow,
}

impl From<RankRow> for SourceRank {
    fn from(row: RankRow) -> Self {
        let source = if row.is_campaign {
            MailSource::Campaign(CampaignId::from_uuid(row.id))
        } else {
            MailSource::Broadcast(BroadcastId::from_uuid(row.id))
        };
        Self {
            source,
            name: row.name,
            sends: count(row.reacted.sends),
            unique_opens: count(row.reacted.unique_opens),
            unique_clicks: count(row.reacted.unique_clicks),
        }
    }
}
