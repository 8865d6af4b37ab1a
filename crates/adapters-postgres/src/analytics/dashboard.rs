//! The dashboard.

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text, Uuid as SqlUuid};
use domain::analytics::{
    Dashboard, DayTotals, PageRank, Period, Reports, SourceRank, Temperature, Totals,
};
use domain::ids::TenantId;
use domain::scoring::Band;
use domain::store::StoreResult;

use super::count;
use super::rows::RankRow;
use crate::pool::PgStore;
use crate::schema::leads;

impl Reports for PgStore {
    fn dashboard(&self, tenant: TenantId, period: Period) -> StoreResult<Dashboard> {
        self.in_tenant(tenant, |connection| {
            Ok(Dashboard {
                current: totals(connection, tenant, period)?,
                previous: totals(connection, tenant, period.previous())?,
                temperature: temperature(connection, tenant)?,
                days: days(connection, tenant, period)?,
                important_pages: important_pages(connection, tenant, period)?,
                ranking: ranking(connection, tenant, period)?,
            })
        })
    }
}

#[derive(QueryableByName)]
struct TotalsRow {
    #[diesel(sql_type = BigInt)]
    sends: i64,
    #[diesel(sql_type = BigInt)]
    unique_opens: i64,
    #[diesel(sql_type = BigInt)]
    machine_opens: i64,
    #[diesel(sql_type = BigInt)]
    unique_clicks: i64,
    #[diesel(sql_type = BigInt)]
    clicks: i64,
    #[diesel(sql_type = BigInt)]
    machine_clicks: i64,
    #[diesel(sql_type = BigInt)]
    bounces: i64,
    #[diesel(sql_type = BigInt)]
    unsubscribes: i64,
    #[diesel(sql_type = BigInt)]
    page_views: i64,
    #[diesel(sql_type = BigInt)]
    machine_page_views: i64,
    #[diesel(sql_type = BigInt)]
    became_hot: i64,
}

fn totals(connection: &mut PgConnection, tenant: TenantId, period: Period) -> QueryResult<Totals> {
    let row: TotalsRow = diesel::sql_query(include_str!("totals.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Date, _>(period.first())
        .bind::<Date, _>(period.last())
        .get_result(connection)?;
    Ok(Totals {
        sends: count(row.sends),
        unique_opens: count(row.unique_opens),
        machine_opens: count(row.machine_opens),
        unique_clicks: count(row.unique_clicks),
        clicks: count(row.clicks),
        machine_clicks: count(row.machine_clicks),
        bounces: count(row.bounces),
        unsubscribes: count(row.unsubscribes),
        page_views: count(row.page_views),
        machine_page_views: count(row.machine_page_views),
        became_hot: count(row.became_hot),
    })
}

fn temperature(connection: &mut PgConnection, tenant: TenantId) -> QueryResult<Temperature> {
    let rows: Vec<(String, i64)> = leads::table
        .filter(leads::tenant_id.eq(tenant.uuid()))
        .group_by(leads::score_band)
        .select((leads::score_band, count_star()))
        .load(connection)?;
    let mut temperature = Temperature::default();
    for (band, leads) in rows {
        match Band::parse(&band) {
            Some(Band::Hot) => temperature.hot = count(leads),
            Some(Band::Warm) => temperature.warm = count(leads),
            Some(Band::Cold) => temperature.cold = count(leads),
            None => {}
        }
    }
    Ok(temperature)
}

#[derive(QueryableByName)]
struct DayRow {
    #[diesel(sql_type = Date)]
    day: NaiveDate,
    #[diesel(sql_type = BigInt)]
    sends: i64,
    #[diesel(sql_type = BigInt)]
    opens: i64,
    #[diesel(sql_type = BigInt)]
    clicks: i64,
    #[diesel(sql_type = BigInt)]
    page_views: i64,
    #[diesel(sql_type = BigInt)]
    became_hot: i64,
}

fn days(
    connection: &mut PgConnection,
    tenant: TenantId,
    period: Period,
) -> QueryResult<Vec<DayTotals>> {
    let rows: Vec<DayRow> = diesel::sql_query(include_str!("days.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Date, _>(period.first())
        .bind::<Date, _>(period.last())
        .load(connection)?;
    let day = |row: DayRow| DayTotals {
        day: row.day,
        sends: count(row.sends),
        opens: count(row.opens),
        clicks: count(row.clicks),
        page_views: count(row.page_views),
        became_hot: count(row.became_hot),
    };
    Ok(rows.into_iter().map(day).collect())
}

#[derive(QueryableByName)]
struct PageRow {
    #[diesel(sql_type = Text)]
    page: String,
    #[diesel(sql_type = BigInt)]
    views: i64,
    #[diesel(sql_type = BigInt)]
    clicks: i64,
}

fn important_pages(
    connection: &mut PgConnection,
    tenant: TenantId,
    period: Period,
) -> QueryResult<Vec<PageRank>> {
    let rows: Vec<PageRow> = diesel::sql_query(include_str!("important_pages.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Date, _>(period.first())
        .bind::<Date, _>(period.last())
        .load(connection)?;
    let page = |row: PageRow| PageRank {
        page: row.page,
        views: count(row.views),
        clicks: count(row.clicks),
    };
    Ok(rows.into_iter().map(page).collect())
}

fn ranking(
    connection: &mut PgConnection,
    tenant: TenantId,
    period: Period,
) -> QueryResult<Vec<SourceRank>> {
    let rows: Vec<RankRow> = diesel::sql_query(include_str!("ranking.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Date, _>(period.first())
        .bind::<Date, _>(period.last())
        .load(connection)?;
    Ok(rows.into_iter().map(SourceRank::from).collect())
}
