-- What became of each link of a broadcast's or campaign's mails (C27, C31): written in the
-- transaction of the clicks, kept when these are gone (C15).

-- How often a person followed a link. It tells a new reader of the link from one who comes back, and
-- who still is one when a click turns out to be a machine's. The lead comes first in the key, so that
-- erasure needs no second index; nothing else reads it but by its whole key.
CREATE TABLE lead_link_clicks (
    tenant_id  uuid NOT NULL,
    lead_id    uuid NOT NULL,
    source_id  uuid NOT NULL,
    link_index smallint NOT NULL,
    clicks     integer NOT NULL,
    PRIMARY KEY (tenant_id, lead_id, source_id, link_index),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);

-- What screens read. Clicks of machines are counted apart; the people are those with a click of theirs
-- left.
CREATE TABLE link_totals (
    tenant_id      uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    source_id      uuid NOT NULL,
    link_index     smallint NOT NULL,
    clicks         bigint NOT NULL DEFAULT 0,
    people         bigint NOT NULL DEFAULT 0,
    machine_clicks bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, source_id, link_index)
);

-- Forced policies hide every row from the owner, who counts here what was clicked until now. The
-- number 32767 is that of the link that nobody sees (H3).
ALTER TABLE engagement_events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE leads NO FORCE ROW LEVEL SECURITY;

INSERT INTO lead_link_clicks (tenant_id, lead_id, source_id, link_index, clicks)
SELECT event.tenant_id, event.lead_id, COALESCE(event.broadcast_id, event.campaign_id), event.link_index, count(*)
FROM engagement_events AS event
JOIN leads ON leads.tenant_id = event.tenant_id AND leads.id = event.lead_id
WHERE event.event_type = 'click' AND event.machine = 'none'
    AND event.link_index < 32767 AND COALESCE(event.broadcast_id, event.campaign_id) IS NOT NULL
GROUP BY 1, 2, 3, 4;

INSERT INTO link_totals (tenant_id, source_id, link_index, clicks, people, machine_clicks)
SELECT event.tenant_id, COALESCE(event.broadcast_id, event.campaign_id), event.link_index,
    count(*) FILTER (WHERE event.machine = 'none'),
    count(DISTINCT leads.id) FILTER (WHERE event.machine = 'none'),
    count(*) FILTER (WHERE event.machine <> 'none')
FROM engagement_events AS event
LEFT JOIN leads ON leads.tenant_id = event.tenant_id AND leads.id = event.lead_id
WHERE event.event_type = 'click'
    AND event.link_index < 32767 AND COALESCE(event.broadcast_id, event.campaign_id) IS NOT NULL
GROUP BY 1, 2, 3;

ALTER TABLE engagement_events FORCE ROW LEVEL SECURITY;
ALTER TABLE leads FORCE ROW LEVEL SECURITY;

CALL isolate_tenant_table('lead_link_clicks');
CALL isolate_tenant_table('link_totals');

-- The figures of one broadcast or campaign, day by day. A row is added once a day and source, and
-- counting changes no column of the index, so that the clicks pay nothing for it.
CREATE INDEX daily_delivery_of_source ON daily_delivery (tenant_id, source_id, day);
