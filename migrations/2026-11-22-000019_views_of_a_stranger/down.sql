CREATE INDEX engagement_events_of_visitor ON engagement_events (tenant_id, visitor_id) WHERE lead_id IS NULL;
DROP INDEX engagement_events_of_stranger;
