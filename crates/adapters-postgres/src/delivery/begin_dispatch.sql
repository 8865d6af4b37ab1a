-- Commits that the provider is about to be called, unless something has stopped the mail since it
-- was claimed.
WITH checked AS (
    SELECT send.queued_at, send.id,
        CASE
            WHEN lead.id IS NULL THEN 'lead_gone'
            WHEN broadcast.status = 'cancelled' THEN 'cancelled'
            WHEN EXISTS (
                SELECT 1 FROM suppressions
                WHERE suppressions.tenant_id = $1 AND suppressions.email = lead.email
            ) THEN 'suppressed'
            WHEN (
                SELECT count(*) FROM soft_bounces
                WHERE soft_bounces.tenant_id = $1 AND soft_bounces.email = lead.email
                  AND soft_bounces.occurred_at > $6
            ) >= $7 THEN 'soft_bounces'
        END AS stop
    FROM send_logs AS send
    LEFT JOIN leads AS lead ON lead.tenant_id = $1 AND lead.id = send.lead_id
    LEFT JOIN broadcasts AS broadcast ON broadcast.tenant_id = $1 AND broadcast.id = send.broadcast_id
    WHERE send.tenant_id = $1 AND send.queued_at = $2 AND send.id = $3
      AND send.state = 'claimed' AND send.lease_until > $4
    FOR UPDATE OF send
)
UPDATE send_logs AS send SET
    state = CASE WHEN checked.stop IS NULL THEN 'dispatching' ELSE 'skipped' END,
    state_reason = checked.stop,
    lease_until = CASE WHEN checked.stop IS NULL THEN $5 END,
    provider = $8,
    subject = $9,
    content_hash = $10,
    updated_at = $4
FROM checked
WHERE send.tenant_id = $1 AND send.queued_at = checked.queued_at AND send.id = checked.id
RETURNING send.state_reason
