//! Links of broadcasts and campaigns: how often each was followed, and by how many people. (C27, C31)

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, SmallInt, Uuid as SqlUuid};
use domain::ids::{LeadId, SendId, TenantId};
use domain::scoring::Reclassified;
use domain::tracking::{Action, HONEYPOT_LINK, MailSource};
use uuid::Uuid;

use crate::statement::statement;
use crate::tracking::batch::Item;

/// A link of a source, and who followed it; nobody, if the lead does not exist.
type Key = (Uuid, i16, Option<LeadId>);

#[derive(Clone, Copy, Debug, Default)]
struct Clicks {
    people: i32,
    machines: i32,
}

/// The clicks of one batch by link and lead.
#[derive(Default)]
pub(super) struct Links {
    clicks: BTreeMap<Key, Clicks>,
    /// What the clicked mails were sent for. A click is only taken back by another one in the same
    /// mail, so that the source of every click that is taken back stands here.
    sources: BTreeMap<SendId, Uuid>,
}

impl Links {
    /// Counts a click that the log did not have before; nothing else is counted.
    pub(super) fn count(&mut self, item: &Item<'_>) {
        let Action::Click {
            mail, link_index, ..
        } = &item.engagement.action
        else {
            return;
        };
        let Some(source) = mail.source.map(MailSource::uuid) else {
            return;
        };
        self.sources.insert(mail.send, source);
        if let Some(clicks) = self.of(source, *link_index, item.lead) {
            let is_human = item.verdict.is_human();
            clicks.people += i32::from(is_human);
            clicks.machines += i32::from(!is_human);
        }
    }

    /// Moves a click that turned out to be a machine's from one count to the other.
    pub(super) fn take_back(&mut self, lead: LeadId, old: &Reclassified) {
        let Some(source) = self.sources.get(&old.click.send).copied() else {
            return;
        };
        if let Some(clicks) = self.of(source, old.click.link_index, Some(lead)) {
            clicks.people -= 1;
            clicks.machines += 1;
        }
    }

    /// The counts of a link; none for the one that nobody sees (H3), which is in no mail's picture.
    fn of(&mut self, source: Uuid, link: u16, lead: Option<LeadId>) -> Option<&mut Clicks> {
        let link = i16::try_from(link).ok().filter(|_| link != HONEYPOT_LINK)?;
        Some(self.clicks.entry((source, link, lead)).or_default())
    }

    /// Adds the counts to the tables, in one statement; a batch without clicks in mails of a
    /// broadcast or campaign asks for none.
    pub(super) fn write(&self, connection: &mut PgConnection, tenant: TenantId) -> QueryResult<()> {
        if self.clicks.is_empty() {
            return Ok(());
        }
        statement(include_str!("links.sql"))
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<Array<SqlUuid>, _>(self.column(|key, _| key.0))
            .bind::<Array<SmallInt>, _>(self.column(|key, _| key.1))
            .bind::<Array<Nullable<SqlUuid>>, _>(self.column(|key, _| key.2.map(LeadId::uuid)))
            .bind::<Array<Integer>, _>(self.column(|_, clicks| clicks.people))
            .bind::<Array<Integer>, _>(self.column(|_, clicks| clicks.machines))
            .execute(connection)
            .map(drop)
    }

    fn column<T>(&self, value: impl Fn(&Key, &Clicks) -> T) -> Vec<T> {
        let rows = self.clicks.iter();
        rows.map(|(key, clicks)| value(key, clicks)).collect()
    }
}
