//! The tenant's rules, bounds and thresholds.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{ImportantPageId, ScoringRuleId, TenantId};
use domain::scoring::preset::Preset;
use domain::scoring::{ScoringPolicy, ScoringRules};
use domain::store::StoreResult;
use uuid::Uuid;

use super::settings_of;
use crate::pool::PgStore;
use crate::schema::{important_pages, scoring_rules, scoring_settings, tenants};

impl ScoringRules for PgStore {
    fn policy(&self, tenant: TenantId) -> StoreResult<ScoringPolicy> {
        self.in_tenant(tenant, |connection| {
            Ok(settings_of(connection, tenant)?.policy)
        })
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
