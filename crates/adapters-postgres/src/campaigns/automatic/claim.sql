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
), checked AS MATERIALIZED (
    SELECT due.id, EXISTS (
        SELECT 1
        FROM leads AS lead
        JOIN suppressions ON suppressions.tenant_id = $1 AND suppressions.email = lead.email
        WHERE lead.tenant_id = $1 AND lead.id = due.lead_id
          AND suppressions.reason IN ('unsubscribed', 'complained', 'bounced')
    ) AS refuses,
    -- Until when the person holds the step back; it is not looked at before that. Locked, so that who
    -- ends a pause meanwhile is waited for, or finds what is held back.
    GREATEST(wanted.paused_until, asked.requested_at + ($2 - $5)) AS held_until
    FROM due
    LEFT JOIN LATERAL (
        SELECT preferences.paused_until FROM lead_preferences AS preferences
        WHERE preferences.tenant_id = $1 AND preferences.lead_id = due.lead_id
          AND preferences.paused_until > $2
        LIMIT 1
        FOR SHARE
    ) AS wanted ON true
    LEFT JOIN LATERAL (
        SELECT question.requested_at FROM confirmation_requests AS question
        WHERE question.tenant_id = $1 AND question.lead_id = due.lead_id
          AND question.holds_mail AND question.confirmed_at IS NULL AND question.requested_at > $5
        LIMIT 1
        FOR SHARE
    ) AS asked ON true
)
UPDATE campaign_enrollments AS enrollment SET
    status = CASE WHEN checked.refuses THEN 'unsubscribed' ELSE 'active' END,
    ended_by = CASE WHEN checked.refuses THEN 'refusal' END,
    completed_at = CASE WHEN checked.refuses THEN $2 END,
    next_step = CASE WHEN NOT checked.refuses THEN enrollment.next_step END,
    next_at = CASE WHEN NOT checked.refuses THEN COALESCE(checked.held_until, enrollment.next_at) END,
    paused_at = CASE
        WHEN checked.refuses THEN NULL
        WHEN checked.held_until IS NULL THEN enrollment.paused_at
        ELSE COALESCE(enrollment.paused_at, enrollment.next_at)
    END,
    lease_until = CASE WHEN NOT checked.refuses AND checked.held_until IS NULL THEN $4 END
FROM checked
WHERE enrollment.tenant_id = $1 AND enrollment.id = checked.id
RETURNING enrollment.*
