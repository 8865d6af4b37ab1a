//! Senders, templates and mails.

use chrono::{DateTime, Utc};
use domain::campaigns::{AbDifference, AbMetric, AbTest};
use domain::content::{
    Filled, FrozenContent, MockMailRenderer, NumberedLinks, Rendered, TemplateDraft, TemplateSource,
};
use domain::delivery::{Mailbox, MockMailLinks, NewSend, OutgoingMail, SendCause, SenderProfile};
use domain::ids::{BroadcastId, ContentId, LeadId, SendId, TenantId};
use domain::leads::EmailAddress;

use super::tenancy::at;

/// An address that is one.
///
/// # Panics
/// If it is not one.
#[must_use]
pub fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("a test names real addresses")
}

/// Where the one link of [`template_draft`] leads.
pub const LINK: &str = "https://kasuga.example.jp/oc?y=2027&f=1";

/// A profile that lacks nothing.
#[must_use]
pub fn sender_profile() -> SenderProfile {
    SenderProfile {
        from_name: "春日大学 入試課".to_owned(),
        from_address: Some(address("nyushi@kasuga.example.jp")),
        reply_to: None,
        organisation: "学校法人春日学園".to_owned(),
        postal_address: "東京都千代田区春日1-1-1".to_owned(),
        contact: "03-0000-0000".to_owned(),
        updated_at: at(0),
    }
}

/// A template with a link, under this name.
#[must_use]
pub fn template_draft(name: &str) -> TemplateDraft {
    let source = TemplateSource {
        subject: "{{ name or \"お客\" }}様へ".to_owned(),
        html: "<p><a href=\"https://kasuga.example.jp/oc?y=2027&amp;f=1\">申込</a></p>".to_owned(),
        text: None,
    };
    TemplateDraft::of_html(name, source)
}

/// What a broadcast made from [`template_draft`] sends; its one link is [`LINK`].
#[must_use]
pub fn broadcast_content(broadcast: BroadcastId) -> FrozenContent {
    FrozenContent {
        id: ContentId::from_uuid(broadcast.uuid()),
        template: None,
        source: template_draft("").source,
        tracking: true,
        first_link: 0,
        links: vec![LINK.to_owned()],
    }
}

/// A test of two subjects on half of the recipients, by clicks, for two hours.
#[must_use]
pub fn test_of_subjects() -> AbTest {
    AbTest {
        b: AbDifference::Subject("別の件名".to_owned()),
        share_percent: 50,
        metric: AbMetric::Clicks,
        wait_hours: 2,
    }
}

/// The mail of a broadcast to a lead, due when the broadcast starts.
#[must_use]
pub fn broadcast_send(broadcast: BroadcastId, started_at: DateTime<Utc>, lead: LeadId) -> NewSend {
    NewSend {
        cause: SendCause::Broadcast {
            broadcast,
            started_at,
            lead,
        },
        content: ContentId::from_uuid(broadcast.uuid()),
        template: None,
        variant: None,
        due_at: Some(started_at),
        expires_at: None,
    }
}

/// A mail to one person, ready to be handed to a provider.
#[must_use]
pub fn outgoing_mail() -> OutgoingMail {
    OutgoingMail {
        tenant: TenantId::new(),
        send: SendId::new(),
        from: Mailbox::new(Some("春日大学 入試課"), address("nyushi@kasuga.example.jp")),
        to: Mailbox::new(Some("佐藤　花子"), address("sato@example.com")),
        reply_to: Some(address("toiawase@kasuga.example.jp")),
        subject: "オープンキャンパスのご案内".to_owned(),
        html: "<p>こんにちは</p>\r\n<p>.</p>".to_owned(),
        text: "こんにちは\n.\n".to_owned(),
        unsubscribe_url: "https://ondo.example.jp/u/v1.token".to_owned(),
        provider_opens: false,
    }
}

/// A renderer that fills nothing in: the mail is the source, its one link that of
/// [`template_draft`], its text part `text of …`. For tests in which rendering is not the point.
#[must_use]
pub fn renderer() -> MockMailRenderer {
    let mut renderer = MockMailRenderer::new();
    renderer.expect_check().returning(|_| Vec::new());
    renderer
        .expect_typeset()
        .returning(|manuscript| Ok(manuscript.body.clone()));
    renderer.expect_render().returning(|source, _| {
        Ok(Rendered {
            subject: source.subject.clone(),
            html: Filled::from(source.html.as_str()),
            text: source.text.clone(),
        })
    });
    renderer
        .expect_number_links()
        .returning(|html, first| NumberedLinks {
            html: html.replace("<a href", &format!("<a data-ondo-link=\"{first}\" href")),
            addresses: vec![LINK.to_owned()],
        });
    renderer
        .expect_rewrite_links()
        .returning(|html, tail, _, rewrite| {
            let written = LINK.replace('&', "&amp;");
            let target = rewrite.rewrite(0, LINK).unwrap_or_else(|| written.clone());
            html.whole().replace(&written, &target) + tail
        });
    renderer
        .expect_text_of()
        .returning(|html| format!("text of {}", html.whole()));
    renderer
}

/// Links that name their send instead of hiding it in a token.
#[must_use]
pub fn links() -> MockMailLinks {
    let mut links = MockMailLinks::new();
    links.expect_click().returning(|mail, index, _| {
        Some(format!(
            "https://ondo.example.jp/t/c/{}-{index}",
            mail.mail.send
        ))
    });
    links
        .expect_pixel()
        .returning(|mail| format!("https://ondo.example.jp/t/o/{}", mail.mail.send));
    links
        .expect_unsubscribe()
        .returning(|mail| format!("https://ondo.example.jp/u/{}", mail.mail.send));
    links
}
