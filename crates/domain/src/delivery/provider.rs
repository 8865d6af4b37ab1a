//! By what a tenant's mail goes out.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A secret as it is stored: sealed with the installation's key, opened only where it is used.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

/// By what a tenant's mail goes out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum MailProvider {
    /// Into a folder on this machine that the interface shows; nothing leaves. For trying out.
    #[default]
    Outbox,
    /// Through a mail server.
    Smtp(SmtpSettings),
    /// Through SendGrid's v3 interface.
    SendGrid(SendGridSettings),
}

/// Which provider, without its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProviderKind {
    /// [`MailProvider::Outbox`]
    Outbox,
    /// [`MailProvider::Smtp`]
    Smtp,
    /// [`MailProvider::SendGrid`]
    SendGrid,
}

impl ProviderKind {
    /// Every kind, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Outbox, Self::Smtp, Self::SendGrid];

    /// The name in storage and forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outbox => "outbox",
            Self::Smtp => "smtp",
            Self::SendGrid => "sendgrid",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpSettings {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// The name to log in with; without one, nobody logs in.
    pub user: Option<String>,
    /// The password of that name.
    pub password: Option<Sealed>,
    /// How to sign the mail, if the server does not.
    pub dkim: Option<DkimSettings>,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// Not at all: for a server on this machine.
    None,
    /// TLS is asked for after the greeting; without it nothing is sent.
    #[default]
    StartTls,
    /// TLS from the first byte.
    Tls,
}

impl Encryption {
    /// Every way, in the order of the form.
    pub const ALL: [Self; 3] = [Self::StartTls, Self::Tls, Self::None];

    /// The name in storage and forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::StartTls => "starttls",
            Self::Tls => "tls",
        }
    }

    /// The way with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == name)
    }
}

/// A DKIM signature (RFC 6376).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DkimSettings {
    /// The signing domain (`d=`).
    pub domain: String,
    /// The selector under which the public key is published (`s=`).
    pub selector: String,
    /// The private key, PEM (RSA).
    pub private_key: Sealed,
}

/// A SendGrid account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendGridSettings {
    /// The key of its v3 interface.
    pub api_key: Option<Sealed>,
    /// The "Verification Key" of its signed event webhook: base64 of a DER public key.
    pub webhook_public_key: Option<String>,
    /// A secret that its webhook posts carry instead of, or besides, a signature (A57).
    pub webhook_secret: Option<Sealed>,
    /// Whose open events count (D11).
    pub opens: OpenSource,
}

/// Whose open events count; one source for each mail, so that nothing counts twice (D11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OpenSource {
    /// Our own pixel.
    #[default]
    Pixel,
    /// The events of the provider; no pixel of ours is put in.
    Provider,
}

impl MailProvider {
    /// Which provider this is.
    #[must_use]
    pub const fn kind(&self) -> ProviderKind {
        match self {
            Self::Outbox => ProviderKind::Outbox,
            Self::Smtp(_) => ProviderKind::Smtp,
            Self::SendGrid(_) => ProviderKind::SendGrid,
        }
    }

    /// Whose open events count.
    #[must_use]
    pub const fn opens(&self) -> OpenSource {
        match self {
            Self::SendGrid(settings) => settings.opens,
            Self::Outbox | Self::Smtp(_) => OpenSource::Pixel,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Sealed(b"secret".to_vec())), "Sealed(…)");
    }

    #[test]
    fn names_of_kinds_lead_back() {
        for kind in ProviderKind::ALL {
            assert_eq!(ProviderKind::parse(kind.as_str()), Some(kind));
        }
        for way in Encryption::ALL {
            assert_eq!(Encryption::parse(way.as_str()), Some(way));
        }
    }
}
