SELECT event.url,
    (array_agg(event.title ORDER BY event.occurred_at DESC) FILTER (WHERE event.title IS NOT NULL))[1] AS title,
    count(*)::integer AS views, max(event.occurred_at) AS last_at
FROM engagement_events AS event
WHERE event.tenant_id = $1 AND event.lead_id = $2 AND event.occurred_at >= $3
    AND event.event_type = 'page_view' AND event.important AND event.machine = 'none'
    AND event.url IS NOT NULL
GROUP BY event.url
ORDER BY last_at DESC, event.url
LIMIT $4
