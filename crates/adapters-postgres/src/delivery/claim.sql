-- Takes the sends of a tenant that are due, and skips in the same statement those that must not go
-- out (A44). Mails of campaigns come first: somebody did something and waits for an answer.
-- Broadcasts come in the order they were started; each is looked up by its own index, so that a
-- paused one with a million waiting mails costs the others nothing.
WITH of_campaigns AS (
    SELECT send.queued_at, send.id, send.lead_id, send.expires_at, true AS is_step, NULL::uuid AS topic_id
    FROM campaigns AS campaign
    CROSS JOIN LATERAL (
        SELECT s.queued_at, s.id, s.lead_id, s.expires_at
        FROM send_logs AS s
        WHERE s.tenant_id = $1
          AND s.campaign_id = campaign.id
          AND s.content_id IS NOT NULL
          AND s.state IN ('queued', 'retry_wait')
          AND s.next_attempt_at <= $2
        ORDER BY s.next_attempt_at
        LIMIT $3
        FOR UPDATE SKIP LOCKED
    ) AS send
    WHERE campaign.tenant_id = $1 AND campaign.status = 'active'
    LIMIT $3
), of_broadcasts AS (
    SELECT send.queued_at, send.id, send.lead_id, send.expires_at, false, broadcast.topic_id
    FROM broadcasts AS broadcast
    CROSS JOIN LATERAL (
        SELECT s.queued_at, s.id, s.lead_id, s.expires_at
        FROM send_logs AS s
        WHERE s.tenant_id = $1
          AND s.broadcast_id = broadcast.id
          AND s.queued_at = broadcast.started_at
          AND s.state IN ('queued', 'retry_wait')
          AND s.next_attempt_at <= $2
        LIMIT $3
        FOR UPDATE SKIP LOCKED
    ) AS send
    WHERE broadcast.tenant_id = $1 AND broadcast.status = 'sending'
    ORDER BY broadcast.started_at, broadcast.id
    LIMIT $3 - (SELECT count(*) FROM of_campaigns)
), due AS (
    SELECT * FROM of_campaigns UNION ALL SELECT * FROM of_broadcasts
), checked AS (
    SELECT due.queued_at, due.id,
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
), judged AS (
    SELECT queued_at, id, stop, may_track,
        CASE WHEN stop IN ('awaiting_confirmation', 'paused_by_lead') THEN goes_on_at END AS goes_on_at
    FROM checked
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
