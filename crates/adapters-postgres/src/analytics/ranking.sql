-- Who sent mail on these days, with all that came of it to this day. A reaction is counted on its own
-- day: within these days alone, late clicks would stand against few sends or none.
-- LEAST: a mail can be clicked of which nobody learned that the provider had taken it.
SELECT source.id, source.is_campaign, source.name, total.sends,
    LEAST(total.unique_opens, total.sends) AS unique_opens,
    LEAST(total.unique_clicks, total.sends) AS unique_clicks
FROM (
    SELECT source_id,
        sum(sends)::bigint AS sends,
        sum(unique_opens)::bigint AS unique_opens,
        sum(unique_clicks)::bigint AS unique_clicks
    FROM daily_delivery
    WHERE tenant_id = $1 AND source_id IN (
        SELECT source_id FROM daily_delivery
        WHERE tenant_id = $1 AND day BETWEEN $2 AND $3 AND sends > 0)
    GROUP BY source_id
) AS total
JOIN (
    SELECT id, false AS is_campaign, name FROM broadcasts WHERE tenant_id = $1
    UNION ALL
    SELECT id, true, name FROM campaigns WHERE tenant_id = $1
) AS source ON source.id = total.source_id
ORDER BY LEAST(total.unique_clicks, total.sends)::numeric / total.sends DESC,
    total.sends DESC, source.id
LIMIT 10
