-- The tables as src/schema.rs tells them: one line for the table and its key, one for each column.
SELECT line
FROM (
    SELECT t.relname, 0 AS position,
           t.relname || ' (' || string_agg(a.attname, ', ' ORDER BY k.position) || ') {' AS line
    FROM pg_class t
    JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
    CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
    WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p')
      AND NOT t.relispartition AND t.relname <> '__diesel_schema_migrations'
    GROUP BY t.relname
    UNION ALL
    SELECT t.relname, a.attnum,
           a.attname || ' -> ' || format(
               CASE WHEN a.attnotnull THEN '%s' ELSE 'Nullable<%s>' END,
               CASE format_type(a.atttypid, NULL)
                   WHEN 'bigint' THEN 'Int8'
                   WHEN 'boolean' THEN 'Bool'
                   WHEN 'double precision' THEN 'Float8'
                   WHEN 'integer' THEN 'Int4'
                   WHEN 'smallint' THEN 'Int2'
                   WHEN 'text[]' THEN 'Array<Text>'
                   WHEN 'timestamp with time zone' THEN 'Timestamptz'
                   ELSE initcap(format_type(a.atttypid, NULL))
               END
           ) || ','
    FROM pg_class t
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p')
      AND NOT t.relispartition AND t.relname <> '__diesel_schema_migrations'
) AS told
ORDER BY relname COLLATE "C", position;
