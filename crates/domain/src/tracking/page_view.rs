//! The site tag reports that a page was shown. (A29, A30, D14, D15)

use chrono::{DateTime, Duration, Utc};
use thiserror::Error;

use super::{Action, Client, Engagement, MachineVerdict, PageUrl, PageUrlError, VisitorId};
use crate::ids::{EngagementId, TenantId};

/// The fields of the report, as text that nobody has checked yet.
#[derive(Clone, Debug, Default)]
pub struct PageViewInput {
    /// The visitor id in the browser's cookie.
    pub tid: String,
    /// The page. On arrival from a mail it still carries `tid`.
    pub url: String,
    /// Where the browser came from.
    pub referrer: Option<String>,
    /// When, in milliseconds since 1970 by the browser's clock.
    pub ts: Option<i64>,
    /// A name for this one report, the same when it is sent again.
    pub eid: Option<String>,
    /// The page's title.
    pub title: Option<String>,
}

/// Why a report is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PageViewRefused {
    /// The field `url` is no address of a page.
    #[error("url: {0}")]
    Url(#[from] PageUrlError),
    /// The page does not lie on the site that sent the report.
    #[error("url: the page belongs to another site")]
    ForeignPage,
}

const TITLE_CHARS: usize = 200;
const REFERRER_CHARS: usize = 2048;
const EID_BYTES: usize = 64;

/// The engagement that a report describes. `fresh` stands in for a visitor id that is missing or not
/// one of ours: such a report is stored as a stranger's, and answered like any other (V-01).
///
/// On arrival from a mail, `url` carries the `tid` that the click appended, while the field `tid` still
/// holds what the browser had before: from then on the browser is the former, and the latter's
/// history joins it if it was a stranger's.
///
/// # Errors
/// See [`PageViewRefused`].
pub fn page_view(
    input: &PageViewInput,
    tenant: TenantId,
    is_own_site: impl FnOnce(&PageUrl) -> bool,
    client: Client,
    verdict: MachineVerdict,
    fresh: VisitorId,
    now: DateTime<Utc>,
) -> Result<Engagement, PageViewRefused> {
    let (page, arrived) = PageUrl::parse(&input.url)?.take_tid();
    if !is_own_site(&page) {
        return Err(PageViewRefused::ForeignPage);
    }
    let cookie = VisitorId::parse(&input.tid);
    let visitor = arrived.or(cookie).unwrap_or(fresh);
    Ok(Engagement {
        id: id_of(tenant, input),
        tenant,
        occurred_at: occurred_at(input.ts, now),
        received_at: now,
        action: Action::PageView {
            visitor,
            earlier: cookie.filter(|earlier| *earlier != visitor),
            page,
            title: shortened(input.title.as_deref(), TITLE_CHARS),
            referrer: shortened(input.referrer.as_deref(), REFERRER_CHARS),
        },
        client,
        verdict,
    })
}

/// The same report sent again is the same engagement.
fn id_of(tenant: TenantId, input: &PageViewInput) -> EngagementId {
    match input.eid.as_deref() {
        Some(eid) if !eid.is_empty() && eid.len() <= EID_BYTES => EngagementId::derived(&[
            b"page_view",
            tenant.uuid().as_bytes(),
            input.tid.as_bytes(),
            eid.as_bytes(),
        ]),
        Some(_) | None => EngagementId::new(),
    }
}

/// The browser's clock where it can be right: not over a day behind ours or five minutes ahead.
fn occurred_at(ts: Option<i64>, now: DateTime<Utc>) -> DateTime<Utc> {
    ts.and_then(DateTime::from_timestamp_millis)
        .filter(|at| (now - Duration::hours(24)..=now + Duration::minutes(5)).contains(at))
        .unwrap_or(now)
}

fn shortened(text: Option<&str>, chars: usize) -> Option<String> {
    let text: String = text?
        .chars()
        .filter(|char| !char.is_control())
        .take(chars)
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://school.example/apply";

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn id(fill: u8) -> VisitorId {
        VisitorId::from_random_bytes([fill; 16])
    }

    fn read(input: &PageViewInput) -> Result<Engagement, PageViewRefused> {
        let client = Client::default();
        let own = |page: &PageUrl| page.origin().as_str() == "https://school.example";
        let tenant = TenantId::from_uuid(uuid::Uuid::nil());
        page_view(
            input,
            tenant,
            own,
            client,
            MachineVerdict::None,
            id(9),
            now(),
        )
    }

    fn input(tid: &str, url: &str) -> PageViewInput {
        PageViewInput {
            tid: tid.to_owned(),
            url: url.to_owned(),
            ..PageViewInput::default()
        }
    }

    fn browsers(input: &PageViewInput) -> (VisitorId, Option<VisitorId>, String) {
        match read(input).unwrap().action {
            Action::PageView {
                visitor,
                earlier,
                page,
                ..
            } => (visitor, earlier, page.to_string()),
            Action::Open { .. }
            | Action::Click { .. }
            | Action::Report { .. }
            | Action::Custom { .. } => unreachable!(),
        }
    }

    #[test]
    fn a_later_page_view_is_of_the_browser_in_the_cookie() {
        let seen = browsers(&input(&id(1).to_string(), URL));
        assert_eq!(seen, (id(1), None, URL.to_owned()));
    }

    #[test]
    fn an_arrival_from_a_mail_is_of_the_lead_and_names_the_earlier_browser() {
        // D15
        let url = format!("{URL}?tid={}", id(2));
        let seen = browsers(&input(&id(1).to_string(), &url));
        assert_eq!(seen, (id(2), Some(id(1)), URL.to_owned()));
        let again = browsers(&input(&id(2).to_string(), &url));
        assert_eq!(again, (id(2), None, URL.to_owned()));
    }

    #[test]
    fn an_id_that_is_not_ours_is_stored_as_a_stranger() {
        // V-01
        for tid in ["", "12345", "00000000-0000-0000-0000-000000000000"] {
            assert_eq!(browsers(&input(tid, URL)), (id(9), None, URL.to_owned()));
        }
    }

    #[test]
    fn a_page_of_another_site_is_refused() {
        let foreign = read(&input("", "https://evil.example/apply"));
        assert_eq!(foreign, Err(PageViewRefused::ForeignPage));
    }

    #[test]
    fn the_same_report_sent_again_is_the_same_engagement() {
        let report = PageViewInput {
            eid: Some("one".to_owned()),
            ts: Some(now().timestamp_millis()),
            ..input(&id(1).to_string(), URL)
        };
        assert_eq!(read(&report).unwrap().id, read(&report).unwrap().id);
        let unnamed = input(&id(1).to_string(), URL);
        assert_ne!(read(&unnamed).unwrap().id, read(&unnamed).unwrap().id);
    }

    #[test]
    fn a_clock_that_cannot_be_right_is_replaced_by_ours() {
        let at = |offset: Duration| {
            let report = PageViewInput {
                ts: Some((now() + offset).timestamp_millis()),
                ..input("", URL)
            };
            read(&report).unwrap().occurred_at - now()
        };
        assert_eq!(at(-Duration::hours(24)), -Duration::hours(24));
        assert_eq!(at(Duration::minutes(5)), Duration::minutes(5));
        assert_eq!(at(-Duration::hours(25)), Duration::zero());
        assert_eq!(at(Duration::days(3_000_000)), Duration::zero());
    }
}
