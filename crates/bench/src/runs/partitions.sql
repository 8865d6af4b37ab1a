-- A partition for each day of the history that is about to be written, as a server that ran on those
-- days would have made them.
DO $$
DECLARE
    parent text;
    day date;
BEGIN
    FOREACH parent IN ARRAY ARRAY['engagement_events', 'score_history'] LOOP
        FOR day IN SELECT generate_series(current_date - 62, current_date, '1 day')::date LOOP
            EXECUTE format(
                'CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                parent || to_char(day, '"_y"YYYY"m"MM"d"DD'), parent,
                day || ' 00:00+00', (day + 1) || ' 00:00+00');
        END LOOP;
    END LOOP;
END
$$
