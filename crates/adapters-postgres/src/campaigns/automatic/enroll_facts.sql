-- Who is let in, as far as the lead decides: held until the transaction ends, so that nobody is
-- erased in between. Nothing of a lead that does not exist.
-- Each question is asked lead by lead: with EXISTS the planner may answer it for all at once by
-- reading everybody in the campaign.
SELECT asked.id, lead.id AS lead_id, CASE WHEN been.is_inside THEN been.id END AS inside_id,
    same.id IS NOT NULL AS is_known, been.id IS NOT NULL AS has_been, refusal.email IS NOT NULL AS is_suppressed
FROM (SELECT asked.* FROM UNNEST($3, $4) AS asked (id, lead_id) LIMIT cardinality($3)) AS asked
JOIN leads AS lead ON lead.tenant_id = $1 AND lead.id = asked.lead_id
LEFT JOIN LATERAL (
    SELECT enrollment.id FROM campaign_enrollments AS enrollment
    WHERE enrollment.tenant_id = $1 AND enrollment.id = asked.id
    LIMIT 1
) AS same ON true
LEFT JOIN LATERAL (
    SELECT enrollment.id, enrollment.status IN ('active', 'paused') AS is_inside
    FROM campaign_enrollments AS enrollment
    WHERE enrollment.tenant_id = $1 AND enrollment.lead_id = asked.lead_id AND enrollment.campaign_id = $2
    ORDER BY is_inside DESC
    LIMIT 1
) AS been ON true
LEFT JOIN LATERAL (
    SELECT suppressions.email FROM suppressions
    WHERE suppressions.tenant_id = $1 AND suppressions.email = lead.email
    LIMIT 1
) AS refusal ON true
ORDER BY lead.id
FOR KEY SHARE OF lead
