use super::*;

const BROWSER: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1";

fn verdict(is_head: bool, purpose: Option<&str>, user_agent: Option<&str>) -> MachineVerdict {
    verdict_of_request(RequestSigns {
        is_head,
        purpose,
        user_agent,
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
