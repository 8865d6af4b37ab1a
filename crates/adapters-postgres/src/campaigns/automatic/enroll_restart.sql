WITH inside AS (
    SELECT enrollment.id FROM campaign_enrollments AS enrollment
    WHERE enrollment.tenant_id = $1 AND enrollment.id = ANY ($2)
      AND enrollment.status IN ('active', 'paused')
    ORDER BY enrollment.lead_id
    FOR UPDATE
)
UPDATE campaign_enrollments AS enrollment SET status = 'exited', ended_by = 'restart', completed_at = $3,
    next_step = NULL, next_at = NULL, paused_at = NULL, lease_until = NULL
FROM inside
WHERE enrollment.tenant_id = $1 AND enrollment.id = inside.id
