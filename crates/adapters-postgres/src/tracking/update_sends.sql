-- For queued_at see handed_over.sql.
UPDATE send_logs AS send SET
    opened_count = send.opened_count + delta.opens,
    machine_opened_count = send.machine_opened_count + delta.machine_opens,
    clicked_count = send.clicked_count + delta.clicks,
    machine_clicked_count = send.machine_clicked_count + delta.machine_clicks,
    first_opened_at = LEAST(send.first_opened_at, delta.first_opened_at),
    last_opened_at = GREATEST(send.last_opened_at, delta.last_opened_at),
    first_clicked_at = CASE WHEN send.clicked_count + delta.clicks > 0
                            THEN LEAST(send.first_clicked_at, delta.first_clicked_at) END,
    last_clicked_at = CASE WHEN send.clicked_count + delta.clicks > 0
                           THEN GREATEST(send.last_clicked_at, delta.last_clicked_at) END
FROM (
    SELECT delta.* FROM UNNEST($2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        AS delta (id, queued_at, opens, machine_opens, clicks, machine_clicks,
            first_opened_at, last_opened_at, first_clicked_at, last_clicked_at)
    LIMIT cardinality($2)
) AS delta
WHERE send.tenant_id = $1 AND send.id = delta.id
    AND send.queued_at >= delta.queued_at AND date_trunc('second', send.queued_at, 'UTC') = delta.queued_at
RETURNING send.id, COALESCE(send.broadcast_id, send.campaign_id) AS source_id,
    send.opened_count, send.clicked_count
