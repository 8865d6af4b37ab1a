//! What is kept of the machine a request came from.

use std::fmt;
use std::net::IpAddr;

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use super::{NetworkClass, NetworkClasses};

/// The network of a client: /24 of IPv4, /48 of IPv6. The address itself is never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Network {
    /// 256 addresses.
    V4(Ipv4Net),
    /// One site's worth of addresses.
    V6(Ipv6Net),
}

impl Network {
    /// The network that `address` lies in. An IPv4 address in IPv6 clothes counts as IPv4.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(Ipv4Net::new_assert(v4, 24).trunc()),
            IpAddr::V6(v6) => Self::V6(Ipv6Net::new_assert(v6, 48).trunc()),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(net) => net.fmt(f),
            Self::V6(net) => net.fmt(f),
        }
    }
}

/// What is kept of the client of an engagement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its shortened network, as text.
    pub network: Option<String>,
    /// Its user agent, at most 300 characters.
    pub user_agent: Option<String>,
    /// Whose network it is, looked up before the address was shortened. Not stored.
    #[serde(default)]
    pub class: NetworkClass,
}

/// A user agent is free text of the sender; more than this tells nothing.
const USER_AGENT_CHARS: usize = 300;

impl Client {
    /// What is kept of a request from `address` with this User-Agent header.
    #[must_use]
    pub fn of(
        address: Option<IpAddr>,
        user_agent: Option<&str>,
        networks: &NetworkClasses,
    ) -> Self {
        Self {
            class: address
                .map(|address| networks.class_of(address))
                .unwrap_or_default(),
            network: address.map(|address| Network::of(address).to_string()),
            user_agent: user_agent.map(|text| {
                text.chars()
                    .filter(|char| !char.is_control())
                    .take(USER_AGENT_CHARS)
                    .collect()
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> String {
        Network::of(address.parse().unwrap()).to_string()
    }

    #[test]
    fn an_address_is_shortened_before_it_is_kept() {
        // C36
        assert_eq!(network("203.0.113.77"), "203.0.113.0/24");
        assert_eq!(network("2001:db8:1:2::7"), "2001:db8:1::/48");
        assert_eq!(network("::ffff:203.0.113.77"), "203.0.113.0/24");
    }

    #[test]
    fn the_class_of_the_network_is_that_of_the_whole_address() {
        // H5: 52.238.78.88 alone of its /24 is a mail filter.
        let class = |address: &str| {
            let address = address.parse().ok();
            Client::of(address, None, &NetworkClasses::default()).class
        };
        assert_eq!(class("52.238.78.88"), NetworkClass::MailFilter);
        assert_ne!(class("52.238.78.89"), NetworkClass::MailFilter);
    }

    #[test]
    fn a_user_agent_is_kept_short_and_without_control_characters() {
        let text = format!("Mozilla\r\n{}", "x".repeat(5000));
        let client = Client::of(None, Some(&text), &NetworkClasses::default());
        let kept = client.user_agent.unwrap();
        assert_eq!(kept.chars().count(), USER_AGENT_CHARS);
        assert!(!kept.contains('\n'));
    }
}
