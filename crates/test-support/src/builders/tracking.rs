//! Engagements of every kind. Times are seconds after [`at`]`(0)`, which begins a half hour.

use domain::ids::{BroadcastId, EngagementId, ImportantPageId, LeadId, SendId, SiteId, TenantId};
use domain::leads::EmailAddress;
use domain::tracking::{
    Action, Client, Engagement, EventName, ImportantPage, MachineReason, MachineVerdict, MailRef,
    MailSource, Origin, PageUrl, Properties, PropertyValue, ReportKind, Site, SiteKey, Subject,
    VisitorId,
};
use uuid::Uuid;

use super::tenancy::at;

/// A page that nobody calls important.
pub const HOME: &str = "https://school.example/";
/// A page that the preset `temperature` calls important.
pub const APPLY: &str = "https://school.example/apply";

/// A browser that was never seen.
#[must_use]
pub fn visitor() -> VisitorId {
    VisitorId::from_random_bytes(*Uuid::new_v4().as_bytes())
}

/// The mail number `number` of a lead, of no broadcast: the same each time.
#[must_use]
pub fn mail(lead: LeadId, number: u8) -> MailRef {
    MailRef {
        send: SendId::derived(&[lead.uuid().as_bytes(), &[number]]),
        lead,
        queued_at: at(-3600),
        source: None,
        event: None,
    }
}

/// The mail of a broadcast to a lead.
#[must_use]
pub fn broadcast_mail(broadcast: BroadcastId, lead: LeadId) -> MailRef {
    MailRef {
        send: SendId::derived(&[broadcast.uuid().as_bytes(), lead.uuid().as_bytes()]),
        source: Some(MailSource::Broadcast(broadcast)),
        ..mail(lead, 0)
    }
}

fn engagement(tenant: TenantId, seconds: i64, action: Action) -> Engagement {
    Engagement {
        id: EngagementId::new(),
        tenant,
        occurred_at: at(seconds),
        received_at: at(seconds),
        action,
        client: Client::default(),
        verdict: MachineVerdict::None,
    }
}

/// The pixel of a mail is fetched.
#[must_use]
pub fn open(tenant: TenantId, mail: &MailRef, seconds: i64) -> Engagement {
    let mail = mail.clone();
    engagement(tenant, seconds, Action::Open { mail })
}

/// A link of a mail is followed. Every click comes from the same client.
///
/// # Panics
/// When `url` is no address.
#[must_use]
pub fn click(
    tenant: TenantId,
    mail: &MailRef,
    link_index: u16,
    url: &str,
    seconds: i64,
) -> Engagement {
    let action = Action::Click {
        mail: mail.clone(),
        link_index,
        target: page(url),
        candidate: visitor(),
    };
    engagement(tenant, seconds, action)
}

/// A page is shown in a browser.
///
/// # Panics
/// When `url` is no address.
#[must_use]
pub fn page_view(tenant: TenantId, visitor: VisitorId, url: &str, seconds: i64) -> Engagement {
    let action = Action::PageView {
        visitor,
        earlier: None,
        page: page(url),
        title: Some("出願案内".to_owned()),
        referrer: None,
    };
    engagement(tenant, seconds, action)
}

/// The browser `earlier` arrives through a mail and is `visitor` from now on.
///
/// # Panics
/// When `url` is no address.
#[must_use]
pub fn arrival(
    tenant: TenantId,
    visitor: VisitorId,
    earlier: VisitorId,
    url: &str,
    seconds: i64,
) -> Engagement {
    let action = Action::PageView {
        visitor,
        earlier: Some(earlier),
        page: page(url),
        title: None,
        referrer: None,
    };
    engagement(tenant, seconds, action)
}

/// The provider reports something about a mail.
#[must_use]
pub fn report(tenant: TenantId, mail: &MailRef, kind: ReportKind, seconds: i64) -> Engagement {
    let action = Action::Report {
        kind,
        mail: mail.clone(),
        detail: Some("250 OK".to_owned()),
    };
    engagement(tenant, seconds, action)
}

/// The address of a lead that a test made.
///
/// # Panics
/// Never: an id is a local part.
#[must_use]
pub fn address(lead: LeadId) -> EmailAddress {
    EmailAddress::parse(&format!("{lead}@example.jp")).expect("this is an address")
}

/// A program of the customer reports what somebody did: with two properties.
///
/// # Panics
/// When `event` is no name of an event.
#[must_use]
pub fn custom(tenant: TenantId, subject: Subject, event: &str, seconds: i64) -> Engagement {
    let properties = [
        ("plan".to_owned(), PropertyValue::Text("無料".to_owned())),
        ("seats".to_owned(), PropertyValue::Integer(3)),
    ];
    let action = Action::Custom {
        subject,
        event: EventName::parse(event).expect("this is a name"),
        properties: Properties::parse(properties.into()).expect("these are properties"),
    };
    engagement(tenant, seconds, action)
}

/// The same, done by a program that says so.
#[must_use]
pub fn by_machine(engagement: Engagement) -> Engagement {
    Engagement {
        verdict: MachineVerdict::Certain(MachineReason::UserAgent),
        ..engagement
    }
}

fn page(url: &str) -> PageUrl {
    PageUrl::parse(url).expect("this is an address")
}

/// A site of this address, registered at [`at`]`(seconds)`.
///
/// # Panics
/// When `address` is none.
#[must_use]
pub fn site(address: &str, seconds: i64) -> Site {
    let mut key = [0; 12];
    key.copy_from_slice(&Uuid::new_v4().as_bytes()[..12]);
    Site {
        id: SiteId::new(),
        name: "本校サイト".to_owned(),
        origin: Origin::parse_address(address).expect("this is an address"),
        key: SiteKey::from_random_bytes(key),
        last_received_at: None,
        created_at: at(seconds),
    }
}

/// A path fragment for the list of important pages.
#[must_use]
pub fn important_page(fragment: &str) -> ImportantPage {
    ImportantPage {
        id: ImportantPageId::new(),
        fragment: fragment.to_owned(),
    }
}
