-- Clicks that the log had before this batch, of the same mails and within seconds of the new ones,
-- with the points they were given. Only clicks have a link; asking for their type as well would offer
-- the index by type, which is as long as the log.
SELECT DISTINCT ON (event.id)
    event.id, event.lead_id, event.send_id, event.link_index, event.occurred_at, event.network,
    event.user_agent, event.url, event.machine, event.machine_reason,
    history.points, history.rule_id, history.rule_name, grants.once_key
FROM (
    SELECT new.* FROM UNNEST($2, $3, $4, $5) AS new (lead_id, send_id, earliest, latest)
    LIMIT cardinality($2)
) AS new
JOIN engagement_events AS event
    ON event.tenant_id = $1 AND event.lead_id = new.lead_id
    AND event.occurred_at BETWEEN new.earliest AND new.latest
    AND event.send_id = new.send_id AND event.link_index IS NOT NULL
LEFT JOIN score_history AS history
    ON history.tenant_id = $1 AND history.occurred_at = event.occurred_at
    AND history.lead_id = event.lead_id AND history.engagement_id = event.id
    AND history.reason = 'granted'
LEFT JOIN score_grants AS grants
    ON grants.tenant_id = $1 AND grants.lead_id = event.lead_id AND grants.engagement_id = event.id
WHERE event.id <> ALL ($6)
ORDER BY event.id
