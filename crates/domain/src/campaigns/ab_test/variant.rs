//! The two variants, and who gets which.

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::AbTest;
use crate::ids::{BroadcastId, LeadId};

/// One of the two mails of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// The broadcast's own.
    A,
    /// The other one.
    B,
}

impl Variant {
    /// Both.
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    /// The name in storage and in the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }

    /// The variant with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|variant| variant.as_str() == name)
    }
}

impl AbTest {
    /// The variant that this recipient gets; none if it waits for the winner.
    ///
    /// A digest of both ids decides: the same recipient of the same broadcast always gets the
    /// same, whoever asks, and another broadcast draws anew.
    #[must_use]
    pub fn variant_of(&self, broadcast: BroadcastId, lead: LeadId) -> Option<Variant> {
        let [place, side] = drawn(broadcast, lead);
        let is_tested = place % 100 < u64::from(self.share_percent);
        is_tested.then_some(if side % 2 == 0 {
            Variant::A
        } else {
            Variant::B
        })
    }
}

/// Two numbers that have nothing to do with each other.
fn drawn(broadcast: BroadcastId, lead: LeadId) -> [u64; 2] {
    let mut digest = Context::new(&SHA256);
    digest.update(b"ab_test");
    digest.update(broadcast.uuid().as_bytes());
    digest.update(lead.uuid().as_bytes());
    let digest = digest.finish();
    let number = |from: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest.as_ref()[from..from + 8]);
        u64::from_be_bytes(bytes)
    };
    [number(0), number(8)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::tests::test_of_subjects;
    use super::*;

    fn leads(count: u128) -> impl Iterator<Item = LeadId> {
        (0..count).map(|n| LeadId::from_uuid(Uuid::from_u128(n)))
    }

    fn with_share(share_percent: u8) -> AbTest {
        AbTest {
            share_percent,
            ..test_of_subjects()
        }
    }

    #[test]
    fn names_of_variants_lead_back() {
        for variant in Variant::ALL {
            assert_eq!(Variant::parse(variant.as_str()), Some(variant));
        }
        assert_eq!(Variant::parse("c"), None);
    }

    #[test]
    fn another_broadcast_draws_anew() {
        // B7
        let (one, other) = (BroadcastId::new(), BroadcastId::new());
        let test = with_share(50);
        let differs = |lead: &LeadId| test.variant_of(one, *lead) != test.variant_of(other, *lead);
        // With a half tested, five of eight draws differ.
        assert!(leads(1_000).filter(differs).count() > 500);
    }

    proptest! {
        // B7: 4,000 recipients, five standard deviations on either side.
        #[test]
        fn the_test_group_has_its_share_and_is_halved(
            broadcast: u128,
            share in 10..=100_u8,
        ) {
            let (broadcast, test) = (BroadcastId::from_uuid(Uuid::from_u128(broadcast)), with_share(share));
            let mut counts = [0_i32; 2];
            for variant in leads(4_000).filter_map(|lead| test.variant_of(broadcast, lead)) {
                counts[usize::from(variant == Variant::B)] += 1;
            }
            let [a, b] = counts;
            prop_assert!((a + b - 40 * i32::from(share)).abs() <= 160, "{a} {b}");
            prop_assert!(f64::from((a - b).abs()) <= 5.0 * f64::from(a + b).sqrt(), "{a} {b}");
        }

        #[test]
        fn a_larger_share_keeps_who_was_in_and_with_which_variant(
            broadcast: u128,
            lead: u128,
            small in 10..=100_u8,
            more in 0..=90_u8,
        ) {
            let broadcast = BroadcastId::from_uuid(Uuid::from_u128(broadcast));
            let lead = LeadId::from_uuid(Uuid::from_u128(lead));
            let drawn = |share: u8| with_share(share).variant_of(broadcast, lead);
            if drawn(small).is_some() {
                prop_assert_eq!(drawn(small), drawn((small + more).min(100)));
            }
            prop_assert!(drawn(100).is_some());
        }
    }
}
