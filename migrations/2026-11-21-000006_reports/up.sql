-- Roll-ups: written in the transaction of the events they count, read by every screen,
-- kept when the events are gone (C15). Days are days of the tenant's time zone.

CREATE TABLE lead_daily_activity (
    tenant_id            uuid NOT NULL,
    lead_id              uuid NOT NULL,
    day                  date NOT NULL,
    opens                integer NOT NULL DEFAULT 0,
    clicks               integer NOT NULL DEFAULT 0,
    page_views           integer NOT NULL DEFAULT 0,
    important_page_views integer NOT NULL DEFAULT 0,
    sessions             integer NOT NULL DEFAULT 0,
    machine_events       integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, lead_id, day),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX lead_daily_activity_by_day ON lead_daily_activity (tenant_id, day);
CALL isolate_tenant_table('lead_daily_activity');

CREATE TABLE daily_engagement (
    tenant_id  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    day        date NOT NULL,
    event_type text NOT NULL,
    human      bigint NOT NULL DEFAULT 0,
    machine    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day, event_type)
);
CALL isolate_tenant_table('daily_engagement');

-- Important pages only: the list of every page ever seen would grow without bound.
CREATE TABLE daily_important_pages (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    day       date NOT NULL,
    page      text NOT NULL,
    views     bigint NOT NULL DEFAULT 0,
    clicks    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day, page)
);
CALL isolate_tenant_table('daily_important_pages');

-- Sends and what came of them by day of the happening; source_id is the broadcast or campaign.
CREATE TABLE daily_delivery (
    tenant_id      uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    day            date NOT NULL,
    source_id      uuid NOT NULL,
    sends          bigint NOT NULL DEFAULT 0,
    delivered      bigint NOT NULL DEFAULT 0,
    bounces        bigint NOT NULL DEFAULT 0,
    complaints     bigint NOT NULL DEFAULT 0,
    unsubscribes   bigint NOT NULL DEFAULT 0,
    opens          bigint NOT NULL DEFAULT 0,
    unique_opens   bigint NOT NULL DEFAULT 0,
    machine_opens  bigint NOT NULL DEFAULT 0,
    clicks         bigint NOT NULL DEFAULT 0,
    unique_clicks  bigint NOT NULL DEFAULT 0,
    machine_clicks bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day, source_id)
);
CALL isolate_tenant_table('daily_delivery');

CREATE TABLE daily_bands (
    tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    day         date NOT NULL,
    became_warm bigint NOT NULL DEFAULT 0,
    became_hot  bigint NOT NULL DEFAULT 0,
    left_hot    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day)
);
CALL isolate_tenant_table('daily_bands');
