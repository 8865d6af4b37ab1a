//! From a template and a lead to a mail.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::content::{MergeValue, TemplateSource};
use domain::delivery::{
    ComposeError, Composed, Composition, OpenSource, SenderItem, SenderProfile, SignedLinks,
    compose, merge_fields,
};
use domain::ids::{LeadId, TenantId};
use domain::keys::{KeyRing, MasterKey};
use domain::leads::{AttributeValue, Lead, LeadDraft};
use domain::tenancy::Locale;
use domain::tracking::token::{ClickToken, OpenToken, UnsubscribeToken};
use test_support::builders::delivery::{
    LINK, address, links, renderer, sender_profile, template_draft,
};
use test_support::builders::tenancy::at;

use super::{identity, mail_to};

fn sato() -> Lead {
    LeadDraft {
        name: Some("佐藤　花子".to_owned()),
        ..LeadDraft::new(address("sato@example.com"))
    }
    .into_lead(LeadId::new(), at(0))
}

/// What a test chooses about a mail.
struct Choice {
    sender: SenderProfile,
    source: TemplateSource,
    tracking: bool,
    opens: OpenSource,
    honeypot: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            sender: sender_profile(),
            source: template_draft("").source,
            tracking: true,
            opens: OpenSource::Pixel,
            honeypot: false,
        }
    }
}

fn composed(choice: &Choice) -> Result<Composed, ComposeError> {
    let lead = sato();
    let composition = Composition {
        identity: identity(TenantId::new(), mail_to(lead.id)),
        lead: &lead,
        sender: &choice.sender,
        source: &choice.source,
        tracking: choice.tracking,
        opens: choice.opens,
        honeypot: choice.honeypot,
        locale: Locale::Ja,
    };
    compose(&renderer(), &links(), &composition)
}

#[test]
fn a_mail_is_tracked_and_lawful() {
    // A16, C30, B68
    let mail = composed(&Choice::default()).unwrap().mail;
    let send = mail.send;
    for part in [
        format!("href=\"https://ondo.example.jp/t/c/{send}-0\""),
        format!("<img src=\"https://ondo.example.jp/t/o/{send}\" width=\"1\" height=\"1\""),
        format!("<a href=\"https://ondo.example.jp/u/{send}\">こちらから配信を停止</a>"),
        "学校法人春日学園".to_owned(),
        "東京都千代田区春日1-1-1".to_owned(),
        "お問い合わせ: 03-0000-0000".to_owned(),
    ] {
        assert!(mail.html.contains(&part), "no {part} in {}", mail.html);
    }
    assert!(!mail.html.contains("display:none"));
    assert_eq!(mail.to.name.as_deref(), Some("佐藤　花子"));
    assert_eq!(
        mail.unsubscribe_url,
        format!("https://ondo.example.jp/u/{send}")
    );
    assert!(mail.text.contains("学校法人春日学園") && mail.text.contains("/u/"));
    assert!(!mail.provider_opens);
}

#[test]
fn without_tracking_links_are_plain_and_there_is_no_pixel() {
    // C13
    let untracked = Choice {
        tracking: false,
        opens: OpenSource::Provider,
        ..Choice::default()
    };
    let mail = composed(&untracked).unwrap().mail;
    assert!(
        mail.html.contains(&LINK.replace('&', "&amp;")),
        "{}",
        mail.html
    );
    assert!(!mail.html.contains("/t/"), "{}", mail.html);
    assert!(mail.html.contains("/u/"), "refusing stays possible");
    assert!(!mail.provider_opens);
}

#[test]
fn opens_have_one_source() {
    // D11
    let theirs = Choice {
        opens: OpenSource::Provider,
        ..Choice::default()
    };
    let mail = composed(&theirs).unwrap().mail;
    assert!(
        mail.provider_opens && !mail.html.contains("/t/o/"),
        "{}",
        mail.html
    );
    assert!(mail.html.contains("/t/c/"), "clicks stay ours (A24)");
}

