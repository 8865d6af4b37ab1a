//! On what ground a person gets mail, kept as evidence (特定電子メール法 art. 3-2, rule 4).

use chrono::{DateTime, Utc};

use super::SaidBy;
use crate::ids::{ConsentId, LeadId};

/// How somebody consented, or why no consent is asked for (art. 3-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConsentHow {
    /// Came with a file of leads that were said to have consented.
    Import,
    /// Through a form on a web site.
    Form,
    /// Told by a program of the customer's.
    Api,
    /// Told to staff: on the telephone, at a counter.
    Staff,
    /// Handed over a business card or wrote the address down (art. 3-1-2).
    BusinessCard,
    /// Is a customer or an applicant already (art. 3-1-3).
    Relation,
    /// Made the address public without refusing mail (art. 3-1-4).
    Published,
    /// Answered a mail that asked for it.
    DoubleOptIn,
    /// Asked for mail again on the page that every mail leads to.
    PreferencePage,
}

impl ConsentHow {
    /// Every ground.
    pub const ALL: [Self; 9] = [
        Self::Import,
        Self::Form,
        Self::Api,
        Self::Staff,
        Self::BusinessCard,
        Self::Relation,
        Self::Published,
        Self::DoubleOptIn,
        Self::PreferencePage,
    ];

    /// The name in storage and in the keys of the interface's texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Form => "form",
            Self::Api => "api",
            Self::Staff => "staff",
            Self::BusinessCard => "business_card",
            Self::Relation => "relation",
            Self::Published => "published",
            Self::DoubleOptIn => "double_opt_in",
            Self::PreferencePage => "preference_page",
        }
    }

    /// The ground with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|how| how.as_str() == name)
    }

    /// Staff may note it; the others come into being by themselves.
    #[must_use]
    pub const fn is_noted_by_staff(self) -> bool {
        match self {
            Self::Form | Self::Staff | Self::BusinessCard | Self::Relation | Self::Published => {
                true
            }
            Self::Import | Self::Api | Self::DoubleOptIn | Self::PreferencePage => false,
        }
    }
}

/// One record of consent. It is never changed; a later one stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// Whose.
    pub lead: LeadId,
    /// When it was given, as far as is known.
    pub given_at: DateTime<Utc>,
    /// How.
    pub how: ConsentHow,
    /// Where: the page, the file, the occasion.
    pub source: String,
    /// What the person read, or its version.
    pub shown_text: Option<String>,
    /// From which network, shortened.
    pub network: Option<String>,
    /// Who noted it.
    pub recorded_by: SaidBy,
    /// When the person confirmed it from the mailbox itself.
    pub confirmed_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grounds_read_back_by_their_names() {
        for how in ConsentHow::ALL {
            assert_eq!(ConsentHow::parse(how.as_str()), Some(how));
        }
        assert_eq!(ConsentHow::parse("guess"), None);
    }
}
