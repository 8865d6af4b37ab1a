//! Who sends, as the law wants it named in every mail (特定電子メール法 art. 4, rule 9).

use chrono::{DateTime, Utc};

use crate::leads::EmailAddress;

/// What every mail says about its sender. Fields may be blank until someone fills them in;
/// nothing can be sent before [`SenderProfile::missing`] is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SenderProfile {
    /// The name beside the sending address.
    pub from_name: String,
    /// The sending address.
    pub from_address: Option<EmailAddress>,
    /// Where answers go, if not to the sending address.
    pub reply_to: Option<EmailAddress>,
    /// The name of the organisation that answers for the mail (氏名又は名称).
    pub organisation: String,
    /// Its postal address (住所).
    pub postal_address: String,
    /// Where complaints and inquiries go: telephone, mail or web address (問合せ先).
    pub contact: String,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// An item without which no mail is sent. The refusal link and its statement are not among
/// them, because Ondo puts both into every mail itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SenderItem {
    /// The name beside the sending address.
    FromName,
    /// The sending address.
    FromAddress,
    /// The organisation.
    Organisation,
    /// Its postal address.
    PostalAddress,
    /// Its contact for complaints.
    Contact,
}

impl SenderItem {
    /// The name in forms and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FromName => "from_name",
            Self::FromAddress => "from_address",
            Self::Organisation => "organisation",
            Self::PostalAddress => "postal_address",
            Self::Contact => "contact",
        }
    }
}

impl SenderProfile {
    /// The items that are still blank, in the order of the form.
    #[must_use]
    pub fn missing(&self) -> Vec<SenderItem> {
        let blank = |text: &str| text.trim().is_empty();
        [
            (blank(&self.from_name), SenderItem::FromName),
            (self.from_address.is_none(), SenderItem::FromAddress),
            (blank(&self.organisation), SenderItem::Organisation),
            (blank(&self.postal_address), SenderItem::PostalAddress),
            (blank(&self.contact), SenderItem::Contact),
        ]
        .into_iter()
        .filter_map(|(missing, item)| missing.then_some(item))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_profile_lacks_all_five_items() {
        // B68
        assert_eq!(SenderProfile::default().missing().len(), 5);
    }

    #[test]
    fn blanks_do_not_fill_an_item() {
        let profile = SenderProfile {
            from_name: "春日大学 入試課".into(),
            from_address: EmailAddress::parse("nyushi@example.ac.jp").ok(),
            organisation: "学校法人春日学園".into(),
            postal_address: "　".into(),
            contact: "03-0000-0000".into(),
            ..SenderProfile::default()
        };
        assert_eq!(profile.missing(), [SenderItem::PostalAddress]);
    }
}
