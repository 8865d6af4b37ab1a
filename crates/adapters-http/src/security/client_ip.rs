//! Where a request comes from, when proxies stand in between.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use ipnet::IpNet;

const FORWARDED: &str = "x-forwarded-for";

/// The address of the client: the last one in the chain that is not a proxy of ours. What a client
/// writes into the header itself stands before that and is not believed.
pub(crate) fn client_ip(request: &HttpRequest, proxies: &[IpNet]) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |it| it.ip());
    let is_proxy = |ip: &IpAddr| proxies.iter().any(|network| network.contains(ip));
    let mut client = peer.to_canonical();
    for hop in hops(request).into_iter().rev() {
        if !is_proxy(&client) {
            break;
        }
        match hop {
            Some(hop) => client = hop.to_canonical(),
            None => break,
        }
    }
    client
}

/// What the proxies wrote, in order; `None` for what is no address.
fn hops(request: &HttpRequest) -> Vec<Option<IpAddr>> {
    request
        .headers()
        .get_all(FORWARDED)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|hop| hop.trim().parse().ok())
        .collect()
}

/// One client, as far as limits are concerned: one address of IPv4; of IPv6 the network that one
/// customer gets, so that nobody may do more than others by having more addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClientKey(u64);

impl ClientKey {
    pub(crate) fn of(ip: IpAddr) -> Self {
        const OF_V4: u64 = 1 << 63;
        Self(match ip.to_canonical() {
            IpAddr::V4(v4) => OF_V4 | u64::from(v4.to_bits()),
            IpAddr::V6(v6) => {
                let [a, b, c, ..] = v6.segments();
                u64::from(a) << 32 | u64::from(b) << 16 | u64::from(c)
            }
        })
    }
}

/// The network around an address as it may be stored: /24 of IPv4, /48 of IPv6.
pub(crate) fn network_of(ip: IpAddr) -> String {
    let length = match ip {
        IpAddr::V4(_) => 24,
        IpAddr::V6(_) => 48,
    };
    IpNet::new(ip, length).map_or_else(|_| String::new(), |net| net.trunc().addr().to_string())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let mut request = TestRequest::default().peer_addr(format!("{peer}:1").parse().unwrap());
        for value in forwarded {
            request = request.append_header((FORWARDED, *value));
        }
        let proxies = ["10.0.0.0/8".parse().unwrap()];
        client_ip(&request.to_http_request(), &proxies).to_string()
    }

    #[test]
    fn a_stranger_cannot_speak_for_others() {
        assert_eq!(seen("203.0.113.77", &["198.51.100.1"]), "203.0.113.77");
    }

    #[test]
    fn a_proxy_of_ours_is_believed_as_far_as_it_saw() {
        assert_eq!(seen("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            seen("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(
            seen("10.0.0.1", &["1.1.1.1", "198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(seen("10.0.0.1", &["198.51.100.1, nonsense"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn only_the_network_is_kept() {
        assert_eq!(network_of("203.0.113.77".parse().unwrap()), "203.0.113.0");
        assert_eq!(
            network_of("2001:db8:1:2::3".parse().unwrap()),
            "2001:db8:1::"
        );
    }
}
