INSERT INTO daily_important_pages (tenant_id, day, page, views, clicks)
SELECT $1, new.*
FROM UNNEST($2, $3, $4, $5)
    AS new (day, page, views, clicks)
ON CONFLICT (tenant_id, day, page) DO UPDATE SET
    views = daily_important_pages.views + EXCLUDED.views,
    clicks = daily_important_pages.clicks + EXCLUDED.clicks
