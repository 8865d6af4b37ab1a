-- Takes the reactions of a carrier that are due, oldest first.
WITH due AS (
    SELECT reaction.id
    FROM reactions AS reaction
    WHERE reaction.tenant_id = $1 AND reaction.state = 'waiting'
      AND reaction.carrier = $5 AND reaction.due_at <= $2
      AND (reaction.lease_until IS NULL OR reaction.lease_until <= $2)
    ORDER BY reaction.due_at
    LIMIT $3
    FOR UPDATE SKIP LOCKED
)
UPDATE reactions AS reaction SET lease_until = $4
FROM due
WHERE reaction.tenant_id = $1 AND reaction.id = due.id
RETURNING reaction.id, reaction.lead_id, reaction.kind, reaction.due_at, reaction.engagement_id,
    reaction.attempts
