-- What is going out and watched, with what became of its mails since $2.
SELECT source.broadcast_id, source.campaign_id,
    sum(day.sends)::bigint AS sends,
    sum(day.delivered)::bigint AS delivered,
    sum(day.bounces)::bigint AS bounces,
    sum(day.complaints)::bigint AS complaints,
    sum(day.unsubscribes)::bigint AS unsubscribes
FROM (
    SELECT id AS broadcast_id, NULL::uuid AS campaign_id FROM broadcasts
    WHERE tenant_id = $1 AND status IN ('testing', 'sending') AND is_watched
    UNION ALL
    SELECT NULL, id FROM campaigns
    WHERE tenant_id = $1 AND status = 'active' AND is_watched
) AS source
JOIN daily_delivery AS day
    ON day.tenant_id = $1 AND day.day >= $2
   AND day.source_id = COALESCE(source.broadcast_id, source.campaign_id)
GROUP BY source.broadcast_id, source.campaign_id
