INSERT INTO engagement_events (
    tenant_id, occurred_at, id, event_type, lead_id, visitor_id, session_id, send_id, campaign_id,
    broadcast_id, event_id, link_index, url, title, referrer, important, machine, machine_reason,
    network, user_agent, detail, received_at, event_name, properties)
SELECT $1, new.*
FROM UNNEST($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
    AS new (occurred_at, id, event_type, lead_id, visitor_id, session_id, send_id, campaign_id,
        broadcast_id, event_id, link_index, url, title, referrer, important, machine, machine_reason,
        network, user_agent, detail, received_at, event_name, properties)
ON CONFLICT (tenant_id, occurred_at, id) DO NOTHING
RETURNING occurred_at, id
