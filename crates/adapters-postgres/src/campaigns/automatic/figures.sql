-- How a campaign stands: one row for each status, and one for each step. Counts come from indexes;
-- what became of the mails stands in their rows.
WITH waiting AS (
    SELECT next_step AS step_id, count(*) AS waiting
    FROM campaign_enrollments
    WHERE tenant_id = $1 AND campaign_id = $2 AND status IN ('active', 'paused')
    GROUP BY next_step
), done AS (
    SELECT step_id,
        count(*) FILTER (WHERE outcome NOT LIKE 'skipped:%') AS done,
        count(*) FILTER (WHERE outcome LIKE 'skipped:%') AS skipped
    FROM campaign_step_executions
    WHERE tenant_id = $1 AND campaign_id = $2
    GROUP BY step_id
), mails AS (
    SELECT step_id,
        count(accepted_at) AS sent,
        count(delivered_at) AS delivered,
        count(bounced_at) AS bounced,
        count(*) FILTER (WHERE opened_count > 0) AS opened,
        sum(opened_count) AS opens,
        count(*) FILTER (WHERE clicked_count > 0) AS clicked,
        sum(clicked_count) AS clicks
    FROM send_logs
    WHERE tenant_id = $1 AND campaign_id = $2 AND step_id IS NOT NULL
    GROUP BY step_id
), refused AS (
    SELECT send.step_id, count(DISTINCT event.lead_id) AS unsubscribed
    FROM engagement_events AS event
    JOIN send_logs AS send ON send.tenant_id = $1 AND send.id = event.send_id
    WHERE event.tenant_id = $1 AND event.event_type = 'unsubscribe' AND event.campaign_id = $2
    GROUP BY send.step_id
), steps AS (
    SELECT DISTINCT step_id FROM campaign_steps WHERE tenant_id = $1 AND campaign_id = $2
)
SELECT steps.step_id, NULL AS status,
    COALESCE(waiting.waiting, 0) AS people, 0::bigint AS converted,
    COALESCE(done.done, 0) AS done, COALESCE(done.skipped, 0) AS skipped,
    COALESCE(mails.sent, 0) AS sent, COALESCE(mails.delivered, 0) AS delivered,
    COALESCE(mails.bounced, 0) AS bounced, COALESCE(mails.opened, 0) AS opened,
    COALESCE(mails.opens, 0)::bigint AS opens, COALESCE(mails.clicked, 0) AS clicked,
    COALESCE(mails.clicks, 0)::bigint AS clicks, COALESCE(refused.unsubscribed, 0) AS unsubscribed
FROM steps
LEFT JOIN waiting USING (step_id)
LEFT JOIN done USING (step_id)
LEFT JOIN mails USING (step_id)
LEFT JOIN refused USING (step_id)
UNION ALL
SELECT NULL, status, count(*), count(*) FILTER (WHERE status = 'exited' AND ended_by = 'flow'),
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM campaign_enrollments
WHERE tenant_id = $1 AND campaign_id = $2
GROUP BY status
