SELECT days.day::date AS day,
    COALESCE(delivery.sends, 0)::bigint AS sends,
    COALESCE(engagement.opens, 0)::bigint AS opens,
    COALESCE(engagement.clicks, 0)::bigint AS clicks,
    COALESCE(engagement.page_views, 0)::bigint AS page_views,
    COALESCE(bands.became_hot, 0)::bigint AS became_hot
FROM generate_series($2::date, $3::date, interval '1 day') AS days (day)
LEFT JOIN (
    SELECT day, sum(sends) AS sends FROM daily_delivery
    WHERE tenant_id = $1 AND day BETWEEN $2 AND $3 GROUP BY day
) AS delivery ON delivery.day = days.day
LEFT JOIN (
    SELECT day, sum(human) FILTER (WHERE event_type = 'open') AS opens,
        sum(human) FILTER (WHERE event_type = 'click') AS clicks,
        sum(human) FILTER (WHERE event_type = 'page_view') AS page_views
    FROM daily_engagement WHERE tenant_id = $1 AND day BETWEEN $2 AND $3 GROUP BY day
) AS engagement ON engagement.day = days.day
LEFT JOIN daily_bands AS bands ON bands.tenant_id = $1 AND bands.day = days.day
ORDER BY days.day
