-- What became of sends that a worker holds. Sends are locked in the order of their ids. A provider's
-- acceptance also settles a send that became unknown meanwhile.
WITH given AS (
    SELECT * FROM unnest($2, $3, $4, $5, $6, $7, $8, $10)
        AS given (queued_at, id, state, reason, next_attempt_at, attempts, provider_message_id,
            is_unbegun)
), held AS (
    SELECT send.queued_at, send.id
    FROM send_logs AS send
    WHERE send.tenant_id = $1 AND send.queued_at = ANY ($2) AND send.id = ANY ($3)
    ORDER BY send.id
    FOR UPDATE OF send
)
UPDATE send_logs AS send SET
    state = given.state,
    state_reason = given.reason,
    next_attempt_at = given.next_attempt_at,
    lease_until = NULL,
    attempts = COALESCE(given.attempts, send.attempts),
    accepted_at = CASE WHEN given.state = 'accepted' THEN $9 ELSE send.accepted_at END,
    provider_message_id = COALESCE(given.provider_message_id, send.provider_message_id),
    updated_at = $9
FROM held
JOIN given ON given.queued_at = held.queued_at AND given.id = held.id
WHERE send.tenant_id = $1 AND send.queued_at = ANY ($2) AND send.id = ANY ($3)
  AND send.queued_at = held.queued_at AND send.id = held.id
  AND (send.state = 'claimed'
       OR (send.state = 'dispatching' AND NOT given.is_unbegun)
       OR (send.state = 'unknown' AND given.state = 'accepted'))
RETURNING send.id, COALESCE(send.broadcast_id, send.campaign_id) AS source, given.state
