WITH events AS (
    SELECT
        (occurred_at AT TIME ZONE 'Asia/Tokyo')::date AS day,
        event_type,
        count(*) FILTER (WHERE machine = 'none') AS human,
        count(*) FILTER (WHERE machine <> 'none') AS machine
    FROM engagement_events GROUP BY 1, 2
)
SELECT count(*) AS rows
FROM events
FULL JOIN daily_engagement AS counted USING (day, event_type)
WHERE (events.human, events.machine) IS DISTINCT FROM (counted.human, counted.machine)
