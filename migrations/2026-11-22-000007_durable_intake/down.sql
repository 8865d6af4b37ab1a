ALTER TABLE mail_providers DROP COLUMN honeypot;
DROP TABLE erased_subjects;
DROP TABLE dead_engagements;
ALTER TABLE scoring_rules DROP COLUMN event_name;
ALTER TABLE engagement_events DROP COLUMN properties;
ALTER TABLE engagement_events DROP COLUMN event_name;
