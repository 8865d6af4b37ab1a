-- What sends say stands in a table of its own: a broadcast has one content for each variant, a
-- campaign one for each step that sends.

-- Frozen when a broadcast starts or a campaign is activated, and never changed afterwards. The
-- template is only named, not referred to: it may be gone long before the mail is forgotten.
CREATE TABLE mail_contents (
    tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id          uuid NOT NULL,
    -- The broadcast or campaign.
    source_id   uuid NOT NULL,
    template_id uuid,
    subject     text NOT NULL,
    html        text NOT NULL,
    -- NULL: the text part is made from the HTML.
    text_body   text,
    tracking    boolean NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX mail_contents_of_source ON mail_contents (tenant_id, source_id);
CALL isolate_tenant_table('mail_contents');

-- Forced policies hide every row from the owner, who moves them here.
ALTER TABLE broadcasts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE mail_contents NO FORCE ROW LEVEL SECURITY;
ALTER TABLE links NO FORCE ROW LEVEL SECURITY;
ALTER TABLE send_logs NO FORCE ROW LEVEL SECURITY;

-- The content of a broadcast that has been started has the id of the broadcast.
INSERT INTO mail_contents
SELECT tenant_id, id, id, template_id, subject, html, text_body, tracking, COALESCE(started_at, created_at)
FROM broadcasts
WHERE subject IS NOT NULL AND html IS NOT NULL;
ALTER TABLE broadcasts DROP COLUMN subject, DROP COLUMN html, DROP COLUMN text_body;

-- link_index is unique within the broadcast or campaign, whose mails carry it in their links;
-- position counts from 0 within the content. So a click tells both (C27, D9).
ALTER TABLE links DROP CONSTRAINT links_tenant_id_broadcast_id_fkey;
ALTER TABLE links RENAME COLUMN broadcast_id TO source_id;
ALTER TABLE links ADD COLUMN content_id uuid, ADD COLUMN position smallint;
UPDATE links SET content_id = source_id, position = link_index;
ALTER TABLE links ALTER COLUMN content_id SET NOT NULL, ALTER COLUMN position SET NOT NULL;
ALTER TABLE links ADD FOREIGN KEY (tenant_id, content_id) REFERENCES mail_contents (tenant_id, id) ON DELETE CASCADE;

-- enrollment_id and step_id: what a campaign's mail was sent for. A mail that has not gone out by
-- expires_at is skipped.
ALTER TABLE send_logs
    ADD COLUMN content_id uuid,
    ADD COLUMN enrollment_id uuid,
    ADD COLUMN step_id uuid,
    ADD COLUMN expires_at timestamptz;
UPDATE send_logs SET content_id = broadcast_id WHERE broadcast_id IS NOT NULL;

ALTER TABLE broadcasts FORCE ROW LEVEL SECURITY;
ALTER TABLE mail_contents FORCE ROW LEVEL SECURITY;
ALTER TABLE links FORCE ROW LEVEL SECURITY;
ALTER TABLE send_logs FORCE ROW LEVEL SECURITY;

-- Claiming looks for due mails campaign by campaign, so that a paused one costs the others nothing.
-- send_logs_due cannot serve: a paused broadcast may have a million mails in it that are due and
-- must wait. Small, because a campaign queues a mail when its step is reached, not before; and a
-- mail leaves it for good when it is claimed.
CREATE INDEX send_logs_due_of_campaigns ON send_logs (tenant_id, campaign_id, next_attempt_at)
    WHERE state IN ('queued', 'retry_wait') AND campaign_id IS NOT NULL;

-- What the hour leaves of a tenant's limit is counted with every claim, under the tenant's lock
-- (B71): mails that went out, and mails that a worker has or may have handed over.
CREATE INDEX send_logs_accepted ON send_logs (tenant_id, accepted_at) WHERE accepted_at IS NOT NULL;
CREATE INDEX send_logs_in_doubt ON send_logs (tenant_id, state, updated_at)
    WHERE state IN ('claimed', 'dispatching', 'unknown');
