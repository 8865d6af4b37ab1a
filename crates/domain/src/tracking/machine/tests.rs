use super::*;
use chrono::DateTime;

use crate::ids::{EngagementId, SendId};

const BROWSER: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1";

fn verdict(is_head: bool, purpose: Option<&str>, user_agent: Option<&str>) -> MachineVerdict {
    verdict_of_request(RequestSigns {
        is_head,
        purpose,
        user_agent,
        network: NetworkClass::Ordinary,
    })
}

#[test]
fn a_browser_is_a_person() {
    assert_eq!(verdict(false, None, Some(BROWSER)), MachineVerdict::None);
}

#[test]
fn a_head_request_or_a_prefetch_is_a_machine() {
    // H1
    let head = verdict(true, None, Some(BROWSER));
    assert_eq!(head, MachineVerdict::Certain(MachineReason::Head));
    for purpose in ["prefetch", "prefetch;prerender", "preview"] {
        let verdict = verdict(false, Some(purpose), Some(BROWSER));
        assert_eq!(verdict, MachineVerdict::Certain(MachineReason::Prefetch));
    }
}

#[test]
fn a_program_or_scanner_is_a_machine() {
    // H2
    for agent in [
        "curl/8.0",
        "Googlebot/2.1",
        "Mozilla/5.0 BingPreview/1.0b",
        "Java/17",
    ] {
        let verdict = verdict(false, None, Some(agent));
        assert_eq!(
            verdict,
            MachineVerdict::Certain(MachineReason::UserAgent),
            "{agent}"
        );
    }
    for agent in [None, Some(" ")] {
        let verdict = verdict(false, None, agent);
        assert_eq!(verdict, MachineVerdict::Certain(MachineReason::NoUserAgent));
    }
}

#[test]
fn a_telephone_whose_make_sounds_like_a_machine_is_a_persons() {
    let agent =
        "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 20) Chrome/140.0.0.0 Mobile Safari/537.36";
    assert_eq!(verdict(false, None, Some(agent)), MachineVerdict::None);
    let crawler = verdict(false, None, Some("CUBOT Googlebot/2.1"));
    assert_eq!(crawler, MachineVerdict::Certain(MachineReason::UserAgent));
}

fn verdicts(agent: &str, network: NetworkClass) -> [MachineVerdict; 2] {
    let signs = RequestSigns {
        user_agent: Some(agent),
        network,
        ..RequestSigns::default()
    };
    [verdict_of_request(signs), verdict_of_open(signs)]
}

#[test]
fn a_mail_filter_is_a_machine_whatever_it_does() {
    // H5
    let filter = MachineVerdict::Certain(MachineReason::MailFilter);
    assert_eq!(verdicts(BROWSER, NetworkClass::MailFilter), [filter; 2]);
}

#[test]
fn a_vendor_or_a_computing_centre_alone_is_no_machine() {
    // H6, H8
    for network in [NetworkClass::SecurityVendor, NetworkClass::Cloud] {
        assert_eq!(verdicts(BROWSER, network), [MachineVerdict::None; 2]);
    }
}

#[test]
fn what_fetches_pictures_beforehand_is_suspected_of_opens_only() {
    use MachineReason::{AppleMailPrivacy, ImagePrefetch};
    use NetworkClass::{Apple, Ordinary};
    let gmail = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0";
    for (agent, network, reason) in [
        ("Mozilla/5.0", Ordinary, AppleMailPrivacy),
        (BROWSER, Apple, AppleMailPrivacy),
        (gmail, Ordinary, ImagePrefetch),
    ] {
        let expected = [MachineVerdict::None, MachineVerdict::Suspected(reason)];
        assert_eq!(verdicts(agent, network), expected, "{agent}");
    }
}

#[test]
fn a_proxy_that_fetches_when_a_mail_is_opened_is_a_person() {
    for agent in [
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/42.0.2311.135 Safari/537.36",
    ] {
        let verdicts = verdicts(agent, NetworkClass::Ordinary);
        assert_eq!(verdicts, [MachineVerdict::None; 2], "{agent}");
    }
}

#[test]
fn what_every_request_says_counts_for_opens_too() {
    // H1, H2
    let head = RequestSigns {
        is_head: true,
        ..RequestSigns::default()
    };
    let verdict = verdict_of_open(head);
    assert_eq!(verdict, MachineVerdict::Certain(MachineReason::Head));
    let scanner = MachineVerdict::Certain(MachineReason::UserAgent);
    assert_eq!(verdicts("curl/8.0", NetworkClass::Apple), [scanner; 2]);
}

