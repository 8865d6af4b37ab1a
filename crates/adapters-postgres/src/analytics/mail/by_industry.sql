-- No roll-up knows industries: this reads every mail of the source, whenever somebody looks.
SELECT leads.industry, count(*) AS sends, count(send.first_opened_at) AS unique_opens,
    count(send.first_clicked_at) AS unique_clicks
FROM send_logs AS send
JOIN leads ON leads.tenant_id = $1 AND leads.id = send.lead_id
WHERE send.tenant_id = $1 AND (send.broadcast_id = $2 OR send.campaign_id = $2)
    AND send.accepted_at IS NOT NULL
GROUP BY leads.industry
ORDER BY sends DESC, leads.industry
LIMIT $3
