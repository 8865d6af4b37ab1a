-- The older product lets people into a live campaign by what is saved. What waits for an activation
-- must not mail anybody, so the rules that hold take its place.
ALTER TABLE campaigns NO FORCE ROW LEVEL SECURITY;
ALTER TABLE campaign_versions NO FORCE ROW LEVEL SECURITY;
UPDATE campaigns AS campaign SET
    trigger_type = version.trigger ->> 'type',
    trigger_conditions = version.trigger,
    entry = version.entry,
    re_entry = version.re_entry
FROM campaign_versions AS version
WHERE version.tenant_id = campaign.tenant_id AND version.campaign_id = campaign.id
    AND version.version = campaign.version AND campaign.status IN ('active', 'paused');
ALTER TABLE campaign_versions FORCE ROW LEVEL SECURITY;
ALTER TABLE campaigns FORCE ROW LEVEL SECURITY;

ALTER TABLE campaign_versions
    DROP COLUMN tracking,
    DROP COLUMN re_entry,
    DROP COLUMN entry,
    DROP COLUMN trigger;
