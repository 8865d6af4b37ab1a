//! Points that a step gives.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Int4, Text, Timestamptz, Uuid as SqlUuid};
use domain::automation::{Reaction, ReactionKind};
use domain::ids::{CampaignId, ReactionId, ScoreEntryId, StepId, TenantId};
use domain::scoring::{Band, ScoreReason};

use super::effects::Moment;
use crate::schema::leads;
use crate::scoring::settings_of;
use crate::statement::statement;

const HISTORY: &str = "
    INSERT INTO score_history (tenant_id, recorded_at, occurred_at, id, lead_id, rule_name, event_type,
        points, old_score, new_score, reason)
    VALUES ($1, $2, $2, $3, $4, $5, 'campaign', $6, $7, $8, $9)";

/// Adds them as a line of the history, so that its sum stays the score (D5), and says which
/// campaigns the new score opens. The lead is locked.
pub(super) fn add(
    connection: &mut PgConnection,
    moment: &Moment<'_>,
    step: StepId,
    points: i32,
) -> QueryResult<Vec<Reaction>> {
    let Moment {
        tenant,
        enrollment,
        now,
        ..
    } = *moment;
    let policy = settings_of(connection, tenant)?.policy;
    let lead = leads::table.find((tenant.uuid(), enrollment.lead.uuid()));
    let (sum, fit, band): (i32, i32, String) = lead
        .select((leads::engagement_score, leads::fit_score, leads::score_band))
        .first(connection)?;
    let shown = |sum: i32| policy.bounds.clamp(sum.saturating_add(fit));
    let (old_score, sum) = (shown(sum), sum.saturating_add(points));
    let new_score = shown(sum);
    let (before, after) = (
        Band::parse(&band).unwrap_or_default(),
        policy.bounds.band(new_score),
    );
    diesel::update(lead)
        .set((
            leads::engagement_score.eq(sum),
            leads::score.eq(new_score),
            leads::score_band.eq(after.as_str()),
        ))
        .execute(connection)?;
    let (way, step) = (enrollment.id.uuid(), step.uuid());
    let entry = ScoreEntryId::derived(&[way.as_bytes(), step.as_bytes()]);
    statement(HISTORY)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<SqlUuid, _>(enrollment.lead.uuid())
        .bind::<Text, _>(moment.campaign_name)
        .bind::<Int4, _>(points)
        .bind::<Int4, _>(old_score)
        .bind::<Int4, _>(new_score)
        .bind::<Text, _>(ScoreReason::Granted.as_str())
        .execute(connection)?;
    count_band(connection, tenant, policy.day(now), before, after)?;
    let (from, to) = ((old_score, before), (new_score, after));
    let triggers = policy.automation.triggers.iter();
    let fired = triggers.filter(|active| active.trigger.fires_on_score(from, to));
    Ok(fired
        .map(|active| opened(moment, entry, active.campaign))
        .collect())
}

/// The lead may come into this campaign because of this line.
fn opened(moment: &Moment<'_>, line: ScoreEntryId, campaign: CampaignId) -> Reaction {
    let (line, of) = (line.uuid(), campaign.uuid());
    Reaction {
        id: ReactionId::derived(&[line.as_bytes(), b"enroll", of.as_bytes()]),
        lead: moment.enrollment.lead,
        kind: ReactionKind::Enroll { campaign },
        due_at: moment.now,
        engagement: None,
    }
}

/// Counts a lead that changed its band, as the engagement log does.
fn count_band(
    connection: &mut PgConnection,
    tenant: TenantId,
    day: NaiveDate,
    before: Band,
    after: Band,
) -> QueryResult<()> {
    if before == after {
        return Ok(());
    }
    let one_if = |is_so: bool| vec![i64::from(is_so)];
    statement(include_str!("../../tracking/rollups/bands.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<Date>, _>(vec![day])
        .bind::<Array<BigInt>, _>(one_if(after == Band::Warm && before < Band::Warm))
        .bind::<Array<BigInt>, _>(one_if(after == Band::Hot))
        .bind::<Array<BigInt>, _>(one_if(before == Band::Hot))
        .execute(connection)
        .map(drop)
}
