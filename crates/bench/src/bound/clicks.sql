-- The rows that every batch changes come first, because they are written last: their locks are held shortest.
daily AS (
    INSERT INTO daily_engagement (tenant_id, day, event_type, human, machine)
    SELECT batch.tenant, (new.occurred_at AT TIME ZONE 'Asia/Tokyo')::date, 'click', count(*), 0
    FROM new, batch GROUP BY 1, 2
    ON CONFLICT (tenant_id, day, event_type) DO UPDATE SET
        human = daily_engagement.human + EXCLUDED.human),
delivery AS (
    INSERT INTO daily_delivery (tenant_id, day, source_id, clicks, unique_clicks)
    SELECT batch.tenant, (new.occurred_at AT TIME ZONE 'Asia/Tokyo')::date, batch.broadcast, count(*), count(*)
    FROM new, batch GROUP BY 1, 2, 3
    ON CONFLICT (tenant_id, day, source_id) DO UPDATE SET
        clicks = daily_delivery.clicks + EXCLUDED.clicks,
        unique_clicks = daily_delivery.unique_clicks + EXCLUDED.unique_clicks),
links AS (
    INSERT INTO link_totals (tenant_id, source_id, link_index, clicks, people)
    SELECT batch.tenant, batch.broadcast, 0, count(*), count(*)
    FROM new, batch GROUP BY 1, 2
    ON CONFLICT (tenant_id, source_id, link_index) DO UPDATE SET
        clicks = link_totals.clicks + EXCLUDED.clicks,
        people = link_totals.people + EXCLUDED.people),
bands AS (
    INSERT INTO daily_bands (tenant_id, day, became_warm)
    SELECT batch.tenant, (new.occurred_at AT TIME ZONE 'Asia/Tokyo')::date, count(*)
    FROM new, batch GROUP BY 1, 2
    ON CONFLICT (tenant_id, day) DO UPDATE SET
        became_warm = daily_bands.became_warm + EXCLUDED.became_warm),
events AS (
    INSERT INTO engagement_events (tenant_id, occurred_at, id, event_type, lead_id, send_id, broadcast_id,
        link_index, url, network, user_agent, received_at)
    SELECT tenant, occurred_at, engagement, 'click', lead, send, broadcast, 0, url, network, user_agent,
        occurred_at
    FROM new, batch),
history AS (
    INSERT INTO score_history (tenant_id, occurred_at, id, lead_id, rule_id, rule_name, event_type,
        engagement_id, points, old_score, new_score, url, reason, recorded_at)
    SELECT tenant, occurred_at, history, lead, tenant, 'メールのクリック', 'click', engagement, 3, 0, 3, url,
        'granted', occurred_at
    FROM new, batch),
grants AS (
    INSERT INTO score_grants (tenant_id, lead_id, once_key, engagement_id, granted_at)
    SELECT tenant, lead, once_key, engagement, occurred_at FROM new, batch),
activity AS (
    INSERT INTO lead_daily_activity (tenant_id, lead_id, day, clicks)
    SELECT tenant, lead, (occurred_at AT TIME ZONE 'Asia/Tokyo')::date, 1 FROM new, batch
    ON CONFLICT (tenant_id, lead_id, day) DO UPDATE SET
        clicks = lead_daily_activity.clicks + EXCLUDED.clicks),
readers AS (
    INSERT INTO lead_link_clicks (tenant_id, lead_id, source_id, link_index, clicks)
    SELECT tenant, lead, broadcast, 0, 1 FROM new, batch
    ON CONFLICT (tenant_id, lead_id, source_id, link_index) DO UPDATE SET
        clicks = lead_link_clicks.clicks + EXCLUDED.clicks),
sends AS (
    UPDATE send_logs SET clicked_count = clicked_count + 1, first_clicked_at = new.occurred_at,
        last_clicked_at = new.occurred_at
    FROM new, batch
    WHERE send_logs.tenant_id = batch.tenant AND send_logs.id = new.send
        AND send_logs.queued_at = batch.queued_at)
UPDATE leads SET engagement_score = leads.engagement_score + 3, score = leads.score + 3, score_band = 'warm',
    last_engaged_at = new.occurred_at, last_clicked_at = new.occurred_at, last_clicked_url = new.url
FROM new, batch WHERE leads.tenant_id = batch.tenant AND leads.id = new.lead
