SELECT event.id, event.event_type, event.occurred_at, event.url, event.title, event.referrer,
    event.important, event.machine, event.machine_reason, event.detail, event.event_name, event.properties,
    event.broadcast_id, broadcasts.name AS broadcast_name,
    COALESCE(history.points, 0)::integer AS points, history.rule_id, history.rule_name
FROM engagement_events AS event
LEFT JOIN broadcasts
    ON broadcasts.tenant_id = $1 AND broadcasts.id = event.broadcast_id
LEFT JOIN LATERAL (
    SELECT sum(line.points) AS points, (array_agg(line.rule_id))[1] AS rule_id, min(line.rule_name) AS rule_name
    FROM score_history AS line
    WHERE line.tenant_id = $1 AND line.lead_id = $2 AND line.occurred_at = event.occurred_at
        AND line.engagement_id = event.id
) AS history ON true
WHERE event.tenant_id = $1 AND event.lead_id = $2
    AND (cardinality($3::text[]) = 0 OR event.event_type = ANY ($3))
    AND ($4::timestamptz IS NULL OR (event.occurred_at, event.id) < ($4, $5::uuid))
ORDER BY event.occurred_at DESC, event.id DESC
LIMIT $6
