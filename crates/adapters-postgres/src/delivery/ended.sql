-- Skips those of these sends that wait although their broadcast was cancelled or their campaign has
-- ended: nobody would look for them any more. Whoever ends one meanwhile is waited for, or finds them.
WITH broadcast AS (
    SELECT id, status FROM broadcasts
    WHERE tenant_id = $1 AND id IN (
        SELECT broadcast_id FROM send_logs
        WHERE tenant_id = $1 AND queued_at = ANY ($2) AND id = ANY ($3)
    )
    ORDER BY id
    FOR SHARE
), campaign AS (
    SELECT id, status FROM campaigns
    WHERE tenant_id = $1 AND id IN (
        SELECT campaign_id FROM send_logs
        WHERE tenant_id = $1 AND queued_at = ANY ($2) AND id = ANY ($3)
    )
    ORDER BY id
    FOR SHARE
)
UPDATE send_logs AS send SET
    state = 'skipped',
    state_reason = CASE WHEN send.broadcast_id IS NULL THEN 'campaign_stopped' ELSE 'cancelled' END,
    next_attempt_at = NULL,
    updated_at = $4
WHERE send.tenant_id = $1 AND send.queued_at = ANY ($2) AND send.id = ANY ($3)
  AND send.state IN ('queued', 'retry_wait')
  AND (send.broadcast_id IN (SELECT id FROM broadcast WHERE status = 'cancelled')
       OR send.campaign_id IN (SELECT id FROM campaign WHERE status = 'completed'))
