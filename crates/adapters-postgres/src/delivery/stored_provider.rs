//! A provider as it is stored: open settings as JSON, secrets in columns of their own.

use diesel::prelude::*;
use domain::delivery::{
    DkimSettings, Encryption, MailProvider, OpenSource, ProviderKind, ProviderSettings, Sealed,
    SendGridSettings, SmtpSettings,
};
use domain::store::{StoreError, StoreResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema::mail_providers;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = mail_providers, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_null = true)]
pub(super) struct StoredProvider {
    kind: String,
    settings: Value,
    sealed_secret: Option<Vec<u8>>,
    webhook_public_key: Option<String>,
    sealed_webhook_secret: Option<Vec<u8>>,
    honeypot: bool,
}

#[derive(Serialize, Deserialize)]
struct OutboxJson {
    hourly_limit: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct SmtpJson {
    hourly_limit: Option<u32>,
    host: String,
    port: u16,
    encryption: Encryption,
    user: Option<String>,
    dkim: Option<DkimJson>,
}

#[derive(Serialize, Deserialize)]
struct DkimJson {
    domain: String,
    selector: String,
    sealed_key: Sealed,
}

#[derive(Serialize, Deserialize)]
struct SendGridJson {
    hourly_limit: Option<u32>,
    opens: OpenSource,
}

impl StoredProvider {
    pub(super) fn of(settings: &ProviderSettings) -> StoreResult<Self> {
        let hourly_limit = settings.hourly_limit;
        let stored = |json: Result<Value, serde_json::Error>, secret: Option<&Sealed>| {
            Ok(Self {
                kind: settings.provider.kind().as_str().to_owned(),
                settings: json.map_err(StoreError::unexpected)?,
                sealed_secret: secret.map(|secret| secret.0.clone()),
                webhook_public_key: None,
                sealed_webhook_secret: None,
                honeypot: settings.honeypot,
            })
        };
        match &settings.provider {
            MailProvider::Outbox => stored(serde_json::to_value(OutboxJson { hourly_limit }), None),
            MailProvider::Smtp(smtp) => stored(
                serde_json::to_value(SmtpJson::of(smtp, hourly_limit)),
                smtp.password.as_ref(),
            ),
            MailProvider::SendGrid(account) => {
                let json = SendGridJson {
                    hourly_limit,
                    opens: account.opens,
                };
                let stored: StoreResult<Self> =
                    stored(serde_json::to_value(json), account.api_key.as_ref());
                Ok(Self {
                    webhook_public_key: account.webhook_public_key.clone(),
                    sealed_webhook_secret: account
                        .webhook_secret
                        .as_ref()
                        .map(|secret| secret.0.clone()),
                    ..stored?
                })
            }
        }
    }
}

impl SmtpJson {
    fn of(smtp: &SmtpSettings, hourly_limit: Option<u32>) -> Self {
        Self {
            hourly_limit,
            host: smtp.host.clone(),
            port: smtp.port,
            encryption: smtp.encryption,
            user: smtp.user.clone(),
            dkim: smtp.dkim.as_ref().map(|dkim| DkimJson {
                domain: dkim.domain.clone(),
                selector: dkim.selector.clone(),
                sealed_key: dkim.private_key.clone(),
            }),
        }
    }

    fn settings(self, password: Option<Sealed>) -> SmtpSettings {
        SmtpSettings {
            host: self.host,
            port: self.port,
            encryption: self.encryption,
            user: self.user,
            password,
            dkim: self.dkim.map(|dkim| DkimSettings {
                domain: dkim.domain,
                selector: dkim.selector,
                private_key: dkim.sealed_key,
            }),
        }
    }
}

impl TryFrom<StoredProvider> for ProviderSettings {
    type Error = StoreError;

    fn try_from(row: StoredProvider) -> Result<Self, Self::Error> {
        let secret = row.sealed_secret.map(Sealed);
        let kind = ProviderKind::parse(&row.kind)
            .ok_or_else(|| StoreError::unexpected(format!("unknown provider '{}'", row.kind)))?;
        let read = match kind {
            ProviderKind::Outbox => serde_json::from_value(row.settings)
                .map(|json: OutboxJson| (MailProvider::Outbox, json.hourly_limit)),
            ProviderKind::Smtp => serde_json::from_value(row.settings).map(|json: SmtpJson| {
                let hourly_limit = json.hourly_limit;
                (MailProvider::Smtp(json.settings(secret)), hourly_limit)
            }),
            ProviderKind::SendGrid => {
                serde_json::from_value(row.settings).map(|json: SendGridJson| {
                    let account = SendGridSettings {
                        api_key: secret,
                        webhook_public_key: row.webhook_public_key,
                        webhook_secret: row.sealed_webhook_secret.map(Sealed),
                        opens: json.opens,
                    };
                    (MailProvider::SendGrid(account), json.hourly_limit)
                })
            }
        };
        let (provider, hourly_limit) = read.map_err(StoreError::unexpected)?;
        Ok(Self {
            provider,
            hourly_limit,
            honeypot: row.honeypot,
        })
    }
}
