-- Counts mails of a broadcast or campaign into the day on which they were sent.
INSERT INTO daily_delivery (tenant_id, day, source_id, sends)
VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, day, source_id) DO UPDATE SET sends = daily_delivery.sends + excluded.sends
