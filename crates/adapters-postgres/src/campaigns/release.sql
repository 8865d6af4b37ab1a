-- The next of those who wait for the winner of a test get its mail.
WITH next AS (
    SELECT id FROM send_logs
    WHERE tenant_id = $1 AND broadcast_id = $2 AND queued_at = $3
      AND state = 'queued' AND next_attempt_at IS NULL
    LIMIT $4
    FOR UPDATE
)
UPDATE send_logs AS send SET
    content_id = $5,
    template_id = $6,
    next_attempt_at = $7,
    updated_at = $8
FROM next
WHERE send.tenant_id = $1 AND send.queued_at = $3 AND send.id = next.id
