//! How much room engagements take.

use std::ops::{Add, AddAssign, SubAssign};

use domain::tracking::{Action, Engagement, PropertyValue, Subject};

/// Engagements and their bytes; also a limit of both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) rows: usize,
    pub(crate) bytes: usize,
}

impl Weight {
    pub(crate) const MAX: Self = Self {
        rows: usize::MAX,
        bytes: usize::MAX,
    };

    pub(crate) fn of(engagements: &[Engagement]) -> Self {
        Self {
            rows: engagements.len(),
            bytes: engagements.iter().map(estimated_bytes).sum(),
        }
    }

    /// Whether neither is above the limit.
    pub(crate) const fn fits(self, limit: Self) -> bool {
        self.rows <= limit.rows && self.bytes <= limit.bytes
    }

    /// Whether one of them has come to the limit.
    pub(crate) const fn reaches(self, limit: Self) -> bool {
        self.rows >= limit.rows || self.bytes >= limit.bytes
    }

    /// So many of `parts` equal parts of it.
    pub(crate) const fn share(self, of: usize, parts: usize) -> Self {
        Self {
            rows: self.rows / parts * of + self.rows % parts * of / parts,
            bytes: self.bytes / parts * of + self.bytes % parts * of / parts,
        }
    }

    pub(crate) const fn twice(self) -> Self {
        Self {
            rows: self.rows.saturating_mul(2),
            bytes: self.bytes.saturating_mul(2),
        }
    }
}

impl Add for Weight {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl AddAssign for Weight {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.bytes += other.bytes;
    }
}

impl SubAssign for Weight {
    fn sub_assign(&mut self, other: Self) {
        self.rows -= other.rows;
        self.bytes -= other.bytes;
    }
}

/// The memory of one engagement, nearly: the struct and its texts.
fn estimated_bytes(engagement: &Engagement) -> usize {
    let client = &engagement.client;
    size_of::<Engagement>()
        + length(client.network.as_ref())
        + length(client.user_agent.as_ref())
        + texts_of(&engagement.action)
}

fn texts_of(action: &Action) -> usize {
    match action {
        Action::Open { .. } => 0,
        Action::Click { target, .. } => target.as_str().len(),
        Action::PageView {
            page,
            title,
            referrer,
            ..
        } => page.as_str().len() + length(title.as_ref()) + length(referrer.as_ref()),
        Action::Report { detail, .. } => length(detail.as_ref()),
        Action::Custom {
            subject,
            event,
            properties,
        } => {
            let subject = match subject {
                Subject::Lead(_) => 0,
                Subject::Address(address) => address.as_str().len(),
            };
            let property = |(name, value): (&String, &PropertyValue)| {
                size_of::<(String, PropertyValue)>() + name.len() + text_of(value)
            };
            let properties: usize = properties.values().iter().map(property).sum();
            subject + event.as_str().len() + properties
        }
    }
}

const fn text_of(value: &PropertyValue) -> usize {
    match value {
        PropertyValue::Text(text) => text.len(),
        PropertyValue::Boolean(_) | PropertyValue::Integer(_) | PropertyValue::Real(_) => 0,
    }
}

fn length(text: Option<&String>) -> usize {
    text.map_or(0, String::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{page_view, tenant};

    #[test]
    fn a_longer_text_weighs_more() {
        let short = page_view(tenant());
        let mut long = short.clone();
        long.client.user_agent = Some("x".repeat(300));
        assert_eq!(
            estimated_bytes(&long),
            estimated_bytes(&short) + 300,
            "the estimate follows the texts"
        );
    }

    #[test]
    fn a_share_is_exact_and_does_not_overflow() {
        let limit = Weight {
            rows: 9,
            bytes: usize::MAX,
        };
        assert_eq!(limit.share(1, 2).rows, 4);
        assert_eq!(limit.share(7, 8).rows, 7);
        assert_eq!(limit.share(1, 2).bytes, usize::MAX / 2);
    }
}
