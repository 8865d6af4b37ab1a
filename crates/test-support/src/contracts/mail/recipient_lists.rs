//! Lists of addresses that broadcasts go to.

use std::collections::BTreeSet;

use domain::ids::{BroadcastId, LeadId};
use domain::leads::{EmailAddress, LeadFilter};

use super::{MailPorts, as_of};
use crate::builders::delivery::address;

fn addresses(names: &[&str]) -> BTreeSet<EmailAddress> {
    let named = names.iter().map(|name| format!("{name}@example.com"));
    named.map(|name| address(&name)).collect()
}

impl MailPorts<'_> {
    fn audience(&self, id: BroadcastId) -> LeadFilter {
        let found = self.broadcasts.find(self.tenant, id).unwrap();
        found.unwrap().audience
    }

    fn reached(&self, id: BroadcastId) -> Vec<LeadId> {
        let audience = self.audience(id);
        let found = self
            .listing
            .walk(self.tenant, &audience, None, 99, as_of(1));
        let ids: Vec<_> = found.unwrap().iter().map(|lead| lead.id).collect();
        let count = self.listing.count(self.tenant, &audience, as_of(1));
        assert_eq!(count.unwrap(), ids.len() as u64);
        ids
    }
}

/// See its name.
pub fn only_the_leads_of_a_list_get_the_mail(ports: &MailPorts<'_>) {
    let [a, b, c] = ["a", "b", "c"].map(|name| ports.lead(name));
    let (id, other) = (ports.draft().id, ports.draft().id);
    assert_eq!(ports.reached(id), [a, b, c]);
    let list = |id, names: &[&str]| {
        let listed = ports
            .lists
            .replace_list(ports.tenant, id, &addresses(names));
        listed.unwrap()
    };
    let unknown = list(id, &["a", "c", "nobody"]);
    assert_eq!(unknown, Some(addresses(&["nobody"])));
    assert_eq!(ports.audience(id).listed_for, Some(id));
    assert_eq!(ports.reached(id), [a, c]);
    assert_eq!(list(other, &["b"]), Some(BTreeSet::new()));
    assert_eq!(list(id, &["b"]), Some(BTreeSet::new()), "in its place");
    assert_eq!(ports.reached(id), [b]);
    assert_eq!(list(id, &[]), Some(BTreeSet::new()));
    assert_eq!(ports.reached(id), [], "a list of nobody is nobody");
    assert!(ports.lists.remove_list(ports.tenant, id).unwrap());
    assert_eq!(
        (ports.reached(id), ports.reached(other)),
        (vec![a, b, c], vec![b])
    );
}

/// See its name.
pub fn a_list_belongs_to_a_draft(ports: &MailPorts<'_>) {
    // D23
    ports.lead("a");
    let draft = ports.draft().id;
    let started = ports.preparing();
    let list = |tenant, id| {
        let listed = ports.lists.replace_list(tenant, id, &addresses(&["a"]));
        listed.unwrap()
    };
    assert_eq!(list(ports.tenant, started), None);
    assert_eq!(list(ports.tenant, BroadcastId::new()), None);
    assert_eq!(list(ports.other_tenant, draft), None);
    assert!(!ports.lists.remove_list(ports.tenant, started).unwrap());
    assert!(!ports.lists.remove_list(ports.other_tenant, draft).unwrap());
    assert_eq!(ports.audience(started).listed_for, None);
    assert_eq!(list(ports.tenant, draft), Some(BTreeSet::new()));
    assert!(ports.broadcasts.remove_draft(ports.tenant, draft).unwrap());
}
