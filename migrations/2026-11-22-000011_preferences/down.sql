ALTER TABLE broadcasts DROP COLUMN topic_id;
DROP TABLE privacy_settings, confirmation_requests, consents, lead_preferences, topic_preferences, topics;
