//! What one request says of itself and of where it comes from (H1, H2, H5, and the rules of opens).

use super::{MachineReason, MachineVerdict, NetworkClass};

/// What a request says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestSigns<'a> {
    /// Whether the method is HEAD or OPTIONS.
    pub is_head: bool,
    /// The values of Sec-Purpose, Purpose, X-Purpose and X-Moz, joined.
    pub purpose: Option<&'a str>,
    /// The User-Agent header.
    pub user_agent: Option<&'a str>,
    /// Whose network it comes from.
    pub network: NetworkClass,
}

const PREFETCH_WORDS: [&str; 3] = ["prefetch", "prerender", "preview"];

/// Programs and mail scanners, by a part of their User-Agent in lower case.
const MACHINE_AGENTS: [&str; 30] = [
    "bot",
    "spider",
    "crawl",
    "curl/",
    "wget/",
    "python-requests",
    "go-http-client",
    "okhttp",
    "java/",
    "headless",
    "phantomjs",
    "bingpreview",
    "skypeuripreview",
    "whatsapp",
    "telegram",
    "validator",
    "uptime",
    "safelinks",
    "urldefense",
    "barracuda",
    "mimecast",
    "proofpoint",
    "forcepoint",
    "symantec",
    "trendmicro",
    "sophos",
    "zscaler",
    "libwww-perl",
    "python-urllib",
    "aiohttp",
];

/// A make of telephones; people have them.
const PHONE_WITH_BOT: &str = "cubot";

/// Apple Mail's privacy protection says this and nothing more.
const APPLE_MAIL_PRIVACY: &str = "Mozilla/5.0";
/// Gmail fetches pictures for a notification with a browser that nobody uses any more: both parts
/// stand in its User-Agent.
const GMAIL_PREFETCH: [&str; 2] = ["Chrome/42.0.2311.135", "Edge/12.246"];

/// The verdict on a click or a page view by its request alone (H1, H2, H5).
#[must_use]
pub fn verdict_of_request(signs: RequestSigns<'_>) -> MachineVerdict {
    use MachineVerdict::Certain;
    if signs.is_head {
        return Certain(MachineReason::Head);
    }
    if signs
        .purpose
        .is_some_and(|text| says(text, &PREFETCH_WORDS))
    {
        return Certain(MachineReason::Prefetch);
    }
    if signs.network == NetworkClass::MailFilter {
        return Certain(MachineReason::MailFilter);
    }
    match signs.user_agent.map(str::trim) {
        None | Some("") => Certain(MachineReason::NoUserAgent),
        Some(agent) if is_machine_agent(agent) => Certain(MachineReason::UserAgent),
        Some(_) => MachineVerdict::None,
    }
}

/// The verdict on an open by its request alone: the rules of all requests, and those of pictures.
///
/// Apple's mail privacy and Gmail's notifications fetch pictures that nobody may ever see. Both are
/// about pictures only: a click from Apple's network is a click of somebody. The proxies of Gmail,
/// Outlook.com and Yahoo fetch when a mail is opened, so they count as people.
#[must_use]
pub fn verdict_of_open(signs: RequestSigns<'_>) -> MachineVerdict {
    let verdict = verdict_of_request(signs);
    if !verdict.is_human() {
        return verdict;
    }
    let agent = signs.user_agent.unwrap_or_default().trim();
    if agent == APPLE_MAIL_PRIVACY || signs.network == NetworkClass::Apple {
        MachineVerdict::Suspected(MachineReason::AppleMailPrivacy)
    } else if GMAIL_PREFETCH.iter().all(|part| agent.contains(part)) {
        MachineVerdict::Suspected(MachineReason::ImagePrefetch)
    } else {
        MachineVerdict::None
    }
}

fn is_machine_agent(agent: &str) -> bool {
    let agent = agent.to_ascii_lowercase().replace(PHONE_WITH_BOT, "");
    says(&agent, &MACHINE_AGENTS)
}

fn says(text: &str, words: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    words.iter().any(|word| text.contains(word))
}
