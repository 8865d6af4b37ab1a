SELECT tenants.time_zone, chosen.score_min, chosen.score_max, chosen.warm_from, chosen.hot_from,
    (SELECT jsonb_agg(to_jsonb(rule) ORDER BY rule.created_at, rule.id)
     FROM scoring_rules AS rule WHERE rule.tenant_id = $1) AS rules,
    ARRAY(SELECT page.fragment FROM important_pages AS page WHERE page.tenant_id = $1
          ORDER BY page.created_at, page.id) AS important_pages,
    ARRAY(SELECT sites.origin FROM sites WHERE sites.tenant_id = $1 ORDER BY sites.id) AS origins,
    ARRAY(SELECT sites.last_received_at FROM sites WHERE sites.tenant_id = $1
          ORDER BY sites.id) AS received,
    (SELECT jsonb_agg(jsonb_build_object(
                'campaign', campaign.id, 'trigger', version.trigger, 'hastens', campaign.hastens)
            ORDER BY campaign.created_at, campaign.id)
     FROM campaigns AS campaign
     JOIN campaign_versions AS version
         ON version.tenant_id = $1 AND version.campaign_id = campaign.id AND version.version = campaign.version
     WHERE campaign.tenant_id = $1 AND campaign.status = 'active'
       AND (campaign.hastens
            OR version.trigger ->> 'type' IN ('custom', 'score_reached', 'band_reached'))) AS automation
FROM (VALUES ($1)) AS asked (id)
LEFT JOIN tenants ON tenants.id = asked.id
LEFT JOIN scoring_settings AS chosen ON chosen.tenant_id = asked.id
