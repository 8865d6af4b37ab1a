//! How often one client may try something that costs us.

use std::net::IpAddr;
use std::num::NonZeroU32;

use super::client_ip::ClientKey;
use super::rate::{Exceeded, Rate};
use crate::error::Failure;

/// Clients that are remembered.
const REMEMBERED: u64 = 10_000;

/// A limit on the rate of each client.
#[derive(Debug)]
pub(crate) struct Throttle(Rate<ClientKey>);

impl Throttle {
    /// For sign-in and first run: each try costs us a slow hash.
    pub(crate) fn sign_in() -> Self {
        const PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("not zero");
        const BURST: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
        Self(Rate::with_burst(PER_MINUTE, BURST, REMEMBERED))
    }

    /// For lookups in DNS that a person asks for: each asks some twenty names of others' servers.
    pub(crate) fn dns() -> Self {
        const PER_MINUTE: NonZeroU32 = NonZeroU32::new(6).expect("not zero");
        Self(Rate::with_burst(PER_MINUTE, PER_MINUTE, REMEMBERED))
    }

    /// Counts one try.
    ///
    /// # Errors
    /// [`Failure::TooMany`] with the time to wait, when the client is too fast.
    pub(crate) fn check(&self, ip: IpAddr) -> Result<(), Failure> {
        let counted = self.0.count(ClientKey::of(ip), NonZeroU32::MIN);
        counted.map(drop).map_err(Failure::from)
    }
}

impl From<Exceeded> for Failure {
    fn from(Exceeded(standing): Exceeded) -> Self {
        Self::TooMany {
            retry_after: standing.reset,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn two_at_once() -> Throttle {
        let two = NonZeroU32::new(2).unwrap();
        Throttle(Rate::with_burst(NonZeroU32::MIN, two, REMEMBERED))
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
