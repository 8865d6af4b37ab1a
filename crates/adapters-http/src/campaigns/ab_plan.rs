//! A test before it is started: who gets what, and what it could show.

use domain::campaigns::{AbDifference, AbMetric, AbTest, Broadcast, detectable_difference};
use domain::content::Template;
use domain::ids::TenantId;
use domain::store::StoreResult;
use serde::Serialize;

use crate::pages::format::percent;
use crate::ports::Ports;

/// Broadcasts whose rate is expected of the next one.
const PAST: usize = 5;
/// Below so many mails, their rate says nothing.
const ENOUGH: u64 = 100;

/// A test as the page shows it that asks whether to start.
#[derive(Debug, Serialize)]
pub(super) struct AbPlan {
    /// What is compared: `subject`, `template` or `time`.
    by: &'static str,
    a: String,
    b: String,
    metric: &'static str,
    share: u8,
    wait_hours: u16,
    /// How many get each variant, about.
    per_variant: u64,
    /// How many wait for the winner, about.
    rest: u64,
    /// The rate that is expected of variant A.
    rate: String,
    /// The smallest difference that it would find in four of five cases, in percentage points.
    detectable: Option<String>,
}

impl AbPlan {
    /// The plan of a draft that reaches so many people.
    pub(super) fn of(
        ports: &Ports,
        tenant: TenantId,
        broadcast: &Broadcast,
        template: &Template,
        people: u64,
    ) -> StoreResult<Option<Self>> {
        let Some(test) = &broadcast.ab_test else {
            return Ok(None);
        };
        let per_variant = people * u64::from(test.share_percent) / 200;
        let rate = past_rate(ports, tenant, test.metric)?;
        let detectable = detectable_difference(per_variant, rate);
        let subject = &template.source.subject;
        let [a, b] = variants(ports, tenant, test, subject, template)?;
        Ok(Some(Self {
            by: kind(test),
            a,
            b,
            metric: test.metric.as_str(),
            share: test.share_percent,
            wait_hours: test.wait_hours,
            per_variant,
            rest: people - people * u64::from(test.share_percent) / 100,
            rate: percent(rate),
            detectable: detectable.map(|points| format!("{:.1}", points * 100.0)),
        }))
    }
}

/// What is compared, in the keys of texts.
pub(super) const fn kind(test: &AbTest) -> &'static str {
    match test.b {
        AbDifference::Subject(_) => "subject",
        AbDifference::Template(_) => "template",
        AbDifference::Time { .. } => "time",
    }
}

/// What tells the variants apart, for people: subjects, names of templates, or times.
pub(super) fn variants(
    ports: &Ports,
    tenant: TenantId,
    test: &AbTest,
    subject: &str,
    template: &Template,
) -> StoreResult<[String; 2]> {
    Ok(match &test.b {
        AbDifference::Subject(other) => [subject.to_owned(), other.clone()],
        AbDifference::Template(other) => {
            let other = ports.templates.find(tenant, *other)?;
            let name = other.map(|it| it.name).unwrap_or_default();
            [template.name.clone(), name]
        }
        AbDifference::Time { a, b } => [a, b].map(|time| time.format("%H:%M").to_string()),
    })
}

/// The rate of the last broadcasts together, or what is usual.
fn past_rate(ports: &Ports, tenant: TenantId, metric: AbMetric) -> StoreResult<f64> {
    let (mut sent, mut reacted) = (0, 0);
    let newest = ports.broadcasts.list(tenant, 0, 20)?;
    let started = newest.iter().filter(|it| it.status.is_started());
    for broadcast in started.take(PAST) {
        let totals = ports.broadcasts.totals(tenant, broadcast.id)?;
        sent += totals.sent();
        reacted += match metric {
            AbMetric::Opens => totals.opened,
            AbMetric::Clicks => totals.clicked,
        };
    }
    if sent < ENOUGH {
        return Ok(metric.usual_rate());
    }
    Ok(reacted as f64 / sent as f64)
}