#[test]
fn a_honeypot_is_a_tracked_link_that_only_programs_see() {
    // H3
    let trapped = Choice {
        honeypot: true,
        ..Choice::default()
    };
    let plain = composed(&Choice::default()).unwrap().mail;
    assert!(!plain.html.contains("aria-hidden"), "off by default");
    let mail = composed(&trapped).unwrap().mail;
    let link = format!(
        "<a href=\"https://ondo.example.jp/t/c/{}-32767\"",
        mail.send
    );
    let trap = mail.html.find(&link).expect("the link is in the mail");
    assert!(
        mail.html[trap..].contains("t/o/"),
        "in the middle: {}",
        mail.html
    );
    assert!(!mail.text.contains("32767"), "not in the text part");
}

#[test]
fn a_mail_whose_links_are_not_tracked_has_no_honeypot() {
    // H3, C13
    let untracked = Choice {
        tracking: false,
        honeypot: true,
        ..Choice::default()
    };
    let html = composed(&untracked).unwrap().mail.html;
    assert!(!html.contains("aria-hidden"), "{html}");
}

#[test]
fn an_incomplete_sender_sends_nothing() {
    let nameless = Choice {
        sender: SenderProfile {
            organisation: " ".to_owned(),
            ..sender_profile()
        },
        ..Choice::default()
    };
    let refused = composed(&nameless).unwrap_err();
    assert_eq!(
        refused,
        ComposeError::SenderIncomplete(vec![SenderItem::Organisation])
    );
    assert_eq!(refused.to_string(), "the sender profile lacks organisation");
}

#[test]
fn the_authors_text_part_gets_what_it_lacks() {
    let mut choice = Choice::default();
    choice.source.text = Some("ご案内です。\n学校法人春日学園".to_owned());
    let text = composed(&choice).unwrap().mail.text;
    assert!(
        text.starts_with("ご案内です。\n学校法人春日学園\n\n-- \n東京都"),
        "{text}"
    );
    assert_eq!(text.matches("学校法人春日学園").count(), 1);
    assert!(text.contains("https://ondo.example.jp/u/"), "{text}");
}

#[test]
fn attributes_are_fields_of_their_own_kind() {
    let mut lead = sato();
    lead.graduation_year = Some(2027);
    lead.attributes = BTreeMap::from([
        ("visits".to_owned(), AttributeValue::Number(3.0)),
        ("campus".to_owned(), AttributeValue::Text("東京".to_owned())),
        ("online".to_owned(), AttributeValue::Boolean(true)),
    ]);
    let fields = merge_fields(&lead, &sender_profile(), "https://u.example/");
    let attributes: BTreeMap<_, _> = fields.attributes().collect();
    assert_eq!(attributes["visits"], &MergeValue::Number(3.0));
    assert_eq!(attributes["online"], &MergeValue::Truth(true));
    let values: BTreeMap<_, _> = fields.values().collect();
    assert_eq!(values["graduation_year"], &MergeValue::Whole(2027));
    assert_eq!(
        values["organisation"],
        &MergeValue::from("学校法人春日学園")
    );
    assert_eq!(
        values["unsubscribe_url"],
        &MergeValue::from("https://u.example/")
    );
    assert!(!values.contains_key("company"));
}

#[test]
fn signed_links_lead_back_to_the_mail() {
    // A17, A20
    use domain::delivery::MailLinks;
    let key = MasterKey::new("k1", [7; 32], None).unwrap();
    let keys = Arc::new(KeyRing::new([1; 32], vec![key]).unwrap());
    let links = SignedLinks::new(keys.clone(), "https://ondo.example.jp/");
    let mail = identity(TenantId::new(), mail_to(LeadId::new()));
    let token = |url: String, path: &str| {
        let start = format!("https://ondo.example.jp/{path}/");
        url.strip_prefix(&start).unwrap().to_owned()
    };
    let click = token(links.click(&mail, 3, LINK).unwrap(), "t/c");
    let click = ClickToken::verify(&click, &keys, at(1)).unwrap();
    assert_eq!((click.tenant, &click.mail), (mail.tenant, &mail.mail));
    assert_eq!((click.link_index, click.target.as_str()), (3, LINK));
    let open = token(links.pixel(&mail), "t/o");
    assert_eq!(
        OpenToken::verify(&open, &keys, at(1)).unwrap().mail,
        mail.mail
    );
    let refusal = token(links.unsubscribe(&mail), "u");
    assert_eq!(
        UnsubscribeToken::verify(&refusal, &keys).unwrap().mail,
        mail.mail
    );
    assert_eq!(links.click(&mail, 0, "ftp://example.jp/"), None);
}
