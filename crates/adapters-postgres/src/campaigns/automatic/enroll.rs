//! Letting people into a campaign.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Int4, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::campaigns::{EnrollCause, EnrollRefused, Enrolled, ReEntry};
use domain::ids::{CampaignId, EnrollmentId, TenantId};
use domain::store::StoreError;
use uuid::Uuid;

use super::entrance::Entrance;
use crate::pool::TenantWorkError;
use crate::statement::statement;

/// How often people who came in elsewhere at the same moment are looked at anew.
const PASSES: usize = 4;

/// Lets in whoever may, and says per cause what came of it.
pub(super) fn enroll(
    connection: &mut PgConnection,
    tenant: TenantId,
    campaign: CampaignId,
    causes: &[EnrollCause],
    now: DateTime<Utc>,
) -> Result<Vec<Enrolled>, TenantWorkError> {
    let Some(entrance) = Entrance::of(connection, tenant, campaign, now)? else {
        let refused = Enrolled::Refused(EnrollRefused::NotActive);
        return Ok(vec![refused; causes.len()]);
    };
    let mut answers: BTreeMap<Uuid, Enrolled> = BTreeMap::new();
    let mut waiting: BTreeMap<Uuid, Uuid> = causes
        .iter()
        .map(|cause| (cause.id().uuid(), cause.lead.uuid()))
        .collect();
    let mut entered: BTreeSet<Uuid> = BTreeSet::new();
    for _ in 0..PASSES {
        if waiting.is_empty() {
            break;
        }
        let asked = Asked {
            tenant,
            campaign,
            now,
        };
        let pass = asked.pass(connection, &entrance, &waiting, &entered)?;
        waiting.retain(|id, _| !pass.contains_key(id));
        let new = pass.values().filter_map(|answer| match answer {
            Enrolled::Now(id) => Some(id.uuid()),
            Enrolled::Already(_) | Enrolled::Refused(_) => None,
        });
        entered.extend(new);
        answers.extend(pass);
    }
    count(connection, tenant, campaign, entered.len())?;
    let answer = |cause: &EnrollCause| answers.get(&cause.id().uuid()).copied();
    let answers: Option<Vec<Enrolled>> = causes.iter().map(answer).collect();
    answers.ok_or(TenantWorkError::Again)
}

#[derive(QueryableByName)]
struct Facts {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    lead_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    inside_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    is_known: bool,
    #[diesel(sql_type = Bool)]
    has_been: bool,
    #[diesel(sql_type = Bool)]
    is_suppressed: bool,
}

impl Facts {
    /// What came of it without letting anybody in; `None` for those who may come in.
    fn settled(&self, re_entry: ReEntry, entered: &BTreeSet<Uuid>) -> Option<Enrolled> {
        let already = |id: Uuid| Some(Enrolled::Already(EnrollmentId::from_uuid(id)));
        if self.is_known {
            return already(self.id);
        }
        if let Some(inside) = self.inside_id
            && (re_entry != ReEntry::Always || entered.contains(&inside))
        {
            return already(inside);
        }
        if self.is_suppressed {
            return Some(Enrolled::Refused(EnrollRefused::Suppressed));
        }
        let is_over = re_entry == ReEntry::Never && self.has_been;
        is_over.then_some(Enrolled::Refused(EnrollRefused::Before))
    }
}

#[derive(QueryableByName)]
struct Inserted {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// What every statement of a call is about.
struct Asked {
    tenant: TenantId,
    campaign: CampaignId,
    now: DateTime<Utc>,
}

impl Asked {
    /// One look at everyone who waits; who is missing from the answer came in elsewhere meanwhile.
    fn pass(
        &self,
        connection: &mut PgConnection,
        entrance: &Entrance,
        waiting: &BTreeMap<Uuid, Uuid>,
        entered: &BTreeSet<Uuid>,
    ) -> QueryResult<BTreeMap<Uuid, Enrolled>> {
        let facts = self.facts(connection, waiting)?;
        let nobody = Enrolled::Refused(EnrollRefused::NoSuchLead);
        let mut answers: BTreeMap<Uuid, Enrolled> =
            waiting.keys().map(|id| (*id, nobody)).collect();
        let mut may_enter = Vec::new();
        for facts in facts {
            if let Some(answer) = facts.settled(entrance.re_entry, entered) {
                answers.insert(facts.id, answer);
            } else {
                answers.remove(&facts.id);
                may_enter.push(facts);
            }
        }
        let again: Vec<Uuid> = may_enter.iter().filter_map(|f| f.inside_id).collect();
        self.end(connection, again)?;
        for id in self.insert(connection, entrance, &may_enter)? {
            answers.insert(id, Enrolled::Now(EnrollmentId::from_uuid(id)));
        }
        Ok(answers)
    }

    fn facts(
        &self,
        connection: &mut PgConnection,
        waiting: &BTreeMap<Uuid, Uuid>,
    ) -> QueryResult<Vec<Facts>> {
        // Planned anew each time, as a plan from when nobody was enrolled would not use the indexes.
        diesel::sql_query(include_str!("enroll_facts.sql"))
            .bind::<SqlUuid, _>(self.tenant.uuid())
            .bind::<SqlUuid, _>(self.campaign.uuid())
            .bind::<Array<SqlUuid>, _>(waiting.keys().copied().collect::<Vec<_>>())
            .bind::<Array<SqlUuid>, _>(waiting.values().copied().collect::<Vec<_>>())
            .load(connection)
    }

    /// Ends the ways of those who begin anew.
    fn end(&self, connection: &mut PgConnection, inside: Vec<Uuid>) -> QueryResult<()> {
        if inside.is_empty() {
            return Ok(());
        }
        statement(include_str!("enroll_restart.sql"))
            .bind::<SqlUuid, _>(self.tenant.uuid())
            .bind::<Array<SqlUuid>, _>(inside)
            .bind::<Timestamptz, _>(self.now)
            .execute(connection)
            .map(drop)
    }

    fn insert(
        &self,
        connection: &mut PgConnection,
        entrance: &Entrance,
        new: &[Facts],
    ) -> QueryResult<Vec<Uuid>> {
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let inserted: Vec<Inserted> = statement(include_str!("enroll_insert.sql"))
            .bind::<SqlUuid, _>(self.tenant.uuid())
            .bind::<SqlUuid, _>(self.campaign.uuid())
            .bind::<Int4, _>(entrance.version)
            .bind::<Array<SqlUuid>, _>(new.iter().map(|facts| facts.id).collect::<Vec<_>>())
            .bind::<Array<SqlUuid>, _>(new.iter().map(|facts| facts.lead_id).collect::<Vec<_>>())
            .bind::<SqlUuid, _>(entrance.step.uuid())
            .bind::<Timestamptz, _>(entrance.at)
            .bind::<Timestamptz, _>(self.now)
            .load(connection)?;
        Ok(inserted.into_iter().map(|row| row.id).collect())
    }
}

const COUNT: &str = "
    UPDATE campaigns SET enrolled_count = enrolled_count + $3 WHERE tenant_id = $1 AND id = $2";

/// Last, because everyone who lets people in waits here for the commits of the others.
fn count(
    connection: &mut PgConnection,
    tenant: TenantId,
    campaign: CampaignId,
    entered: usize,
) -> Result<(), TenantWorkError> {
    if entered == 0 {
        return Ok(());
    }
    statement(COUNT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(campaign.uuid())
        .bind::<BigInt, _>(i64::try_from(entered).map_err(StoreError::unexpected)?)
        .execute(connection)?;
    Ok(())
}
