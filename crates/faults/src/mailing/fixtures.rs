//! What a school needs before it can send: a profile, a provider, a template, a program's token.

use chrono::Utc;
use diesel::sql_types::{Array, Bytea, Jsonb, Text, Uuid as SqlUuid};
use diesel::{PgConnection, RunQueryDsl as _, sql_query};
use domain::ids::{ApiTokenId, TemplateId, TenantId};
use domain::tenancy::{ApiToken, NewApiToken, Scope, random_256};
use serde_json::json;

use crate::world::People;

const PROFILE: &str = "
    INSERT INTO sender_profiles (tenant_id, from_name, from_address, organisation, postal_address,
                                 contact, updated_at)
    VALUES ($1, '春日大学 入試課', 'nyushi@kasuga.example.jp', '学校法人春日学園', '東京都',
            '03-0000-0000', now())";

const PROVIDER: &str = "
    UPDATE mail_providers SET kind = 'sendgrid', sealed_secret = $2, settings = $3
    WHERE tenant_id = $1";

const TEMPLATE: &str = "
    INSERT INTO templates (tenant_id, id, name, subject, html, created_at, updated_at)
    VALUES ($1, $2, 'News', '{{ name or \"お客\" }}様へ', $3, now(), now())";

const TOKEN: &str = "
    INSERT INTO api_tokens (tenant_id, id, name, secret_hash, scopes, created_at)
    VALUES ($1, $2, 'faults', $3, $4, now())";

const HTML: &str = "<html><body><p>{{ name or \"お客\" }}様</p>\
    <p><a href=\"https://school.example/apply\">申し込む</a></p></body></html>";

/// What calls to the interface need.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) template: TemplateId,
    pub(super) token: String,
}

/// Makes the school ready to send through SendGrid, with this limit an hour.
pub(super) fn fill(
    owner: &mut PgConnection,
    people: &People,
    hourly_limit: Option<u32>,
) -> anyhow::Result<Access> {
    let tenant = people.tenant.uuid();
    let mut nonce = [0; 12];
    nonce.copy_from_slice(&random_256()[..12]);
    let sealed = people.keys()?.seal(nonce, b"SG.faults");
    let template = TemplateId::new();
    sql_query(PROFILE)
        .bind::<SqlUuid, _>(tenant)
        .execute(owner)?;
    sql_query(PROVIDER)
        .bind::<SqlUuid, _>(tenant)
        .bind::<Bytea, _>(sealed)
        .bind::<Jsonb, _>(json!({ "hourly_limit": hourly_limit, "opens": "pixel" }))
        .execute(owner)?;
    sql_query(TEMPLATE)
        .bind::<SqlUuid, _>(tenant)
        .bind::<SqlUuid, _>(template.uuid())
        .bind::<Text, _>(HTML)
        .execute(owner)?;
    let token = token(owner, people.tenant)?;
    Ok(Access { template, token })
}

fn token(owner: &mut PgConnection, tenant: TenantId) -> anyhow::Result<String> {
    let token = ApiToken {
        id: ApiTokenId::new(),
        name: "faults".to_owned(),
        scopes: vec![Scope::BroadcastsRead, Scope::BroadcastsWrite],
        created_by: None,
        created_at: Utc::now(),
        last_used_at: None,
        expires_at: None,
        revoked_at: None,
    };
    let (new, text) = NewApiToken::issue(tenant, token, random_256());
    let scopes: Vec<&str> = new
        .token
        .scopes
        .iter()
        .map(|scope| scope.as_str())
        .collect();
    sql_query(TOKEN)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(new.token.id.uuid())
        .bind::<Bytea, _>(new.secret_hash.as_bytes().as_slice())
        .bind::<Array<Text>, _>(scopes)
        .execute(owner)?;
    Ok(text.reveal())
}
