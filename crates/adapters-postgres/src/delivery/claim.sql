-- Takes the sends of a tenant that are due, and skips in the same statement those that must not go
-- out (A44). Broadcasts come in the order they were started; each is looked up by its own index,
-- so that a paused one with a million waiting mails costs the others nothing.
WITH due AS (
    SELECT send.queued_at, send.id, send.lead_id
    FROM broadcasts AS broadcast
    CROSS JOIN LATERAL (
        SELECT s.queued_at, s.id, s.lead_id
        FROM send_logs AS s
        WHERE s.tenant_id = $1
          AND s.broadcast_id = broadcast.id
          AND s.queued_at = broadcast.started_at
          AND s.state IN ('queued', 'retry_wait')
          AND s.next_attempt_at <= $2
        LIMIT $3
        FOR UPDATE SKIP LOCKED
    ) AS send
    WHERE broadcast.tenant_id = $1 AND broadcast.status = 'sending'
    ORDER BY broadcast.started_at, broadcast.id
    LIMIT $3
), checked AS (
    SELECT due.queued_at, due.id,
        CASE
            WHEN lead.id IS NULL THEN 'lead_gone'
            WHEN EXISTS (
                SELECT 1 FROM suppressions
                WHERE suppressions.tenant_id = $1 AND suppressions.email = lead.email
            ) THEN 'suppressed'
            WHEN (
                SELECT count(*) FROM soft_bounces
                WHERE soft_bounces.tenant_id = $1 AND soft_bounces.email = lead.email
                  AND soft_bounces.occurred_at > $5
            ) >= $6 THEN 'soft_bounces'
        END AS stop
    FROM due
    LEFT JOIN leads AS lead ON lead.tenant_id = $1 AND lead.id = due.lead_id
)
UPDATE send_logs AS send SET
    state = CASE WHEN checked.stop IS NULL THEN 'claimed' ELSE 'skipped' END,
    state_reason = checked.stop,
    next_attempt_at = NULL,
    lease_until = CASE WHEN checked.stop IS NULL THEN $4 END,
    updated_at = $2
FROM checked
WHERE send.tenant_id = $1 AND send.queued_at = checked.queued_at AND send.id = checked.id
RETURNING send.queued_at, send.id, send.lead_id, send.broadcast_id, send.template_id,
    send.attempts, send.state_reason
