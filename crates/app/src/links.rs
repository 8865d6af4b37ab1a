//! The addresses that mails carry, on the public address of the installation.

use domain::delivery::{MailIdentity, MailLinks};
use domain::keys::KeyRing;
use domain::tracking::PageUrl;
use domain::tracking::token::{ClickToken, LINK_LIFETIME, OpenToken, UnsubscribeToken};
use url::Url;

/// Signs links with the keys of the installation.
#[derive(Clone, Debug)]
pub struct SignedLinks {
    keys: KeyRing,
    /// Without a slash at the end.
    base: String,
}

impl SignedLinks {
    /// Links on the installation that browsers call `public_url`.
    #[must_use]
    pub fn new(keys: KeyRing, public_url: &Url) -> Self {
        let base = public_url.as_str().trim_end_matches('/').to_owned();
        Self { keys, base }
    }
}

impl MailLinks for SignedLinks {
    fn click(&self, mail: &MailIdentity, link_index: u16, target: &str) -> Option<String> {
        let token = ClickToken {
            tenant: mail.tenant,
            mail: mail.mail.clone(),
            link_index,
            target: PageUrl::parse(target).ok()?,
            expires_at: mail.at + LINK_LIFETIME,
        };
        Some(format!("{}/t/c/{}", self.base, token.sign(&self.keys)))
    }

    fn pixel(&self, mail: &MailIdentity) -> String {
        let token = OpenToken {
            tenant: mail.tenant,
            mail: mail.mail.clone(),
            expires_at: mail.at + LINK_LIFETIME,
        };
        format!("{}/t/o/{}.gif", self.base, token.sign(&self.keys))
    }

    fn unsubscribe(&self, mail: &MailIdentity) -> String {
        let token = UnsubscribeToken {
            tenant: mail.tenant,
            mail: mail.mail.clone(),
        };
        format!("{}/u/{}", self.base, token.sign(&self.keys))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, Utc};
    use domain::ids::{LeadId, SendId, TenantId};
    use domain::keys::MasterKey;
    use domain::tracking::MailRef;

    use super::*;

    fn keys() -> KeyRing {
        KeyRing::new([1; 32], vec![MasterKey::new("k1", [2; 32], None).unwrap()]).unwrap()
    }

    fn links() -> SignedLinks {
        SignedLinks::new(keys(), &Url::parse("https://ondo.example.jp/").unwrap())
    }

    fn mail() -> MailIdentity {
        let at = Utc::now();
        MailIdentity {
            tenant: TenantId::new(),
            mail: MailRef {
                send: SendId::new(),
                lead: LeadId::new(),
                queued_at: at,
                source: None,
                event: None,
            },
            at,
        }
    }

    #[test]
    fn a_link_carries_its_target_and_works_for_ninety_days() {
        // A16, A21
        let mail = mail();
        let link = links().click(&mail, 3, "https://school.example/apply?a=b&c=d");
        let link = link.unwrap();
        let token = link.strip_prefix("https://ondo.example.jp/t/c/").unwrap();
        let almost = mail.at + TimeDelta::days(90) - TimeDelta::seconds(2);
        let token = ClickToken::verify(token, &keys(), almost).unwrap();
        assert_eq!(
            token.target.as_str(),
            "https://school.example/apply?a=b&c=d"
        );
        assert_eq!((token.link_index, token.tenant), (3, mail.tenant));
    }

    #[test]
    fn what_no_redirect_may_lead_to_is_no_link() {
        // V-04
        assert_eq!(links().click(&mail(), 0, "javascript:alert(1)"), None);
    }

    #[test]
    fn the_refusal_link_works_for_ever() {
        let mail = mail();
        let link = links().unsubscribe(&mail);
        let token = link.strip_prefix("https://ondo.example.jp/u/").unwrap();
        assert_eq!(
            UnsubscribeToken::verify(token, &keys()).unwrap().tenant,
            mail.tenant
        );
    }
}
