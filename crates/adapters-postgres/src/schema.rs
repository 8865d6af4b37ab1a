//! The tables as diesel sees them, column by column as the migrations make them.

diesel::table! {
    api_tokens (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        secret_hash -> Bytea,
        scopes -> Array<Text>,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
        expires_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    attribute_definitions (tenant_id, key) {
        tenant_id -> Uuid,
        key -> Text,
        label -> Text,
        kind -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    audit_entries (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        occurred_at -> Timestamptz,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid>,
        actor_name -> Text,
        action -> Text,
        target_kind -> Text,
        target_id -> Nullable<Text>,
        detail -> Nullable<Text>,
    }
}

diesel::table! {
    broadcast_recipients (tenant_id, broadcast_id, lead_id) {
        tenant_id -> Uuid,
        broadcast_id -> Uuid,
        lead_id -> Uuid,
    }
}

diesel::table! {
    broadcasts (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        template_id -> Uuid,
        audience -> Jsonb,
        status -> Text,
        tracking -> Bool,
        prepared_up_to -> Nullable<Uuid>,
        recipients -> Int4,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
        topic_id -> Nullable<Uuid>,
        scheduled_at -> Nullable<Timestamptz>,
        hourly_limit -> Nullable<Int4>,
        ab_test -> Nullable<Jsonb>,
        ab_outcome -> Nullable<Jsonb>,
        ab_decides_at -> Nullable<Timestamptz>,
        paused_at -> Nullable<Timestamptz>,
        paused_by -> Nullable<Text>,
        is_watched -> Bool,
    }
}

diesel::table! {
    campaign_enrollments (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        campaign_id -> Uuid,
        version -> Int4,
        lead_id -> Uuid,
        status -> Text,
        current_step -> Int4,
        next_step -> Nullable<Uuid>,
        next_at -> Nullable<Timestamptz>,
        since -> Timestamptz,
        enrolled_at -> Timestamptz,
        paused_at -> Nullable<Timestamptz>,
        completed_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Text>,
        lease_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    campaign_step_executions (tenant_id, enrollment_id, step_id) {
        tenant_id -> Uuid,
        enrollment_id -> Uuid,
        step_id -> Uuid,
        campaign_id -> Uuid,
        executed_at -> Timestamptz,
        outcome -> Text,
        send_id -> Nullable<Uuid>,
        queued_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    campaign_steps (tenant_id, campaign_id, version, step_id) {
        tenant_id -> Uuid,
        campaign_id -> Uuid,
        version -> Int4,
        step_id -> Uuid,
        step_order -> Int4,
        parent_id -> Nullable<Uuid>,
        branch -> Nullable<Text>,
        name -> Text,
        kind -> Text,
        delay_value -> Int4,
        delay_unit -> Text,
        email_template_id -> Nullable<Uuid>,
        content_id -> Nullable<Uuid>,
        conditions -> Jsonb,
    }
}

diesel::table! {
    campaign_versions (tenant_id, campaign_id, version) {
        tenant_id -> Uuid,
        campaign_id -> Uuid,
        version -> Int4,
        flow -> Jsonb,
        exits -> Jsonb,
        activated_at -> Timestamptz,
        trigger -> Jsonb,
        entry -> Jsonb,
        re_entry -> Text,
        tracking -> Bool,
    }
}

diesel::table! {
    campaigns (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        description -> Text,
        trigger_type -> Text,
        trigger_conditions -> Jsonb,
        entry -> Jsonb,
        exits -> Jsonb,
        re_entry -> Text,
        tracking -> Bool,
        flow -> Jsonb,
        hastens -> Bool,
        status -> Text,
        version -> Int4,
        enrolled_count -> Int8,
        completed_count -> Int8,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        activated_at -> Nullable<Timestamptz>,
        paused_at -> Nullable<Timestamptz>,
        paused_by -> Nullable<Text>,
        is_watched -> Bool,
        topic_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    confirmation_requests (tenant_id, lead_id) {
        tenant_id -> Uuid,
        lead_id -> Uuid,
        id -> Uuid,
        holds_mail -> Bool,
        source -> Text,
        shown_text -> Nullable<Text>,
        requested_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
        visited_at -> Nullable<Timestamptz>,
        confirmed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    consents (tenant_id, lead_id, id) {
        tenant_id -> Uuid,
        lead_id -> Uuid,
        id -> Uuid,
        given_at -> Timestamptz,
        how -> Text,
        source -> Text,
        shown_text -> Nullable<Text>,
        network -> Nullable<Text>,
        recorded_by -> Text,
        user_id -> Nullable<Uuid>,
        confirmed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    daily_bands (tenant_id, day) {
        tenant_id -> Uuid,
        day -> Date,
        became_warm -> Int8,
        became_hot -> Int8,
        left_hot -> Int8,
    }
}

diesel::table! {
    daily_delivery (tenant_id, day, source_id) {
        tenant_id -> Uuid,
        day -> Date,
        source_id -> Uuid,
        sends -> Int8,
        delivered -> Int8,
        bounces -> Int8,
        complaints -> Int8,
        unsubscribes -> Int8,
        opens -> Int8,
        unique_opens -> Int8,
        machine_opens -> Int8,
        clicks -> Int8,
        unique_clicks -> Int8,
        machine_clicks -> Int8,
    }
}

diesel::table! {
    daily_engagement (tenant_id, day, event_type) {
        tenant_id -> Uuid,
        day -> Date,
        event_type -> Text,
        human -> Int8,
        machine -> Int8,
    }
}

diesel::table! {
    daily_important_pages (tenant_id, day, page) {
        tenant_id -> Uuid,
        day -> Date,
        page -> Text,
        views -> Int8,
        clicks -> Int8,
    }
}

diesel::table! {
    dead_engagements (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        occurred_at -> Timestamptz,
        payload -> Bytea,
        reason -> Text,
        died_at -> Timestamptz,
    }
}

diesel::table! {
    engagement_events (tenant_id, occurred_at, id) {
        tenant_id -> Uuid,
        occurred_at -> Timestamptz,
        id -> Uuid,
        event_type -> Text,
        lead_id -> Nullable<Uuid>,
        visitor_id -> Nullable<Uuid>,
        session_id -> Nullable<Uuid>,
        send_id -> Nullable<Uuid>,
        campaign_id -> Nullable<Uuid>,
        broadcast_id -> Nullable<Uuid>,
        event_id -> Nullable<Uuid>,
        link_index -> Nullable<Int2>,
        url -> Nullable<Text>,
        title -> Nullable<Text>,
        referrer -> Nullable<Text>,
        important -> Bool,
        machine -> Text,
        machine_reason -> Nullable<Text>,
        network -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        detail -> Nullable<Text>,
        received_at -> Timestamptz,
        event_name -> Nullable<Text>,
        properties -> Nullable<Jsonb>,
    }
}

diesel::table! {
    erased_subjects (tenant_id, subject_id) {
        tenant_id -> Uuid,
        subject_id -> Uuid,
        erased_at -> Timestamptz,
    }
}

diesel::table! {
    important_pages (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        fragment -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    installation (is_only) {
        is_only -> Bool,
        id -> Uuid,
        starts -> Int8,
        before_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    lead_daily_activity (tenant_id, lead_id, day) {
        tenant_id -> Uuid,
        lead_id -> Uuid,
        day -> Date,
        opens -> Int4,
        clicks -> Int4,
        page_views -> Int4,
        important_page_views -> Int4,
        sessions -> Int4,
        machine_events -> Int4,
    }
}

diesel::table! {
    lead_import_refusals (tenant_id, import_id, line, position) {
        tenant_id -> Uuid,
        import_id -> Uuid,
        line -> Int8,
        position -> Int4,
        column_name -> Nullable<Text>,
        reason -> Text,
        value -> Nullable<Text>,
    }
}

diesel::table! {
    lead_imports (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        file_name -> Text,
        status -> Text,
        encoding -> Text,
        separator -> Text,
        mapping -> Jsonb,
        bytes_total -> Int8,
        bytes_read -> Int8,
        next_line -> Int8,
        rows_created -> Int8,
        rows_updated -> Int8,
        rows_refused -> Int8,
        failure -> Nullable<Text>,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
        lease_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    lead_link_clicks (tenant_id, lead_id, source_id, link_index) {
        tenant_id -> Uuid,
        lead_id -> Uuid,
        source_id -> Uuid,
        link_index -> Int2,
        clicks -> Int4,
    }
}

diesel::table! {
    lead_preferences (tenant_id, lead_id) {
        tenant_id -> Uuid,
        lead_id -> Uuid,
        paused_until -> Nullable<Timestamptz>,
        paused_at -> Nullable<Timestamptz>,
        paused_by -> Nullable<Text>,
        paused_by_user -> Nullable<Uuid>,
        tracking_opt_out_at -> Nullable<Timestamptz>,
        tracking_opt_out_by -> Nullable<Text>,
        tracking_opt_out_user -> Nullable<Uuid>,
    }
}

diesel::table! {
    lead_tags (tenant_id, lead_id, tag) {
        tenant_id -> Uuid,
        lead_id -> Uuid,
        tag -> Text,
    }
}

diesel::table! {
    leads (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        email -> Text,
        name -> Nullable<Text>,
        kana -> Nullable<Text>,
        company -> Nullable<Text>,
        department -> Nullable<Text>,
        title -> Nullable<Text>,
        phone -> Nullable<Text>,
        graduation_year -> Nullable<Int4>,
        grade -> Nullable<Text>,
        industry -> Nullable<Text>,
        company_size -> Nullable<Int4>,
        region -> Nullable<Text>,
        attributes -> Jsonb,
        owner_id -> Nullable<Uuid>,
        engagement_score -> Int4,
        fit_score -> Int4,
        score -> Int4,
        score_band -> Text,
        last_engaged_at -> Nullable<Timestamptz>,
        last_clicked_url -> Nullable<Text>,
        last_clicked_at -> Nullable<Timestamptz>,
        tracking_id -> Nullable<Uuid>,
        search_text -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    link_totals (tenant_id, source_id, link_index) {
        tenant_id -> Uuid,
        source_id -> Uuid,
        link_index -> Int2,
        clicks -> Int8,
        people -> Int8,
        machine_clicks -> Int8,
    }
}

diesel::table! {
    links (tenant_id, source_id, link_index) {
        tenant_id -> Uuid,
        source_id -> Uuid,
        link_index -> Int2,
        url -> Text,
        content_id -> Uuid,
        position -> Int2,
    }
}

diesel::table! {
    login_addresses (address_hash) {
        address_hash -> Bytea,
        tenant_id -> Uuid,
        user_id -> Uuid,
    }
}

diesel::table! {
    mail_contents (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        source_id -> Uuid,
        template_id -> Nullable<Uuid>,
        subject -> Text,
        html -> Text,
        text_body -> Nullable<Text>,
        tracking -> Bool,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    mail_providers (tenant_id) {
        tenant_id -> Uuid,
        kind -> Text,
        settings -> Jsonb,
        sealed_secret -> Nullable<Bytea>,
        webhook_public_key -> Nullable<Text>,
        sealed_webhook_secret -> Nullable<Bytea>,
        updated_at -> Timestamptz,
        honeypot -> Bool,
    }
}

diesel::table! {
    notifications (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        user_id -> Uuid,
        notice -> Jsonb,
        lead_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        mailed_at -> Nullable<Timestamptz>,
        read_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    privacy_settings (tenant_id) {
        tenant_id -> Uuid,
        consent_required -> Bool,
        double_opt_in -> Bool,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    reactions (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        lead_id -> Uuid,
        carrier -> Text,
        kind -> Jsonb,
        due_at -> Timestamptz,
        engagement_id -> Nullable<Uuid>,
        state -> Text,
        attempts -> Int2,
        lease_until -> Nullable<Timestamptz>,
        reason -> Nullable<Text>,
        done_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    score_grants (tenant_id, lead_id, once_key) {
        tenant_id -> Uuid,
        lead_id -> Uuid,
        once_key -> Uuid,
        engagement_id -> Uuid,
        granted_at -> Timestamptz,
    }
}

diesel::table! {
    score_history (tenant_id, occurred_at, id) {
        tenant_id -> Uuid,
        occurred_at -> Timestamptz,
        id -> Uuid,
        lead_id -> Uuid,
        rule_id -> Nullable<Uuid>,
        rule_name -> Text,
        event_type -> Text,
        engagement_id -> Nullable<Uuid>,
        points -> Int4,
        old_score -> Int4,
        new_score -> Int4,
        url -> Nullable<Text>,
        reason -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    scoring_rules (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        event_type -> Text,
        important -> Bool,
        points -> Int4,
        repeats -> Text,
        is_active -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        event_name -> Nullable<Text>,
    }
}

diesel::table! {
    scoring_settings (tenant_id) {
        tenant_id -> Uuid,
        preset -> Text,
        score_min -> Int4,
        score_max -> Nullable<Int4>,
        warm_from -> Int4,
        hot_from -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    send_logs (tenant_id, queued_at, id) {
        tenant_id -> Uuid,
        queued_at -> Timestamptz,
        id -> Uuid,
        lead_id -> Uuid,
        broadcast_id -> Nullable<Uuid>,
        campaign_id -> Nullable<Uuid>,
        template_id -> Nullable<Uuid>,
        state -> Text,
        state_reason -> Nullable<Text>,
        attempts -> Int2,
        next_attempt_at -> Nullable<Timestamptz>,
        lease_until -> Nullable<Timestamptz>,
        provider -> Nullable<Text>,
        provider_message_id -> Nullable<Text>,
        subject -> Nullable<Text>,
        content_hash -> Nullable<Bytea>,
        accepted_at -> Nullable<Timestamptz>,
        delivered_at -> Nullable<Timestamptz>,
        bounced_at -> Nullable<Timestamptz>,
        first_opened_at -> Nullable<Timestamptz>,
        last_opened_at -> Nullable<Timestamptz>,
        opened_count -> Int4,
        machine_opened_count -> Int4,
        first_clicked_at -> Nullable<Timestamptz>,
        last_clicked_at -> Nullable<Timestamptz>,
        clicked_count -> Int4,
        machine_clicked_count -> Int4,
        updated_at -> Timestamptz,
        content_id -> Nullable<Uuid>,
        enrollment_id -> Nullable<Uuid>,
        step_id -> Nullable<Uuid>,
        expires_at -> Nullable<Timestamptz>,
        variant -> Nullable<Text>,
    }
}

diesel::table! {
    sender_profiles (tenant_id) {
        tenant_id -> Uuid,
        from_name -> Text,
        from_address -> Text,
        reply_to -> Nullable<Text>,
        organisation -> Text,
        postal_address -> Text,
        contact -> Text,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    sending_policies (tenant_id) {
        tenant_id -> Uuid,
        frequency_cap -> Nullable<Int2>,
        send_window -> Nullable<Jsonb>,
        warm_up -> Nullable<Jsonb>,
        auto_pause -> Bool,
        halted_at -> Nullable<Timestamptz>,
        halted_by -> Nullable<Text>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (tenant_id, secret_hash) {
        tenant_id -> Uuid,
        secret_hash -> Bytea,
        user_id -> Uuid,
        csrf_token -> Text,
        user_agent -> Nullable<Text>,
        network -> Nullable<Text>,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    sign_in_failures (subject_hash) {
        subject_hash -> Bytea,
        failures -> Int4,
        last_failed_at -> Timestamptz,
        blocked_until -> Timestamptz,
    }
}

diesel::table! {
    site_origins (origin, tenant_id) {
        origin -> Text,
        tenant_id -> Uuid,
        site_id -> Uuid,
        site_key -> Text,
    }
}

diesel::table! {
    sites (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        origin -> Text,
        site_key -> Text,
        last_received_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    soft_bounces (tenant_id, email, occurred_at, id) {
        tenant_id -> Uuid,
        email -> Text,
        occurred_at -> Timestamptz,
        id -> Uuid,
    }
}

diesel::table! {
    suppressions (tenant_id, email) {
        tenant_id -> Uuid,
        email -> Text,
        reason -> Text,
        detail -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    tasks (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        lead_id -> Nullable<Uuid>,
        title -> Text,
        description -> Text,
        assigned_to -> Nullable<Uuid>,
        priority -> Int2,
        status -> Text,
        kind -> Text,
        due_at -> Nullable<Timestamptz>,
        campaign_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        completed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    template_images (tenant_id, sha256) {
        tenant_id -> Uuid,
        sha256 -> Bytea,
        file_name -> Text,
        kind -> Text,
        width -> Int4,
        height -> Int4,
        size_bytes -> Int4,
        content -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    template_versions (tenant_id, template_id, version) {
        tenant_id -> Uuid,
        template_id -> Uuid,
        version -> Int4,
        mode -> Text,
        manuscript -> Nullable<Text>,
        subject -> Text,
        html -> Text,
        text_body -> Nullable<Text>,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    templates (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        subject -> Text,
        html -> Text,
        text_body -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        mode -> Text,
        manuscript -> Nullable<Text>,
        updated_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    tenants (id) {
        id -> Uuid,
        name -> Text,
        time_zone -> Text,
        locale -> Text,
        webhook_key -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    topic_preferences (tenant_id, lead_id, topic_id) {
        tenant_id -> Uuid,
        lead_id -> Uuid,
        topic_id -> Uuid,
        subscribed -> Bool,
        said_at -> Timestamptz,
        said_by -> Text,
        user_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    topics (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        description -> Nullable<Text>,
        default_on -> Bool,
        position -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    users (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        email -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Text,
        locale -> Nullable<Text>,
        is_active -> Bool,
        last_signed_in_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    visitors (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        lead_id -> Nullable<Uuid>,
        session_id -> Nullable<Uuid>,
        first_seen_at -> Timestamptz,
        last_seen_at -> Timestamptz,
    }
}

diesel::table! {
    web_sessions (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        visitor_id -> Uuid,
        lead_id -> Nullable<Uuid>,
        started_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        page_views -> Int4,
        entry_url -> Text,
    }
}

diesel::table! {
    webhook_secrets (tenant_id) {
        tenant_id -> Uuid,
        sealed -> Bytea,
        previous_sealed -> Nullable<Bytea>,
        previous_until -> Nullable<Timestamptz>,
        made_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    api_tokens,
    attribute_definitions,
    audit_entries,
    broadcast_recipients,
    broadcasts,
    campaign_enrollments,
    campaign_step_executions,
    campaign_steps,
    campaign_versions,
    campaigns,
    confirmation_requests,
    consents,
    daily_bands,
    daily_delivery,
    daily_engagement,
    daily_important_pages,
    dead_engagements,
    engagement_events,
    erased_subjects,
    important_pages,
    installation,
    lead_daily_activity,
    lead_import_refusals,
    lead_imports,
    lead_link_clicks,
    lead_preferences,
    lead_tags,
    leads,
    link_totals,
    links,
    login_addresses,
    mail_contents,
    mail_providers,
    notifications,
    privacy_settings,
    reactions,
    score_grants,
    score_history,
    scoring_rules,
    scoring_settings,
    send_logs,
    sender_profiles,
    sending_policies,
    sessions,
    sign_in_failures,
    site_origins,
    sites,
    soft_bounces,
    suppressions,
    tasks,
    template_images,
    template_versions,
    templates,
    tenants,
    topic_preferences,
    topics,
    users,
    visitors,
    web_sessions,
    webhook_secrets,
);
