//! What tracking and scoring depend on: rules, bounds, important pages and sites.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::automation::AutomationPolicy;
use domain::ids::{BroadcastId, ImportantPageId, ScoringRuleId, SiteId, TenantId};
use domain::scoring::preset::{Preset, TEMPERATURE};
use domain::scoring::{ScoringPolicy, ScoringRules};
use domain::store::{StoreError, StoreResult};
use domain::tracking::{
    Action, Engagement, ImportantPage, ImportantPageStore, ImportantPages, Origin, RegisteredSite,
    Site, SiteStore,
};

use super::InMemoryEngagementLog;

/// The settings of a tenant, with the names of its broadcasts.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) policy: ScoringPolicy,
    pub(super) broadcasts: BTreeMap<BroadcastId, String>,
    important_pages: Vec<(DateTime<Utc>, ImportantPage)>,
    sites: Vec<Site>,
}

impl Settings {
    /// Those of a tenant that never chose any.
    pub(super) fn of(tenant: TenantId) -> Self {
        Self {
            policy: ScoringPolicy {
                rules: TEMPERATURE.rules_of(tenant),
                bounds: TEMPERATURE.bounds,
                important_pages: ImportantPages::default(),
                time_zone: chrono_tz::Asia::Tokyo,
                automation: AutomationPolicy::default(),
            },
            broadcasts: BTreeMap::new(),
            important_pages: Vec::new(),
            sites: Vec::new(),
        }
    }

    pub(super) fn policy(&self) -> ScoringPolicy {
        ScoringPolicy {
            important_pages: self.important_list().into_iter().collect(),
            ..self.policy.clone()
        }
    }

    /// Notes that a page view of a site arrived, once a minute at most.
    pub(super) fn receive(&mut self, engagement: &Engagement) {
        let Action::PageView { page, .. } = &engagement.action else {
            return;
        };
        let (origin, at) = (page.origin(), engagement.received_at);
        for site in self.sites.iter_mut().filter(|site| site.origin == origin) {
            let due = |last: DateTime<Utc>| last < at - TimeDelta::minutes(1);
            if site.last_received_at.is_none_or(due) {
                site.last_received_at = Some(at);
            }
        }
    }

    fn important_list(&self) -> Vec<ImportantPage> {
        let mut list = self.important_pages.clone();
        list.sort_by_key(|(added_at, page)| (*added_at, page.id));
        list.into_iter().map(|(_, page)| page).collect()
    }

    fn apply(&mut self, tenant: TenantId, preset: &Preset, now: DateTime<Utc>) {
        let mut rules = preset.rules_of(tenant);
        for rule in &mut rules {
            rule.id = ScoringRuleId::new();
        }
        self.policy.rules = rules;
        self.policy.bounds = preset.bounds;
        let page = |fragment: &&str| ImportantPage {
            id: ImportantPageId::new(),
            fragment: (*fragment).to_owned(),
        };
        let pages = preset.important_pages.iter().map(page);
        self.important_pages = pages.map(|page| (now, page)).collect();
    }
}

impl ScoringRules for InMemoryEngagementLog {
    fn policy(&self, tenant: TenantId) -> StoreResult<ScoringPolicy> {
        Ok(self.with(tenant, |state| state.settings.policy()))
    }

    fn apply_preset(
        &self,
        tenant: TenantId,
        preset: &Preset,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.with(tenant, |state| state.settings.apply(tenant, preset, now));
        Ok(())
    }
}

impl SiteStore for InMemoryEngagementLog {
    fn sites(&self, tenant: TenantId) -> StoreResult<Vec<Site>> {
        let mut sites = self.with(tenant, |state| state.settings.sites.clone());
        sites.sort_by_key(|site| (site.created_at, site.id));
        Ok(sites)
    }

    fn register_site(&self, tenant: TenantId, site: &Site) -> StoreResult<()> {
        self.with(tenant, |state| {
            let sites = &mut state.settings.sites;
            if sites.iter().any(|other| other.origin == site.origin) {
                return Err(StoreError::Duplicate(
                    "sites_tenant_id_origin_key".to_owned(),
                ));
            }
            sites.push(site.clone());
            Ok(())
        })
    }

    fn remove_site(&self, tenant: TenantId, site: SiteId) -> StoreResult<bool> {
        Ok(self.with(tenant, |state| {
            let sites = &mut state.settings.sites;
            let before = sites.len();
            sites.retain(|other| other.id != site);
            sites.len() < before
        }))
    }

    fn sites_of_origin(&self, origin: &Origin) -> StoreResult<Vec<RegisteredSite>> {
        let all = self.all_sites()?.into_iter();
        Ok(all
            .filter(|(other, _)| other == origin)
            .map(|(_, site)| site)
            .collect())
    }

    fn all_sites(&self) -> StoreResult<Vec<(Origin, RegisteredSite)>> {
        let tenants = self.tenants();
        let all = tenants.iter().flat_map(|(tenant, state)| {
            let sites = state.settings.sites.iter();
            sites.map(move |site| (*tenant, site))
        });
        let registered = |(tenant, site): (TenantId, &Site)| {
            let registered = RegisteredSite {
                tenant,
                id: site.id,
                key: site.key.clone(),
            };
            (site.origin.clone(), registered)
        };
        Ok(all.map(registered).collect())
    }
}

impl ImportantPageStore for InMemoryEngagementLog {
    fn important_pages(&self, tenant: TenantId) -> StoreResult<Vec<ImportantPage>> {
        Ok(self.with(tenant, |state| state.settings.important_list()))
    }

    fn add_important_page(
        &self,
        tenant: TenantId,
        page: &ImportantPage,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.with(tenant, |state| {
            let pages = &mut state.settings.important_pages;
            if pages
                .iter()
                .any(|(_, other)| other.fragment == page.fragment)
            {
                let constraint = "important_pages_tenant_id_fragment_key";
                return Err(StoreError::Duplicate(constraint.to_owned()));
            }
            pages.push((now, page.clone()));
            Ok(())
        })
    }

    fn remove_important_page(&self, tenant: TenantId, page: ImportantPageId) -> StoreResult<bool> {
        Ok(self.with(tenant, |state| {
            let pages = &mut state.settings.important_pages;
            let before = pages.len();
            pages.retain(|(_, other)| other.id != page);
            pages.len() < before
        }))
    }
}
