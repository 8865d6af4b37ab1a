SELECT broadcasts.id, false AS is_campaign, broadcasts.name,
    COALESCE(sum(delivery.sends), 0)::bigint AS sends,
    COALESCE(sum(delivery.unique_opens), 0)::bigint AS unique_opens,
    COALESCE(sum(delivery.unique_clicks), 0)::bigint AS unique_clicks
FROM (
    SELECT broadcasts.id, broadcasts.name, broadcasts.started_at
    FROM broadcasts
    WHERE broadcasts.tenant_id = $1 AND broadcasts.started_at IS NOT NULL
        AND EXISTS (
            SELECT FROM mail_contents AS content
            WHERE content.tenant_id = $1 AND content.source_id = broadcasts.id
                AND content.template_id = $2)
    ORDER BY broadcasts.started_at DESC, broadcasts.id
    LIMIT $3
) AS broadcasts
LEFT JOIN daily_delivery AS delivery
    ON delivery.tenant_id = $1 AND delivery.source_id = broadcasts.id
GROUP BY broadcasts.id, broadcasts.name, broadcasts.started_at
ORDER BY broadcasts.started_at DESC, broadcasts.id
