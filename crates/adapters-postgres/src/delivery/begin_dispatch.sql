-- Commits that the provider is about to be called for these sends, except where something has
-- stopped the mail since it was claimed. Sends are locked in the order of their ids.
WITH note AS (
    SELECT * FROM unnest($2, $3, $8, $9, $10)
        AS note (queued_at, id, subject, content_hash, is_tracked)
), checked AS (
    SELECT send.queued_at, send.id, send.campaign_id, note.subject, note.content_hash,
        CASE
            WHEN lead.id IS NULL THEN 'lead_gone'
            WHEN broadcast.status = 'cancelled' THEN 'cancelled'
            WHEN campaign.status = 'completed' THEN 'campaign_stopped'
            WHEN EXISTS (
                SELECT 1 FROM suppressions
                WHERE suppressions.tenant_id = $1 AND suppressions.email = lead.email
            ) THEN 'suppressed'
            WHEN (
                SELECT count(*) FROM soft_bounces
                WHERE soft_bounces.tenant_id = $1 AND soft_bounces.email = lead.email
                  AND soft_bounces.occurred_at > $6
            ) >= $7 THEN 'soft_bounces'
            WHEN way.status IN ('exited', 'unsubscribed') THEN 'campaign_stopped'
            WHEN send.expires_at <= $4 THEN 'too_late'
            WHEN asked.holds_mail AND asked.confirmed_at IS NULL THEN 'awaiting_confirmation'
            WHEN demands.consent_required AND NOT EXISTS (
                SELECT 1 FROM consents
                WHERE consents.tenant_id = $1 AND consents.lead_id = send.lead_id
                  AND (consents.how <> 'double_opt_in' OR consents.confirmed_at IS NOT NULL)
            ) THEN 'no_consent'
            WHEN NOT COALESCE(choice.subscribed, topic.default_on, true) THEN 'topic_refused'
            WHEN wanted.paused_until > $4 THEN 'paused_by_lead'
        END AS stop,
        rules.halted_at IS NOT NULL OR broadcast.status = 'paused' OR campaign.status = 'paused'
            OR way.status = 'paused' AS is_held,
        wanted.tracking_opt_out_at IS NOT NULL AND note.is_tracked AS is_tracked_unasked
    FROM send_logs AS send
    JOIN note ON note.queued_at = send.queued_at AND note.id = send.id
    LEFT JOIN leads AS lead ON lead.tenant_id = $1 AND lead.id = send.lead_id
    LEFT JOIN broadcasts AS broadcast ON broadcast.tenant_id = $1 AND broadcast.id = send.broadcast_id
    LEFT JOIN campaigns AS campaign ON campaign.tenant_id = $1 AND campaign.id = send.campaign_id
    LEFT JOIN sending_policies AS rules ON rules.tenant_id = $1
    LEFT JOIN privacy_settings AS demands ON demands.tenant_id = $1
    LEFT JOIN lead_preferences AS wanted ON wanted.tenant_id = $1 AND wanted.lead_id = send.lead_id
    LEFT JOIN confirmation_requests AS asked ON asked.tenant_id = $1 AND asked.lead_id = send.lead_id
    LEFT JOIN topics AS topic
        ON topic.tenant_id = $1 AND topic.id = COALESCE(broadcast.topic_id, campaign.topic_id)
    LEFT JOIN topic_preferences AS choice
        ON choice.tenant_id = $1 AND choice.lead_id = send.lead_id AND choice.topic_id = topic.id
    -- Mails of broadcasts have no such key, so that nothing is looked up for them.
    LEFT JOIN campaign_enrollments AS way ON way.tenant_id = $1 AND way.id = send.enrollment_id
    WHERE send.tenant_id = $1 AND send.queued_at = ANY ($2) AND send.id = ANY ($3)
      AND send.state = 'claimed' AND send.lease_until > $4
    ORDER BY send.id
    FOR UPDATE OF send
), judged AS (
    -- What has to wait, or must be composed anew without tracking, goes back to the queue: the next
    -- claim decides.
    SELECT checked.*, COALESCE(is_held AND stop IS NULL, false) OR CASE
            WHEN stop IS NULL THEN is_tracked_unasked
            ELSE stop IN ('awaiting_confirmation', 'paused_by_lead') AND campaign_id IS NOT NULL
        END AS goes_back
    FROM checked
)
UPDATE send_logs AS send SET
    state = CASE
        WHEN judged.goes_back THEN 'queued'
        WHEN judged.stop IS NULL THEN 'dispatching'
        ELSE 'skipped'
    END,
    state_reason = CASE WHEN NOT judged.goes_back THEN judged.stop END,
    next_attempt_at = CASE WHEN judged.goes_back THEN $4 END,
    lease_until = CASE WHEN judged.stop IS NULL AND NOT judged.goes_back THEN $5 END,
    provider = $11,
    subject = judged.subject,
    content_hash = judged.content_hash,
    updated_at = $4
FROM judged
-- By the given times as well, so that only their parts of the table are planned for.
WHERE send.tenant_id = $1 AND send.queued_at = ANY ($2) AND send.id = ANY ($3)
  AND send.queued_at = judged.queued_at AND send.id = judged.id
RETURNING send.id, send.state_reason, judged.goes_back
