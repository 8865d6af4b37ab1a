INSERT INTO daily_delivery (tenant_id, day, source_id, delivered, bounces, complaints, unsubscribes, opens, unique_opens, machine_opens, clicks, unique_clicks, machine_clicks)
SELECT $1, new.*
FROM UNNEST($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    AS new (day, source_id, delivered, bounces, complaints, unsubscribes, opens, unique_opens, machine_opens, clicks, unique_clicks, machine_clicks)
ON CONFLICT (tenant_id, day, source_id) DO UPDATE SET
    delivered = daily_delivery.delivered + EXCLUDED.delivered,
    bounces = daily_delivery.bounces + EXCLUDED.bounces,
    complaints = daily_delivery.complaints + EXCLUDED.complaints,
    unsubscribes = daily_delivery.unsubscribes + EXCLUDED.unsubscribes,
    opens = daily_delivery.opens + EXCLUDED.opens,
    unique_opens = daily_delivery.unique_opens + EXCLUDED.unique_opens,
    machine_opens = daily_delivery.machine_opens + EXCLUDED.machine_opens,
    clicks = daily_delivery.clicks + EXCLUDED.clicks,
    unique_clicks = daily_delivery.unique_clicks + EXCLUDED.unique_clicks,
    machine_clicks = daily_delivery.machine_clicks + EXCLUDED.machine_clicks
