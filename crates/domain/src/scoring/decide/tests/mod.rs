mod any_order;
mod in_motion;
mod machines;

use uuid::Uuid;

use super::*;
use crate::automation::AutomationPolicy;
use crate::ids::{EngagementId, SendId, TenantId};
use crate::scoring::Repeats;
use crate::scoring::preset::TEMPERATURE;
use crate::tracking::{Action, Client, ImportantPages, MachineReason, MailRef, PageUrl};

fn policy() -> ScoringPolicy {
    ScoringPolicy {
        rules: TEMPERATURE.rules_of(TenantId::from_uuid(Uuid::from_u128(1))),
        bounds: TEMPERATURE.bounds,
        important_pages: ImportantPages::new(TEMPERATURE.important_pages),
        time_zone: chrono_tz::Asia::Tokyo,
        automation: AutomationPolicy::default(),
    }
}

fn lead() -> LeadState {
    LeadState {
        id: LeadId::from_uuid(Uuid::from_u128(3)),
        engagement_score: 0,
        fit_score: 0,
        band: Band::Cold,
        last_engaged_at: None,
        tracking_id: None,
        scored: BTreeSet::new(),
        recent_clicks: Vec::new(),
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn mail(send: u128) -> MailRef {
    MailRef {
        send: SendId::from_uuid(Uuid::from_u128(send)),
        lead: lead().id,
        queued_at: at(-3600),
        source: None,
        event: None,
    }
}

fn engagement(seconds: i64, action: Action) -> Engagement {
    Engagement {
        id: EngagementId::new(),
        tenant: TenantId::from_uuid(Uuid::from_u128(1)),
        occurred_at: at(seconds),
        received_at: at(seconds),
        action,
        client: Client::default(),
        verdict: MachineVerdict::None,
    }
}

fn open(seconds: i64) -> Engagement {
    engagement(seconds, Action::Open { mail: mail(7) })
}

fn click(seconds: i64, link_index: u16, url: &str) -> Engagement {
    let target = PageUrl::parse(url).unwrap();
    let candidate = VisitorId::from_random_bytes([5; 16]);
    let mail = mail(7);
    engagement(
        seconds,
        Action::Click {
            mail,
            link_index,
            target,
            candidate,
        },
    )
}

fn page_view(seconds: i64, url: &str) -> Engagement {
    let action = Action::PageView {
        visitor: VisitorId::from_random_bytes([5; 16]),
        earlier: None,
        page: PageUrl::parse(url).unwrap(),
        title: None,
        referrer: None,
    };
    engagement(seconds, action)
}

fn new(engagement: &Engagement) -> NewEngagement<'_> {
    NewEngagement {
        engagement,
        important: false,
        handed_over_at: None,
    }
}

fn decided(lead: &LeadState, engagements: &[Engagement]) -> LeadChange {
    let policy = policy();
    let new = engagements.iter().map(|engagement| NewEngagement {
        important: engagement
            .page()
            .is_some_and(|page| policy.important_pages.contain(page)),
        ..new(engagement)
    });
    decide(&policy, lead, &new.collect::<Vec<_>>())
}

const HOME: &str = "https://school.example/";
const APPLY: &str = "https://school.example/apply";

#[test]
fn each_kind_scores_by_its_rule() {
    // A39–A43
    let score = |engagement| decided(&lead(), &[engagement]).score;
    assert_eq!(score(open(0)), 1);
    assert_eq!(score(click(0, 0, HOME)), 3);
    assert_eq!(
        score(click(0, 0, APPLY)),
        5,
        "the important rule replaces the plain one"
    );
    assert_eq!(score(page_view(0, HOME)), 1);
    assert_eq!(score(page_view(0, APPLY)), 3);
}

#[test]
fn band_and_last_engagement_move_with_the_score() {
    // A47
    let change = decided(&lead(), &[click(0, 0, APPLY), page_view(60, APPLY)]);
    assert_eq!((change.score, change.band), (8, Band::Hot));
    assert_eq!(change.last_engaged_at, Some(at(60)));
    assert_eq!(change.last_click, Some((at(0), APPLY.to_owned())));
}

#[test]
fn a_repeated_click_or_open_scores_once() {
    // D8
    let clicks = [click(0, 0, HOME), click(100, 0, HOME), open(1), open(200)];
    assert_eq!(decided(&lead(), &clicks).score, 4);
}

#[test]
fn a_page_scores_once_within_half_an_hour_of_the_clock() {
    // D8: 1,800,000,000 is the start of such a half hour.
    let views = [
        page_view(0, HOME),
        page_view(1799, HOME),
        page_view(1800, HOME),
    ];
    assert_eq!(decided(&lead(), &views).score, 2);
}

#[test]
fn what_scored_before_does_not_score_again() {
    let again = click(10, 0, HOME);
    let lead = LeadState {
        engagement_score: 3,
        scored: OnceKey::of(&again).into_iter().collect(),
        ..lead()
    };
    let change = decided(&lead, &[again]);
    assert_eq!(change.score, 3);
    assert!(change.history.is_empty());
    assert_eq!(change.last_engaged_at, Some(at(10)));
}

#[test]
fn a_persons_first_click_issues_a_visitor_id() {
    // A28
    let change = decided(&lead(), &[click(0, 0, HOME)]);
    assert_eq!(
        change.tracking_id,
        Some(VisitorId::from_random_bytes([5; 16]))
    );
    let known = LeadState {
        tracking_id: Some(VisitorId::from_random_bytes([6; 16])),
        ..lead()
    };
    assert_eq!(decided(&known, &[click(0, 0, HOME)]).tracking_id, None);
}

#[test]
fn reports_score_nothing() {
    // A24, A44
    let kind = crate::tracking::ReportKind::Click;
    let report = Action::Report {
        kind,
        mail: mail(7),
        detail: None,
    };
    let change = decided(&lead(), &[engagement(0, report)]);
    assert_eq!((change.score, change.last_engaged_at), (0, None));
}

#[test]
fn an_inactive_or_repeating_rule_is_honoured() {
    let mut policy = policy();
    policy.rules[3].repeats = Repeats::Always;
    policy.rules[0].is_active = false;
    let engagements = [open(0), page_view(1, HOME), page_view(2, HOME)];
    let new: Vec<_> = engagements.iter().map(new).collect();
    assert_eq!(decide(&policy, &lead(), &new).score, 2);
}

#[test]
fn the_shown_score_is_bounded_while_the_history_is_not() {
    // D5
    let mut policy = policy();
    policy.bounds.max = Some(4);
    let engagements = [click(0, 0, HOME), page_view(60, APPLY)];
    let new: Vec<_> = engagements.iter().map(new).collect();
    let change = decide(&policy, &lead(), &new);
    assert_eq!((change.engagement_score, change.score), (4, 4));
    let lead = LeadState {
        engagement_score: 3,
        fit_score: 10,
        ..lead()
    };
    let change = decide(&policy, &lead, &new[..1]);
    assert_eq!((change.engagement_score, change.score), (6, 4));
}
