-- Broadcasts that wait for their time, test two variants, go out slowly, or go to a list that was
-- uploaded; and the rules by which a tenant sends at all.

ALTER TABLE broadcasts DROP CONSTRAINT broadcasts_status_check;
ALTER TABLE broadcasts ADD CONSTRAINT broadcasts_status_check CHECK (status IN
    ('draft', 'scheduled', 'preparing', 'testing', 'sending', 'paused', 'completed', 'cancelled'));
ALTER TABLE broadcasts
    -- When it starts by itself; its contents are frozen already.
    ADD COLUMN scheduled_at  timestamptz,
    -- How many of its mails go out in an hour at most.
    ADD COLUMN hourly_limit  integer CHECK (hourly_limit > 0),
    -- campaigns::AbTest, and campaigns::AbOutcome once there is a winner.
    ADD COLUMN ab_test       jsonb,
    ADD COLUMN ab_outcome    jsonb,
    -- When the winner is looked for.
    ADD COLUMN ab_decides_at timestamptz,
    ADD COLUMN paused_at     timestamptz,
    -- Why it was paused, if not by a person: delivery::Alarm.
    ADD COLUMN paused_by     text CHECK (paused_by IN ('bounces', 'complaints')),
    -- Whether bounces and complaints may pause it. Off once a person resumed it all the same.
    ADD COLUMN is_watched    boolean NOT NULL DEFAULT true;
DROP INDEX broadcasts_at_work;
CREATE INDEX broadcasts_at_work ON broadcasts (tenant_id, status)
    WHERE status IN ('scheduled', 'preparing', 'testing', 'sending');

ALTER TABLE campaigns
    ADD COLUMN paused_by  text CHECK (paused_by IN ('bounces', 'complaints')),
    ADD COLUMN is_watched boolean NOT NULL DEFAULT true,
    -- Of which kind its mails are; NULL: of none.
    ADD COLUMN topic_id   uuid;
ALTER TABLE campaigns ADD FOREIGN KEY (tenant_id, topic_id)
    REFERENCES topics (tenant_id, id) ON DELETE RESTRICT;
CREATE INDEX campaigns_of_topic ON campaigns (tenant_id, topic_id) WHERE topic_id IS NOT NULL;

-- To whom a broadcast goes that goes to an uploaded list; the filter is applied beside it.
CREATE TABLE broadcast_recipients (
    tenant_id    uuid NOT NULL,
    broadcast_id uuid NOT NULL,
    lead_id      uuid NOT NULL,
    PRIMARY KEY (tenant_id, broadcast_id, lead_id),
    FOREIGN KEY (tenant_id, broadcast_id) REFERENCES broadcasts (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX broadcast_recipients_of_lead ON broadcast_recipients (tenant_id, lead_id);
CALL isolate_tenant_table('broadcast_recipients');

-- The variant that a recipient of the test group gets. Whoever waits for the winner has none, and
-- no next_attempt_at either.
ALTER TABLE send_logs ADD COLUMN variant text CHECK (variant IN ('a', 'b'));
CREATE INDEX send_logs_of_test ON send_logs (tenant_id, broadcast_id, variant) WHERE variant IS NOT NULL;
-- Whoever has got the winner's mail leaves it, so that the next chunk of them is always at hand.
CREATE INDEX send_logs_awaiting_winner ON send_logs (tenant_id, broadcast_id)
    WHERE state = 'queued' AND next_attempt_at IS NULL;

-- The rules by which a tenant sends; no row: none of them, but the watch over bounces.
CREATE TABLE sending_policies (
    tenant_id     uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    -- Marketing mails that a lead gets in seven days at most.
    frequency_cap smallint CHECK (frequency_cap > 0),
    -- delivery::SendWindow, delivery::WarmUp
    send_window   jsonb,
    warm_up       jsonb,
    -- Bounces and complaints pause a broadcast or campaign by themselves.
    auto_pause    boolean NOT NULL DEFAULT true,
    -- Nothing goes out until a person says so: delivery::Halt.
    halted_at     timestamptz,
    halted_by     text CHECK (halted_by IN ('staff', 'restore')),
    updated_at    timestamptz NOT NULL
);
CALL isolate_tenant_table('sending_policies');

-- One row: which database this is, and how often a process was started on it. A data folder that
-- has seen more starts, or another database, shows that this one was restored from a backup.
CREATE TABLE installation (
    is_only   boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    id        uuid NOT NULL,
    starts    bigint NOT NULL,
    -- What it was before it was restored.
    before_id uuid
);
GRANT SELECT, INSERT, UPDATE ON installation TO ondo_app;
