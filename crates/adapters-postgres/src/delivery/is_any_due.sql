-- Whether claim.sql would find anything. Asked every second for every tenant: two look-ups in
-- indexes where nothing is due.
SELECT EXISTS (
    SELECT 1
    FROM campaigns AS campaign
    CROSS JOIN LATERAL (
        SELECT 1 FROM send_logs AS s
        WHERE s.tenant_id = $1
          AND s.campaign_id = campaign.id
          AND s.content_id IS NOT NULL
          AND s.state IN ('queued', 'retry_wait')
          AND s.next_attempt_at <= $2
          AND (SELECT way.status FROM campaign_enrollments AS way
               WHERE way.tenant_id = $1 AND way.id = s.enrollment_id) IS DISTINCT FROM 'paused'
        LIMIT 1
    ) AS send
    WHERE campaign.tenant_id = $1 AND campaign.status = 'active'
) OR EXISTS (
    SELECT 1
    FROM broadcasts AS broadcast
    CROSS JOIN LATERAL (
        SELECT 1 FROM send_logs AS s
        WHERE s.tenant_id = $1
          AND s.broadcast_id = broadcast.id
          AND s.queued_at = broadcast.started_at
          AND s.state IN ('queued', 'retry_wait')
          AND s.next_attempt_at <= $2
        LIMIT 1
    ) AS send
    WHERE broadcast.tenant_id = $1 AND broadcast.status IN ('sending', 'testing')
) AS is_due
