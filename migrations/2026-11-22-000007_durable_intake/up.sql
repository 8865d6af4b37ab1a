-- The durable intake: custom events, engagements that the log refuses, and whose events are not
-- kept any more.

-- What only the customer's own programs know of: its name and what is known about it.
ALTER TABLE engagement_events ADD COLUMN event_name text;
ALTER TABLE engagement_events ADD COLUMN properties jsonb;
ALTER TABLE scoring_rules ADD COLUMN event_name text;

-- Engagements that the log refuses for good, with the reason. No foreign keys: what is refused may
-- name a tenant or a lead that is gone. The payload is JSON, as bytes, because what is refused may
-- contain what no text column takes.
CREATE TABLE dead_engagements (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    payload     bytea NOT NULL,
    reason      text NOT NULL,
    died_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX dead_engagements_by_time ON dead_engagements (tenant_id, died_at DESC);
CALL isolate_tenant_table('dead_engagements');

-- Leads and browsers that were erased: an engagement of theirs that is still in a spool, in a mail
-- or on its way is dropped instead of written (D21). Only random ids stand here.
CREATE TABLE erased_subjects (
    tenant_id  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    subject_id uuid NOT NULL,
    erased_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, subject_id)
);
CALL isolate_tenant_table('erased_subjects');

-- Whether mails carry a link that people cannot see, so that what follows it is known to be a machine.
ALTER TABLE mail_providers ADD COLUMN honeypot boolean NOT NULL DEFAULT false;
