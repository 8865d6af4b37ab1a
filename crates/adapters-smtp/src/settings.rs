//! How to reach a mail server.

use std::time::Duration;

use domain::delivery::Encryption;
use secrecy::SecretString;
use thiserror::Error;

/// How to reach a mail server.
#[derive(Clone, Debug)]
pub struct SmtpConfig {
    /// Its name or address; also the name its certificate must have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// With whom to log in; `None`: nobody logs in.
    pub credentials: Option<Credentials>,
    /// How to sign mails; `None`: the server signs, or nobody does.
    pub dkim: Option<Dkim>,
    /// How long connecting, and each answer of the server, may take.
    pub timeout: Duration,
}

/// With whom to log in.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The name.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

/// A DKIM signature (RFC 6376), RSA with SHA-256.
#[derive(Clone, Debug)]
pub struct Dkim {
    /// The signing domain.
    pub domain: String,
    /// Where its key is published: `selector._domainkey.domain`.
    pub selector: String,
    /// The private key, PEM (PKCS #1).
    pub private_key: SecretString,
}

/// Why settings do not make a mailer.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The name of the server is no name that a certificate could have.
    #[error("the mail server's name cannot be used for TLS: {0}")]
    Host(#[source] lettre::transport::smtp::Error),
    /// The key is no RSA key in PEM.
    #[error("the DKIM key is not an RSA private key in PEM (PKCS #1): {0}")]
    DkimKey(#[source] lettre::message::dkim::DkimSigningKeyError),
}
