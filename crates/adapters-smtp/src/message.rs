//! From our mail to the bytes that go over the wire.

use domain::delivery::{LIST_UNSUBSCRIBE, LIST_UNSUBSCRIBE_POST, Mailbox, OutgoingMail};
use lettre::Message;
use lettre::address::AddressError;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm,
    DkimSigningKey,
};
use lettre::message::header::{HeaderName, HeaderValue, InvalidHeaderName};
use lettre::message::{Mailbox as LettreMailbox, MultiPart};
use secrecy::ExposeSecret;
use thiserror::Error;

use crate::settings::{Dkim, SettingsError};

/// Why a mail cannot be written as a message. None of these can come from a parsed address.
#[derive(Debug, Error)]
pub(crate) enum MessageError {
    #[error("the address is not one that SMTP takes: {0}")]
    Address(#[from] AddressError),
    #[error("a header has an impossible name")]
    HeaderName(#[from] InvalidHeaderName),
    #[error("the message cannot be put together: {0}")]
    Parts(#[from] lettre::error::Error),
}

/// The message, signed if there is a signature to put on it.
pub(crate) fn message_of(
    mail: &OutgoingMail,
    signature: Option<&DkimConfig>,
) -> Result<Message, MessageError> {
    let mut builder = Message::builder()
        .from(mailbox_of(&mail.from)?)
        .to(mailbox_of(&mail.to)?)
        .subject(&mail.subject)
        .message_id(Some(mail.message_id()));
    if let Some(answers) = &mail.reply_to {
        builder = builder.reply_to(LettreMailbox::new(None, answers.as_str().parse()?));
    }
    for (name, value) in mail.extra_headers() {
        let name = HeaderName::new_from_ascii(name.to_owned())?;
        builder = builder.raw_header(HeaderValue::new(name, value));
    }
    let parts = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    let mut message = builder.multipart(parts)?;
    if let Some(signature) = signature {
        message.sign(signature);
    }
    Ok(message)
}

fn mailbox_of(mailbox: &Mailbox) -> Result<LettreMailbox, AddressError> {
    let address = mailbox.address.as_str().parse()?;
    Ok(LettreMailbox::new(mailbox.name.clone(), address))
}

/// The signature to put on messages. It covers the headers of one-click refusal, without which
/// Gmail does not offer it (RFC 8058 §4), and survives the usual reformatting on the way.
pub(crate) fn signature_of(dkim: &Dkim) -> Result<DkimConfig, SettingsError> {
    let key = DkimSigningKey::new(dkim.private_key.expose_secret(), DkimSigningAlgorithm::Rsa)
        .map_err(SettingsError::DkimKey)?;
    let headers = [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Reply-To",
        "MIME-Version",
        "Content-Type",
        LIST_UNSUBSCRIBE,
        LIST_UNSUBSCRIBE_POST,
    ];
    Ok(DkimConfig::new(
        dkim.selector.clone(),
        dkim.domain.clone(),
        key,
        headers
            .into_iter()
            .map(HeaderName::new_from_ascii_str)
            .collect(),
        DkimCanonicalization {
            header: DkimCanonicalizationType::Relaxed,
            body: DkimCanonicalizationType::Relaxed,
        },
    ))
}
