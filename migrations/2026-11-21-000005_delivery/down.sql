DROP TABLE soft_bounces, suppressions, send_logs, links, broadcasts, templates;
