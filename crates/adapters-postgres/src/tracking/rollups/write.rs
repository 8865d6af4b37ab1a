//! The counts are added to the tables.
//!
//! Every table is written in the order of its keys, so that two writers never wait for one another
//! in a circle. Rows that many batches share come last: whoever waits for one waits for a commit, not
//! for a batch.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Text, Uuid as SqlUuid};
use domain::ids::TenantId;

use super::{Activity, Bands, Delivery, Rollups};
use crate::statement::statement;

impl Rollups<'_> {
    /// Adds the counts to the tables.
    pub(in crate::tracking) fn write(
        self,
        connection: &mut PgConnection,
        tenant: TenantId,
    ) -> QueryResult<()> {
        self.write_activity(connection, tenant)?;
        self.links.write(connection, tenant)?;
        self.write_delivery(connection, tenant)?;
        self.write_pages(connection, tenant)?;
        self.write_bands(connection, tenant)?;
        self.write_engagement(connection, tenant)
    }

    fn write_engagement(&self, connection: &mut PgConnection, tenant: TenantId) -> QueryResult<()> {
        let rows = &self.engagement;
        if rows.is_empty() {
            return Ok(());
        }
        statement(include_str!("engagement.sql"))
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<Array<Date>, _>(rows.keys().map(|key| key.0).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(rows.keys().map(|key| key.1).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(rows.values().map(|row| row.0).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(rows.values().map(|row| row.1).collect::<Vec<_>>())
            .execute(connection)
            .map(drop)
    }

    fn write_activity(&self, connection: &mut PgConnection, tenant: TenantId) -> QueryResult<()> {
        let rows = &self.activity;
        if rows.is_empty() {
            return Ok(());
        }
        let counts = |value: fn(&Activity) -> i32| rows.values().map(value).collect::<Vec<_>>();
        statement(include_str!("activity.sql"))
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<Array<SqlUuid>, _>(rows.keys().map(|key| key.0.uuid()).collect::<Vec<_>>())
            .bind::<Array<Date>, _>(rows.keys().map(|key| key.1).collect::<Vec<_>>())
            .bind::<Array<Integer>, _>(counts(|row| row.opens))
            .bind::<Array<Integer>, _>(counts(|row| row.clicks))
            .bind::<Array<Integer>, _>(counts(|row| row.page_views))
            .bind::<Array<Integer>, _>(counts(|row| row.important_page_views))
            .bind::<Array<Integer>, _>(counts(|row| row.sessions))
            .bind::<Array<Integer>, _>(counts(|row| row.machine_events))
            .execute(connection)
            .map(drop)
    }

    fn write_pages(&self, connection: &mut PgConnection, tenant: TenantId) -> QueryResult<()> {
        let rows = &self.pages;
        if rows.is_empty() {
            return Ok(());
        }
        statement(include_str!("pages.sql"))
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<Array<Date>, _>(rows.keys().map(|key| key.0).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(rows.keys().map(|key| key.1.as_str()).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(rows.values().map(|row| row.0).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(rows.values().map(|row| row.1).collect::<Vec<_>>())
            .execute(connection)
            .map(drop)
    }

    fn write_delivery(&self, connection: &mut PgConnection, tenant: TenantId) -> QueryResult<()> {
        let rows = &self.delivery;
        if rows.is_empty() {
            return Ok(());
        }
        let counts = |value: fn(&Delivery) -> i64| rows.values().map(value).collect::<Vec<_>>();
        statement(include_str!("delivery.sql"))
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<Array<Date>, _>(rows.keys().map(|key| key.0).collect::<Vec<_>>())
            .bind::<Array<SqlUuid>, _>(rows.keys().map(|key| key.1).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(counts(|row| row.delivered))
            .bind::<Array<BigInt>, _>(counts(|row| row.bounces))
            .bind::<Array<BigInt>, _>(counts(|row| row.complaints))
            .bind::<Array<BigInt>, _>(counts(|row| row.unsubscribes))
            .bind::<Array<BigInt>, _>(counts(|row| row.opens))
            .bind::<Array<BigInt>, _>(counts(|row| row.unique_opens))
            .bind::<Array<BigInt>, _>(counts(|row| row.machine_opens))
            .bind::<Array<BigInt>, _>(counts(|row| row.clicks))
            .bind::<Array<BigInt>, _>(counts(|row| row.unique_clicks))
            .bind::<Array<BigInt>, _>(counts(|row| row.machine_clicks))
            .execute(connection)
            .map(drop)
    }

    fn write_bands(&self, connection: &mut PgConnection, tenant: TenantId) -> QueryResult<()> {
        let moved = |bands: &&Bands| bands.became_warm + bands.became_hot + bands.left_hot > 0;
        let rows: BTreeMap<_, _> = self.bands.iter().filter(|(_, row)| moved(row)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let counts = |value: fn(&Bands) -> i64| rows.values().map(|r| value(r)).collect::<Vec<_>>();
        statement(include_str!("bands.sql"))
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<Array<Date>, _>(rows.keys().map(|day| **day).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(counts(|row| row.became_warm))
            .bind::<Array<BigInt>, _>(counts(|row| row.became_hot))
            .bind::<Array<BigInt>, _>(counts(|row| row.left_hot))
            .execute(connection)
            .map(drop)
    }
}
