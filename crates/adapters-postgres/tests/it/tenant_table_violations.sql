-- What is wrong with the tables of the tenants (design: every table is ready to be distributed by
-- tenant, and closed to every other tenant). No rows: nothing.
WITH tenant_table AS (
    SELECT oid, relname, relrowsecurity AND relforcerowsecurity AS is_closed
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname IN ('{tenant_tables}')
),
tenant_column AS (
    SELECT attrelid, attnum, attnotnull
    FROM pg_attribute
    WHERE attname = 'tenant_id' AND NOT attisdropped
)
SELECT violation::text AS line
FROM (
    SELECT relname || ' has no tenant_id NOT NULL' AS violation
    FROM tenant_table t
    WHERE NOT EXISTS (SELECT FROM tenant_column c WHERE c.attrelid = t.oid AND c.attnotnull)
    UNION ALL
    SELECT relname || ' has no primary key'
    FROM tenant_table t
    WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)
    UNION ALL
    SELECT i.indexrelid::regclass || ' does not begin with tenant_id'
    FROM tenant_table t
    JOIN pg_index i ON i.indrelid = t.oid
    LEFT JOIN tenant_column c ON c.attrelid = t.oid
    WHERE i.indkey[0] IS DISTINCT FROM c.attnum
    UNION ALL
    SELECT relname || ' is not under forced row-level security'
    FROM tenant_table
    WHERE NOT is_closed
    UNION ALL
    SELECT relname || ' has no policy for its tenant'
    FROM tenant_table t
    WHERE NOT EXISTS (
        SELECT FROM pg_policy p
        WHERE p.polrelid = t.oid AND p.polcmd = '*' AND p.polroles = '{0}'
          AND pg_get_expr(p.polqual, p.polrelid)
              = '(tenant_id = (NULLIF(current_setting(''app.tenant_id''::text, true), ''''::text))::uuid)'
          AND pg_get_expr(p.polwithcheck, p.polrelid) = pg_get_expr(p.polqual, p.polrelid)
    )
    UNION ALL
    -- A second permissive policy would open what the first one closes.
    SELECT relname || ' has more than one policy'
    FROM tenant_table t
    WHERE (SELECT count(*) FROM pg_policy p WHERE p.polrelid = t.oid) > 1
    UNION ALL
    SELECT conname || ' does not begin with tenant_id'
    FROM tenant_table t
    JOIN pg_constraint f ON f.conrelid = t.oid AND f.contype = 'f'
    LEFT JOIN tenant_column c ON c.attrelid = t.oid
    WHERE f.conkey[1] IS DISTINCT FROM c.attnum
    UNION ALL
    SELECT conname || ' changes rows by itself'
    FROM tenant_table t
    JOIN pg_constraint f ON f.conrelid = t.oid AND f.contype = 'f'
    WHERE f.confdeltype IN ('n', 'd') OR f.confupdtype IN ('n', 'd', 'c')
    UNION ALL
    SELECT tgname || ' is a trigger'
    FROM tenant_table t
    JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
    UNION ALL
    SELECT relname || ' has a default that calls a function'
    FROM tenant_table t
    JOIN pg_attrdef d ON d.adrelid = t.oid
    WHERE pg_get_expr(d.adbin, d.adrelid) LIKE '%(%'
    UNION ALL
    SELECT relname || ' is a sequence'
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
) AS violations (violation)
ORDER BY violation COLLATE "C";
