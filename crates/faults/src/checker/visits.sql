SELECT count(*) AS rows
FROM engagement_events AS event
LEFT JOIN web_sessions AS visit
    ON visit.tenant_id = event.tenant_id AND visit.id = event.session_id
WHERE event.event_type = 'page_view' AND (visit.id IS NULL OR event.lead_id IS NULL)
