//! The ports of tracking and scoring.

mod concurrency;
mod deliveries;
mod erasure;
mod links;
mod refusals;
mod rollups;
mod sessions;
mod stories;

use adapters_postgres::PgStore;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use domain::ids::{LeadId, TenantId};
use domain::leads::LeadRemoval;
use domain::privacy::{PreferenceChange, PreferenceStore, Said, SaidBy};
use domain::scoring::{Band, decide};
use domain::tracking::{Appended, Engagement, EngagementLog, MailRef, VisitorId};
use test_support::builders::tenancy::at;
use test_support::contracts::tracking::{Leads, TrackingPorts};
use test_support::in_memory::TrackedLead;
use uuid::Uuid;

use crate::database::{Database, lines};

fn on_postgres(contract: impl FnOnce(&TrackingPorts<'_>)) {
    let database = Database::new();
    contract(&TrackingPorts::of(&database.store, &database));
}

test_support::tracking_contracts!(on_postgres);

#[derive(QueryableByName)]
struct LeadRow {
    #[diesel(sql_type = Integer)]
    engagement_score: i32,
    #[diesel(sql_type = Integer)]
    fit_score: i32,
    #[diesel(sql_type = Integer)]
    score: i32,
    #[diesel(sql_type = Text)]
    score_band: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_engaged_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_clicked_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    last_clicked_url: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    tracking_id: Option<Uuid>,
}

impl Leads for Database {
    fn tenant(&self) -> TenantId {
        Self::tenant(self)
    }

    fn add(&self, tenant: TenantId) -> LeadId {
        let lead = LeadId::new();
        diesel::sql_query(
            "INSERT INTO leads (tenant_id, id, email, created_at, updated_at)
             VALUES ($1, $2, $2::text || '@example.jp', $3, $3)",
        )
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(lead.uuid())
        .bind::<Timestamptz, _>(at(0))
        .execute(&mut self.owner())
        .unwrap();
        lead
    }

    fn remove(&self, tenant: TenantId, lead: LeadId) -> bool {
        LeadRemoval::remove(&self.store, tenant, lead).unwrap()
    }

    fn stop_tracking(&self, tenant: TenantId, lead: LeadId) {
        let said = Said {
            at: at(0),
            by: SaidBy::Person,
        };
        let stop = [PreferenceChange::StopTracking];
        let store = &self.store;
        assert!(store.change_preferences(tenant, lead, &stop, said).unwrap());
    }

    fn hand_over(&self, tenant: TenantId, mail: &MailRef, at: DateTime<Utc>) {
        // The token says whole seconds only.
        diesel::sql_query(
            "INSERT INTO send_logs (tenant_id, queued_at, id, lead_id, state, accepted_at, updated_at)
             VALUES ($1, $2::timestamptz + interval '0.7 seconds', $3, $4, 'accepted', $5, $5)",
        )
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(mail.queued_at)
        .bind::<SqlUuid, _>(mail.send.uuid())
        .bind::<SqlUuid, _>(mail.lead.uuid())
        .bind::<Timestamptz, _>(at)
        .execute(&mut self.owner())
        .unwrap();
    }

    fn find(&self, tenant: TenantId, lead: LeadId) -> Option<TrackedLead> {
        let row: LeadRow =
            diesel::sql_query("SELECT * FROM leads WHERE tenant_id = $1 AND id = $2")
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<SqlUuid, _>(lead.uuid())
                .get_result(&mut self.owner())
                .optional()
                .unwrap()?;
        Some(TrackedLead {
            engagement_score: row.engagement_score,
            fit_score: row.fit_score,
            score: row.score,
            band: Band::parse(&row.score_band).unwrap(),
            last_engaged_at: row.last_engaged_at,
            last_click: row.last_clicked_at.zip(row.last_clicked_url),
            tracking_id: row.tracking_id.map(VisitorId::from_uuid),
        })
    }
}

/// A tenant in Tokyo with one lead.
struct World {
    database: Database,
    tenant: TenantId,
    lead: LeadId,
}

impl World {
    fn new() -> Self {
        let database = Database::new();
        let tenant = database.tenant();
        let lead = database.add(tenant);
        Self {
            database,
            tenant,
            lead,
        }
    }

    fn store(&self) -> &PgStore {
        &self.database.store
    }

    fn append(&self, batch: &[Engagement]) -> Vec<Appended> {
        self.store().append(batch, &decide).unwrap()
    }

    /// Makes the lead click a day before anything else, and returns the visitor id that it got.
    fn identified(&self) -> VisitorId {
        use test_support::builders::tracking::{HOME, click, mail};
        let first = click(self.tenant, &mail(self.lead, 255), 0, HOME, -86_400);
        self.append(&[first]).remove(0).tracking_id.unwrap()
    }

    /// What a query of the owner answers in its only column, named `line`.
    fn lines(&self, query: &str) -> Vec<String> {
        lines(&mut self.database.owner(), query)
    }
}
