SELECT link.content_id, link.link_index, link.position, link.url,
    COALESCE(total.clicks, 0) AS clicks,
    COALESCE(total.people, 0) AS people,
    COALESCE(total.machine_clicks, 0) AS machine_clicks
FROM links AS link
LEFT JOIN link_totals AS total
    ON total.tenant_id = $1 AND total.source_id = $2 AND total.link_index = link.link_index
WHERE link.tenant_id = $1 AND link.source_id = $2
ORDER BY link.link_index
