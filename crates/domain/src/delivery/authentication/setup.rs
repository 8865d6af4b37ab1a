//! What a tenant sends with, as far as receivers look it up.

use super::dkim::RsaPublicKey;
use super::dns::DnsName;
use crate::delivery::{DkimSettings, MailProvider, SenderProfile};
use crate::keys::KeyRing;
use crate::leads::EmailAddress;

/// What a tenant sends with. Two that are equal are looked up alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SendingSetup {
    /// The sending address.
    pub address: EmailAddress,
    /// Its domain.
    pub domain: DnsName,
    /// What hands the mail over.
    pub carrier: Carrier,
}

/// What hands the mail over.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// Nothing leaves the machine.
    Outbox,
    /// A mail server.
    Server {
        /// Its name, lower case.
        host: String,
        /// With what we sign; `None`: the server signs, or nobody.
        dkim: Option<DkimIdentity>,
    },
    /// SendGrid.
    SendGrid,
}

/// With what we sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DkimIdentity {
    /// The signing domain (`d=`).
    pub domain: DnsName,
    /// Where its key is published.
    pub name: DnsName,
    /// The public half of our key; `None` if the key cannot be opened or read.
    pub key: Option<RsaPublicKey>,
}

impl SendingSetup {
    /// What these settings send with; `None` without a sending address.
    #[must_use]
    pub fn of(profile: &SenderProfile, provider: &MailProvider, keys: &KeyRing) -> Option<Self> {
        let address = profile.from_address.clone()?;
        let domain = DnsName::parse(address.domain())?;
        let carrier = match provider {
            MailProvider::Outbox => Carrier::Outbox,
            MailProvider::SendGrid(_) => Carrier::SendGrid,
            MailProvider::Smtp(smtp) => Carrier::Server {
                host: smtp.host.trim().to_ascii_lowercase(),
                dkim: smtp
                    .dkim
                    .as_ref()
                    .and_then(|settings| DkimIdentity::of(settings, keys)),
            },
        };
        Some(Self {
            address,
            domain,
            carrier,
        })
    }
}

impl DkimIdentity {
    fn of(settings: &DkimSettings, keys: &KeyRing) -> Option<Self> {
        let domain = DnsName::parse(&settings.domain)?;
        let key = keys.open(&settings.private_key.0).ok();
        Some(Self {
            name: domain.with(&format!("{}._domainkey", settings.selector.trim()))?,
            key: key.and_then(|key| RsaPublicKey::of_private(&key)),
            domain,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::authentication::test_keys::PRIVATE_2048;
    use crate::delivery::{Encryption, Sealed, SmtpSettings};
    use crate::keys::MasterKey;

    fn keys() -> KeyRing {
        let key = MasterKey::new("k1", [2; 32], None).unwrap();
        KeyRing::new([1; 32], vec![key]).unwrap()
    }

    fn smtp(selector: &str) -> MailProvider {
        MailProvider::Smtp(SmtpSettings {
            host: "Mail.Example.jp".to_owned(),
            port: 587,
            encryption: Encryption::StartTls,
            user: None,
            password: None,
            dkim: Some(DkimSettings {
                domain: "例え.jp".to_owned(),
                selector: selector.to_owned(),
                private_key: Sealed(keys().seal([0; 12], PRIVATE_2048.as_bytes())),
            }),
        })
    }

    #[test]
    fn a_key_of_ours_is_known_by_its_public_half() {
        let profile = SenderProfile {
            from_address: EmailAddress::parse("info@例え.jp").ok(),
            ..SenderProfile::default()
        };
        let setup = SendingSetup::of(&profile, &smtp("ondo1"), &keys()).unwrap();
        assert_eq!(setup.domain.as_str(), "xn--r8jz45g.jp");
        let Carrier::Server {
            host,
            dkim: Some(dkim),
        } = setup.carrier
        else {
            panic!("the key is lost");
        };
        assert_eq!(host, "mail.example.jp");
        assert_eq!(dkim.name.as_str(), "ondo1._domainkey.xn--r8jz45g.jp");
        assert_eq!(dkim.key.unwrap().bits(), 2_048);
    }

    #[test]
    fn without_a_sending_address_there_is_nothing_to_look_up() {
        let nobody = SenderProfile::default();
        assert_eq!(SendingSetup::of(&nobody, &smtp("ondo1"), &keys()), None);
    }

    #[test]
    fn a_selector_that_is_no_name_is_not_looked_up() {
        let profile = SenderProfile {
            from_address: EmailAddress::parse("info@example.jp").ok(),
            ..SenderProfile::default()
        };
        let setup = SendingSetup::of(&profile, &smtp("a b/../c"), &keys()).unwrap();
        assert!(matches!(setup.carrier, Carrier::Server { dkim: None, .. }));
    }
}
