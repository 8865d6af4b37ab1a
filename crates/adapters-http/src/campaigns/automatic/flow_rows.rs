//! A flow as rows, which say to everybody what the picture shows.

use domain::campaigns::{CampaignFigures, Flow};
use domain::ids::StepId;
use serde::Serialize;

use super::figures::MailFigures;
use super::words::Words;

/// One step in a row.
#[derive(Serialize)]
pub(super) struct FlowRow {
    id: StepId,
    order: u32,
    depth: u32,
    /// The branch that it begins, in the name of texts.
    branch: Option<&'static str>,
    kind: &'static str,
    title: String,
    detail: String,
    delay: String,
    only_if: String,
    figures: Option<Figures>,
}

#[derive(Serialize)]
struct Figures {
    waiting: u64,
    done: u64,
    skipped: u64,
    /// Of steps that send.
    mails: Option<MailFigures>,
}

/// Every step in the order of reading, with how it stands where that is asked.
pub(super) fn flow_rows(
    flow: &Flow,
    figures: Option<&CampaignFigures>,
    words: &Words,
) -> Vec<FlowRow> {
    let placed = flow.placed().into_iter();
    let row = |it: domain::campaigns::Placed<'_>| {
        let step = it.step;
        let own = figures.map(|all| all.steps.get(&step.id).cloned().unwrap_or_default());
        let figures = own.map(|own| Figures {
            waiting: own.waiting,
            done: own.done,
            skipped: own.skipped,
            mails: (step.action.kind() == "send").then(|| MailFigures::of(&own)),
        });
        FlowRow {
            id: step.id,
            order: it.order,
            depth: it.depth,
            branch: it.parent.map(|(_, branch)| branch.as_str()),
            kind: step.action.kind(),
            title: words.title(step),
            detail: words.detail(&step.action),
            delay: words.delay(step.delay),
            only_if: words.conditions(&step.only_if),
            figures,
        }
    };
    placed.map(row).collect()
}
