//! What a provider does with a mail.

use std::time::Duration;

/// What a provider does with a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Takes it and says so.
    Accept,
    /// Takes it and says so late.
    AcceptSlowly,
    /// Does not take it, because too much comes: 429 with `Retry-After` and `X-RateLimit-Reset`;
    /// 421 in SMTP.
    Limit,
    /// Does not take it, for a fault of its own: 503; 451 in SMTP.
    Fault,
    /// Does not take it and never will: 400; 550 in SMTP.
    Reject,
    /// Does not take it because it is too large: 413; 552 in SMTP.
    TooLarge,
    /// Refuses its sender, not the mail: 401; 530 in SMTP.
    RefuseKey,
    /// Refuses its sender, not the mail: 403; 535 in SMTP.
    RefuseSender,
    /// Reads it, does not take it, and keeps the connection open without an answer.
    HoldUntaken,
    /// Takes it, and keeps the connection open without an answer.
    HoldTaken,
    /// Reads it, does not take it, and closes the connection without an answer.
    DropUntaken,
    /// Takes it, and closes the connection without an answer.
    DropTaken,
}

impl Deed {
    /// Whether the mail is the provider's afterwards.
    #[must_use]
    pub const fn takes(self) -> bool {
        matches!(
            self,
            Self::Accept | Self::AcceptSlowly | Self::HoldTaken | Self::DropTaken
        )
    }
}

/// How a provider behaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Manners {
    /// How often it does what, from 0 to 1; what is left of 1 is [`Deed::Accept`].
    pub shares: Vec<(Deed, f64)>,
    /// What a [`Deed::Limit`] says how long to wait, in whole seconds.
    pub wait: Duration,
    /// How late an [`Deed::AcceptSlowly`] is.
    pub delay: Duration,
    /// How long a connection is held at most.
    pub hold: Duration,
}

impl Default for Manners {
    /// Accepts everything.
    fn default() -> Self {
        Self {
            shares: Vec::new(),
            wait: Duration::from_secs(1),
            delay: Duration::from_millis(300),
            hold: Duration::from_secs(60),
        }
    }
}

impl Manners {
    /// Does this, always.
    #[must_use]
    pub fn always(deed: Deed) -> Self {
        Self::sometimes([(deed, 1.0)])
    }

    /// Does these by their shares, and accepts otherwise.
    #[must_use]
    pub fn sometimes(shares: impl Into<Vec<(Deed, f64)>>) -> Self {
        Self {
            shares: shares.into(),
            ..Self::default()
        }
    }

    /// What a throw from 0 to 1 comes to.
    #[must_use]
    pub(crate) fn deed(&self, throw: f64) -> Deed {
        let mut edge = 0.0;
        for (deed, share) in &self.shares {
            edge += share;
            if throw < edge {
                return *deed;
            }
        }
        Deed::Accept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_share_covers_is_accepted() {
        let manners = Manners::sometimes([(Deed::Limit, 0.25), (Deed::Fault, 0.25)]);
        let deeds = [0.0, 0.24, 0.25, 0.49, 0.5, 0.99].map(|throw| manners.deed(throw));
        let expected = [
            Deed::Limit,
            Deed::Limit,
            Deed::Fault,
            Deed::Fault,
            Deed::Accept,
            Deed::Accept,
        ];
        assert_eq!(deeds, expected);
        assert_eq!(Manners::always(Deed::Reject).deed(0.999), Deed::Reject);
    }
}
