//! Whose the engagements of a batch are.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use domain::ids::{LeadId, TenantId};
use domain::leads::EmailAddress;
use domain::tracking::{Action, Engagement, Subject};
use uuid::Uuid;

use super::leads::{self, LockedLeads};
use super::visitors::{self, Visitors};
use crate::pool::TenantWorkError;
use crate::statement::statement;

/// The browsers and leads of a batch, locked.
pub(super) struct People {
    pub(super) visitors: Visitors,
    pub(super) leads: LockedLeads,
    addressed: BTreeMap<String, LeadId>,
}

impl People {
    /// Locks first the browsers and then the leads, as everyone does.
    pub(super) fn lock(
        connection: &mut PgConnection,
        tenant: TenantId,
        engagements: &[&Engagement],
    ) -> Result<Self, TenantWorkError> {
        let mut people = Self {
            addressed: addressed(connection, tenant, engagements)?,
            visitors: visitors::lock(connection, tenant, engagements)?,
            leads: LockedLeads::new(),
        };
        let named = engagements.iter().filter_map(|new| people.named(new));
        people.leads = leads::lock(connection, tenant, &named.collect())?;
        Ok(people)
    }

    /// The lead that an engagement is about, whether there is one of that id or not.
    pub(super) fn named(&self, engagement: &Engagement) -> Option<LeadId> {
        match &engagement.action {
            Action::PageView { visitor, .. } => self.visitors.lead(*visitor),
            Action::Open { mail } | Action::Click { mail, .. } | Action::Report { mail, .. } => {
                Some(mail.lead)
            }
            Action::Custom { subject, .. } => match subject {
                Subject::Lead(lead) => Some(*lead),
                Subject::Address(address) => self.addressed.get(address.as_str()).copied(),
            },
        }
    }

    /// It measures somebody who stopped the tracking (C14).
    pub(super) fn refuse(&self, engagement: &Engagement) -> bool {
        let lead = self
            .named(engagement)
            .and_then(|lead| self.leads.get(&lead));
        engagement.kind().is_measured() && lead.is_some_and(|lead| lead.is_untracked)
    }

    /// The lead whose engagement it is.
    pub(super) fn lead(&self, engagement: &Engagement) -> Option<LeadId> {
        let named = self.named(engagement);
        named.filter(|lead| self.leads.contains_key(lead))
    }
}

const ADDRESSED: &str = "
    SELECT leads.id, leads.email
    FROM (SELECT asked.email FROM UNNEST($2) AS asked (email) LIMIT cardinality($2)) AS asked
    JOIN leads ON leads.tenant_id = $1 AND leads.email = asked.email";

#[derive(QueryableByName)]
struct Addressed {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    email: String,
}

/// The leads that custom events name by their addresses.
fn addressed(
    connection: &mut PgConnection,
    tenant: TenantId,
    engagements: &[&Engagement],
) -> QueryResult<BTreeMap<String, LeadId>> {
    let addresses: BTreeSet<&str> = engagements
        .iter()
        .filter_map(|engagement| address(engagement))
        .map(EmailAddress::as_str)
        .collect();
    if addresses.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<Addressed> = statement(ADDRESSED)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<Text>, _>(addresses.into_iter().collect::<Vec<_>>())
        .load(connection)?;
    let lead = |row: Addressed| (row.email, LeadId::from_uuid(row.id));
    Ok(rows.into_iter().map(lead).collect())
}

fn address(engagement: &Engagement) -> Option<&EmailAddress> {
    match &engagement.action {
        Action::Custom {
            subject: Subject::Address(address),
            ..
        } => Some(address),
        Action::Custom {
            subject: Subject::Lead(_),
            ..
        }
        | Action::Open { .. }
        | Action::Click { .. }
        | Action::PageView { .. }
        | Action::Report { .. } => None,
    }
}
