INSERT INTO score_history (tenant_id, occurred_at, id, lead_id, rule_id, rule_name, event_type, engagement_id,
    points, old_score, new_score, url, reason, recorded_at)
SELECT tenant_id, at, gen_random_uuid(), lead, tenant_id, 'ページ閲覧', 'page_view', gen_random_uuid(), 1, 0, 1,
    'https://school.example/course/' || row % 200, 'granted', at
FROM generate_series(:first::bigint, :last::bigint) AS row
    CROSS JOIN LATERAL (SELECT now() - interval '1 day' - (row * 7919 % 5184000) * interval '1 second') AS moment (at)
    JOIN bench_people ON n = row * 104729 % (SELECT count(*) FROM bench_people)
ORDER BY at
