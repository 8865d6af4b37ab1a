//! From a filter to a query: the only place where conditions become SQL (V-12).

use diesel::dsl::{exists, not, sum};
use diesel::pg::Pg;
use diesel::prelude::*;
use domain::ids::TenantId;
use domain::leads::{AsOf, Direction, LeadFilter, LeadSort, ReactionKind, search_words};

use crate::schema::{
    broadcast_recipients as listed, lead_daily_activity as activity, lead_tags, leads, suppressions,
};

pub(super) type Query<'a> = leads::BoxedQuery<'a, Pg>;

/// The leads of the tenant that the filter finds, in no order.
pub(super) fn found(tenant: TenantId, filter: &LeadFilter, as_of: AsOf) -> Query<'static> {
    let query = leads::table
        .into_boxed()
        .filter(leads::tenant_id.eq(tenant.uuid()));
    let query = by_fields(query, filter);
    let query = by_tags(query, filter);
    let query = by_activity(query, tenant, filter, as_of);
    let query = by_list(query, filter);
    if filter.mailable_only {
        query.filter(not(exists(
            suppressions::table
                .filter(suppressions::tenant_id.eq(leads::tenant_id))
                .filter(suppressions::email.eq(leads::email)),
        )))
    } else {
        query
    }
}

fn by_fields<'a>(mut query: Query<'a>, filter: &LeadFilter) -> Query<'a> {
    for word in filter.q.iter().flat_map(|q| search_words(q)) {
        query = query.filter(leads::search_text.like(format!("%{}%", escaped(&word))));
    }
    if !filter.bands.is_empty() {
        let bands: Vec<&str> = filter.bands.iter().map(|band| band.as_str()).collect();
        query = query.filter(leads::score_band.eq_any(bands));
    }
    if let Some(year) = filter.graduation_year {
        query = query.filter(leads::graduation_year.eq(year));
    }
    if let Some(grade) = filter.grade.clone() {
        query = query.filter(leads::grade.eq(grade));
    }
    if let Some(industry) = filter.industry.clone() {
        query = query.filter(leads::industry.eq(industry));
    }
    if let Some(region) = filter.region.clone() {
        query = query.filter(leads::region.eq(region));
    }
    if let Some(owner) = filter.owner {
        query = query.filter(leads::owner_id.eq(owner.uuid()));
    }
    query
}

/// The characters that mean something in a pattern stand for themselves.
fn escaped(word: &str) -> String {
    word.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

fn by_tags<'a>(mut query: Query<'a>, filter: &LeadFilter) -> Query<'a> {
    for tag in &filter.tags {
        query = query.filter(exists(
            lead_tags::table
                .filter(lead_tags::tenant_id.eq(leads::tenant_id))
                .filter(lead_tags::lead_id.eq(leads::id))
                .filter(lead_tags::tag.eq(tag.clone())),
        ));
    }
    query
}

fn by_list<'a>(query: Query<'a>, filter: &LeadFilter) -> Query<'a> {
    let Some(broadcast) = filter.listed_for else {
        return query;
    };
    query.filter(exists(
        listed::table
            .filter(listed::tenant_id.eq(leads::tenant_id))
            .filter(listed::broadcast_id.eq(broadcast.uuid()))
            .filter(listed::lead_id.eq(leads::id)),
    ))
}

fn by_activity<'a>(
    mut query: Query<'a>,
    tenant: TenantId,
    filter: &LeadFilter,
    as_of: AsOf,
) -> Query<'a> {
    if let Some(days) = filter.engaged_within_days {
        query = query.filter(leads::last_engaged_at.ge(as_of.days_ago(days)));
    }
    if let Some(views) = filter.min_page_views_7d.filter(|&views| views > 0) {
        let frequent = activity::table
            .filter(activity::tenant_id.eq(tenant.uuid()))
            .filter(activity::day.ge(as_of.first_day_of_last(7)))
            .group_by(activity::lead_id)
            .having(sum(activity::page_views).ge(i64::from(views)))
            .select(activity::lead_id);
        query = query.filter(leads::id.eq_any(frequent));
    }
    if let Some(kind) = filter.reacted {
        let mut days = activity::table
            .filter(activity::tenant_id.eq(tenant.uuid()))
            .select(activity::lead_id)
            .into_boxed();
        if let Some(within) = filter.engaged_within_days {
            days = days.filter(activity::day.ge(as_of.first_day_of_last(within)));
        }
        days = match kind {
            ReactionKind::Open => days.filter(activity::opens.gt(0)),
            ReactionKind::Click => days.filter(activity::clicks.gt(0)),
            ReactionKind::PageView => days.filter(activity::page_views.gt(0)),
            ReactionKind::ImportantPageView => days.filter(activity::important_page_views.gt(0)),
        };
        query = query.filter(leads::id.eq_any(days));
    }
    query
}

/// The order of a list; where the column is equal or empty, by id.
pub(super) fn sorted(query: Query<'_>, sort: LeadSort, direction: Direction) -> Query<'_> {
    use Direction::{Asc, Desc};
    let query = match (sort, direction) {
        (LeadSort::Score, Asc) => query.order(leads::score.asc()),
        (LeadSort::Score, Desc) => query.order(leads::score.desc()),
        (LeadSort::LastEngaged, Asc) => query.order(leads::last_engaged_at.asc().nulls_last()),
        (LeadSort::LastEngaged, Desc) => query.order(leads::last_engaged_at.desc().nulls_last()),
        (LeadSort::Created, Asc) => query.order(leads::created_at.asc()),
        (LeadSort::Created, Desc) => query.order(leads::created_at.desc()),
        (LeadSort::Name, Asc) => query.order(leads::name.asc().nulls_last()),
        (LeadSort::Name, Desc) => query.order(leads::name.desc().nulls_last()),
        (LeadSort::Email, Asc) => query.order(leads::email.asc()),
        (LeadSort::Email, Desc) => query.order(leads::email.desc()),
    };
    query.then_order_by(leads::id)
}