fn bursts(clicks: &[BurstClick]) -> Vec<EngagementId> {
    let found = by_company(clicks);
    assert!(found.values().all(|reason| *reason == MachineReason::Burst));
    let clicks = clicks.iter().map(|click| click.id);
    clicks.filter(|id| found.contains_key(id)).collect()
}

fn click(send: SendId, link_index: u16, millis: i64, source: &str) -> BurstClick {
    BurstClick {
        id: EngagementId::new(),
        send,
        link_index,
        at: DateTime::from_timestamp_millis(1_800_000_000_000 + millis).unwrap(),
        source: source.to_owned(),
    }
}

#[test]
fn two_links_from_one_source_within_five_seconds_are_a_burst() {
    // H4
    let send = SendId::new();
    let near = [click(send, 0, 0, "a"), click(send, 1, 5_000, "a")];
    assert_eq!(bursts(&near), [near[0].id, near[1].id]);
    let far = [click(send, 0, 0, "a"), click(send, 1, 5_001, "a")];
    assert!(bursts(&far).is_empty());
}

#[test]
fn three_links_from_anywhere_within_ten_seconds_are_a_burst() {
    // H4
    let send = SendId::new();
    let three: Vec<_> = (0..3)
        .map(|link| {
            click(
                send,
                link,
                i64::from(link) * 4_000,
                &format!("source {link}"),
            )
        })
        .collect();
    assert_eq!(bursts(&three).len(), 3);
    assert!(
        bursts(&three[..2]).is_empty(),
        "two sources, two links: two people"
    );
}

#[test]
fn a_double_click_is_no_burst() {
    let send = SendId::new();
    let double = [click(send, 0, 0, "a"), click(send, 0, 300, "a")];
    assert!(bursts(&double).is_empty());
}

#[test]
fn each_mail_is_looked_at_by_itself() {
    let clicks = [
        click(SendId::new(), 0, 0, "a"),
        click(SendId::new(), 1, 0, "a"),
    ];
    assert!(bursts(&clicks).is_empty());
}

#[test]
fn the_footers_links_add_to_a_burst() {
    // H9: three links from three clients, one of them of the footer.
    let send = SendId::new();
    let clicks = [(0, "a"), (1, "b"), (9, "c")].map(|(link, source)| click(send, link, 0, source));
    assert_eq!(bursts(&clicks).len(), 3);
}

#[test]
fn a_click_on_the_honeypot_taints_the_clicks_around_it() {
    // H3
    let send = SendId::new();
    let clicks = [
        click(send, 0, -10_001, "a"),
        click(send, 0, -10_000, "b"),
        click(send, HONEYPOT_LINK, 0, "c"),
        click(send, 4, 10_000, "d"),
        click(send, 5, 10_001, "e"),
        click(SendId::new(), 0, 0, "c"),
    ];
    let found = by_company(&clicks);
    let tainted = clicks[1..4]
        .iter()
        .map(|click| (click.id, MachineReason::Honeypot));
    assert_eq!(found, tainted.collect());
}

#[test]
fn the_honeypot_is_a_stronger_reason_than_a_burst() {
    // H3, H4
    let send = SendId::new();
    let clicks = [0, 1, HONEYPOT_LINK].map(|link| click(send, link, 0, "a"));
    let found = by_company(&clicks);
    assert_eq!(found.len(), 3);
    assert!(
        found
            .values()
            .all(|reason| *reason == MachineReason::Honeypot)
    );
}

#[test]
fn the_log_can_store_the_honeypot() {
    assert_eq!(i16::try_from(HONEYPOT_LINK), Ok(i16::MAX));
}

#[test]
fn a_stored_verdict_reads_back() {
    for reason in MachineReason::ALL {
        for verdict in [
            MachineVerdict::Suspected(reason),
            MachineVerdict::Certain(reason),
        ] {
            let stored = MachineVerdict::from_stored(verdict.as_str(), Some(reason.as_str()));
            assert_eq!(stored, verdict);
        }
    }
    assert_eq!(
        MachineVerdict::from_stored("none", None),
        MachineVerdict::None
    );
}
