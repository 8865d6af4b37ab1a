//! What people, and machines, look at mails and pages with.

use std::net::{IpAddr, Ipv6Addr};

use domain::tracking::{Client, NetworkClasses};

use crate::demo::random::Random;

const BROWSERS: [&str; 5] = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15",
];
/// Looks at mails before people do, and says so.
pub(super) const SCANNER: &str = "Mozilla/5.0 (compatible; ExampleMailScanBot/2.1)";

/// Somebody's machine, somewhere in the network that RFC 3849 keeps for examples.
pub(super) fn client(random: &mut Random, user_agent: Option<&str>) -> Client {
    let [site, host] =
        [0xFFFF, 0xFFFF].map(|end| u16::try_from(random.below(end)).unwrap_or_default());
    let address = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, site, 0, 0, 0, 0, host));
    let user_agent = user_agent.unwrap_or_else(|| BROWSERS[random.below(BROWSERS.len())]);
    Client::of(Some(address), Some(user_agent), &NetworkClasses::default())
}
