SELECT delivery.sends, delivery.unique_opens, delivery.machine_opens, delivery.unique_clicks,
    delivery.clicks, delivery.machine_clicks, delivery.bounces, delivery.unsubscribes,
    views.page_views, views.machine_page_views, bands.became_hot
FROM (
    SELECT COALESCE(sum(sends), 0)::bigint AS sends,
        COALESCE(sum(unique_opens), 0)::bigint AS unique_opens,
        COALESCE(sum(machine_opens), 0)::bigint AS machine_opens,
        COALESCE(sum(unique_clicks), 0)::bigint AS unique_clicks,
        COALESCE(sum(clicks), 0)::bigint AS clicks,
        COALESCE(sum(machine_clicks), 0)::bigint AS machine_clicks,
        COALESCE(sum(bounces), 0)::bigint AS bounces,
        COALESCE(sum(unsubscribes), 0)::bigint AS unsubscribes
    FROM daily_delivery WHERE tenant_id = $1 AND day BETWEEN $2 AND $3
) AS delivery, (
    SELECT COALESCE(sum(human), 0)::bigint AS page_views,
        COALESCE(sum(machine), 0)::bigint AS machine_page_views
    FROM daily_engagement WHERE tenant_id = $1 AND day BETWEEN $2 AND $3 AND event_type = 'page_view'
) AS views, (
    SELECT COALESCE(sum(became_hot), 0)::bigint AS became_hot
    FROM daily_bands WHERE tenant_id = $1 AND day BETWEEN $2 AND $3
) AS bands
