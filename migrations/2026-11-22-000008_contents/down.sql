DROP INDEX send_logs_in_doubt;
DROP INDEX send_logs_accepted;
DROP INDEX send_logs_due_of_campaigns;

ALTER TABLE broadcasts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE mail_contents NO FORCE ROW LEVEL SECURITY;
ALTER TABLE links NO FORCE ROW LEVEL SECURITY;

ALTER TABLE send_logs
    DROP COLUMN expires_at,
    DROP COLUMN step_id,
    DROP COLUMN enrollment_id,
    DROP COLUMN content_id;

-- What has no place in the broadcasts of before: contents of campaigns, and of second variants.
DELETE FROM links WHERE content_id <> source_id
    OR NOT EXISTS (SELECT FROM broadcasts WHERE broadcasts.tenant_id = links.tenant_id AND broadcasts.id = source_id);
ALTER TABLE links DROP CONSTRAINT links_tenant_id_content_id_fkey;
ALTER TABLE links DROP COLUMN position, DROP COLUMN content_id;
ALTER TABLE links RENAME COLUMN source_id TO broadcast_id;
ALTER TABLE links ADD FOREIGN KEY (tenant_id, broadcast_id) REFERENCES broadcasts (tenant_id, id) ON DELETE CASCADE;

ALTER TABLE broadcasts ADD COLUMN subject text, ADD COLUMN html text, ADD COLUMN text_body text;
UPDATE broadcasts SET subject = content.subject, html = content.html, text_body = content.text_body
FROM mail_contents AS content
WHERE content.tenant_id = broadcasts.tenant_id AND content.id = broadcasts.id;
DROP TABLE mail_contents;

ALTER TABLE broadcasts FORCE ROW LEVEL SECURITY;
ALTER TABLE links FORCE ROW LEVEL SECURITY;
