-- No roll-up counts hours: this reads every mail of the broadcast, whenever somebody looks.
SELECT floor(EXTRACT(epoch FROM happened.at - $3) / 3600)::integer AS hour,
    sum(happened.sends)::bigint AS sends,
    sum(happened.opened)::bigint AS unique_opens,
    sum(happened.clicked)::bigint AS unique_clicks
FROM send_logs AS send
CROSS JOIN LATERAL (VALUES
    (send.accepted_at, 1, 0, 0),
    (send.first_opened_at, 0, 1, 0),
    (send.first_clicked_at, 0, 0, 1)
) AS happened (at, sends, opened, clicked)
WHERE send.tenant_id = $1 AND send.broadcast_id = $2
    AND happened.at >= $3 AND happened.at < $3 + $4 * interval '1 hour'
GROUP BY hour
ORDER BY hour
