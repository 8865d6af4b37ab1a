//! From a tenant's settings to what hands over its mail.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use adapters_sendgrid::SendGridClient;
use adapters_smtp::{Credentials, Dkim, Outbox, SmtpConfig, SmtpMailer};
use domain::delivery::{
    DeliverySettings, DkimSettings, MailProvider, Mailer, Mailers, MailersError, Sealed,
    SendGridSettings, SmtpSettings,
};
use domain::ids::TenantId;
use domain::keys::KeyRing;
use secrecy::SecretString;

/// The mailers of all tenants.
pub(crate) struct SettledMailers {
    settings: Arc<dyn DeliverySettings>,
    keys: KeyRing,
    outbox: Outbox,
    sendgrid: SendGridClient,
    /// How long a provider may take to answer.
    timeout: Duration,
    /// Each tenant's mail server with the settings it was made from, because it keeps connections.
    smtp: Mutex<HashMap<TenantId, (SmtpSettings, Arc<SmtpMailer>)>>,
}

impl SettledMailers {
    pub(crate) fn new(
        settings: Arc<dyn DeliverySettings>,
        keys: KeyRing,
        outbox: Outbox,
        sendgrid: SendGridClient,
        timeout: Duration,
    ) -> Self {
        Self {
            settings,
            keys,
            outbox,
            sendgrid,
            timeout,
            smtp: Mutex::default(),
        }
    }

    fn sendgrid(&self, settings: &SendGridSettings) -> Result<Arc<dyn Mailer>, MailersError> {
        let missing = || MailersError::Settings("the API key of SendGrid is missing".to_owned());
        let key = self.opened(settings.api_key.as_ref().ok_or_else(missing)?)?;
        Ok(Arc::new(self.sendgrid.mailer(key)))
    }

    fn smtp(
        &self,
        tenant: TenantId,
        settings: SmtpSettings,
    ) -> Result<Arc<dyn Mailer>, MailersError> {
        let mut known = self.smtp.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, mailer)) = known.get(&tenant).filter(|(made, _)| *made == settings) {
            return Ok(Arc::<SmtpMailer>::clone(mailer));
        }
        let mailer = SmtpMailer::new(self.smtp_config(&settings)?)
            .map_err(|error| MailersError::Settings(error.to_string()))?;
        let mailer = Arc::new(mailer);
        known.insert(tenant, (settings, Arc::clone(&mailer)));
        Ok(mailer)
    }

    fn smtp_config(&self, settings: &SmtpSettings) -> Result<SmtpConfig, MailersError> {
        let login = settings.user.as_ref().zip(settings.password.as_ref());
        let credentials = |(user, password): (&String, &Sealed)| {
            Ok::<_, MailersError>(Credentials {
                user: user.clone(),
                password: self.opened(password)?,
            })
        };
        let dkim = |settings: &DkimSettings| {
            Ok::<_, MailersError>(Dkim {
                domain: settings.domain.clone(),
                selector: settings.selector.clone(),
                private_key: self.opened(&settings.private_key)?,
            })
        };
        Ok(SmtpConfig {
            host: settings.host.clone(),
            port: settings.port,
            encryption: settings.encryption,
            credentials: login.map(credentials).transpose()?,
            dkim: settings.dkim.as_ref().map(dkim).transpose()?,
            timeout: self.timeout,
        })
    }

    fn opened(&self, sealed: &Sealed) -> Result<SecretString, MailersError> {
        let secret = self.keys.open(&sealed.0).ok();
        secret
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .map(SecretString::from)
            .ok_or_else(|| {
                let what = "a stored password was sealed with keys that are not here; enter it \
                            again under settings, or bring back the keys file";
                MailersError::Settings(what.to_owned())
            })
    }
}

