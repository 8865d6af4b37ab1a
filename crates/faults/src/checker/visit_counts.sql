SELECT count(*) AS rows
FROM web_sessions AS visit
FULL JOIN (
    SELECT session_id, count(*) AS views FROM engagement_events
    WHERE event_type = 'page_view' GROUP BY 1) AS event
    ON event.session_id = visit.id
WHERE visit.page_views IS DISTINCT FROM event.views
