DROP TABLE reactions;
DROP INDEX send_logs_of_campaign;
DROP TABLE campaign_step_executions;
DROP TABLE campaign_enrollments;
DROP TABLE campaign_steps;
DROP TABLE campaign_versions;
DROP TABLE campaigns;
