SELECT page, sum(views)::bigint AS views, sum(clicks)::bigint AS clicks
FROM daily_important_pages
WHERE tenant_id = $1 AND day BETWEEN $2 AND $3
GROUP BY page
HAVING sum(views) + sum(clicks) > 0
ORDER BY sum(views) DESC, sum(clicks) DESC, page
LIMIT 10
