-- Tenants, the people who sign in, and the settings of a tenant.
-- Every table of a tenant has tenant_id first in its keys and is closed by row-level security;
-- the tables outside that rule are listed in the schema test with the reason.

-- The role the application works as: no owner, no superuser, no way round row-level security.
-- Roles belong to the whole server, so another database may have made it already.
DO $$
BEGIN
    CREATE ROLE ondo_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
GRANT ondo_app TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO ondo_app;

-- Closes a table of a tenant: enabled and forced row-level security with one policy.
-- An unset tenant reads as NULL, which equals nothing, so no row is seen or written.
CREATE PROCEDURE isolate_tenant_table(target regclass)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format(
        'CREATE POLICY tenant_isolation ON %s '
        'USING (tenant_id = NULLIF(current_setting(''app.tenant_id'', true), '''')::uuid) '
        'WITH CHECK (tenant_id = NULLIF(current_setting(''app.tenant_id'', true), '''')::uuid)',
        target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO ondo_app', target);
END
$$;
REVOKE ALL ON PROCEDURE isolate_tenant_table(regclass) FROM PUBLIC;

CREATE TABLE tenants (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    time_zone   text NOT NULL DEFAULT 'Asia/Tokyo',
    locale      text NOT NULL DEFAULT 'ja' CHECK (locale IN ('ja', 'en')),
    -- Names the tenant in the address of its webhooks; not a secret by itself.
    webhook_key text NOT NULL UNIQUE,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON tenants TO ondo_app;

CREATE TABLE users (
    tenant_id         uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id                uuid NOT NULL,
    email             text NOT NULL,
    name              text NOT NULL,
    role              text NOT NULL CHECK (role IN ('admin', 'marketer', 'sales', 'viewer')),
    password_hash     text NOT NULL,
    locale            text CHECK (locale IN ('ja', 'en')),
    is_active         boolean NOT NULL DEFAULT true,
    last_signed_in_at timestamptz,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email)
);
CALL isolate_tenant_table('users');

-- Leads from a typed address to its tenant at sign-in, before any tenant is known.
-- Holds a keyed hash, so that it tells nobody anything.
CREATE TABLE login_addresses (
    address_hash bytea PRIMARY KEY,
    tenant_id    uuid NOT NULL,
    user_id      uuid NOT NULL,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
GRANT SELECT, INSERT, DELETE ON login_addresses TO ondo_app;

-- Failed sign-ins by account and by network, both as keyed hashes.
CREATE TABLE sign_in_failures (
    subject_hash   bytea PRIMARY KEY,
    failures       integer NOT NULL,
    last_failed_at timestamptz NOT NULL,
    blocked_until  timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_failures TO ondo_app;

CREATE TABLE sessions (
    tenant_id    uuid NOT NULL,
    secret_hash  bytea NOT NULL,
    user_id      uuid NOT NULL,
    csrf_token   text NOT NULL,
    user_agent   text,
    network      text,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, secret_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_of_user ON sessions (tenant_id, user_id);
CALL isolate_tenant_table('sessions');

CREATE TABLE api_tokens (
    tenant_id    uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id           uuid NOT NULL,
    name         text NOT NULL,
    secret_hash  bytea NOT NULL,
    scopes       text[] NOT NULL,
    created_by   uuid,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, secret_hash)
);
CALL isolate_tenant_table('api_tokens');

CREATE TABLE audit_entries (
    tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id          uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    actor_kind  text NOT NULL CHECK (actor_kind IN ('user', 'api_token', 'system')),
    actor_id    uuid,
    actor_name  text NOT NULL,
    action      text NOT NULL,
    target_kind text NOT NULL,
    target_id   text,
    detail      text,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_entries_by_time ON audit_entries (tenant_id, occurred_at DESC, id DESC);
CALL isolate_tenant_table('audit_entries');

CREATE TABLE sites (
    tenant_id        uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id               uuid NOT NULL,
    name             text NOT NULL,
    -- scheme://host[:port], exactly as a browser sends it in Origin.
    origin           text NOT NULL,
    site_key         text NOT NULL,
    last_received_at timestamptz,
    created_at       timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, origin),
    UNIQUE (tenant_id, site_key)
);
CALL isolate_tenant_table('sites');

-- Leads from an Origin header or a site key to the tenant before any tenant is known.
CREATE TABLE site_origins (
    origin    text NOT NULL,
    tenant_id uuid NOT NULL,
    site_id   uuid NOT NULL,
    site_key  text NOT NULL UNIQUE,
    PRIMARY KEY (origin, tenant_id),
    FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id) ON DELETE CASCADE
);
GRANT SELECT, INSERT, DELETE ON site_origins TO ondo_app;

CREATE TABLE important_pages (
    tenant_id  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id         uuid NOT NULL,
    fragment   text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, fragment)
);
CALL isolate_tenant_table('important_pages');

CREATE TABLE sender_profiles (
    tenant_id      uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    from_name      text NOT NULL,
    from_address   text NOT NULL,
    reply_to       text,
    organisation   text NOT NULL,
    postal_address text NOT NULL,
    contact        text NOT NULL,
    updated_at     timestamptz NOT NULL
);
CALL isolate_tenant_table('sender_profiles');

CREATE TABLE mail_providers (
    tenant_id         uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    kind              text NOT NULL CHECK (kind IN ('outbox', 'smtp', 'sendgrid')),
    -- Host, port and other open settings of that kind.
    settings          jsonb NOT NULL,
    -- Password or key of the provider, sealed with the installation's key.
    sealed_secret     bytea,
    -- How its webhooks prove themselves: a public key, a sealed shared secret, or both.
    webhook_public_key    text,
    sealed_webhook_secret bytea,
    updated_at        timestamptz NOT NULL
);
CALL isolate_tenant_table('mail_providers');
