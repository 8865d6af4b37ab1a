DROP TABLE score_grants, score_history, scoring_rules, scoring_settings;
