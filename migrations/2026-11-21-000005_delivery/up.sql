-- Templates, broadcasts, and one row for each mail to each person.

CREATE TABLE templates (
    tenant_id  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id         uuid NOT NULL,
    name       text NOT NULL,
    subject    text NOT NULL,
    html       text NOT NULL,
    -- NULL: the text part is made from the HTML.
    text_body  text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);
CALL isolate_tenant_table('templates');

CREATE TABLE broadcasts (
    tenant_id      uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id             uuid NOT NULL,
    name           text NOT NULL,
    template_id    uuid NOT NULL,
    -- The template as it was when the broadcast started, so that a later edit changes nothing sent.
    subject        text,
    html           text,
    text_body      text,
    -- leads::LeadFilter
    audience       jsonb NOT NULL,
    status         text NOT NULL CHECK (status IN ('draft', 'preparing', 'sending', 'paused', 'completed', 'cancelled')),
    tracking       boolean NOT NULL DEFAULT true,
    -- The last lead that has its send row; a restarted preparation goes on after it.
    prepared_up_to uuid,
    recipients     integer NOT NULL DEFAULT 0,
    created_by     uuid,
    created_at     timestamptz NOT NULL,
    started_at     timestamptz,
    finished_at    timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, template_id) REFERENCES templates (tenant_id, id) ON DELETE RESTRICT
);
CREATE INDEX broadcasts_by_time ON broadcasts (tenant_id, created_at DESC);
CREATE INDEX broadcasts_at_work ON broadcasts (tenant_id, status) WHERE status IN ('preparing', 'sending');
CALL isolate_tenant_table('broadcasts');

-- One row for each link position of a broadcast's mail (C27, D9).
CREATE TABLE links (
    tenant_id    uuid NOT NULL,
    broadcast_id uuid NOT NULL,
    link_index   smallint NOT NULL,
    url          text NOT NULL,
    PRIMARY KEY (tenant_id, broadcast_id, link_index),
    FOREIGN KEY (tenant_id, broadcast_id) REFERENCES broadcasts (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_tenant_table('links');

-- One mail to one person. The id is derived from its cause (broadcast and lead), and queued_at from
-- the broadcast, so that the same cause meets the same primary key: unique by cause, and partitioned.
CREATE TABLE send_logs (
    tenant_id           uuid NOT NULL,
    queued_at           timestamptz NOT NULL,
    id                  uuid NOT NULL,
    lead_id             uuid NOT NULL,
    broadcast_id        uuid,
    campaign_id         uuid,
    template_id         uuid,
    state               text NOT NULL CHECK (state IN ('queued', 'claimed', 'dispatching', 'accepted', 'retry_wait',
                            'failed', 'skipped', 'unknown', 'delivered', 'bounced', 'complained')),
    state_reason        text,
    attempts            smallint NOT NULL DEFAULT 0,
    next_attempt_at     timestamptz,
    lease_until         timestamptz,
    provider            text,
    provider_message_id text,                                                               -- A14
    subject             text,
    content_hash        bytea,
    accepted_at         timestamptz,
    delivered_at        timestamptz,
    bounced_at          timestamptz,
    first_opened_at     timestamptz,
    last_opened_at      timestamptz,
    opened_count        integer NOT NULL DEFAULT 0,
    machine_opened_count integer NOT NULL DEFAULT 0,
    first_clicked_at    timestamptz,
    last_clicked_at     timestamptz,
    clicked_count       integer NOT NULL DEFAULT 0,
    machine_clicked_count integer NOT NULL DEFAULT 0,
    updated_at          timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, queued_at, id)
) PARTITION BY RANGE (queued_at);
CREATE INDEX send_logs_by_id ON send_logs (tenant_id, id);
CREATE INDEX send_logs_of_lead ON send_logs (tenant_id, lead_id, queued_at DESC);
CREATE INDEX send_logs_of_broadcast ON send_logs (tenant_id, broadcast_id, state);
CREATE INDEX send_logs_of_message ON send_logs (tenant_id, provider_message_id) WHERE provider_message_id IS NOT NULL;
CREATE INDEX send_logs_due ON send_logs (tenant_id, next_attempt_at)
    WHERE state IN ('queued', 'claimed', 'dispatching', 'retry_wait');
CALL isolate_tenant_table('send_logs');
CREATE TABLE send_logs_default PARTITION OF send_logs DEFAULT;

-- Addresses that get no more mail, whatever becomes of the lead (A44).
CREATE TABLE suppressions (
    tenant_id  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    email      text NOT NULL,
    reason     text NOT NULL CHECK (reason IN ('unsubscribed', 'bounced', 'complained', 'manual')),
    detail     text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, email)
);
CALL isolate_tenant_table('suppressions');

-- Soft failures (blocked, deferred), of which five in thirty days suppress for thirty days.
CREATE TABLE soft_bounces (
    tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    email       text NOT NULL,
    occurred_at timestamptz NOT NULL,
    id          uuid NOT NULL,
    PRIMARY KEY (tenant_id, email, occurred_at, id)
);
CALL isolate_tenant_table('soft_bounces');
