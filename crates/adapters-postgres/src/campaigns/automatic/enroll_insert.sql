-- In the order of the leads, so that two who let in the same people never wait for one another in a
-- circle. Whoever is in the campaign already stays as they are.
INSERT INTO campaign_enrollments (
    tenant_id, id, campaign_id, version, lead_id, status, current_step, next_step, next_at, since, enrolled_at)
SELECT $1, new.id, $2, $3, new.lead_id, 'active', 1, $6, $7, $8, $8
FROM UNNEST($4, $5) AS new (id, lead_id)
ORDER BY new.lead_id
ON CONFLICT DO NOTHING
RETURNING id
