-- Takes the sends of a tenant that are due, and skips in the same statement those that must not go
-- out (A44). Mails of campaigns come first: somebody did something and waits for an answer.
-- Broadcasts come in the order they were started; each is looked up by its own index, so that a
-- paused one with a million waiting mails costs the others nothing.
WITH of_campaigns AS (
    SELECT send.*, true AS is_step, campaign.topic_id
    FROM campaigns AS campaign
    CROSS JOIN LATERAL (
        SELECT s.queued_at, s.id, s.lead_id, s.expires_at, s.state_reason, s.enrollment_id
        FROM send_logs AS s
        WHERE s.tenant_id = $1
          AND s.campaign_id = campaign.id
          AND s.content_id IS NOT NULL
          AND s.state IN ('queued', 'retry_wait')
          AND s.next_attempt_at <= $2
          -- Whom staff have paused: asked mail by mail, by the key.
          AND (SELECT way.status FROM campaign_enrollments AS way
               WHERE way.tenant_id = $1 AND way.id = s.enrollment_id) IS DISTINCT FROM 'paused'
        ORDER BY s.next_attempt_at
        LIMIT $3
        FOR UPDATE SKIP LOCKED
    ) AS send
    WHERE campaign.tenant_id = $1 AND campaign.status = 'active'
    LIMIT $3
), of_broadcasts AS (
    SELECT send.*, false, broadcast.topic_id
    FROM broadcasts AS broadcast
    -- What the hour leaves of the broadcast's own limit. Whoever claims holds those with a limit.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN broadcast.hourly_limit IS NULL THEN $3 ELSE LEAST($3, GREATEST(0,
            broadcast.hourly_limit
            - (SELECT count(*) FROM send_logs AS s
               WHERE s.tenant_id = $1 AND s.accepted_at > $9 AND s.broadcast_id = broadcast.id)
            - (SELECT count(*) FROM send_logs AS s
               WHERE s.tenant_id = $1 AND s.broadcast_id = broadcast.id
                 AND s.state IN ('claimed', 'dispatching'))
            - (SELECT count(*) FROM send_logs AS s
               WHERE s.tenant_id = $1 AND s.broadcast_id = broadcast.id
                 AND s.state = 'unknown' AND s.updated_at > $9)
        )) END AS room
    ) AS hour
    CROSS JOIN LATERAL (
        SELECT s.queued_at, s.id, s.lead_id, s.expires_at, s.state_reason, s.enrollment_id
        FROM send_logs AS s
        WHERE s.tenant_id = $1
          AND s.broadcast_id = broadcast.id
          AND s.queued_at = broadcast.started_at
          AND s.state IN ('queued', 'retry_wait')
          AND s.next_attempt_at <= $2
        LIMIT hour.room
        FOR UPDATE SKIP LOCKED
    ) AS send
    WHERE broadcast.tenant_id = $1 AND broadcast.status IN ('sending', 'testing')
    ORDER BY broadcast.started_at, broadcast.id
    LIMIT $3 - (SELECT count(*) FROM of_campaigns)
), due AS (
    SELECT * FROM of_campaigns UNION ALL SELECT * FROM of_broadcasts
), checked AS (
    SELECT due.queued_at, due.id, due.lead_id, due.is_step, due.state_reason,
        CASE
            WHEN lead.id IS NULL THEN 'lead_gone'
            WHEN EXISTS (
                SELECT 1 FROM suppressions
                WHERE suppressions.tenant_id = $1 AND suppressions.email = lead.email
            ) THEN 'suppressed'
            WHEN (
                SELECT count(*) FROM soft_bounces
                WHERE soft_bounces.tenant_id = $1 AND soft_bounces.email = lead.email
                  AND soft_bounces.occurred_at > $5
            ) >= $6 THEN 'soft_bounces'
            -- Whoever has come to the end still gets the last mail.
            WHEN way.status IN ('exited', 'unsubscribed') THEN 'campaign_stopped'
            WHEN due.expires_at <= $2 THEN 'too_late'
            WHEN asked.holds_mail AND asked.confirmed_at IS NULL THEN 'awaiting_confirmation'
            WHEN demands.consent_required AND NOT EXISTS (
                SELECT 1 FROM consents
                WHERE consents.tenant_id = $1 AND consents.lead_id = due.lead_id
                  AND (consents.how <> 'double_opt_in' OR consents.confirmed_at IS NOT NULL)
            ) THEN 'no_consent'
            WHEN NOT COALESCE(choice.subscribed, topic.default_on, true) THEN 'topic_refused'
            WHEN wanted.paused_until > $2 THEN 'paused_by_lead'
        END AS stop,
        -- When a step of a campaign goes on that has to wait; broadcasts do not wait.
        CASE
            WHEN NOT due.is_step THEN NULL
            WHEN asked.holds_mail AND asked.confirmed_at IS NULL THEN
                CASE WHEN asked.requested_at > $7 THEN $8 END
            ELSE wanted.paused_until
        END AS goes_on_at,
        wanted.tracking_opt_out_at IS NULL AS may_track
    FROM due
    LEFT JOIN leads AS lead ON lead.tenant_id = $1 AND lead.id = due.lead_id
    LEFT JOIN privacy_settings AS demands ON demands.tenant_id = $1
    LEFT JOIN lead_preferences AS wanted ON wanted.tenant_id = $1 AND wanted.lead_id = due.lead_id
    LEFT JOIN confirmation_requests AS asked ON asked.tenant_id = $1 AND asked.lead_id = due.lead_id
    LEFT JOIN topics AS topic ON topic.tenant_id = $1 AND topic.id = due.topic_id
    LEFT JOIN topic_preferences AS choice
        ON choice.tenant_id = $1 AND choice.lead_id = due.lead_id AND choice.topic_id = topic.id
    LEFT JOIN campaign_enrollments AS way ON way.tenant_id = $1 AND way.id = due.enrollment_id
), counted AS (
    -- The how many-th mail of the week it would be, where there is a frequency cap ($10). Mails that
    -- went out, those that workers hold, those that nobody knows about, and those of this claim.
    SELECT checked.*, CASE WHEN $10 IS NOT NULL AND stop IS NULL THEN
            week.mails + row_number() OVER (
                PARTITION BY lead_id, stop IS NULL ORDER BY is_step DESC, queued_at, id)
        END AS number
    FROM checked
    CROSS JOIN LATERAL (
        SELECT count(*) AS mails
        FROM send_logs AS got
        WHERE $10 IS NOT NULL AND checked.stop IS NULL
          AND got.tenant_id = $1 AND got.lead_id = checked.lead_id AND got.queued_at > $12
          AND (got.accepted_at > $11 OR got.state IN ('claimed', 'dispatching')
               OR (got.state = 'unknown' AND got.updated_at > $11))
    ) AS week
), capped AS (
    SELECT queued_at, id, lead_id, may_track, goes_on_at,
        CASE WHEN number > $10 THEN 'frequency_cap' ELSE stop END AS stop,
        -- A step is postponed once.
        number > $10 AND is_step AND state_reason IS DISTINCT FROM 'frequency_cap' AS is_postponed
    FROM counted
), judged AS (
    SELECT queued_at, id, stop, may_track, CASE
            WHEN stop IN ('awaiting_confirmation', 'paused_by_lead') THEN goes_on_at
            -- There is room again when the last of so many leaves the week.
            WHEN is_postponed THEN COALESCE((
                SELECT got.accepted_at FROM send_logs AS got
                WHERE got.tenant_id = $1 AND got.lead_id = capped.lead_id AND got.queued_at > $12
                  AND got.accepted_at > $11
                ORDER BY got.accepted_at DESC
                OFFSET $10 - 1 LIMIT 1
            ), $2) + ($2 - $11)
        END AS goes_on_at
    FROM capped
)
UPDATE send_logs AS send SET
    state = CASE
        WHEN judged.stop IS NULL THEN 'claimed'
        WHEN judged.goes_on_at IS NOT NULL THEN 'retry_wait'
        ELSE 'skipped'
    END,
    state_reason = judged.stop,
    next_attempt_at = judged.goes_on_at,
    lease_until = CASE WHEN judged.stop IS NULL THEN $4 END,
    updated_at = $2
FROM judged
WHERE send.tenant_id = $1 AND send.queued_at = judged.queued_at AND send.id = judged.id
RETURNING send.queued_at, send.id, send.lead_id, send.broadcast_id, send.campaign_id,
    COALESCE(send.content_id, send.broadcast_id) AS content_id, send.template_id, send.attempts,
    send.state_reason, judged.may_track
