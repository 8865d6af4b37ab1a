-- Finds the newest page views of a stranger, when it turns out to be a lead (D15), without reading the
-- older ones: only so many join. It takes the place of the index without the time, so a page view
-- still writes to one index for this; an entry is longer by eight bytes and no longer shared between
-- the views of a browser. It holds those of strangers only.
--
-- Writers wait while it is built; the spool keeps what comes meanwhile.
CREATE INDEX engagement_events_of_stranger ON engagement_events (tenant_id, visitor_id, occurred_at)
    WHERE lead_id IS NULL;
DROP INDEX engagement_events_of_visitor;
