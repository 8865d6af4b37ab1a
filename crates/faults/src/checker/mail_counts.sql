SELECT count(*) AS rows
FROM send_logs AS mail
LEFT JOIN (
    SELECT
        send_id,
        count(*) FILTER (WHERE event_type = 'open') AS opens,
        count(*) FILTER (WHERE event_type = 'click') AS clicks
    FROM engagement_events WHERE send_id IS NOT NULL GROUP BY 1) AS event
    ON event.send_id = mail.id
WHERE (mail.opened_count, mail.clicked_count)
    <> (COALESCE(event.opens, 0), COALESCE(event.clicks, 0))
