DROP TABLE mail_providers, sender_profiles, important_pages, site_origins, sites, audit_entries,
    api_tokens, sessions, sign_in_failures, login_addresses, users, tenants;
DROP PROCEDURE isolate_tenant_table(regclass);
-- The role stays: it belongs to the server, and other databases may use it.
