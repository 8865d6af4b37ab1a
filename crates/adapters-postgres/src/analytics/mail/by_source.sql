SELECT source_id AS id, 1::bigint AS broadcasts,
    sum(sends)::bigint AS sends, sum(delivered)::bigint AS delivered,
    sum(bounces)::bigint AS bounces, sum(complaints)::bigint AS complaints,
    sum(unsubscribes)::bigint AS unsubscribes,
    sum(opens)::bigint AS opens, sum(unique_opens)::bigint AS unique_opens,
    sum(machine_opens)::bigint AS machine_opens,
    sum(clicks)::bigint AS clicks, sum(unique_clicks)::bigint AS unique_clicks,
    sum(machine_clicks)::bigint AS machine_clicks
FROM daily_delivery
WHERE tenant_id = $1
GROUP BY source_id
