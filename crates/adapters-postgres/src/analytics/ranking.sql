SELECT broadcasts.id, broadcasts.name,
    sum(delivery.sends)::bigint AS sends,
    sum(delivery.unique_opens)::bigint AS unique_opens,
    sum(delivery.unique_clicks)::bigint AS unique_clicks
FROM daily_delivery AS delivery
JOIN broadcasts ON broadcasts.tenant_id = $1 AND broadcasts.id = delivery.source_id
WHERE delivery.tenant_id = $1 AND delivery.day BETWEEN $2 AND $3
GROUP BY broadcasts.id, broadcasts.name
HAVING sum(delivery.sends) + sum(delivery.unique_clicks) > 0
ORDER BY sum(delivery.unique_clicks)::numeric / GREATEST(sum(delivery.sends), 1) DESC,
    sum(delivery.sends) DESC, broadcasts.id
LIMIT 10
