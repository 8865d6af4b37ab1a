//! How often one client may try something (GCRA, by network).

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::client_ip::network_of;
use crate::error::Failure;

/// Clients that are remembered before those who have been quiet are forgotten.
const REMEMBERED: usize = 10_000;

/// A limit on the rate of each client.
#[derive(Debug)]
pub(crate) struct Throttle {
    clients: DefaultKeyedRateLimiter<Client>,
    clock: DefaultClock,
}

/// One address of IPv4; of IPv6 the network that one customer gets, so that nobody has more
/// tries than others by having more addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Client {
    Address(IpAddr),
    Network(String),
}

impl Throttle {
    /// `burst` at once, and then `per_minute`.
    pub(crate) fn new(per_minute: NonZeroU32, burst: NonZeroU32) -> Self {
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        Self {
            clients: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
        }
    }

    /// For sign-in and first run: each try costs us a slow hash.
    pub(crate) fn sign_in() -> Self {
        const PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("not zero");
        const BURST: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
        Self::new(PER_MINUTE, BURST)
    }

    /// Counts one try.
    ///
    /// # Errors
    /// [`Failure::TooMany`] with the time to wait, when the client is too fast.
    pub(crate) fn check(&self, ip: IpAddr) -> Result<(), Failure> {
        if self.clients.len() > REMEMBERED {
            self.clients.retain_recent();
        }
        self.clients.check_key(&Client::of(ip)).map_err(|denied| {
            let wait = denied.wait_time_from(self.clock.now());
            Failure::TooMany {
                retry_after: wait.max(Duration::from_secs(1)),
            }
        })
    }
}

impl Client {
    fn of(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(_) => Self::Address(ip),
            IpAddr::V6(_) => Self::Network(network_of(ip)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_at_once() -> Throttle {
        Throttle::new(NonZeroU32::MIN, NonZeroU32::new(2).unwrap())
    }

    // A61
    #[test]
    fn beyond_the_burst_a_client_waits_and_others_do_not() {
        let throttle = two_at_once();
        let (one, other) = (
            "203.0.113.1".parse().unwrap(),
            "203.0.113.2".parse().unwrap(),
        );
        assert!(throttle.check(one).is_ok());
        assert!(throttle.check(one).is_ok());
        let denied = throttle.check(one).unwrap_err();
        assert!(denied.retry_after().unwrap() > Duration::from_secs(30));
        assert!(throttle.check(other).is_ok());
    }

    #[test]
    fn all_addresses_of_one_ipv6_customer_are_one_client() {
        let throttle = two_at_once();
        for last in 1..=2 {
            let ip = format!("2001:db8:1:{last}::{last}").parse().unwrap();
            assert!(throttle.check(ip).is_ok());
        }
        assert!(throttle.check("2001:db8:1:3::3".parse().unwrap()).is_err());
    }
}
