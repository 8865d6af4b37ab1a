SELECT day, sends, delivered, bounces, complaints, unsubscribes, opens, unique_opens, machine_opens,
    clicks, unique_clicks, machine_clicks
FROM daily_delivery
WHERE tenant_id = $1 AND source_id = $2
ORDER BY day
