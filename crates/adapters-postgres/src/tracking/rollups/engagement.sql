INSERT INTO daily_engagement (tenant_id, day, event_type, human, machine)
SELECT $1, new.*
FROM UNNEST($2, $3, $4, $5)
    AS new (day, event_type, human, machine)
ON CONFLICT (tenant_id, day, event_type) DO UPDATE SET
    human = daily_engagement.human + EXCLUDED.human,
    machine = daily_engagement.machine + EXCLUDED.machine
