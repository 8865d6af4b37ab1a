//! The form of the mail provider, and what it becomes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::delivery::{
    DkimSettings, Encryption, MailProvider, OpenSource, ProviderKind, ProviderSettings, Sealed,
    SendGridSettings, SmtpSettings,
};
use domain::keys::KeyRing;
use serde::{Deserialize, Serialize};

use super::secrets::typed_or_stored;
use crate::pages::FormErrors;

/// A shared secret that nobody guesses.
const SHORTEST_SECRET: usize = 16;
/// Bytes of the SubjectPublicKeyInfo of a P-256 key.
const PUBLIC_KEY_BYTES: usize = 91;
const SUBMISSION_PORT: u16 = 587;

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::delivery) struct ProviderForm {
    pub(super) kind: String,
    hourly_limit: Option<u32>,
    honeypot: bool,
    smtp_host: String,
    smtp_port: Option<u16>,
    smtp_encryption: String,
    smtp_user: String,
    #[serde(skip_serializing)]
    smtp_password: String,
    dkim_domain: String,
    dkim_selector: String,
    #[serde(skip_serializing)]
    dkim_private_key: String,
    #[serde(skip_serializing)]
    sendgrid_api_key: String,
    webhook_public_key: String,
    #[serde(skip_serializing)]
    webhook_secret: String,
    forget_webhook_secret: bool,
    opens: String,
}

impl ProviderForm {
    /// The stored settings, without any secret.
    pub(super) fn of(settings: &ProviderSettings) -> Self {
        let form = Self {
            kind: settings.provider.kind().as_str().to_owned(),
            hourly_limit: settings.hourly_limit,
            honeypot: settings.honeypot,
            smtp_port: Some(SUBMISSION_PORT),
            smtp_encryption: Encryption::default().as_str().to_owned(),
            opens: opens_name(OpenSource::default()).to_owned(),
            ..Self::default()
        };
        match &settings.provider {
            MailProvider::Outbox => form,
            MailProvider::Smtp(smtp) => form.with_smtp(smtp),
            MailProvider::SendGrid(sendgrid) => Self {
                webhook_public_key: sendgrid.webhook_public_key.clone().unwrap_or_default(),
                opens: opens_name(sendgrid.opens).to_owned(),
                ..form
            },
        }
    }

    fn with_smtp(self, smtp: &SmtpSettings) -> Self {
        let dkim = smtp.dkim.as_ref();
        Self {
            smtp_host: smtp.host.clone(),
            smtp_port: Some(smtp.port),
            smtp_encryption: smtp.encryption.as_str().to_owned(),
            smtp_user: smtp.user.clone().unwrap_or_default(),
            dkim_domain: dkim.map(|it| it.domain.clone()).unwrap_or_default(),
            dkim_selector: dkim.map(|it| it.selector.clone()).unwrap_or_default(),
            ..self
        }
    }

    /// The settings after this form. Secrets that it leaves blank are those of `before`.
    pub(super) fn settings(
        &self,
        before: ProviderSettings,
        keys: &KeyRing,
    ) -> Result<ProviderSettings, FormErrors> {
        let mut errors = FormErrors::default();
        let provider = match ProviderKind::parse(&self.kind) {
            Some(ProviderKind::Outbox) => MailProvider::Outbox,
            Some(ProviderKind::Smtp) => {
                let before = match before.provider {
                    MailProvider::Smtp(smtp) => Some(smtp),
                    MailProvider::Outbox | MailProvider::SendGrid(_) => None,
                };
                MailProvider::Smtp(self.smtp(before, keys, &mut errors))
            }
            Some(ProviderKind::SendGrid) => {
                let before = match before.provider {
                    MailProvider::SendGrid(sendgrid) => sendgrid,
                    MailProvider::Outbox | MailProvider::Smtp(_) => SendGridSettings::default(),
                };
                MailProvider::SendGrid(self.sendgrid(before, keys, &mut errors))
            }
            None => return Err(FormErrors::one("kind", "delivery-error-kind")),
        };
        let hourly_limit = self.hourly_limit.filter(|limit| *limit > 0);
        if errors.is_empty() {
            Ok(ProviderSettings {
                provider,
                hourly_limit,
                honeypot: self.honeypot,
            })
        } else {
            Err(errors)
        }
    }

