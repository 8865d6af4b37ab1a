//! Tags of the leads that are ticked in a list.

use std::collections::BTreeSet;

use domain::ids::LeadId;
use domain::leads::{LeadPage, audit};
use domain::tenancy::{AuditEntry, AuditTarget};
use serde::Deserialize;
use url::form_urlencoded;

use super::query::typed_tags;
use crate::blocking::blocking;
use crate::error::{Complaint, Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::State;

/// What to do with the tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Act {
    Add,
    Remove,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TagForm {
    #[serde(default)]
    lead: Vec<LeadId>,
    #[serde(default)]
    tags: String,
    act: Act,
    /// The query of the list, to come back to it.
    #[serde(default)]
    list: String,
}

pub(super) async fn change(me: SignedIn, state: State, Form(form): Form<TagForm>) -> PageResult {
    let target = list_address(&form.list);
    let tags = typed_tags(&form.tags);
    if form.lead.len() > LeadPage::MAX_SIZE as usize {
        let complaint = Complaint::about("lead", "more leads than a page has");
        return Err(Failure::Invalid(complaint).into());
    }
    if form.lead.is_empty() || tags.is_empty() {
        let flash = Flash::danger("leads-tags-nothing");
        return Ok(redirect(&target, Some(flash)));
    }
    let (tenant, actor, act) = (me.tenant_id(), me.actor(), form.act);
    let count = blocking(move || {
        let none = BTreeSet::new();
        let (add, remove) = match act {
            Act::Add => (&tags, &none),
            Act::Remove => (&none, &tags),
        };
        let ports = &state.ports;
        let now = state.now();
        let leads = &ports.leads;
        let count = leads.change_tags(tenant, &form.lead, add, remove, now)?;
        if count > 0 {
            let target = AuditTarget::all("lead");
            let entry = AuditEntry::new(actor, audit::LEADS_TAGGED, target, now)
                .with_detail(detail(act, &tags, count));
            ports.audit.append(tenant, &entry)?;
        }
        Ok::<_, Failure>(count)
    })
    .await?;
    let key = match act {
        Act::Add => "leads-tags-added",
        Act::Remove => "leads-tags-removed",
    };
    let flash = Flash::success(key).with("count", count);
    Ok(redirect(&target, Some(flash)))
}

fn detail(act: Act, tags: &BTreeSet<String>, count: u64) -> String {
    let sign = match act {
        Act::Add => "+",
        Act::Remove => "-",
    };
    let tags: Vec<String> = tags.iter().map(|tag| format!("{sign}{tag}")).collect();
    format!("{} ({count})", tags.join(" "))
}

/// The list with this query. It is written anew, so that it can be nothing but a query (V-02).
fn list_address(query: &str) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(form_urlencoded::parse(query.as_bytes()));
    let query = pairs.finish();
    if query.is_empty() {
        "/ui/leads".to_owned()
    } else {
        format!("/ui/leads?{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // V-02
    #[test]
    fn one_comes_back_to_the_list_and_nowhere_else() {
        assert_eq!(list_address(""), "/ui/leads");
        assert_eq!(list_address("band=hot&q=a+b"), "/ui/leads?band=hot&q=a+b");
        let evil = list_address("//evil\r\nSet-Cookie: x");
        assert_eq!(evil, "/ui/leads?%2F%2Fevil%0D%0ASet-Cookie%3A+x=");
    }
}
