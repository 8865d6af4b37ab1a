WITH events AS (
    SELECT
        lead_id,
        (occurred_at AT TIME ZONE 'Asia/Tokyo')::date AS day,
        count(*) FILTER (WHERE event_type = 'open') AS opens,
        count(*) FILTER (WHERE event_type = 'click') AS clicks,
        count(*) FILTER (WHERE event_type = 'page_view') AS page_views,
        count(*) FILTER (WHERE event_type = 'page_view' AND url LIKE '%/apply%') AS important
    FROM engagement_events WHERE machine = 'none' GROUP BY 1, 2
)
SELECT count(*) AS rows
FROM events
FULL JOIN lead_daily_activity AS counted USING (lead_id, day)
WHERE (COALESCE(events.opens, 0), COALESCE(events.clicks, 0), COALESCE(events.page_views, 0),
       COALESCE(events.important, 0))
    <> (COALESCE(counted.opens, 0), COALESCE(counted.clicks, 0), COALESCE(counted.page_views, 0),
        COALESCE(counted.important_page_views, 0))
