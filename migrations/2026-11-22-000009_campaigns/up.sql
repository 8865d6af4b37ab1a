-- Campaigns (シナリオ), the people in them, and what changes set in motion (自動処理).

-- What staff edit (B57). What people go through is a version, which never changes.
CREATE TABLE campaigns (
    tenant_id          uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id                 uuid NOT NULL,
    name               text NOT NULL,
    description        text NOT NULL,
    -- campaigns::Trigger: its kind, and all of it.
    trigger_type       text NOT NULL,
    trigger_conditions jsonb NOT NULL,
    entry              jsonb NOT NULL,
    exits              jsonb NOT NULL,
    re_entry           text NOT NULL CHECK (re_entry IN ('never', 'after_finishing', 'always')),
    tracking           boolean NOT NULL,
    flow               jsonb NOT NULL,
    -- A click can bring a step forward, in a version that people may be in (B15).
    hastens            boolean NOT NULL DEFAULT false,
    status             text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'active', 'paused', 'completed')),
    -- The newest version; 0 before the first activation.
    version            integer NOT NULL DEFAULT 0 CHECK (version >= 0),
    enrolled_count     bigint NOT NULL DEFAULT 0,
    completed_count    bigint NOT NULL DEFAULT 0,
    created_by         uuid,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    activated_at       timestamptz,
    paused_at          timestamptz,
    PRIMARY KEY (tenant_id, id)
);
-- The list, newest first; of one status, too, because a tenant has tens of them, not millions.
CREATE INDEX campaigns_by_time ON campaigns (tenant_id, created_at DESC, id DESC);
-- Asked with every batch of engagements and by every worker: a tenant without active campaigns must
-- cost one look at an empty place.
CREATE INDEX campaigns_active ON campaigns (tenant_id) WHERE status = 'active';
CALL isolate_tenant_table('campaigns');

-- What people go through, as it was when it was activated.
CREATE TABLE campaign_versions (
    tenant_id    uuid NOT NULL,
    campaign_id  uuid NOT NULL,
    version      integer NOT NULL CHECK (version > 0),
    -- campaigns::Flow, the whole tree; campaign_steps says of it what statements ask.
    flow         jsonb NOT NULL,
    exits        jsonb NOT NULL,
    activated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, campaign_id, version),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_tenant_table('campaign_versions');

-- One row for each step of a version (B58). A step keeps its id from version to version.
CREATE TABLE campaign_steps (
    tenant_id         uuid NOT NULL,
    campaign_id       uuid NOT NULL,
    version           integer NOT NULL,
    step_id           uuid NOT NULL,
    -- In the order of reading, from 1.
    step_order        integer NOT NULL CHECK (step_order > 0),
    -- The step in whose branch it is.
    parent_id         uuid,
    branch            text CHECK (branch IN ('yes', 'no', 'a', 'b')),
    name              text NOT NULL,
    kind              text NOT NULL,
    delay_value       integer NOT NULL CHECK (delay_value >= 0),
    delay_unit        text NOT NULL CHECK (delay_unit IN ('minutes', 'hours', 'days')),
    -- Only named: the template may be gone, what is sent is content_id.
    email_template_id uuid,
    content_id        uuid,
    conditions        jsonb NOT NULL,
    PRIMARY KEY (tenant_id, campaign_id, version, step_id),
    UNIQUE (tenant_id, campaign_id, version, step_order),
    FOREIGN KEY (tenant_id, campaign_id, version)
        REFERENCES campaign_versions (tenant_id, campaign_id, version) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, content_id) REFERENCES mail_contents (tenant_id, id) ON DELETE RESTRICT
);
-- A content is found by its primary key; this serves the check when one is removed.
CREATE INDEX campaign_steps_of_content ON campaign_steps (tenant_id, content_id) WHERE content_id IS NOT NULL;
CALL isolate_tenant_table('campaign_steps');

