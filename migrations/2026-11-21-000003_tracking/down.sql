DROP TABLE engagement_events, web_sessions, visitors;
