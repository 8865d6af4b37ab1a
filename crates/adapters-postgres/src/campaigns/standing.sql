-- How a test of two variants stands. The time leads to the one part of the table that its mails are
-- in; machines set neither first_opened_at nor first_clicked_at. Each mail has $3 for its reactions,
-- whenever it went out.
SELECT variant,
    count(*) FILTER (WHERE was_sent) AS sent,
    count(*) FILTER (WHERE was_sent AND first_opened_at <= accepted_at + $3) AS opened,
    count(*) FILTER (WHERE was_sent AND first_clicked_at <= accepted_at + $3) AS clicked,
    count(*) FILTER (WHERE is_open AND attempts = 0) AS untried,
    count(*) FILTER (WHERE is_open AND attempts > 0) AS put_off,
    COALESCE(max(accepted_at) FILTER (WHERE attempts = 0), max(accepted_at)) AS last_sent_at
FROM (
    SELECT send_logs.*,
        state IN ('accepted', 'delivered', 'bounced', 'complained') AS was_sent,
        state IN ('queued', 'retry_wait', 'claimed', 'dispatching') AS is_open
    FROM send_logs
    WHERE tenant_id = $1 AND broadcast_id = $2 AND variant IS NOT NULL
      AND queued_at = (SELECT started_at FROM broadcasts WHERE tenant_id = $1 AND id = $2)
) AS send
GROUP BY variant
