//! The rows of a population: one statement for each table.

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::{ORIGIN, Population};
use crate::scene::Database;

const TENANT: &str = "
    INSERT INTO tenants (id, name, webhook_key, created_at, updated_at)
    VALUES ($1, 'Bench', 'bench', now(), now())";

const SITE: &str = "
    WITH site AS (
        INSERT INTO sites (tenant_id, id, name, origin, site_key, created_at)
        VALUES ($1, gen_random_uuid(), 'School', $2, $3, now())
        RETURNING tenant_id, id, origin, site_key)
    INSERT INTO site_origins (origin, tenant_id, site_id, site_key)
    SELECT origin, tenant_id, id, site_key FROM site";

const BROADCAST: &str = "
    WITH template AS (
        INSERT INTO templates (tenant_id, id, name, subject, html, created_at, updated_at)
        VALUES ($1, gen_random_uuid(), 'News', 'News', '<p>News</p>', $3, $3)
        RETURNING id)
    INSERT INTO broadcasts (tenant_id, id, name, template_id, audience, status, created_at, started_at, finished_at)
    SELECT $1, $2, 'News', id, '{}', 'completed', $3, $3, $3 FROM template";

const LEADS: &str = "
    INSERT INTO leads (tenant_id, id, email, name, tracking_id, search_text, created_at, updated_at)
    SELECT $1, lead, format('lead%s@school.example', n), format('Lead %s', n), tid,
        format('lead %s lead%s@school.example', n, n), $4, $4
    FROM UNNEST($2, $3) WITH ORDINALITY AS new (lead, tid, n)
    ORDER BY lead";

const VISITORS: &str = "
    INSERT INTO visitors (tenant_id, id, lead_id, first_seen_at, last_seen_at)
    SELECT $1, tid, lead, $4, $4 FROM UNNEST($2, $3) AS new (lead, tid)
    ORDER BY lead";

const SENDS: &str = "
    INSERT INTO send_logs (tenant_id, queued_at, id, lead_id, broadcast_id, state, attempts, provider,
        provider_message_id, subject, accepted_at, delivered_at, updated_at)
    SELECT $1, $4, send, lead, $5, 'delivered', 1, 'smtp', send::text, 'News', $4, $4, $4
    FROM UNNEST($2, $3) AS new (lead, send)
    ORDER BY lead";

impl Population {
    /// Writes everything into a database that the product has migrated.
    pub(crate) fn fill(&self, database: &Database) -> anyhow::Result<()> {
        let connection = &mut database.connect()?;
        let tenant = self.tenant.uuid();
        let ids =
            |id: fn(&super::Person) -> Uuid| -> Vec<Uuid> { self.people.iter().map(id).collect() };
        let leads = ids(|person| person.lead.uuid());
        let tids = ids(|person| person.tid.uuid());
        diesel::sql_query(TENANT)
            .bind::<SqlUuid, _>(tenant)
            .execute(connection)?;
        diesel::sql_query(SITE)
            .bind::<SqlUuid, _>(tenant)
            .bind::<Text, _>(ORIGIN)
            .bind::<Text, _>(self.site_key.as_str())
            .execute(connection)?;
        diesel::sql_query(BROADCAST)
            .bind::<SqlUuid, _>(tenant)
            .bind::<SqlUuid, _>(self.broadcast.uuid())
            .bind::<Timestamptz, _>(self.queued_at)
            .execute(connection)?;
        for sql in [LEADS, VISITORS] {
            diesel::sql_query(sql)
                .bind::<SqlUuid, _>(tenant)
                .bind::<Array<SqlUuid>, _>(&leads)
                .bind::<Array<SqlUuid>, _>(&tids)
                .bind::<Timestamptz, _>(self.queued_at)
                .execute(connection)?;
        }
        diesel::sql_query(SENDS)
            .bind::<SqlUuid, _>(tenant)
            .bind::<Array<SqlUuid>, _>(&leads)
            .bind::<Array<SqlUuid>, _>(ids(|person| person.send.uuid()))
            .bind::<Timestamptz, _>(self.queued_at)
            .bind::<SqlUuid, _>(self.broadcast.uuid())
            .execute(connection)?;
        database.execute("VACUUM ANALYZE")
    }
}
