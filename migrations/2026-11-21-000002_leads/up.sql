-- Leads, their tags and custom attributes, and imports.

CREATE TABLE leads (
    tenant_id        uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id               uuid NOT NULL,
    -- Normalised: NFKC, case-folded (see leads::EmailAddress).
    email            text NOT NULL,
    name             text,
    kana             text,
    company          text,
    department       text,
    title            text,
    phone            text,
    graduation_year  integer,
    grade            text,
    industry         text,
    company_size     integer,
    region           text,
    attributes       jsonb NOT NULL DEFAULT '{}',
    owner_id         uuid,
    engagement_score integer NOT NULL DEFAULT 0,
    fit_score        integer NOT NULL DEFAULT 0,
    score            integer NOT NULL DEFAULT 0,
    score_band       text NOT NULL DEFAULT 'cold' CHECK (score_band IN ('cold', 'warm', 'hot')),
    last_engaged_at  timestamptz,
    last_clicked_url text,
    last_clicked_at  timestamptz,
    tracking_id      uuid,
    -- Name, kana, company and address in search form, so that one pattern finds any of them.
    search_text      text NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email),
    UNIQUE (tenant_id, tracking_id)
);
CREATE INDEX leads_by_score ON leads (tenant_id, score DESC, id);
CREATE INDEX leads_by_band ON leads (tenant_id, score_band, last_engaged_at DESC);
CREATE INDEX leads_by_last_engaged ON leads (tenant_id, last_engaged_at DESC NULLS LAST, id);
CREATE INDEX leads_by_created ON leads (tenant_id, created_at DESC, id);
CREATE INDEX leads_of_owner ON leads (tenant_id, owner_id) WHERE owner_id IS NOT NULL;
CALL isolate_tenant_table('leads');

CREATE TABLE attribute_definitions (
    tenant_id  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    key        text NOT NULL,
    label      text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('text', 'number', 'date', 'boolean')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CALL isolate_tenant_table('attribute_definitions');

CREATE TABLE lead_tags (
    tenant_id uuid NOT NULL,
    lead_id   uuid NOT NULL,
    tag       text NOT NULL,
    PRIMARY KEY (tenant_id, lead_id, tag),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX lead_tags_by_tag ON lead_tags (tenant_id, tag, lead_id);
CALL isolate_tenant_table('lead_tags');

CREATE TABLE lead_imports (
    tenant_id     uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id            uuid NOT NULL,
    file_name     text NOT NULL,
    status        text NOT NULL CHECK (status IN ('uploaded', 'queued', 'running', 'completed', 'failed', 'cancelled')),
    encoding      text NOT NULL,
    separator     text NOT NULL,
    -- Which column of the file feeds which field (leads::import::ColumnMapping).
    mapping       jsonb NOT NULL,
    bytes_total   bigint NOT NULL,
    bytes_read    bigint NOT NULL DEFAULT 0,
    -- Physical line after the last row that is committed; a restarted import goes on there.
    next_line     bigint NOT NULL DEFAULT 1,
    rows_created  bigint NOT NULL DEFAULT 0,
    rows_updated  bigint NOT NULL DEFAULT 0,
    rows_refused  bigint NOT NULL DEFAULT 0,
    failure       text,
    created_by    uuid,
    created_at    timestamptz NOT NULL,
    started_at    timestamptz,
    finished_at   timestamptz,
    lease_until   timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX lead_imports_by_time ON lead_imports (tenant_id, created_at DESC);
CALL isolate_tenant_table('lead_imports');

CREATE TABLE lead_import_refusals (
    tenant_id   uuid NOT NULL,
    import_id   uuid NOT NULL,
    line        bigint NOT NULL,
    position    integer NOT NULL,
    column_name text,
    reason      text NOT NULL,
    -- The value that was refused, shortened.
    value       text,
    PRIMARY KEY (tenant_id, import_id, line, position),
    FOREIGN KEY (tenant_id, import_id) REFERENCES lead_imports (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_tenant_table('lead_import_refusals');
