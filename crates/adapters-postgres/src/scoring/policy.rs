//! What the engagement log asks of a tenant's settings, in one statement.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::automation::{ActiveTrigger, AutomationPolicy};
use domain::campaigns::Trigger;
use domain::ids::{CampaignId, ScoringRuleId, TenantId};
use domain::scoring::preset::TEMPERATURE;
use domain::scoring::{Bounds, Repeats, ScoringPolicy, ScoringRule};
use domain::tracking::{EngagementType, EventName, ImportantPages};
use serde::Deserialize;
use uuid::Uuid;

use crate::statement::statement;

/// The settings of a tenant as far as engagements depend on them.
pub(crate) struct Settings {
    /// How they score.
    pub(crate) policy: ScoringPolicy,
    /// The origins of the sites, and when the last page view of each came.
    pub(crate) sites: Vec<(String, Option<DateTime<Utc>>)>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    time_zone: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    score_min: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    score_max: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    warm_from: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    hot_from: Option<i32>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    rules: Option<serde_json::Value>,
    #[diesel(sql_type = Array<Text>)]
    important_pages: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    origins: Vec<String>,
    #[diesel(sql_type = Array<Nullable<Timestamptz>>)]
    received: Vec<Option<DateTime<Utc>>>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    automation: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Rule {
    id: Uuid,
    name: String,
    event_type: String,
    event_name: Option<String>,
    important: bool,
    points: i32,
    repeats: String,
    is_active: bool,
}

#[derive(Deserialize)]
struct AtWork {
    campaign: CampaignId,
    trigger: serde_json::Value,
    hastens: bool,
}

/// Reads the settings in the caller's transaction. A tenant that never chose rules, or does not
/// exist, has those of the preset `temperature`.
pub(crate) fn settings_of(
    connection: &mut PgConnection,
    tenant: TenantId,
) -> QueryResult<Settings> {
    let row: Row = statement(include_str!("settings.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .get_result(connection)?;
    let stored = bounds(&row);
    let policy = ScoringPolicy {
        rules: match stored {
            Some(_) => rules(row.rules)?,
            None => TEMPERATURE.rules_of(tenant),
        },
        bounds: stored.unwrap_or(TEMPERATURE.bounds),
        important_pages: ImportantPages::new(row.important_pages),
        time_zone: row
            .time_zone
            .and_then(|name| name.parse().ok())
            .unwrap_or(Tz::Asia__Tokyo),
        automation: automation(row.automation)?,
    };
    let sites = row.origins.into_iter().zip(row.received).collect();
    Ok(Settings { policy, sites })
}

fn bounds(row: &Row) -> Option<Bounds> {
    Some(Bounds {
        min: row.score_min?,
        max: row.score_max,
        warm_from: row.warm_from?,
        hot_from: row.hot_from?,
    })
}

fn rules(stored: Option<serde_json::Value>) -> QueryResult<Vec<ScoringRule>> {
    let Some(stored) = stored else {
        return Ok(Vec::new());
    };
    let rules: Vec<Rule> = serde_json::from_value(stored).map_err(not_readable)?;
    Ok(rules.into_iter().filter_map(rule).collect())
}

/// What the campaigns at work wait for; a trigger that this version does not know lets nobody in,
/// rather than keep engagements out of the log.
fn automation(stored: Option<serde_json::Value>) -> QueryResult<AutomationPolicy> {
    let Some(stored) = stored else {
        return Ok(AutomationPolicy::default());
    };
    let at_work: Vec<AtWork> = serde_json::from_value(stored).map_err(not_readable)?;
    let mut policy = AutomationPolicy::default();
    for AtWork {
        campaign,
        trigger,
        hastens,
    } in at_work
    {
        if hastens {
            policy.hastened.insert(campaign);
        }
        if let Ok(trigger) = serde_json::from_value::<Trigger>(trigger) {
            policy.triggers.push(ActiveTrigger { campaign, trigger });
        }
    }
    Ok(policy)
}

fn not_readable(error: serde_json::Error) -> diesel::result::Error {
    diesel::result::Error::DeserializationError(Box::new(error))
}

/// None for a rule of a kind that this version does not know.
fn rule(row: Rule) -> Option<ScoringRule> {
    Some(ScoringRule {
        id: ScoringRuleId::from_uuid(row.id),
        name: row.name,
        kind: EngagementType::parse(&row.event_type)?,
        event: match row.event_name {
            Some(name) => Some(EventName::parse(&name).ok()?),
            None => None,
        },
        important: row.important,
        points: row.points,
        repeats: Repeats::parse(&row.repeats)?,
        is_active: row.is_active,
    })
}
