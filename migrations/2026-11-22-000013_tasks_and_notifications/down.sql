DROP TABLE webhook_secrets, notifications, tasks;

UPDATE reactions SET carrier = 'staff' WHERE carrier = 'programs';
ALTER TABLE reactions DROP CONSTRAINT reactions_carrier_check;
ALTER TABLE reactions ADD CONSTRAINT reactions_carrier_check CHECK (carrier IN ('campaigns', 'staff'));
