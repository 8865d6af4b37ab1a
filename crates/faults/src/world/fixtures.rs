//! The rows that a campaign begins with.

use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{PgConnection, RunQueryDsl as _, sql_query};
use domain::ids::SiteId;

use super::{ORIGIN, People};

const TENANT: &str = "
    INSERT INTO tenants (id, name, webhook_key, created_at, updated_at)
    VALUES ($1, 'Faults', $2, now(), now())";

const SITE: &str = "
    WITH site AS (
        INSERT INTO sites (tenant_id, id, name, origin, site_key, created_at)
        VALUES ($1, $2, 'School', $3, '0123456789abcdef01234567', now()) RETURNING *
    )
    INSERT INTO site_origins (origin, tenant_id, site_id, site_key)
    SELECT origin, tenant_id, id, site_key FROM site";

/// As `temperature` has it; a tenant without rows of its own would have none.
const IMPORTANT: &str = "
    INSERT INTO important_pages (tenant_id, id, fragment, created_at)
    SELECT $1, gen_random_uuid(), fragment, now()
    FROM unnest(ARRAY['/apply', '/exam', '/entry', '入試', '出願']) AS fragment
    ON CONFLICT DO NOTHING";

const PROVIDER: &str = "
    INSERT INTO mail_providers (tenant_id, kind, settings, webhook_public_key, updated_at)
    VALUES ($1, 'sendgrid', '{\"hourly_limit\": null, \"opens\": \"pixel\"}', $2, now())";

const LEADS: &str = "
    INSERT INTO leads (tenant_id, id, email, tracking_id, created_at, updated_at)
    SELECT $1, lead, 'lead-' || place || '@example.com', tid, now(), now()
    FROM unnest($2, $3) WITH ORDINALITY AS new (lead, tid, place)";

const VISITORS: &str = "
    INSERT INTO visitors (tenant_id, id, lead_id, first_seen_at, last_seen_at)
    SELECT $1, tracking_id, id, now(), now() FROM leads WHERE tenant_id = $1";

const SENDS: &str = "
    INSERT INTO send_logs (tenant_id, queued_at, id, lead_id, broadcast_id, state, attempts,
                           provider, accepted_at, updated_at)
    SELECT $1, $2, send, lead, $3, 'accepted', 1, 'sendgrid', $2, $2
    FROM unnest($4, $5) AS new (send, lead)";

/// Fills an empty, migrated database.
pub(super) fn fill(owner: &mut PgConnection, people: &People) -> anyhow::Result<()> {
    let tenant = people.tenant.uuid();
    let leads: Vec<_> = people.all.iter().map(|person| person.lead.uuid()).collect();
    let tids: Vec<_> = people.all.iter().map(|person| person.tid.uuid()).collect();
    let sends: Vec<_> = people.all.iter().map(|person| person.send.uuid()).collect();
    sql_query(TENANT)
        .bind::<SqlUuid, _>(tenant)
        .bind::<Text, _>(&people.webhook_key)
        .execute(owner)?;
    sql_query(SITE)
        .bind::<SqlUuid, _>(tenant)
        .bind::<SqlUuid, _>(SiteId::new().uuid())
        .bind::<Text, _>(ORIGIN)
        .execute(owner)?;
    sql_query(IMPORTANT)
        .bind::<SqlUuid, _>(tenant)
        .execute(owner)?;
    sql_query(PROVIDER)
        .bind::<SqlUuid, _>(tenant)
        .bind::<Text, _>(people.webhook_public_key()?)
        .execute(owner)?;
    sql_query(LEADS)
        .bind::<SqlUuid, _>(tenant)
        .bind::<Array<SqlUuid>, _>(&leads)
        .bind::<Array<SqlUuid>, _>(&tids)
        .execute(owner)?;
    sql_query(VISITORS)
        .bind::<SqlUuid, _>(tenant)
        .execute(owner)?;
    sql_query(SENDS)
        .bind::<SqlUuid, _>(tenant)
        .bind::<Timestamptz, _>(people.mailed_at)
        .bind::<SqlUuid, _>(people.broadcast.uuid())
        .bind::<Array<SqlUuid>, _>(&sends)
        .bind::<Array<SqlUuid>, _>(&leads)
        .execute(owner)?;
    Ok(())
}
