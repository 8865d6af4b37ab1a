-- What the author of a template works on, its versions, and the pictures of mails.

-- NULL: the HTML is itself what the author works on.
ALTER TABLE templates ADD COLUMN mode text NOT NULL DEFAULT 'code'
    CHECK (mode IN ('visual', 'code', 'plain'));
ALTER TABLE templates ADD COLUMN manuscript text;
ALTER TABLE templates ADD COLUMN updated_by uuid;

-- One row for each time a template was saved; the newest fifty stay.
CREATE TABLE template_versions (
    tenant_id   uuid NOT NULL,
    template_id uuid NOT NULL,
    version     integer NOT NULL CHECK (version > 0),
    mode        text NOT NULL CHECK (mode IN ('visual', 'code', 'plain')),
    manuscript  text,
    subject     text NOT NULL,
    html        text NOT NULL,
    text_body   text,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    PRIMARY KEY (tenant_id, template_id, version),
    FOREIGN KEY (tenant_id, template_id) REFERENCES templates (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_tenant_table('template_versions');

-- Forced policies hide every row from the owner, who copies them here.
ALTER TABLE templates NO FORCE ROW LEVEL SECURITY;
ALTER TABLE template_versions NO FORCE ROW LEVEL SECURITY;
INSERT INTO template_versions
    (tenant_id, template_id, version, mode, subject, html, text_body, created_at)
SELECT tenant_id, id, 1, mode, subject, html, text_body, updated_at
FROM templates;
ALTER TABLE templates FORCE ROW LEVEL SECURITY;
ALTER TABLE template_versions FORCE ROW LEVEL SECURITY;

-- Pictures are named by the SHA-256 of their bytes, so that an address never changes its meaning.
-- They lie in the database: they belong to its backup, and every process of the product reads them.
CREATE TABLE template_images (
    tenant_id  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    sha256     bytea NOT NULL,
    file_name  text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('png', 'jpeg', 'gif', 'webp')),
    width      integer NOT NULL CHECK (width > 0),
    height     integer NOT NULL CHECK (height > 0),
    size_bytes integer NOT NULL CHECK (size_bytes > 0),
    content    bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, sha256)
);
-- Pictures are compressed already.
ALTER TABLE template_images ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX template_images_by_time ON template_images (tenant_id, created_at DESC);
CALL isolate_tenant_table('template_images');
