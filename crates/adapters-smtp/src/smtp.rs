//! The conversation with a mail server.

use domain::delivery::{Encryption, Mailer, OutgoingMail, ProviderKind, SendOutcome, Wait};
use lettre::Message;
use lettre::message::dkim::DkimConfig;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials as Login, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use secrecy::ExposeSecret;

use crate::connections::IdleConnections;
use crate::message::{message_of, signature_of};
use crate::settings::{SettingsError, SmtpConfig};
use crate::wire::Content;

/// Hands mails to one mail server.
pub struct SmtpMailer {
    config: SmtpConfig,
    tls: Option<TlsParameters>,
    signature: Option<DkimConfig>,
    idle: IdleConnections,
}

/// How far a conversation came before it broke off.
enum Broken {
    /// The server has not got the mail.
    Before(Error),
    /// The mail was on its way; the server may have it.
    After(Error),
}

impl SmtpMailer {
    /// A mailer for this server. Nothing is connected before the first mail.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn new(config: SmtpConfig) -> Result<Self, SettingsError> {
        let tls = match config.encryption {
            Encryption::None => None,
            Encryption::StartTls | Encryption::Tls => {
                let parameters = TlsParameters::new_rustls(config.host.clone());
                Some(parameters.map_err(SettingsError::Host)?)
            }
        };
        let signature = config.dkim.as_ref().map(signature_of).transpose()?;
        Ok(Self {
            config,
            tls,
            signature,
            idle: IdleConnections::default(),
        })
    }

    /// Logs in and out again: what the "test the connection" button does.
    ///
    /// # Errors
    /// What the server, or the way to it, says against it, for people.
    pub fn check(&self) -> Result<(), String> {
        let mut connection = self.connect().map_err(|error| reason_of(&error))?;
        connection.abort();
        Ok(())
    }

    fn connect(&self) -> Result<SmtpConnection, Error> {
        let hello = ClientId::default();
        let from_the_start = match self.config.encryption {
            Encryption::Tls => self.tls.as_ref(),
            Encryption::None | Encryption::StartTls => None,
        };
        let server = (self.config.host.as_str(), self.config.port);
        let mut connection = SmtpConnection::connect(
            server,
            Some(self.config.timeout),
            &hello,
            from_the_start,
            None,
        )?;
        if let (Encryption::StartTls, Some(tls)) = (self.config.encryption, &self.tls) {
            connection.starttls(tls, &hello)?;
        }
        if let Some(credentials) = &self.config.credentials {
            let login = Login::new(
                credentials.user.clone(),
                credentials.password.expose_secret().to_owned(),
            );
            connection.auth(DEFAULT_MECHANISMS, &login)?;
        }
        Ok(connection)
    }

    fn hand_over(&self, message: &Message) -> Result<(), Broken> {
        let mut connection = match self.idle.take() {
            Some(connection) => connection,
            None => self.connect().map_err(Broken::Before)?,
        };
        let outcome = converse(&mut connection, message);
        match &outcome {
            Ok(()) => self.idle.give_back(connection),
            // A refusal of one mail says nothing about the next.
            Err(Broken::Before(error) | Broken::After(error))
                if error.status().is_some() && connection.command(Rset).is_ok() =>
            {
                self.idle.give_back(connection);
            }
            Err(_) => connection.abort(),
        }
        outcome
    }
}

fn converse(connection: &mut SmtpConnection, message: &Message) -> Result<(), Broken> {
    let envelope = message.envelope();
    let bytes = message.formatted();
    let mut parameters = Vec::new();
    if !bytes.is_ascii()
        && connection
            .server_info()
            .supports_feature(Extension::EightBitMime)
    {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let before = |outcome: Result<_, Error>| outcome.map(drop).map_err(Broken::Before);
    before(connection.command(Mail::new(envelope.from().cloned(), parameters)))?;
    for recipient in envelope.to() {
        before(connection.command(Rcpt::new(recipient.clone(), Vec::new())))?;
    }
    before(connection.command(Data))?;
    let taken = match str::from_utf8(&bytes) {
        Ok(text) => connection.command(Content(text)),
        Err(_eight_bit) => connection.message(&bytes),
    };
    taken.map(drop).map_err(Broken::After)
}

impl Mailer for SmtpMailer {
    fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        let message = match message_of(mail, self.signature.as_ref()) {
            Ok(message) => message,
            Err(error) => {
                return SendOutcome::Rejected {
                    reason: error.to_string(),
                };
            }
        };
        match self.hand_over(&message) {
            Ok(()) => SendOutcome::Accepted {
                provider_message_id: mail.message_id(),
            },
            Err(Broken::Before(error)) => refused(&error).unwrap_or_else(|| deferred(&error)),
            Err(Broken::After(error)) => refused(&error).unwrap_or_else(|| SendOutcome::Unknown {
                reason: reason_of(&error),
            }),
        }
    }

    fn kind(&self) -> ProviderKind {
        ProviderKind::Smtp
    }
}

/// What an answer of the server means; `None` where it gave none (RFC 5321 §4.2.1, RFC 4954 §6).
fn refused(error: &Error) -> Option<SendOutcome> {
    let reason = reason_of(error);
    let status = error.status()?;
    Some(match u16::from(status) {
        // Who are you; you must log in first; your method is too weak; you must use TLS.
        530 | 534 | 535 | 538 => SendOutcome::ProviderRefused { reason },
        _ if error.is_permanent() => SendOutcome::Rejected { reason },
        _ => deferred(error),
    })
}

fn deferred(error: &Error) -> SendOutcome {
    SendOutcome::Deferred {
        reason: reason_of(error),
        wait: Wait::Backoff,
    }
}

/// The whole chain of causes on one line.
fn reason_of(error: &Error) -> String {
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !reason.contains(&text) {
            reason = format!("{reason}: {text}");
        }
        cause = inner.source();
    }
    domain::delivery::one_line(&reason)
}