impl Mailers for SettledMailers {
    fn mailer_of(&self, tenant: TenantId) -> Result<Arc<dyn Mailer>, MailersError> {
        match self.settings.provider(tenant)?.provider {
            MailProvider::Outbox => Ok(Arc::new(self.outbox.clone())),
            MailProvider::SendGrid(settings) => self.sendgrid(&settings),
            MailProvider::Smtp(settings) => self.smtp(tenant, settings),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::delivery::{
        Encryption, Halt, ProviderKind, ProviderSettings, SenderProfile, SendingPolicy,
    };
    use domain::keys::MasterKey;
    use domain::store::StoreResult;

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(1);

    struct Settings(MailProvider);

    impl DeliverySettings for Settings {
        fn sender_profile(&self, _: TenantId) -> StoreResult<SenderProfile> {
            Ok(SenderProfile::default())
        }

        fn save_sender_profile(&self, _: TenantId, _: &SenderProfile) -> StoreResult<()> {
            Ok(())
        }

        fn provider(&self, _: TenantId) -> StoreResult<ProviderSettings> {
            Ok(ProviderSettings {
                provider: self.0.clone(),
                ..ProviderSettings::default()
            })
        }

        fn save_provider(
            &self,
            _: TenantId,
            _: &ProviderSettings,
            _: chrono::DateTime<chrono::Utc>,
        ) -> StoreResult<()> {
            Ok(())
        }

        fn sending_policy(&self, _: TenantId) -> StoreResult<SendingPolicy> {
            Ok(SendingPolicy::default())
        }

        fn save_sending_policy(
            &self,
            _: TenantId,
            _: &SendingPolicy,
            _: chrono::DateTime<chrono::Utc>,
        ) -> StoreResult<()> {
            Ok(())
        }

        fn set_halt(
            &self,
            _: TenantId,
            _: Option<Halt>,
            _: chrono::DateTime<chrono::Utc>,
        ) -> StoreResult<bool> {
            Ok(false)
        }
    }

    fn keys(fill: u8) -> KeyRing {
        let key = MasterKey::new("k1", [fill; 32], None).unwrap();
        KeyRing::new([1; 32], vec![key]).unwrap()
    }

    fn mailers(provider: MailProvider) -> SettledMailers {
        SettledMailers::new(
            Arc::new(Settings(provider)),
            keys(2),
            Outbox::new("nowhere"),
            SendGridClient::new("http://localhost:1", TIMEOUT).unwrap(),
            TIMEOUT,
        )
    }

    fn smtp(password: Option<Sealed>) -> MailProvider {
        MailProvider::Smtp(SmtpSettings {
            host: "localhost".to_owned(),
            port: 25,
            encryption: Encryption::None,
            user: Some("ondo".to_owned()),
            password,
            dkim: None,
        })
    }

    #[test]
    fn each_provider_has_its_mailer() {
        let tenant = TenantId::new();
        let kind = |provider| mailers(provider).mailer_of(tenant).unwrap().kind();
        assert_eq!(kind(MailProvider::Outbox), ProviderKind::Outbox);
        assert_eq!(kind(smtp(None)), ProviderKind::Smtp);
        let key = Some(Sealed(keys(2).seal([0; 12], b"SG.key")));
        let sendgrid = MailProvider::SendGrid(SendGridSettings {
            api_key: key,
            ..SendGridSettings::default()
        });
        assert_eq!(kind(sendgrid), ProviderKind::SendGrid);
    }

    #[test]
    fn a_mail_server_keeps_its_connections_until_its_settings_change() {
        let tenant = TenantId::new();
        let mailers = mailers(smtp(None));
        let mailer = || Arc::as_ptr(&mailers.mailer_of(tenant).unwrap()).cast::<u8>();
        assert_eq!(mailer(), mailer());
    }

    #[test]
    fn a_password_sealed_with_other_keys_is_asked_for_again() {
        let foreign = Sealed(keys(3).seal([0; 12], b"password"));
        let error = mailers(smtp(Some(foreign)))
            .mailer_of(TenantId::new())
            .err()
            .unwrap();
        assert!(error.to_string().contains("enter it again"), "{error}");
    }

    #[test]
    fn sendgrid_without_a_key_says_so() {
        let mailers = mailers(MailProvider::SendGrid(SendGridSettings::default()));
        let error = mailers.mailer_of(TenantId::new()).err().unwrap();
        assert!(error.to_string().contains("API key"), "{error}");
    }
}
