-- Rows for browsers that were never seen, then the locks of the others: UNION ALL runs its parts in
-- their order, so that nobody who waits to insert a row holds the lock of another.
WITH new AS (
    INSERT INTO visitors (tenant_id, id, first_seen_at, last_seen_at)
    SELECT $1, asked.id, asked.seen_at, asked.seen_at FROM UNNEST($2, $3) AS asked (id, seen_at)
    ON CONFLICT (tenant_id, id) DO NOTHING
    RETURNING id, first_seen_at
), known AS MATERIALIZED (
    SELECT visitors.id, visitors.lead_id, visitors.session_id, visitors.first_seen_at, visitors.last_seen_at
    FROM (SELECT asked.id FROM UNNEST($2) AS asked (id) LIMIT cardinality($2)) AS asked
    JOIN visitors ON visitors.tenant_id = $1 AND visitors.id = asked.id
    ORDER BY visitors.id FOR NO KEY UPDATE OF visitors
)
SELECT true AS is_new, new.id, NULL::uuid AS lead_id, NULL::uuid AS session_id, new.first_seen_at,
    new.first_seen_at AS last_seen_at
FROM new
UNION ALL
SELECT false, known.* FROM known
