//! What people want.
//!
//! A change reads what is stored, lets the domain decide and writes the result, under a lock on the
//! lead: two changes at once both count.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{LeadId, TenantId, TopicId};
use domain::privacy::{
    LeadPreferences, Pause, PreferenceChange, PreferenceStore, Said, TopicChoice,
};
use domain::store::StoreResult;
use uuid::Uuid;

use super::said::{said, said_by, user_of};
use crate::PgStore;
use crate::campaigns::go_on;
use crate::pool::TenantWorkError;
use crate::schema::{lead_preferences, leads, topic_preferences, topics};

#[derive(Queryable, Selectable)]
#[diesel(table_name = lead_preferences, check_for_backend(diesel::pg::Pg))]
struct PreferenceRow {
    paused_until: Option<DateTime<Utc>>,
    paused_at: Option<DateTime<Utc>>,
    paused_by: Option<String>,
    paused_by_user: Option<Uuid>,
    tracking_opt_out_at: Option<DateTime<Utc>>,
    tracking_opt_out_by: Option<String>,
    tracking_opt_out_user: Option<Uuid>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = topic_preferences, check_for_backend(diesel::pg::Pg))]
struct ChoiceRow {
    topic_id: Uuid,
    subscribed: bool,
    said_at: DateTime<Utc>,
    said_by: String,
    user_id: Option<Uuid>,
}

impl PreferenceRow {
    fn pause(&self) -> StoreResult<Option<Pause>> {
        let said = said(
            self.paused_at,
            self.paused_by.as_deref(),
            self.paused_by_user,
        )?;
        let pause = |said| {
            Some(Pause {
                until: self.paused_until?,
                said,
            })
        };
        Ok(said.and_then(pause))
    }

    fn tracking_stopped(&self) -> StoreResult<Option<Said>> {
        let by = self.tracking_opt_out_by.as_deref();
        said(self.tracking_opt_out_at, by, self.tracking_opt_out_user)
    }
}

impl ChoiceRow {
    fn choice(&self) -> StoreResult<(TopicId, TopicChoice)> {
        let by = said_by(&self.said_by, self.user_id)?;
        let choice = TopicChoice {
            subscribed: self.subscribed,
            said: Said {
                at: self.said_at,
                by,
            },
        };
        Ok((TopicId::from_uuid(self.topic_id), choice))
    }
}

impl PreferenceStore for PgStore {
    fn preferences(&self, tenant: TenantId, lead: LeadId) -> StoreResult<LeadPreferences> {
        self.in_tenant(tenant, |connection| read(connection, tenant, lead))
    }

    fn change_preferences(
        &self,
        tenant: TenantId,
        lead: LeadId,
        changes: &[PreferenceChange],
        said: Said,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let found = leads::table
                .find((tenant.uuid(), lead.uuid()))
                .select(leads::id)
                .for_no_key_update()
                .first::<Uuid>(connection)
                .optional()?;
            if found.is_none() {
                return Ok(false);
            }
            let before = read(connection, tenant, lead)?;
            let mut after = before.clone();
            for change in changes {
                after.change(*change, said);
            }
            if (after.pause, after.tracking_stopped) != (before.pause, before.tracking_stopped) {
                write(connection, tenant, lead, &after)?;
            }
            if before.pause.is_some() && after.pause != before.pause {
                go_on(connection, tenant, lead, said.at)?;
            }
            let changed = |(topic, choice): &(&TopicId, &TopicChoice)| {
                before.topics.get(*topic) != Some(*choice)
            };
            for (topic, choice) in after.topics.iter().filter(changed) {
                choose(connection, tenant, lead, *topic, choice)?;
            }
            Ok(true)
        })
    }
}

fn read(
    connection: &mut PgConnection,
    tenant: TenantId,
    lead: LeadId,
) -> Result<LeadPreferences, TenantWorkError> {
    let row: Option<PreferenceRow> = lead_preferences::table
        .find((tenant.uuid(), lead.uuid()))
        .select(PreferenceRow::as_select())
        .first(connection)
        .optional()?;
    let choices: Vec<ChoiceRow> = topic_preferences::table
        .filter(topic_preferences::tenant_id.eq(tenant.uuid()))
        .filter(topic_preferences::lead_id.eq(lead.uuid()))
        .select(ChoiceRow::as_select())
        .load(connection)?;
    let topics: StoreResult<_> = choices.iter().map(ChoiceRow::choice).collect();
    let row = row.as_ref();
    Ok(LeadPreferences {
        pause: row.map_or(Ok(None), PreferenceRow::pause)?,
        tracking_stopped: row.map_or(Ok(None), PreferenceRow::tracking_stopped)?,
        topics: topics?,
    })
}

fn write(
    connection: &mut PgConnection,
    tenant: TenantId,
    lead: LeadId,
    wanted: &LeadPreferences,
) -> QueryResult<()> {
    let (pause, stopped) = (wanted.pause, wanted.tracking_stopped);
    let values = (
        lead_preferences::paused_until.eq(pause.map(|pause| pause.until)),
        lead_preferences::paused_at.eq(pause.map(|pause| pause.said.at)),
        lead_preferences::paused_by.eq(pause.map(|pause| pause.said.by.as_str())),
        lead_preferences::paused_by_user.eq(pause.and_then(|pause| user_of(pause.said.by))),
        lead_preferences::tracking_opt_out_at.eq(stopped.map(|said| said.at)),
        lead_preferences::tracking_opt_out_by.eq(stopped.map(|said| said.by.as_str())),
        lead_preferences::tracking_opt_out_user.eq(stopped.and_then(|said| user_of(said.by))),
    );
    diesel::insert_into(lead_preferences::table)
        .values((
            lead_preferences::tenant_id.eq(tenant.uuid()),
            lead_preferences::lead_id.eq(lead.uuid()),
            values,
        ))
        .on_conflict((lead_preferences::tenant_id, lead_preferences::lead_id))
        .do_update()
        .set(values)
        .execute(connection)
        .map(drop)
}

/// A topic that is not there is passed over. One that is there stays until this is committed.
fn choose(
    connection: &mut PgConnection,
    tenant: TenantId,
    lead: LeadId,
    topic: TopicId,
    choice: &TopicChoice,
) -> QueryResult<()> {
    let found = topics::table
        .find((tenant.uuid(), topic.uuid()))
        .select(topics::id)
        .for_key_share()
        .first::<Uuid>(connection)
        .optional()?;
    if found.is_none() {
        return Ok(());
    }
    let values = (
        topic_preferences::subscribed.eq(choice.subscribed),
        topic_preferences::said_at.eq(choice.said.at),
        topic_preferences::said_by.eq(choice.said.by.as_str()),
        topic_preferences::user_id.eq(user_of(choice.said.by)),
    );
    diesel::insert_into(topic_preferences::table)
        .values((
            topic_preferences::tenant_id.eq(tenant.uuid()),
            topic_preferences::lead_id.eq(lead.uuid()),
            topic_preferences::topic_id.eq(topic.uuid()),
            values,
        ))
        .on_conflict((
            topic_preferences::tenant_id,
            topic_preferences::lead_id,
            topic_preferences::topic_id,
        ))
        .do_update()
        .set(values)
        .execute(connection)
        .map(drop)
}
