INSERT INTO score_history (
    tenant_id, recorded_at, occurred_at, id, lead_id, rule_id, rule_name, event_type, engagement_id,
    points, old_score, new_score, url, reason)
SELECT $1, $2, new.*
FROM UNNEST($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    AS new (occurred_at, id, lead_id, rule_id, rule_name, event_type, engagement_id, points, old_score,
        new_score, url, reason)
