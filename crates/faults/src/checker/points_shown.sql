SELECT
    (SELECT count(*) FROM leads WHERE score <> GREATEST(engagement_score + fit_score, 0))
    + (SELECT count(*) FROM (
        SELECT 1 FROM score_history GROUP BY engagement_id, reason HAVING count(*) > 1) AS twice)
    AS rows
