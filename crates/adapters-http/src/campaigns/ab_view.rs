//! A test that runs or has ended.

use chrono::{DateTime, Utc};
use domain::analytics::Rate;
use domain::campaigns::{
    AbTest, Broadcast, BroadcastStatus, TestStanding, Variant, VariantFigures,
};
use domain::content::Template;
use domain::ids::TenantId;
use domain::store::StoreResult;
use serde::Serialize;

use super::ab_plan::{kind, variants};
use crate::ports::Ports;

/// A test as the page of its broadcast shows it.
#[derive(Debug, Serialize)]
pub(super) struct AbView {
    /// What is compared: `subject`, `template` or `time`.
    by: &'static str,
    metric: &'static str,
    share: u8,
    wait_hours: u16,
    rows: [Row; 2],
    /// When the winner is looked for, while there is none.
    decides_at: Option<DateTime<Utc>>,
    outcome: Option<Ending>,
    /// Staff may choose the winner now.
    can_choose: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    variant: &'static str,
    says: String,
    sent: u64,
    opened: u64,
    open_rate: String,
    clicked: u64,
    click_rate: String,
    is_winner: bool,
}

#[derive(Debug, Serialize)]
struct Ending {
    winner: &'static str,
    /// `figures` or `staff`.
    by: &'static str,
    decided_at: DateTime<Utc>,
    is_significant: bool,
    /// Neither variant was better.
    is_tie: bool,
    /// As statisticians write it.
    p_value: String,
}

impl AbView {
    /// The test of a broadcast that has been started or scheduled.
    pub(super) fn of(
        ports: &Ports,
        tenant: TenantId,
        broadcast: &Broadcast,
        template: Option<&Template>,
    ) -> StoreResult<Option<Self>> {
        let (Some(test), Some(template)) = (&broadcast.ab_test, template) else {
            return Ok(None);
        };
        let frozen = ports.mail_contents.content(tenant, broadcast.content())?;
        let subject = frozen.map(|content| content.source.subject);
        let subject = subject.as_deref().unwrap_or(&template.source.subject);
        let says = variants(ports, tenant, test, subject, template)?;
        // What decided is what is shown: later reactions belong to the figures of the broadcast.
        let standing = match &broadcast.ab_outcome {
            Some(outcome) => outcome.standing(),
            None => ports.ab_tests.standing(tenant, broadcast.id, test.wait())?,
        };
        Ok(Some(Self::shown(broadcast, test, says, &standing)))
    }

    fn shown(
        broadcast: &Broadcast,
        test: &AbTest,
        says: [String; 2],
        standing: &TestStanding,
    ) -> Self {
        let outcome = broadcast.ab_outcome.as_ref();
        let winner = outcome.map(|it| it.winner);
        let [says_a, says_b] = says;
        let row = |variant: Variant, says| {
            let is_winner = winner == Some(variant);
            Row::of(variant, says, standing.of(variant), is_winner)
        };
        let is_testing = broadcast.status == BroadcastStatus::Testing;
        Self {
            by: kind(test),
            metric: test.metric.as_str(),
            share: test.share_percent,
            wait_hours: test.wait_hours,
            rows: [row(Variant::A, says_a), row(Variant::B, says_b)],
            decides_at: broadcast.ab_decides_at.filter(|_| winner.is_none()),
            outcome: outcome.map(|it| Ending {
                winner: it.winner.as_str(),
                by: it.by.as_str(),
                decided_at: it.decided_at,
                is_significant: it.is_significant(test.metric),
                is_tie: standing.is_tie(test.metric),
                p_value: p_text(standing.p_value(test.metric)),
            }),
            can_choose: is_testing && winner.is_none(),
        }
    }
}

fn p_text(p_value: f64) -> String {
    if p_value < 0.001 {
        "p < 0.001".to_owned()
    } else {
        format!("p = {p_value:.3}")
    }
}

impl Row {
    fn of(variant: Variant, says: String, figures: VariantFigures, is_winner: bool) -> Self {
        let rate = |part| Rate::of(part, figures.sent).to_string();
        Self {
            variant: variant.as_str(),
            says,
            sent: figures.sent,
            opened: figures.opened,
            open_rate: rate(figures.opened),
            clicked: figures.clicked,
            click_rate: rate(figures.clicked),
            is_winner,
        }
    }
}
