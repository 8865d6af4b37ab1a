-- What staff are to do and are told, and how calls of other programs are signed.

-- Other programs have workers of their own: one that does not answer holds no colleague up.
ALTER TABLE reactions DROP CONSTRAINT reactions_carrier_check;
ALTER TABLE reactions ADD CONSTRAINT reactions_carrier_check
    CHECK (carrier IN ('campaigns', 'staff', 'programs'));

-- Tasks (タスク). One about a lead goes with the lead: its text may name the person.
CREATE TABLE tasks (
    tenant_id    uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id           uuid NOT NULL,
    lead_id      uuid,
    title        text NOT NULL,
    description  text NOT NULL,
    assigned_to  uuid,
    -- tasks::TaskPriority, the least urgent is 0.
    priority     smallint NOT NULL,
    status       text NOT NULL CHECK (status IN ('open', 'in_progress', 'completed', 'cancelled')),
    kind         text NOT NULL CHECK (kind IN ('follow_up', 'demo', 'proposal')),
    due_at       timestamptz,
    -- The campaign whose step opened it; it may be gone.
    campaign_id  uuid,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    completed_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, assigned_to) REFERENCES users (tenant_id, id)
);
-- What is still to be done, by person and as a person goes through it.
CREATE INDEX tasks_to_do ON tasks (tenant_id, assigned_to, priority DESC, due_at)
    WHERE status IN ('open', 'in_progress');
CREATE INDEX tasks_by_time ON tasks (tenant_id, created_at DESC, id DESC);
CREATE INDEX tasks_of_lead ON tasks (tenant_id, lead_id) WHERE lead_id IS NOT NULL;
CALL isolate_tenant_table('tasks');

-- What each member of staff is told (お知らせ).
CREATE TABLE notifications (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    user_id    uuid NOT NULL,
    -- notifications::Notice
    notice     jsonb NOT NULL,
    lead_id    uuid,
    created_at timestamptz NOT NULL,
    mailed_at  timestamptz,
    read_at    timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX notifications_of_user ON notifications (tenant_id, user_id, created_at DESC);
CREATE INDEX notifications_unread ON notifications (tenant_id, user_id) WHERE read_at IS NULL;
CREATE INDEX notifications_by_time ON notifications (tenant_id, created_at);
CREATE INDEX notifications_of_lead ON notifications (tenant_id, lead_id) WHERE lead_id IS NOT NULL;
CALL isolate_tenant_table('notifications');

-- What signs the calls of other programs, sealed; the one before signs too for a day.
CREATE TABLE webhook_secrets (
    tenant_id       uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    sealed          bytea NOT NULL,
    previous_sealed bytea,
    previous_until  timestamptz,
    made_at         timestamptz NOT NULL,
    CHECK ((previous_sealed IS NULL) = (previous_until IS NULL))
);
CALL isolate_tenant_table('webhook_secrets');
