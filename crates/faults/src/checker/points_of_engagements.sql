-- The preset `temperature`: open 1, click 3 or 5, page view 1 or 3 (important), each cause once,
-- a page once in a half hour of the clock.
WITH causes AS (
    SELECT DISTINCT
        lead_id,
        event_type,
        CASE event_type
            WHEN 'page_view' THEN split_part(split_part(url, '://', 2), '?', 1) || ' '
                || floor(extract(epoch FROM occurred_at) / 1800)
            ELSE send_id || ' ' || COALESCE(link_index, 0)
        END AS cause,
        CASE
            WHEN event_type = 'open' THEN 1
            WHEN event_type = 'click' AND url LIKE '%/apply%' THEN 5
            WHEN event_type = 'click' THEN 3
            WHEN url LIKE '%/apply%' THEN 3
            ELSE 1
        END AS points
    FROM engagement_events
    WHERE event_type IN ('open', 'click', 'page_view') AND machine = 'none'
),
worth AS (SELECT lead_id, sum(points) AS points FROM causes GROUP BY 1)
SELECT count(*) AS rows
FROM leads
LEFT JOIN worth ON worth.lead_id = leads.id
WHERE leads.engagement_score <> COALESCE(worth.points, 0)
