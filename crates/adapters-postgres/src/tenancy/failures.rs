//! Attempts that failed, across all tenants: nobody has signed in yet.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::store::StoreResult;
use domain::tenancy::{CountChange, FailureCount, SignInFailures, SubjectHash};

use crate::PgStore;
use crate::error::store_error;
use crate::schema::sign_in_failures::{
    self, blocked_until, failures, last_failed_at, subject_hash,
};

type Row = (i32, DateTime<Utc>, DateTime<Utc>);

fn row(count: &FailureCount) -> Row {
    let many = i32::try_from(count.failures).unwrap_or(i32::MAX);
    (many, count.last_failed_at, count.blocked_until)
}

fn count((many, last, until): Row) -> FailureCount {
    FailureCount {
        failures: u32::try_from(many).unwrap_or_default(),
        last_failed_at: last,
        blocked_until: until,
    }
}

/// The row of a subject, made if there is none, and locked either way: in one statement, so that
/// nobody deletes it in between.
fn lock(connection: &mut PgConnection, subject: &SubjectHash) -> QueryResult<FailureCount> {
    let (many, last, until) = row(&FailureCount::NONE);
    diesel::insert_into(sign_in_failures::table)
        .values((
            subject_hash.eq(subject.0.as_slice()),
            failures.eq(many),
            last_failed_at.eq(last),
            blocked_until.eq(until),
        ))
        .on_conflict(subject_hash)
        .do_update()
        .set(failures.eq(failures))
        .returning((failures, last_failed_at, blocked_until))
        .get_result(connection)
        .map(count)
}

fn replace(
    connection: &mut PgConnection,
    subject: &SubjectHash,
    after: &FailureCount,
) -> QueryResult<()> {
    let locked = sign_in_failures::table.find(subject.0.as_slice());
    if *after == FailureCount::NONE {
        return diesel::delete(locked).execute(connection).map(drop);
    }
    let (many, last, until) = row(after);
    diesel::update(locked)
        .set((
            failures.eq(many),
            last_failed_at.eq(last),
            blocked_until.eq(until),
        ))
        .execute(connection)
        .map(drop)
}

impl SignInFailures for PgStore {
    fn recount(
        &self,
        subject: &SubjectHash,
        change: &CountChange<'_>,
    ) -> StoreResult<FailureCount> {
        let recounted = self.connection()?.transaction(|connection| {
            let before = lock(connection, subject)?;
            replace(connection, subject, &change(&before))?;
            Ok(before)
        });
        recounted.map_err(store_error)
    }

    fn delete_older(&self, than: DateTime<Utc>) -> StoreResult<usize> {
        let old = sign_in_failures::table.filter(last_failed_at.lt(than));
        diesel::delete(old)
            .execute(&mut self.connection()?)
            .map_err(store_error)
    }
}
