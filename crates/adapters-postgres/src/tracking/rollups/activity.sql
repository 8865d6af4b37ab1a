INSERT INTO lead_daily_activity (tenant_id, lead_id, day, opens, clicks, page_views, important_page_views, sessions, machine_events)
SELECT $1, new.*
FROM UNNEST($2, $3, $4, $5, $6, $7, $8, $9)
    AS new (lead_id, day, opens, clicks, page_views, important_page_views, sessions, machine_events)
ON CONFLICT (tenant_id, lead_id, day) DO UPDATE SET
    opens = lead_daily_activity.opens + EXCLUDED.opens,
    clicks = lead_daily_activity.clicks + EXCLUDED.clicks,
    page_views = lead_daily_activity.page_views + EXCLUDED.page_views,
    important_page_views = lead_daily_activity.important_page_views + EXCLUDED.important_page_views,
    sessions = lead_daily_activity.sessions + EXCLUDED.sessions,
    machine_events = lead_daily_activity.machine_events + EXCLUDED.machine_events
