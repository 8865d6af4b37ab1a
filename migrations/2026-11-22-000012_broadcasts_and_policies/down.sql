DROP TABLE installation;
DROP TABLE sending_policies;
DROP INDEX send_logs_awaiting_winner;
DROP INDEX send_logs_of_test;
ALTER TABLE send_logs DROP COLUMN variant;
DROP TABLE broadcast_recipients;
DROP INDEX campaigns_of_topic;
ALTER TABLE campaigns DROP COLUMN topic_id, DROP COLUMN is_watched, DROP COLUMN paused_by;
DROP INDEX broadcasts_at_work;
ALTER TABLE broadcasts
    DROP COLUMN is_watched,
    DROP COLUMN paused_by,
    DROP COLUMN paused_at,
    DROP COLUMN ab_decides_at,
    DROP COLUMN ab_outcome,
    DROP COLUMN ab_test,
    DROP COLUMN hourly_limit,
    DROP COLUMN scheduled_at;
-- What the older product does not know becomes what it was before.
ALTER TABLE broadcasts NO FORCE ROW LEVEL SECURITY;
UPDATE broadcasts SET status = 'draft' WHERE status = 'scheduled';
UPDATE broadcasts SET status = 'sending' WHERE status = 'testing';
ALTER TABLE broadcasts FORCE ROW LEVEL SECURITY;
CREATE INDEX broadcasts_at_work ON broadcasts (tenant_id, status) WHERE status IN ('preparing', 'sending');
ALTER TABLE broadcasts DROP CONSTRAINT broadcasts_status_check;
ALTER TABLE broadcasts ADD CONSTRAINT broadcasts_status_check CHECK (status IN
    ('draft', 'preparing', 'sending', 'paused', 'completed', 'cancelled'));
