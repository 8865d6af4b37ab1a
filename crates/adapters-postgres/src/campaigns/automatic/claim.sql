-- Takes the people of a tenant whose next step is due, and ends in the same statement the ways of
-- those who refuse mail or whose address is dead. Campaign by campaign, so that a paused one with a
-- million people who are due costs the others nothing.
WITH due AS (
    SELECT waiting.id, waiting.lead_id, waiting.next_at
    FROM campaigns AS campaign
    CROSS JOIN LATERAL (
        SELECT enrollment.id, enrollment.lead_id, enrollment.next_at
        FROM campaign_enrollments AS enrollment
        WHERE enrollment.tenant_id = $1
          AND enrollment.campaign_id = campaign.id
          AND enrollment.status = 'active'
          AND enrollment.next_at <= $2
          AND (enrollment.lease_until IS NULL OR enrollment.lease_until <= $2)
        ORDER BY enrollment.next_at
        LIMIT $3
        FOR UPDATE SKIP LOCKED
    ) AS waiting
    WHERE campaign.tenant_id = $1 AND campaign.status = 'active'
    ORDER BY waiting.next_at
    LIMIT $3
), checked AS (
    SELECT due.id, EXISTS (
        SELECT 1
        FROM leads AS lead
        JOIN suppressions ON suppressions.tenant_id = $1 AND suppressions.email = lead.email
        WHERE lead.tenant_id = $1 AND lead.id = due.lead_id
          AND suppressions.reason IN ('unsubscribed', 'complained', 'bounced')
    ) AS refuses
    FROM due
)
UPDATE campaign_enrollments AS enrollment SET
    status = CASE WHEN checked.refuses THEN 'unsubscribed' ELSE 'active' END,
    ended_by = CASE WHEN checked.refuses THEN 'refusal' END,
    completed_at = CASE WHEN checked.refuses THEN $2 END,
    next_step = CASE WHEN NOT checked.refuses THEN enrollment.next_step END,
    next_at = CASE WHEN NOT checked.refuses THEN enrollment.next_at END,
    lease_until = CASE WHEN NOT checked.refuses THEN $4 END
FROM checked
WHERE enrollment.tenant_id = $1 AND enrollment.id = checked.id
RETURNING enrollment.*
