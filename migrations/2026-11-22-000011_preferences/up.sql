-- What people want of the mail they get, and on what ground they get it.

-- The kinds of mail of a tenant (配信の種類).
CREATE TABLE topics (
    tenant_id   uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id          uuid NOT NULL,
    name        text NOT NULL,
    description text,
    -- Whether it goes to those who never chose.
    default_on  boolean NOT NULL,
    position    integer NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);
CALL isolate_tenant_table('topics');

-- What somebody chose for a topic; whoever never chose has no row.
CREATE TABLE topic_preferences (
    tenant_id  uuid NOT NULL,
    lead_id    uuid NOT NULL,
    topic_id   uuid NOT NULL,
    subscribed boolean NOT NULL,
    said_at    timestamptz NOT NULL,
    said_by    text NOT NULL CHECK (said_by IN ('person', 'staff', 'program')),
    user_id    uuid,
    PRIMARY KEY (tenant_id, lead_id, topic_id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, topic_id) REFERENCES topics (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX topic_preferences_of_topic ON topic_preferences (tenant_id, topic_id);
CALL isolate_tenant_table('topic_preferences');

-- A pause and the stop of tracking (C14); beside `leads`, because every score is written there.
CREATE TABLE lead_preferences (
    tenant_id            uuid NOT NULL,
    lead_id              uuid NOT NULL,
    paused_until         timestamptz,
    paused_at            timestamptz,
    paused_by            text CHECK (paused_by IN ('person', 'staff', 'program')),
    paused_by_user       uuid,
    tracking_opt_out_at  timestamptz,
    tracking_opt_out_by  text CHECK (tracking_opt_out_by IN ('person', 'staff', 'program')),
    tracking_opt_out_user uuid,
    PRIMARY KEY (tenant_id, lead_id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_tenant_table('lead_preferences');

-- Records of consent: who, when, how, what was shown (特定電子メール法 art. 3-2). Only added to.
CREATE TABLE consents (
    tenant_id    uuid NOT NULL,
    lead_id      uuid NOT NULL,
    id           uuid NOT NULL,
    given_at     timestamptz NOT NULL,
    how          text NOT NULL CHECK (how IN ('import', 'form', 'api', 'staff', 'business_card',
                     'relation', 'published', 'double_opt_in', 'preference_page')),
    source       text NOT NULL,
    shown_text   text,
    network      text,
    recorded_by  text NOT NULL CHECK (recorded_by IN ('person', 'staff', 'program')),
    user_id      uuid,
    confirmed_at timestamptz,
    PRIMARY KEY (tenant_id, lead_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_tenant_table('consents');

-- Those who are asked to confirm their address (ダブルオプトイン); one question for each lead.
CREATE TABLE confirmation_requests (
    tenant_id    uuid NOT NULL,
    lead_id      uuid NOT NULL,
    id           uuid NOT NULL,
    -- Until it is answered, no other mail goes to the lead.
    holds_mail   boolean NOT NULL,
    source       text NOT NULL,
    shown_text   text,
    requested_at timestamptz NOT NULL,
    sent_at      timestamptz,
    visited_at   timestamptz,
    confirmed_at timestamptz,
    PRIMARY KEY (tenant_id, lead_id),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX confirmation_requests_by_time ON confirmation_requests (tenant_id, requested_at);
CALL isolate_tenant_table('confirmation_requests');

-- What a tenant demands before it sends; no row: nothing.
CREATE TABLE privacy_settings (
    tenant_id        uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    consent_required boolean NOT NULL,
    double_opt_in    boolean NOT NULL,
    updated_at       timestamptz NOT NULL
);
CALL isolate_tenant_table('privacy_settings');

-- Of which kind a broadcast is; NULL: of none, so that it goes to everybody who gets mail at all.
ALTER TABLE broadcasts ADD COLUMN topic_id uuid;
ALTER TABLE broadcasts ADD FOREIGN KEY (tenant_id, topic_id)
    REFERENCES topics (tenant_id, id) ON DELETE RESTRICT;
CREATE INDEX broadcasts_of_topic ON broadcasts (tenant_id, topic_id) WHERE topic_id IS NOT NULL;
