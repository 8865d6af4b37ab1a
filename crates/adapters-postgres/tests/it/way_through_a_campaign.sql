WITH campaign AS (
    INSERT INTO campaigns (tenant_id, id, name, description, trigger_type, trigger_conditions, entry, exits,
        re_entry, tracking, flow, status, created_at, updated_at)
    VALUES ('{tenant}', gen_random_uuid(), '追客', '', 'manual', '{}', '[]', '[]', 'never', true, '[]', 'active',
        now(), now())
    RETURNING id
), version AS (
    INSERT INTO campaign_versions (tenant_id, campaign_id, version, trigger, entry, re_entry, tracking, flow,
        exits, activated_at)
    SELECT '{tenant}', id, 1, '{"type": "manual"}', '[]', 'never', true, '[]', '[]', now() FROM campaign
    RETURNING campaign_id
), enrollment AS (
    INSERT INTO campaign_enrollments (tenant_id, id, campaign_id, version, lead_id, status, current_step,
        next_step, next_at, since, enrolled_at)
    SELECT '{tenant}', gen_random_uuid(), campaign_id, 1, '{lead}', 'active', 1, gen_random_uuid(), now(), now(),
        now()
    FROM version
    RETURNING id, campaign_id
)
INSERT INTO campaign_step_executions (tenant_id, enrollment_id, step_id, campaign_id, executed_at, outcome)
SELECT '{tenant}', id, gen_random_uuid(), campaign_id, now(), 'done' FROM enrollment;

INSERT INTO reactions (tenant_id, id, lead_id, carrier, kind, due_at)
VALUES ('{tenant}', gen_random_uuid(), '{lead}', 'campaigns', '{"kind": "look_at_attributes"}', now());
