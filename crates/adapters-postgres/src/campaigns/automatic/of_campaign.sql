-- Status by status, each from its own end of the index, so that a page of a campaign with a million
-- people reads a page of each.
SELECT found.*
FROM UNNEST($3) AS wanted (status)
CROSS JOIN LATERAL (
    SELECT enrollment.*
    FROM campaign_enrollments AS enrollment
    WHERE enrollment.tenant_id = $1 AND enrollment.campaign_id = $2
      AND enrollment.status = wanted.status
      AND ($4::uuid IS NULL OR enrollment.next_step = $4)
    ORDER BY enrollment.enrolled_at DESC, enrollment.id DESC
    LIMIT $5::bigint + $6::bigint
) AS found
ORDER BY found.enrolled_at DESC, found.id DESC
OFFSET $5 LIMIT $6
