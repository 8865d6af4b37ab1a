SELECT COALESCE(sum(sends), 0)::bigint AS sends,
    COALESCE(sum(delivered), 0)::bigint AS delivered,
    COALESCE(sum(bounces), 0)::bigint AS bounces,
    COALESCE(sum(complaints), 0)::bigint AS complaints,
    COALESCE(sum(unsubscribes), 0)::bigint AS unsubscribes
FROM daily_delivery
WHERE tenant_id = $1 AND day BETWEEN $2 AND $3
