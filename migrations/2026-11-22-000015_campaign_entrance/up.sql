-- Who gets into a campaign is part of its version, as is what becomes of them: what staff save lets
-- nobody in before it is activated.

ALTER TABLE campaign_versions
    -- campaigns::Trigger
    ADD COLUMN trigger  jsonb,
    ADD COLUMN entry    jsonb,
    ADD COLUMN re_entry text CHECK (re_entry IN ('never', 'after_finishing', 'always')),
    ADD COLUMN tracking boolean;

-- Forced policies hide every row from the owner. Until now the campaign said who gets in; whether
-- mails are tracked, what was kept of them.
ALTER TABLE campaigns NO FORCE ROW LEVEL SECURITY;
ALTER TABLE campaign_versions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE campaign_steps NO FORCE ROW LEVEL SECURITY;
ALTER TABLE mail_contents NO FORCE ROW LEVEL SECURITY;

UPDATE campaign_versions AS version SET
    trigger = campaign.trigger_conditions,
    entry = campaign.entry,
    re_entry = campaign.re_entry,
    tracking = COALESCE((
        SELECT bool_or(content.tracking)
        FROM campaign_steps AS step
        JOIN mail_contents AS content ON content.tenant_id = step.tenant_id AND content.id = step.content_id
        WHERE step.tenant_id = version.tenant_id AND step.campaign_id = version.campaign_id
          AND step.version = version.version
    ), campaign.tracking)
FROM campaigns AS campaign
WHERE campaign.tenant_id = version.tenant_id AND campaign.id = version.campaign_id;

ALTER TABLE mail_contents FORCE ROW LEVEL SECURITY;
ALTER TABLE campaign_steps FORCE ROW LEVEL SECURITY;
ALTER TABLE campaign_versions FORCE ROW LEVEL SECURITY;
ALTER TABLE campaigns FORCE ROW LEVEL SECURITY;

ALTER TABLE campaign_versions
    ALTER COLUMN trigger SET NOT NULL,
    ALTER COLUMN entry SET NOT NULL,
    ALTER COLUMN re_entry SET NOT NULL,
    ALTER COLUMN tracking SET NOT NULL;
