WITH events AS (
    SELECT
        (occurred_at AT TIME ZONE 'Asia/Tokyo')::date AS day,
        broadcast_id AS source_id,
        count(*) FILTER (WHERE event_type = 'delivered') AS delivered,
        count(*) FILTER (WHERE event_type = 'open') AS opens,
        count(*) FILTER (WHERE event_type = 'click') AS clicks
    FROM engagement_events WHERE broadcast_id IS NOT NULL GROUP BY 1, 2
)
SELECT count(*) AS rows
FROM events
FULL JOIN daily_delivery AS counted USING (day, source_id)
WHERE (COALESCE(events.delivered, 0), COALESCE(events.opens, 0), COALESCE(events.clicks, 0))
    <> (COALESCE(counted.delivered, 0), COALESCE(counted.opens, 0), COALESCE(counted.clicks, 0))