-- One lead's way through a campaign (B59). The id is derived from campaign, lead and occasion, so
-- that the same occasion never lets anybody in twice.
CREATE TABLE campaign_enrollments (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    campaign_id  uuid NOT NULL,
    version      integer NOT NULL,
    lead_id      uuid NOT NULL,
    status       text NOT NULL CHECK (status IN ('completed', 'exited', 'unsubscribed', 'active', 'paused')),
    -- The number of the step it waits for, or ended at.
    current_step integer NOT NULL CHECK (current_step > 0),
    next_step    uuid,
    next_at      timestamptz,
    -- Delays count from here (D17).
    since        timestamptz NOT NULL,
    enrolled_at  timestamptz NOT NULL,
    paused_at    timestamptz,
    completed_at timestamptz,
    -- What ended it: its own steps or an exit condition, a refusal of mail, staff, the end of the
    -- campaign, or that the lead began anew.
    ended_by     text CHECK (ended_by IN ('flow', 'refusal', 'staff', 'campaign', 'restart')),
    lease_until  timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, campaign_id, version)
        REFERENCES campaign_versions (tenant_id, campaign_id, version) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
    -- Whoever is inside always waits for something.
    CHECK ((status IN ('active', 'paused')) = (next_step IS NOT NULL)),
    CHECK ((status IN ('active', 'paused')) = (next_at IS NOT NULL))
);
-- Nobody is in a campaign twice at once, however many let them in at the same moment (D16).
CREATE UNIQUE INDEX campaign_enrollments_inside ON campaign_enrollments (tenant_id, campaign_id, lead_id)
    WHERE status IN ('active', 'paused');
-- What is due, campaign by campaign: a paused one with a million people who wait costs the others
-- nothing.
CREATE INDEX campaign_enrollments_due ON campaign_enrollments (tenant_id, campaign_id, next_at)
    WHERE status = 'active';
-- Lists of people, newest first, and how many stand where.
CREATE INDEX campaign_enrollments_by_status
    ON campaign_enrollments (tenant_id, campaign_id, status, enrolled_at DESC, id DESC);
-- A lead's campaigns, whether it has been through one, and erasure.
CREATE INDEX campaign_enrollments_of_lead ON campaign_enrollments (tenant_id, lead_id, campaign_id);
CALL isolate_tenant_table('campaign_enrollments');

-- What each step did (B20, B60). The flow is a tree, so that nobody comes to a step twice. Opens and
-- clicks are those of the mail, in send_logs.
CREATE TABLE campaign_step_executions (
    tenant_id     uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    step_id       uuid NOT NULL,
    campaign_id   uuid NOT NULL,
    executed_at   timestamptz NOT NULL,
    -- campaigns::StepOutcome
    outcome       text NOT NULL,
    send_id       uuid,
    -- Finds the part of send_logs that the mail is in.
    queued_at     timestamptz,
    PRIMARY KEY (tenant_id, enrollment_id, step_id),
    FOREIGN KEY (tenant_id, enrollment_id)
        REFERENCES campaign_enrollments (tenant_id, id) ON DELETE CASCADE
);
-- How often each step was done and skipped, from the index alone.
CREATE INDEX campaign_step_executions_of_campaign
    ON campaign_step_executions (tenant_id, campaign_id, step_id, outcome);
CALL isolate_tenant_table('campaign_step_executions');

-- What became of a campaign's mails, by step. Mails of broadcasts are not in it.
CREATE INDEX send_logs_of_campaign ON send_logs (tenant_id, campaign_id, step_id) WHERE campaign_id IS NOT NULL;

-- What changes set in motion, written in the transaction of the change. Those that are done stay for
-- a while, so that a repeat of the cause meets the same primary key and adds nothing.
CREATE TABLE reactions (
    tenant_id     uuid NOT NULL,
    id            uuid NOT NULL,
    lead_id       uuid NOT NULL,
    -- automation::Carrier: each has workers of its own.
    carrier       text NOT NULL CHECK (carrier IN ('campaigns', 'staff')),
    -- automation::ReactionKind
    kind          jsonb NOT NULL,
    due_at        timestamptz NOT NULL,
    engagement_id uuid,
    state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
    attempts      smallint NOT NULL DEFAULT 0,
    lease_until   timestamptz,
    reason        text,
    done_at       timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);
-- What is due; empty most of the time.
CREATE INDEX reactions_due ON reactions (tenant_id, carrier, due_at) WHERE state = 'waiting';
-- A click that turns out to be a machine's takes back what waits because of it.
CREATE INDEX reactions_of_engagement ON reactions (tenant_id, engagement_id)
    WHERE state = 'waiting' AND engagement_id IS NOT NULL;
-- What is old enough to be forgotten.
CREATE INDEX reactions_done ON reactions (tenant_id, done_at) WHERE state = 'done';
-- Erasure of a lead.
CREATE INDEX reactions_of_lead ON reactions (tenant_id, lead_id);
CALL isolate_tenant_table('reactions');
