INSERT INTO leads (tenant_id, id, email, name, kana, company, department, title, phone,
                   graduation_year, grade, industry, company_size, region, attributes, owner_id,
                   search_text, created_at, updated_at)
SELECT $1, new.id, new.email, new.name, new.kana, new.company, new.department, new.title, new.phone,
       new.graduation_year, new.grade, new.industry, new.company_size, new.region, new.attributes,
       new.owner_id, new.search_text, new.updated_at, new.updated_at
FROM UNNEST($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
    AS new (id, email, name, kana, company, department, title, phone, graduation_year, grade,
            industry, company_size, region, attributes, owner_id, search_text, updated_at)
-- Two transactions insert the same addresses in the same order, so that neither waits in a circle.
ORDER BY new.email
ON CONFLICT (tenant_id, email) DO NOTHING
RETURNING id
