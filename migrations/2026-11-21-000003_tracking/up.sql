-- Visitors, their sessions, and every engagement.

-- A browser, known by the random id in its ma_tid cookie; a lead once it has arrived through a mail.
CREATE TABLE visitors (
    tenant_id       uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id              uuid NOT NULL,
    lead_id         uuid,
    session_id      uuid,
    first_seen_at   timestamptz NOT NULL,
    last_seen_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX visitors_of_lead ON visitors (tenant_id, lead_id) WHERE lead_id IS NOT NULL;
CALL isolate_tenant_table('visitors');

CREATE TABLE web_sessions (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    visitor_id   uuid NOT NULL,
    lead_id      uuid,
    started_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    page_views   integer NOT NULL,
    entry_url    text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, visitor_id) REFERENCES visitors (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX web_sessions_of_visitor ON web_sessions (tenant_id, visitor_id, started_at DESC);
CREATE INDEX web_sessions_of_lead ON web_sessions (tenant_id, lead_id, started_at DESC) WHERE lead_id IS NOT NULL;
CALL isolate_tenant_table('web_sessions');

-- The engagement log. Partitioned by the time of the event, so that retention drops whole partitions.
-- The id is derived from the cause wherever a cause has a name of its own (eid, sg_event_id),
-- so that a repeat meets the same primary key. There is no foreign key to leads: this is the
-- hottest table, and erasure deletes its rows by an explicit statement.
CREATE TABLE engagement_events (
    tenant_id      uuid NOT NULL,
    occurred_at    timestamptz NOT NULL,
    id             uuid NOT NULL,
    event_type     text NOT NULL,
    lead_id        uuid,
    visitor_id     uuid,
    session_id     uuid,
    send_id        uuid,
    campaign_id    uuid,
    broadcast_id   uuid,
    event_id       uuid,
    link_index     smallint,
    url            text,
    title          text,
    referrer       text,
    important      boolean NOT NULL DEFAULT false,
    machine        text NOT NULL DEFAULT 'none' CHECK (machine IN ('none', 'suspected', 'certain')),
    machine_reason text,
    -- Network of the client, shortened to /24 or /48 before it is stored.
    network        text,
    user_agent     text,
    detail         text,
    received_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, occurred_at, id)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX engagement_events_of_lead ON engagement_events (tenant_id, lead_id, occurred_at);      -- A12
CREATE INDEX engagement_events_of_type ON engagement_events (tenant_id, event_type, occurred_at);   -- A12
-- Finds what an anonymous visitor did, when it turns out to be a lead (D15).
CREATE INDEX engagement_events_of_visitor ON engagement_events (tenant_id, visitor_id) WHERE lead_id IS NULL;
CALL isolate_tenant_table('engagement_events');
CREATE TABLE engagement_events_default PARTITION OF engagement_events DEFAULT;
