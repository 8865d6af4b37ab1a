SELECT cause.lead_id, cause.rule_name, cause.event_type, cause.url, cause.points, cause.times, cause.last_at
FROM (
    SELECT line.lead_id, line.rule_name, line.event_type, line.url,
        sum(line.points)::integer AS points,
        (count(*) FILTER (WHERE line.reason = 'granted'))::integer AS times,
        max(line.occurred_at) AS last_at,
        row_number() OVER (
            PARTITION BY line.lead_id
            ORDER BY sum(line.points) DESC, max(line.occurred_at) DESC, line.rule_name, line.url
        ) AS place
    FROM score_history AS line
    WHERE line.tenant_id = $1 AND line.lead_id = ANY ($2)
    GROUP BY line.lead_id, line.rule_name, line.event_type, line.url
    HAVING sum(line.points) <> 0
) AS cause
WHERE cause.place <= $3
ORDER BY cause.lead_id, cause.place
