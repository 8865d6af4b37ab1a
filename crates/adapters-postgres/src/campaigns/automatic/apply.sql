-- Only if the enrollment is still as it was claimed. The number of the step stays that of the last
-- one when it has ended.
UPDATE campaign_enrollments AS enrollment SET
    status = $6,
    ended_by = $7,
    next_step = $8,
    next_at = $9,
    since = $10,
    paused_at = NULL,
    completed_at = CASE WHEN $8::uuid IS NULL THEN $11::timestamptz END,
    lease_until = NULL,
    current_step = COALESCE((
        SELECT step.step_order FROM campaign_steps AS step
        WHERE step.tenant_id = $1 AND step.campaign_id = enrollment.campaign_id
          AND step.version = enrollment.version AND step.step_id = $8
    ), enrollment.current_step)
WHERE enrollment.tenant_id = $1 AND enrollment.id = $2 AND enrollment.status = 'active'
  AND enrollment.version = $3 AND enrollment.next_step = $4 AND enrollment.next_at = $5
