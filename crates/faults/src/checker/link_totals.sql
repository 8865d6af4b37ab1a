WITH clicks AS (
    SELECT
        broadcast_id AS source_id,
        link_index,
        count(*) FILTER (WHERE machine = 'none') AS clicks,
        count(DISTINCT lead_id) FILTER (WHERE machine = 'none') AS people,
        count(*) FILTER (WHERE machine <> 'none') AS machine_clicks
    FROM engagement_events
    WHERE event_type = 'click' AND broadcast_id IS NOT NULL GROUP BY 1, 2
)
SELECT count(*) AS rows
FROM clicks
FULL JOIN link_totals AS counted USING (source_id, link_index)
WHERE (clicks.clicks, clicks.people, clicks.machine_clicks)
    IS DISTINCT FROM (counted.clicks, counted.people, counted.machine_clicks)