    fn smtp(
        &self,
        before: Option<SmtpSettings>,
        keys: &KeyRing,
        errors: &mut FormErrors,
    ) -> SmtpSettings {
        let (password, dkim) = before.map(|it| (it.password, it.dkim)).unwrap_or_default();
        let host = self.smtp_host.trim().to_owned();
        if host.is_empty() || host.contains(char::is_whitespace) {
            errors.add("smtp_host", "delivery-error-host");
        }
        let encryption = Encryption::parse(&self.smtp_encryption);
        if encryption.is_none() {
            errors.add("smtp_encryption", "delivery-error-encryption");
        }
        let user = Some(self.smtp_user.trim().to_owned()).filter(|user| !user.is_empty());
        let password = typed_or_stored(keys, &self.smtp_password, password);
        if user.is_some() && password.is_none() {
            errors.add("smtp_password", "delivery-error-password");
        }
        SmtpSettings {
            host,
            port: self.smtp_port.unwrap_or(SUBMISSION_PORT),
            encryption: encryption.unwrap_or_default(),
            password: password.filter(|_| user.is_some()),
            user,
            dkim: self.dkim(dkim.map(|it| it.private_key), keys, errors),
        }
    }

    /// All three items of a signature, or none.
    fn dkim(
        &self,
        stored: Option<Sealed>,
        keys: &KeyRing,
        errors: &mut FormErrors,
    ) -> Option<DkimSettings> {
        let (domain, selector) = (self.dkim_domain.trim(), self.dkim_selector.trim());
        if domain.is_empty() && selector.is_empty() && self.dkim_private_key.trim().is_empty() {
            return None;
        }
        let private_key = typed_or_stored(keys, &self.dkim_private_key, stored);
        let Some(private_key) = private_key.filter(|_| !domain.is_empty() && !selector.is_empty())
        else {
            errors.add("dkim_domain", "delivery-error-dkim");
            return None;
        };
        let (domain, selector) = (domain.to_owned(), selector.to_owned());
        Some(DkimSettings {
            domain,
            selector,
            private_key,
        })
    }

    fn sendgrid(
        &self,
        before: SendGridSettings,
        keys: &KeyRing,
        errors: &mut FormErrors,
    ) -> SendGridSettings {
        let api_key = typed_or_stored(keys, &self.sendgrid_api_key, before.api_key);
        if api_key.is_none() {
            errors.add("sendgrid_api_key", "delivery-error-api-key");
        }
        let public_key = self.webhook_public_key.trim();
        if !public_key.is_empty() && !is_public_key(public_key) {
            errors.add("webhook_public_key", "delivery-error-public-key");
        }
        let typed = self.webhook_secret.trim().chars().count();
        if (1..SHORTEST_SECRET).contains(&typed) {
            errors.add("webhook_secret", "delivery-error-secret");
        }
        let stored = before
            .webhook_secret
            .filter(|_| !self.forget_webhook_secret);
        let opens = opens_named(&self.opens);
        if opens.is_none() {
            errors.add("opens", "delivery-error-opens");
        }
        SendGridSettings {
            api_key,
            webhook_public_key: Some(public_key.to_owned()).filter(|key| !key.is_empty()),
            webhook_secret: typed_or_stored(keys, &self.webhook_secret, stored),
            opens: opens.unwrap_or_default(),
        }
    }
}

fn is_public_key(text: &str) -> bool {
    STANDARD
        .decode(text)
        .is_ok_and(|der| der.len() == PUBLIC_KEY_BYTES)
}

const fn opens_name(source: OpenSource) -> &'static str {
    match source {
        OpenSource::Pixel => "pixel",
        OpenSource::Provider => "provider",
    }
}

fn opens_named(name: &str) -> Option<OpenSource> {
    [OpenSource::Pixel, OpenSource::Provider]
        .into_iter()
        .find(|source| opens_name(*source) == name)
}
