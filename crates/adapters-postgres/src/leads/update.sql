UPDATE leads SET
    email = new.email,
    name = new.name,
    kana = new.kana,
    company = new.company,
    department = new.department,
    title = new.title,
    phone = new.phone,
    graduation_year = new.graduation_year,
    grade = new.grade,
    industry = new.industry,
    company_size = new.company_size,
    region = new.region,
    attributes = new.attributes,
    owner_id = new.owner_id,
    search_text = new.search_text,
    updated_at = new.updated_at
FROM UNNEST($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
    AS new (id, email, name, kana, company, department, title, phone, graduation_year, grade,
            industry, company_size, region, attributes, owner_id, search_text, updated_at)
WHERE leads.tenant_id = $1 AND leads.id = new.id
