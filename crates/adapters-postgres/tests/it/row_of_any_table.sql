-- One line `column=value` for each column of a table that needs a value: the first value that a
-- check names, if there is one, and else any value of its type. Numbers grow from column to
-- column, so that lower bounds are below upper ones.
SELECT a.attname || '=' || CASE
    WHEN a.attname = 'tenant_id' THEN '''{tenant}'''
    WHEN named.value IS NOT NULL THEN quote_literal(named.value)
    ELSE CASE format_type(a.atttypid, NULL)
        WHEN 'boolean' THEN 'true'
        WHEN 'bytea' THEN quote_literal('\x00')
        WHEN 'date' THEN quote_literal('2026-11-21')
        WHEN 'jsonb' THEN quote_literal('{}')
        WHEN 'text' THEN quote_literal('x')
        WHEN 'text[]' THEN quote_literal('{}')
        WHEN 'timestamp with time zone' THEN quote_literal('2026-11-21 09:30+09')
        WHEN 'uuid' THEN quote_literal('019aa000-0000-7000-8000-000000000001')
        ELSE a.attnum::text
    END
END AS line
FROM pg_attribute a
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN LATERAL (
    SELECT substring(pg_get_constraintdef(c.oid) FROM '''([^'']+)''::text') AS value
    FROM pg_constraint c
    WHERE c.conrelid = a.attrelid AND c.contype = 'c' AND c.conkey = ARRAY[a.attnum]
    LIMIT 1
) AS named ON true
WHERE a.attrelid = '{table}'::regclass AND a.attnum > 0 AND NOT a.attisdropped
  AND a.attnotnull AND d.oid IS NULL
ORDER BY a.attnum;
