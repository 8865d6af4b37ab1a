-- Clicks that the log had before this batch, of the same mails and within seconds of the new ones, with
-- the points they were given. The windows ($2 to $5) of a mail do not overlap, and of each only the
-- newest $7 are read, so that nothing is looked up for more than these, however many clicks there are.
-- Only clicks have a link; asking for their type as well would offer the index by type, which is as
-- long as the log. Ordering by the id as well would offer the primary key, which has what everybody
-- did in that time.
SELECT
    event.id, event.lead_id, event.send_id, event.link_index, event.occurred_at, event.network,
    event.user_agent, event.url, event.machine, event.machine_reason,
    history.points, history.rule_id, history.rule_name
FROM (
    SELECT new.* FROM UNNEST($2, $3, $4, $5) AS new (lead_id, send_id, earliest, latest)
    LIMIT cardinality($2)
) AS new
CROSS JOIN LATERAL (
    SELECT * FROM engagement_events AS logged
    WHERE logged.tenant_id = $1 AND logged.lead_id = new.lead_id
        AND logged.occurred_at BETWEEN new.earliest AND new.latest
        AND logged.send_id = new.send_id AND logged.link_index IS NOT NULL
        AND logged.id <> ALL ($6)
    ORDER BY logged.occurred_at DESC
    LIMIT $7
) AS event
LEFT JOIN score_history AS history
    ON history.tenant_id = $1 AND history.occurred_at = event.occurred_at
    AND history.lead_id = event.lead_id AND history.engagement_id = event.id
    AND history.reason = 'granted'
