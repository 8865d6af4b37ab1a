//! A mail as `/v3/mail/send` takes it.

use std::collections::BTreeMap;

use domain::delivery::{Mailbox, OutgoingMail};
use serde::Serialize;

/// The argument that carries our send id through to the events.
pub(crate) const SEND_ARGUMENT: &str = "ondo_send";
/// The argument that carries our tenant's id through to the events.
pub(crate) const TENANT_ARGUMENT: &str = "ondo_tenant";

#[derive(Serialize)]
pub(crate) struct SendRequest<'a> {
    personalizations: [Personalization<'a>; 1],
    from: Address<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<Address<'a>>,
    subject: &'a str,
    content: [Content<'a>; 2],
    headers: BTreeMap<&'static str, String>,
    tracking_settings: TrackingSettings,
}

#[derive(Serialize)]
struct Personalization<'a> {
    to: [Address<'a>; 1],
    custom_args: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Address<'a> {
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct Content<'a> {
    r#type: &'static str,
    value: &'a str,
}

/// Clicks are ours to count (A24) and refusals ours to take; opens only if asked for (D11).
#[derive(Serialize)]
struct TrackingSettings {
    click_tracking: Switch,
    open_tracking: Switch,
    subscription_tracking: Switch,
}

#[derive(Serialize)]
struct Switch {
    enable: bool,
}

impl<'a> SendRequest<'a> {
    pub(crate) fn new(mail: &'a OutgoingMail) -> Self {
        let custom_args = BTreeMap::from([
            (SEND_ARGUMENT, mail.send.to_string()),
            (TENANT_ARGUMENT, mail.tenant.to_string()),
        ]);
        Self {
            personalizations: [Personalization {
                to: [Address::of(&mail.to)],
                custom_args,
            }],
            from: Address::of(&mail.from),
            reply_to: mail.reply_to.as_ref().map(|address| Address {
                email: address.as_str(),
                name: None,
            }),
            subject: &mail.subject,
            content: [
                Content {
                    r#type: "text/plain",
                    value: &mail.text,
                },
                Content {
                    r#type: "text/html",
                    value: &mail.html,
                },
            ],
            headers: mail.extra_headers().into(),
            tracking_settings: TrackingSettings {
                click_tracking: Switch { enable: false },
                open_tracking: Switch {
                    enable: mail.provider_opens,
                },
                subscription_tracking: Switch { enable: false },
            },
        }
    }
}

impl<'a> Address<'a> {
    fn of(mailbox: &'a Mailbox) -> Self {
        Self {
            email: mailbox.address.as_str(),
            name: mailbox.name.as_deref(),
        }
    }
}
