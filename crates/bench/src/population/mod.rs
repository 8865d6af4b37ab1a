//! The people of a measurement: a tenant with a site, leads with visitor ids, and one mail to each.

mod fill;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use domain::ids::{BroadcastId, LeadId, SendId, TenantId};
use domain::keys::{KEY_BYTES, KeyRing, MasterKey};
use domain::tracking::token::{ClickToken, LINK_LIFETIME};
use domain::tracking::{MailRef, MailSource, PageUrl, SiteKey, VisitorId};
use uuid::Uuid;

/// The registered site.
pub(crate) const ORIGIN: &str = "https://school.example";
/// Pages of the site; none of them is an important one.
const PAGES: usize = 200;

const LOOKUP: [u8; KEY_BYTES] = [9; KEY_BYTES];
const SECRET: [u8; KEY_BYTES] = [7; KEY_BYTES];

/// One lead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    /// Its id.
    pub(crate) lead: LeadId,
    /// The id of its browser.
    pub(crate) tid: VisitorId,
    /// The mail it got.
    pub(crate) send: SendId,
}

/// Everybody, in the order in which they act, which has nothing to do with the order of their rows.
#[derive(Debug)]
pub(crate) struct Population {
    /// Whose leads they are.
    pub(crate) tenant: TenantId,
    /// Names the site in reports.
    pub(crate) site_key: SiteKey,
    /// What they got.
    pub(crate) broadcast: BroadcastId,
    /// When it was handed over: long enough ago for a person to have read it.
    pub(crate) queued_at: DateTime<Utc>,
    /// The people.
    pub(crate) people: Vec<Person>,
    keys: KeyRing,
}

impl Population {
    /// So many people, all new.
    pub(crate) fn of(leads: usize) -> anyhow::Result<Self> {
        let tenant = TenantId::new();
        let broadcast = BroadcastId::new();
        let person = |_| {
            let lead = LeadId::new();
            let parts = [broadcast.uuid(), lead.uuid()];
            Person {
                lead,
                tid: VisitorId::from_random_bytes(Uuid::new_v4().into_bytes()),
                send: SendId::derived(&[parts[0].as_bytes(), parts[1].as_bytes()]),
            }
        };
        let mut people: Vec<Person> = (0..leads).map(person).collect();
        // Random ids put them into a random order.
        people.sort_unstable_by_key(|person| person.tid);
        Ok(Self {
            tenant,
            site_key: SiteKey::from_random_bytes([5; 12]),
            broadcast,
            queued_at: (Utc::now() - TimeDelta::hours(1)).trunc_subsecs(0),
            people,
            keys: KeyRing::new(LOOKUP, vec![MasterKey::new("k1", SECRET, None)?])?,
        })
    }

    /// Seals a secret as the server keeps it.
    pub(crate) fn seal(&self, secret: &[u8]) -> Vec<u8> {
        let mut nonce = [0; 12];
        nonce.copy_from_slice(&Uuid::new_v4().as_bytes()[..12]);
        self.keys.seal(nonce, secret)
    }

    /// The token of the link in one person's mail.
    pub(crate) fn click_token(&self, at: usize) -> anyhow::Result<String> {
        let person = &self.people[at];
        let token = ClickToken {
            tenant: self.tenant,
            mail: MailRef {
                send: person.send,
                lead: person.lead,
                queued_at: self.queued_at,
                source: Some(MailSource::Broadcast(self.broadcast)),
                event: None,
            },
            link_index: 0,
            target: PageUrl::parse(&page(at))?,
            expires_at: self.queued_at + LINK_LIFETIME,
        };
        Ok(token.sign(&self.keys))
    }
}

/// The page that a person looks at.
pub(crate) fn page(at: usize) -> String {
    format!("{ORIGIN}/course/{}", at % PAGES)
}

/// Writes the keys file with which a server knows the tokens of every [`Population`].
pub(crate) fn write_keys(path: &Path) -> anyhow::Result<()> {
    let text = format!(
        "lookup = \"{}\"\n\n[[keys]]\nid = \"k1\"\nsecret = \"{}\"\n",
        BASE64.encode(LOOKUP),
        BASE64.encode(SECRET)
    );
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_person_has_ids_and_a_token_of_its_own() {
        let all = Population::of(500).unwrap();
        let tids: BTreeSet<_> = all.people.iter().map(|person| person.tid).collect();
        let tokens: BTreeSet<_> = (0..500).map(|at| all.click_token(at).unwrap()).collect();
        assert_eq!((tids.len(), tokens.len()), (500, 500));
        let token = ClickToken::verify(&all.click_token(3).unwrap(), &all.keys, Utc::now());
        assert_eq!(token.unwrap().mail.lead, all.people[3].lead);
    }

    #[test]
    fn people_act_in_another_order_than_that_of_their_rows() {
        let all = Population::of(500).unwrap();
        let mut by_row: Vec<LeadId> = all.people.iter().map(|person| person.lead).collect();
        let acting = by_row.clone();
        by_row.sort_unstable();
        assert_ne!(acting, by_row);
    }
}
