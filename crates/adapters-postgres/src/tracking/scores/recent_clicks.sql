-- Clicks that the log had before this batch, of the same mails and within seconds of the new ones, with
-- the points they were given. The given windows of a mail do not overlap, so that each click is read
-- once, and points are looked up for the newest of each window only, however many clicks there are.
-- Only clicks have a link; asking for their type as well would offer the index by type, which is as
-- long as the log. Taking the newest of each window by LIMIT would offer the primary key, which is in
-- the order of time and has what everybody did: a plan that is made while the day is young takes it,
-- and then runs into the statement timeout.
SELECT
    event.id, event.lead_id, event.send_id, event.link_index, event.occurred_at, event.network,
    event.user_agent, event.url, event.machine, event.machine_reason,
    history.points, history.rule_id, history.rule_name
FROM (
    SELECT logged.*, row_number() OVER (
            PARTITION BY new.lead_id, new.send_id, new.earliest ORDER BY logged.occurred_at DESC
        ) AS place
    FROM (
        SELECT new.* FROM UNNEST($2, $3, $4, $5) AS new (lead_id, send_id, earliest, latest)
        LIMIT cardinality($2)
    ) AS new
    JOIN engagement_events AS logged
        ON logged.tenant_id = $1 AND logged.lead_id = new.lead_id
        AND logged.occurred_at BETWEEN new.earliest AND new.latest
        AND logged.send_id = new.send_id AND logged.link_index IS NOT NULL
    WHERE logged.id <> ALL ($6)
) AS event
LEFT JOIN score_history AS history
    ON history.tenant_id = $1 AND history.occurred_at = event.occurred_at
    AND history.lead_id = event.lead_id AND history.engagement_id = event.id
    AND history.reason = 'granted'
WHERE event.place <= $7
