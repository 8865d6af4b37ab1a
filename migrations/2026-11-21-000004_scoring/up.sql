-- Scoring rules as data, and the history that explains every point.

CREATE TABLE scoring_settings (
    tenant_id  uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    preset     text NOT NULL,
    score_min  integer NOT NULL,
    score_max  integer,
    warm_from  integer NOT NULL,
    hot_from   integer NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (warm_from < hot_from)
);
CALL isolate_tenant_table('scoring_settings');

CREATE TABLE scoring_rules (
    tenant_id  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id         uuid NOT NULL,
    name       text NOT NULL,
    event_type text NOT NULL,
    -- true: only for important pages, and then instead of the plain rule (D4).
    important  boolean NOT NULL DEFAULT false,
    points     integer NOT NULL,
    repeats    text NOT NULL CHECK (repeats IN ('once', 'always')),
    is_active  boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX scoring_rules_of_event ON scoring_rules (tenant_id, event_type);
CALL isolate_tenant_table('scoring_rules');

-- One row for each change of points; their sum is the score (D5). Points that are taken back
-- are a row of their own with the opposite sign. No foreign keys, as for engagement_events.
CREATE TABLE score_history (
    tenant_id      uuid NOT NULL,
    occurred_at    timestamptz NOT NULL,
    id             uuid NOT NULL,
    lead_id        uuid NOT NULL,
    rule_id        uuid,
    rule_name      text NOT NULL,
    event_type     text NOT NULL,
    engagement_id  uuid,
    points         integer NOT NULL,
    old_score      integer NOT NULL,
    new_score      integer NOT NULL,
    url            text,
    reason         text NOT NULL CHECK (reason IN ('granted', 'machine_recognised')),
    recorded_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, occurred_at, id)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX score_history_of_lead ON score_history (tenant_id, lead_id, occurred_at DESC);
CALL isolate_tenant_table('score_history');
CREATE TABLE score_history_default PARTITION OF score_history DEFAULT;

-- What has scored already and must not score again (D8): the click of a link in a mail,
-- the open of a mail, a page within half an hour. The key is a digest of that cause.
CREATE TABLE score_grants (
    tenant_id     uuid NOT NULL,
    lead_id       uuid NOT NULL,
    once_key      uuid NOT NULL,
    engagement_id uuid NOT NULL,
    granted_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, lead_id, once_key),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_tenant_table('score_grants');
