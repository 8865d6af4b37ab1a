SELECT leads.id, leads.engagement_score, leads.fit_score, leads.score_band, leads.last_engaged_at, leads.tracking_id,
    wanted.tracking_opt_out_at IS NOT NULL AS is_untracked
FROM (SELECT asked.id FROM UNNEST($2) AS asked (id) LIMIT cardinality($2)) AS asked
JOIN leads ON leads.tenant_id = $1 AND leads.id = asked.id
LEFT JOIN lead_preferences AS wanted ON wanted.tenant_id = $1 AND wanted.lead_id = asked.id
ORDER BY leads.id FOR NO KEY UPDATE OF leads
