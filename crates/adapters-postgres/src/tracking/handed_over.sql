-- queued_at of a token is whole seconds; its lower bound leads to the partition and its upper bound to
-- no index: all mails of a broadcast may be queued in one second, and the id tells them apart.
SELECT send.id, send.accepted_at
FROM (SELECT asked.* FROM UNNEST($2, $3) AS asked (id, queued_at) LIMIT cardinality($2)) AS asked
JOIN send_logs AS send
    ON send.tenant_id = $1 AND send.id = asked.id
    AND send.queued_at >= asked.queued_at AND date_trunc('second', send.queued_at, 'UTC') = asked.queued_at
WHERE send.accepted_at IS NOT NULL
