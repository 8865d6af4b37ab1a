//! A school that may send.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use chrono::Utc;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bytea, Jsonb, Nullable, Text, Uuid as SqlUuid};
use domain::ids::{ApiTokenId, TemplateId};
use domain::tenancy::{ApiToken, NewApiToken, Scope, random_256};
use serde_json::json;

use super::template;
use crate::cli::By;
use crate::population::Population;
use crate::scene::Database;

const PROFILE: &str = "
    INSERT INTO sender_profiles (tenant_id, from_name, from_address, organisation, postal_address,
                                 contact, updated_at)
    VALUES ($1, '春日大学 入試課', 'nyushi@kasuga.example.jp', '学校法人春日学園', '東京都',
            '03-0000-0000', now())";

const PROVIDER: &str = "
    INSERT INTO mail_providers (tenant_id, kind, settings, sealed_secret, updated_at)
    VALUES ($1, $2, $3, $4, now())";

const TEMPLATE: &str = "
    INSERT INTO templates (tenant_id, id, name, subject, html, created_at, updated_at)
    VALUES ($1, $2, 'Long', '{{ name or \"お客\" }}様へ', $3, now(), now())";

const TOKEN: &str = "
    INSERT INTO api_tokens (tenant_id, id, name, secret_hash, scopes, created_at)
    VALUES ($1, $2, 'bench', $3, $4, now())";

/// What starting a broadcast needs.
pub(crate) struct School {
    template: TemplateId,
    token: String,
}

impl School {
    /// Makes the school ready to send by this provider.
    pub(crate) fn open(
        database: &Database,
        population: &Population,
        by: By,
        provider: SocketAddr,
    ) -> anyhow::Result<Self> {
        let connection = &mut database.connect()?;
        let tenant = population.tenant.uuid();
        diesel::sql_query(PROFILE)
            .bind::<SqlUuid, _>(tenant)
            .execute(connection)?;
        let (settings, secret) = match by {
            By::Sendgrid => (
                json!({ "hourly_limit": null, "opens": "pixel" }),
                Some(population.seal(b"SG.bench")),
            ),
            By::Smtp => (
                json!({
                    "hourly_limit": null, "host": "127.0.0.1", "port": provider.port(),
                    "encryption": "none", "user": null, "dkim": null,
                }),
                None,
            ),
        };
        diesel::sql_query(PROVIDER)
            .bind::<SqlUuid, _>(tenant)
            .bind::<Text, _>(by.name())
            .bind::<Jsonb, _>(settings)
            .bind::<Nullable<Bytea>, _>(secret)
            .execute(connection)?;
        let template = TemplateId::new();
        diesel::sql_query(TEMPLATE)
            .bind::<SqlUuid, _>(tenant)
            .bind::<SqlUuid, _>(template.uuid())
            .bind::<Text, _>(template::html())
            .execute(connection)?;
        let token = token(connection, population)?;
        Ok(Self { template, token })
    }
}

fn token(connection: &mut PgConnection, population: &Population) -> anyhow::Result<String> {
    let token = ApiToken {
        id: ApiTokenId::new(),
        name: "bench".to_owned(),
        scopes: vec![Scope::BroadcastsRead, Scope::BroadcastsWrite],
        created_by: None,
        created_at: Utc::now(),
        last_used_at: None,
        expires_at: None,
        revoked_at: None,
    };
    let (new, text) = NewApiToken::issue(population.tenant, token, random_256());
    let scopes: Vec<&str> = (new.token.scopes.iter())
        .map(|scope| scope.as_str())
        .collect();
    diesel::sql_query(TOKEN)
        .bind::<SqlUuid, _>(population.tenant.uuid())
        .bind::<SqlUuid, _>(new.token.id.uuid())
        .bind::<Bytea, _>(new.secret_hash.as_bytes().as_slice())
        .bind::<Array<Text>, _>(scopes)
        .execute(connection)?;
    Ok(text.reveal())
}

/// Starts a broadcast to everybody through the interface for programs.
pub(crate) fn start_broadcast(server: SocketAddr, school: &School) -> anyhow::Result<()> {
    let body = json!({
        "name": "bench",
        "template_id": school.template.to_string(),
        "start": true,
    });
    let (body, token) = (body.to_string(), &school.token);
    let mut stream = std::net::TcpStream::connect(server)?;
    write!(
        stream,
        "POST /api/v1/broadcasts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).context("no answer")?;
    ensure!(status == "201", "the broadcast did not start: {answer}");
    Ok(())
}
