-- A claimed send was certainly not sent; a dispatching one may have been. Held sends have no next
-- attempt, which is where the index of due sends finds them.
UPDATE send_logs SET
    state = CASE WHEN state = 'claimed' THEN 'queued' ELSE 'unknown' END,
    state_reason = CASE WHEN state = 'claimed' THEN NULL ELSE 'worker lost' END,
    next_attempt_at = CASE WHEN state = 'claimed' THEN $2 END,
    lease_until = NULL,
    updated_at = $2
WHERE tenant_id = $1 AND next_attempt_at IS NULL
  AND state IN ('claimed', 'dispatching') AND lease_until <= $2
RETURNING queued_at, id, state
