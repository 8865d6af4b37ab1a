-- Two templates in one broadcast were tested against each other: the days tell only what became of
-- both together.
SELECT broadcasts.template_id AS id, count(DISTINCT broadcasts.id) AS broadcasts,
    sum(sends)::bigint AS sends, sum(delivered)::bigint AS delivered,
    sum(bounces)::bigint AS bounces, sum(complaints)::bigint AS complaints,
    sum(unsubscribes)::bigint AS unsubscribes,
    sum(opens)::bigint AS opens, sum(unique_opens)::bigint AS unique_opens,
    sum(machine_opens)::bigint AS machine_opens,
    sum(clicks)::bigint AS clicks, sum(unique_clicks)::bigint AS unique_clicks,
    sum(machine_clicks)::bigint AS machine_clicks
FROM broadcasts
JOIN daily_delivery AS delivery
    ON delivery.tenant_id = $1 AND delivery.source_id = broadcasts.id
WHERE broadcasts.tenant_id = $1
    AND NOT EXISTS (
        SELECT FROM mail_contents AS content
        WHERE content.tenant_id = $1 AND content.source_id = broadcasts.id
            AND content.template_id <> broadcasts.template_id)
GROUP BY broadcasts.template_id
