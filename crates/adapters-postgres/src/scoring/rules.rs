//! The tenant's rules, bounds and thresholds.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use domain::ids::{ImportantPageId, ScoringRuleId, TenantId};
use domain::scoring::preset::{Preset, TEMPERATURE};
use domain::scoring::{Bounds, Repeats, ScoringPolicy, ScoringRule, ScoringRules};
use domain::store::StoreResult;
use domain::tracking::EngagementType;
use uuid::Uuid;

use crate::pool::PgStore;
use crate::schema::{important_pages, scoring_rules, scoring_settings, tenants};
use crate::tracking::important;

#[derive(Queryable, Selectable)]
#[diesel(table_name = scoring_rules, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    name: String,
    event_type: String,
    important: bool,
    points: i32,
    repeats: String,
    is_active: bool,
}

impl ScoringRules for PgStore {
    fn policy(&self, tenant: TenantId) -> StoreResult<ScoringPolicy> {
        self.in_tenant(tenant, |connection| Ok(policy_of(connection, tenant)?))
    }

    fn apply_preset(
        &self,
        tenant: TenantId,
        preset: &Preset,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            let alone = tenants::table.find(tenant.uuid()).select(tenants::id);
            alone.for_no_key_update().load::<Uuid>(connection)?;
            replace_rules(connection, tenant, preset, now)?;
            replace_bounds(connection, tenant, preset, now)?;
            replace_important_pages(connection, tenant, preset, now)?;
            Ok(())
        })
    }
}

/// What scoring depends on, read in the caller's transaction.
pub(crate) fn policy_of(
    connection: &mut PgConnection,
    tenant: TenantId,
) -> QueryResult<ScoringPolicy> {
    let rows: Vec<Row> = scoring_rules::table
        .filter(scoring_rules::tenant_id.eq(tenant.uuid()))
        .order((scoring_rules::created_at, scoring_rules::id))
        .select(Row::as_select())
        .load(connection)?;
    let stored = bounds_of(connection, tenant)?;
    let time_zone: Option<String> = tenants::table
        .find(tenant.uuid())
        .select(tenants::time_zone)
        .first(connection)
        .optional()?;
    Ok(ScoringPolicy {
        rules: match stored {
            Some(_) => rows.into_iter().filter_map(rule).collect(),
            None => TEMPERATURE.rules_of(tenant),
        },
        bounds: stored.unwrap_or(TEMPERATURE.bounds),
        important_pages: important::list(connection, tenant)?.into_iter().collect(),
        time_zone: time_zone
            .and_then(|name| name.parse().ok())
            .unwrap_or(Tz::Asia__Tokyo),
    })
}

fn bounds_of(connection: &mut PgConnection, tenant: TenantId) -> QueryResult<Option<Bounds>> {
    let stored: Option<(i32, Option<i32>, i32, i32)> = scoring_settings::table
        .find(tenant.uuid())
        .select((
            scoring_settings::score_min,
            scoring_settings::score_max,
            scoring_settings::warm_from,
            scoring_settings::hot_from,
        ))
        .first(connection)
        .optional()?;
    Ok(stored.map(|(min, max, warm_from, hot_from)| Bounds {
        min,
        max,
        warm_from,
        hot_from,
    }))
}

fn rule(row: Row) -> Option<ScoringRule> {
    Some(ScoringRule {
        id: ScoringRuleId::from_uuid(row.id),
        name: row.name,
        kind: EngagementType::parse(&row.event_type)?,
        important: row.important,
        points: row.points,
        repeats: Repeats::parse(&row.repeats)?,
        is_active: row.is_active,
    })
}

fn replace_rules(
    connection: &mut PgConnection,
    tenant: TenantId,
    preset: &Preset,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::delete(scoring_rules::table.filter(scoring_rules::tenant_id.eq(tenant.uuid())))
        .execute(connection)?;
    let rules: Vec<_> = preset
        .rules
        .iter()
        .map(|rule| {
            (
                scoring_rules::tenant_id.eq(tenant.uuid()),
                scoring_rules::id.eq(ScoringRuleId::new().uuid()),
                scoring_rules::name.eq(rule.name),
                scoring_rules::event_type.eq(rule.kind.as_str()),
                scoring_rules::important.eq(rule.important),
                scoring_rules::points.eq(rule.points),
                scoring_rules::repeats.eq(rule.repeats.as_str()),
                scoring_rules::created_at.eq(now),
                scoring_rules::updated_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(scoring_rules::table)
        .values(rules)
        .execute(connection)
        .map(drop)
}

fn replace_bounds(
    connection: &mut PgConnection,
    tenant: TenantId,
    preset: &Preset,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let values = (
        scoring_settings::tenant_id.eq(tenant.uuid()),
        scoring_settings::preset.eq(preset.name),
        scoring_settings::score_min.eq(preset.bounds.min),
        scoring_settings::score_max.eq(preset.bounds.max),
        scoring_settings::warm_from.eq(preset.bounds.warm_from),
        scoring_settings::hot_from.eq(preset.bounds.hot_from),
        scoring_settings::updated_at.eq(now),
    );
    diesel::delete(scoring_settings::table.filter(scoring_settings::tenant_id.eq(tenant.uuid())))
        .execute(connection)?;
    diesel::insert_into(scoring_settings::table)
        .values(values)
        .execute(connection)
        .map(drop)
}

fn replace_important_pages(
    connection: &mut PgConnection,
    tenant: TenantId,
    preset: &Preset,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::delete(important_pages::table.filter(important_pages::tenant_id.eq(tenant.uuid())))
        .execute(connection)?;
    let pages: Vec<_> = preset
        .important_pages
        .iter()
        .map(|fragment| {
            (
                important_pages::tenant_id.eq(tenant.uuid()),
                important_pages::id.eq(ImportantPageId::new().uuid()),
                important_pages::fragment.eq(*fragment),
                important_pages::created_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(important_pages::table)
        .values(pages)
        .execute(connection)
        .map(drop)
}
