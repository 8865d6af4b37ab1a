SELECT count(*) AS rows
FROM leads
LEFT JOIN (SELECT lead_id, sum(points) AS points FROM score_history GROUP BY 1) AS history
    ON history.lead_id = leads.id
WHERE leads.engagement_score <> COALESCE(history.points, 0)
