//! From our mail to the bytes that go over the wire.

use domain::delivery::{LIST_UNSUBSCRIBE, LIST_UNSUBSCRIBE_POST, Mailbox, OutgoingMail};
use lettre::Message;
use lettre::address::AddressError;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm,
    DkimSigningKey,
};
use lettre::message::header::{ContentTransferEncoding, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Body, Mailbox as LettreMailbox, MultiPart};
use secrecy::ExposeSecret;
use thiserror::Error;

use crate::settings::{Dkim, SettingsError};

/// Why a mail cannot be written as a message. None of these can come from a parsed address.
#[derive(Debug, Error)]
pub(crate) enum MessageError {
    #[error("the address is not one that SMTP takes: {0}")]
    Address(#[from] AddressError),
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
        builder = builder.raw_header(header(name, value));
    }
    let parts = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    let kind = format!("multipart/alternative; boundary=\"{}\"", parts.boundary());
    let mut message = builder
        .header(MIME_VERSION_1_0)
        .raw_header(header("Content-Type", kind))
        .body(body_of(&parts))?;
    for (name, mailbox) in [("From", &mail.from), ("To", &mail.to)] {
        if let Some(dotted) = with_dotted_name(mailbox) {
            let encoded = HeaderName::new_from_ascii_str(name);
            let value = HeaderValue::dangerous_new_pre_encoded(encoded, dotted.clone(), dotted);
            message.headers_mut().insert_raw(value);
        }
    }
    if let Some(signature) = signature {
        message.sign(signature);
    }
    Ok(message)
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// The parts, as the bytes that follow the header of the whole. Their `Content-Type` then stands in
/// that header, where a signature finds it: lettre keeps the one of a `MultiPart` elsewhere, names
/// it as signed and does not sign it, which makes every signature wrong.
fn body_of(parts: &MultiPart) -> Body {
    const BLANK_LINE: &[u8] = b"\r\n\r\n";
    let mut bytes = parts.formatted();
    let mut windows = bytes.windows(BLANK_LINE.len());
    let start = windows.position(|window| window == BLANK_LINE);
    bytes.drain(..start.map_or(0, |at| at + BLANK_LINE.len()));
    Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::SevenBit)
}

/// A mailbox whose name is one word with dots, in quotes: bare, as lettre writes it, a dot is no
/// part of a name (RFC 5322 §3.2.5).
fn with_dotted_name(mailbox: &Mailbox) -> Option<String> {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name = mailbox.name.as_deref()?;
    let concerns = name.contains('.') && name.chars().all(is_bare);
    concerns.then(|| format!("\"{name}\" <{}>", mailbox.address))
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
