use domain::ids::{LeadId, TenantId};
use domain::leads::{
    AsOf, AttributeDefinition, Direction, Lead, LeadFilter, LeadListing, LeadPage, LeadRow,
    LeadSort, ReactionKind, search_text, search_words,
};
use domain::store::StoreResult;

use super::{InMemoryLeads, State};

impl State {
    fn views(&self, tenant: TenantId, lead: LeadId, as_of: AsOf, days: u32) -> u32 {
        let first = as_of.first_day_of_last(days);
        let counts = self
            .page_views
            .range((tenant, lead, first)..=(tenant, lead, as_of.today));
        counts.map(|(_, views)| views).sum()
    }

    fn is_found(&self, tenant: TenantId, lead: &Lead, filter: &LeadFilter, as_of: AsOf) -> bool {
        let text = search_text(lead);
        let mut words = filter.q.iter().flat_map(|q| search_words(q));
        let equals =
            |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
        let is_recent = |days| {
            lead.last_engaged_at
                .is_some_and(|at| at >= as_of.days_ago(days))
        };
        words.all(|word| text.contains(&word))
            && (filter.bands.is_empty() || filter.bands.contains(&lead.band))
            && filter
                .graduation_year
                .is_none_or(|year| lead.graduation_year == Some(year))
            && equals(&filter.grade, &lead.grade)
            && equals(&filter.industry, &lead.industry)
            && equals(&filter.region, &lead.region)
            && filter.tags.is_subset(&lead.tags)
            && filter.owner.is_none_or(|owner| lead.owner == Some(owner))
            && filter.engaged_within_days.is_none_or(is_recent)
            && filter
                .min_page_views_7d
                .is_none_or(|views| self.views(tenant, lead.id, as_of, 7) >= views)
            && filter
                .reacted
                .is_none_or(|kind| self.has_reacted(tenant, lead, kind, filter, as_of))
            && !(filter.mailable_only && self.stopped.contains(&(tenant, lead.email.clone())))
            && filter
                .listed_for
                .is_none_or(|broadcast| self.listed.contains(&(tenant, broadcast, lead.id)))
    }

    /// Only page views are kept here.
    fn has_reacted(
        &self,
        tenant: TenantId,
        lead: &Lead,
        kind: ReactionKind,
        filter: &LeadFilter,
        as_of: AsOf,
    ) -> bool {
        let days = filter.engaged_within_days.unwrap_or(u32::MAX);
        kind == ReactionKind::PageView && self.views(tenant, lead.id, as_of, days) > 0
    }

    fn found(&self, tenant: TenantId, filter: &LeadFilter, as_of: AsOf) -> Vec<&Lead> {
        let is_found = |lead: &&Lead| self.is_found(tenant, lead, filter, as_of);
        self.of(tenant).filter(is_found).collect()
    }

    fn row(&self, tenant: TenantId, lead: &Lead, as_of: AsOf) -> LeadRow {
        LeadRow {
            id: lead.id,
            email: lead.email.clone(),
            name: lead.name.clone(),
            company: lead.company.clone(),
            phone: lead.phone.clone(),
            tags: lead.tags.clone(),
            owner: lead.owner,
            score: lead.score,
            band: lead.band,
            last_engaged_at: lead.last_engaged_at,
            last_clicked_url: lead.last_clicked_url.clone(),
            page_views_7d: self.views(tenant, lead.id, as_of, 7),
            mail_stopped: self.stopped.contains(&(tenant, lead.email.clone())),
            created_at: lead.created_at,
        }
    }
}

/// As the database sorts: empty last, ties by id.
fn sort(leads: &mut [&Lead], by: LeadSort, direction: Direction) {
    leads.sort_by(|a, b| {
        let (order, empty) = match by {
            LeadSort::Score => (a.score.cmp(&b.score), false.cmp(&false)),
            LeadSort::LastEngaged => (
                a.last_engaged_at.cmp(&b.last_engaged_at),
                a.last_engaged_at
                    .is_none()
                    .cmp(&b.last_engaged_at.is_none()),
            ),
            LeadSort::Created => (a.created_at.cmp(&b.created_at), false.cmp(&false)),
            LeadSort::Name => (a.name.cmp(&b.name), a.name.is_none().cmp(&b.name.is_none())),
            LeadSort::Email => (a.email.cmp(&b.email), false.cmp(&false)),
        };
        let order = match direction {
            Direction::Asc => order,
            Direction::Desc => order.reverse(),
        };
        empty.then(order).then(a.id.cmp(&b.id))
    });
}

impl LeadListing for InMemoryLeads {
    fn page(
        &self,
        tenant: TenantId,
        filter: &LeadFilter,
        page: LeadPage,
        as_of: AsOf,
    ) -> StoreResult<Vec<LeadRow>> {
        let state = self.state();
        let mut found = state.found(tenant, filter, as_of);
        sort(&mut found, page.sort, page.direction);
        let offset = usize::try_from(page.offset()).unwrap_or(usize::MAX);
        let on_page = found.into_iter().skip(offset).take(page.size as usize);
        Ok(on_page.map(|lead| state.row(tenant, lead, as_of)).collect())
    }

    fn count(&self, tenant: TenantId, filter: &LeadFilter, as_of: AsOf) -> StoreResult<u64> {
        Ok(self.state().found(tenant, filter, as_of).len() as u64)
    }

    fn walk(
        &self,
        tenant: TenantId,
        filter: &LeadFilter,
        after: Option<LeadId>,
        limit: u32,
        as_of: AsOf,
    ) -> StoreResult<Vec<Lead>> {
        let state = self.state();
        let found = state.found(tenant, filter, as_of).into_iter();
        let next = found.filter(|lead| after.is_none_or(|after| lead.id > after));
        Ok(next.take(limit as usize).cloned().collect())
    }

    fn tags(&self, tenant: TenantId) -> StoreResult<Vec<String>> {
        let state = self.state();
        let tags: std::collections::BTreeSet<&String> =
            state.of(tenant).flat_map(|lead| &lead.tags).collect();
        Ok(tags.into_iter().cloned().collect())
    }

    fn attributes(&self, tenant: TenantId) -> StoreResult<Vec<AttributeDefinition>> {
        let state = self.state();
        let of_tenant = state
            .attributes
            .iter()
            .filter(|((owner, _), _)| *owner == tenant);
        Ok(of_tenant
            .map(|(_, definition)| definition.clone())
            .collect())
    }

    fn define_attributes(
        &self,
        tenant: TenantId,
        attributes: &[AttributeDefinition],
    ) -> StoreResult<()> {
        let mut state = self.state();
        for one in attributes {
            let key = (tenant, one.key.clone());
            state.attributes.entry(key).or_insert_with(|| one.clone());
        }
        Ok(())
    }
}
