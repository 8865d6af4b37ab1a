INSERT INTO engagement_events (tenant_id, occurred_at, id, event_type, lead_id, visitor_id, url, title,
    referrer, network, user_agent, received_at)
SELECT tenant_id, at, gen_random_uuid(), 'page_view', lead, tid, 'https://school.example/course/' || row % 200,
    'Course of study', 'https://school.example/', '198.18.0.0/24', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', at
FROM generate_series(:first::bigint, :last::bigint) AS row
    CROSS JOIN LATERAL (SELECT now() - interval '1 day' - (row * 7919 % 5184000) * interval '1 second') AS moment (at)
    JOIN bench_people ON n = row * 104729 % (SELECT count(*) FROM bench_people)
ORDER BY at
