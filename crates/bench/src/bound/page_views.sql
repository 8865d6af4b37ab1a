-- The row that every batch changes comes first, because it is written last: its lock is held shortest.
daily AS (
    INSERT INTO daily_engagement (tenant_id, day, event_type, human, machine)
    SELECT batch.tenant, (new.occurred_at AT TIME ZONE 'Asia/Tokyo')::date, 'page_view', count(*), 0
    FROM new, batch GROUP BY 1, 2
    ON CONFLICT (tenant_id, day, event_type) DO UPDATE SET
        human = daily_engagement.human + EXCLUDED.human),
events AS (
    INSERT INTO engagement_events (tenant_id, occurred_at, id, event_type, lead_id, visitor_id, session_id,
        url, title, referrer, network, user_agent, received_at)
    SELECT tenant, occurred_at, engagement, 'page_view', lead, visitor, session, url, title, referrer,
        network, user_agent, occurred_at
    FROM new, batch),
history AS (
    INSERT INTO score_history (tenant_id, occurred_at, id, lead_id, rule_id, rule_name, event_type,
        engagement_id, points, old_score, new_score, url, reason, recorded_at)
    SELECT tenant, occurred_at, history, lead, tenant, 'ページ閲覧', 'page_view', engagement, 1, 0, 1, url,
        'granted', occurred_at
    FROM new, batch),
grants AS (
    INSERT INTO score_grants (tenant_id, lead_id, once_key, engagement_id, granted_at)
    SELECT tenant, lead, once_key, engagement, occurred_at FROM new, batch),
activity AS (
    INSERT INTO lead_daily_activity (tenant_id, lead_id, day, page_views, sessions)
    SELECT tenant, lead, (occurred_at AT TIME ZONE 'Asia/Tokyo')::date, 1, 1 FROM new, batch
    ON CONFLICT (tenant_id, lead_id, day) DO UPDATE SET
        page_views = lead_daily_activity.page_views + EXCLUDED.page_views,
        sessions = lead_daily_activity.sessions + EXCLUDED.sessions),
visits AS (
    INSERT INTO web_sessions (tenant_id, id, visitor_id, lead_id, started_at, last_seen_at, page_views, entry_url)
    SELECT tenant, session, visitor, lead, occurred_at, occurred_at, 1, url FROM new, batch),
browsers AS (
    UPDATE visitors SET session_id = new.session, last_seen_at = new.occurred_at
    FROM new, batch WHERE visitors.tenant_id = batch.tenant AND visitors.id = new.visitor)
UPDATE leads SET engagement_score = leads.engagement_score + 1, score = leads.score + 1,
    last_engaged_at = new.occurred_at
FROM new, batch WHERE leads.tenant_id = batch.tenant AND leads.id = new.lead
