UPDATE leads SET
    engagement_score = new.engagement_score,
    score = new.score,
    score_band = new.band,
    last_engaged_at = new.last_engaged_at,
    last_clicked_at = CASE WHEN new.clicked_at >= COALESCE(leads.last_clicked_at, new.clicked_at)
                           THEN new.clicked_at ELSE leads.last_clicked_at END,
    last_clicked_url = CASE WHEN new.clicked_at >= COALESCE(leads.last_clicked_at, new.clicked_at)
                            THEN new.clicked_url ELSE leads.last_clicked_url END,
    tracking_id = COALESCE(leads.tracking_id, new.tracking_id)
FROM (
    SELECT new.* FROM UNNEST($2, $3, $4, $5, $6, $7, $8, $9)
        AS new (id, engagement_score, score, band, last_engaged_at, clicked_at, clicked_url, tracking_id)
    LIMIT cardinality($2)
) AS new
WHERE leads.tenant_id = $1 AND leads.id = new.id
