//! Why a campaign is not activated, for programs.

use domain::campaigns::{ActivateRefused, Campaign, CampaignFault, CampaignProblem};
use domain::tenancy::Locale;

use crate::error::{Complaint, Failure};
use crate::texts;

/// The refusal with the field of the first problem, and all problems in its text.
pub(super) fn refusal(refused: ActivateRefused, campaign: &Campaign) -> Failure {
    match refused {
        ActivateRefused::Problems(problems) => {
            let texts: Vec<_> = problems.iter().map(|it| line(it, campaign)).collect();
            let first = problems.first().map(|it| field(it, campaign));
            Failure::Impossible(Complaint {
                index: None,
                field: first,
                reason: texts.join("; "),
            })
        }
        other @ (ActivateRefused::NotFound
        | ActivateRefused::Changed
        | ActivateRefused::Store(_)) => other.into(),
    }
}

fn line(problem: &CampaignProblem, campaign: &Campaign) -> String {
    let key = format!("campaigns-auto-fault-{}", problem.fault.key());
    let about = texts::arguments([("about", problem.fault.subject().into())]);
    let text = texts::text(Locale::En, &key, &about);
    format!("{}: {text}", field(problem, campaign))
}

/// The field as the caller wrote it, where there is one.
fn field(problem: &CampaignProblem, campaign: &Campaign) -> String {
    let placed = campaign.definition.flow.placed();
    let step = placed.iter().find(|it| Some(it.step.id) == problem.step);
    let own = match &problem.fault {
        CampaignFault::NameMissing | CampaignFault::NameTooLong => "name",
        CampaignFault::SenderIncomplete(_) => "sender",
        CampaignFault::TriggerIncomplete | CampaignFault::NotADateAttribute(_) => {
            "trigger_conditions"
        }
        CampaignFault::DelayTooLong => "delay_value",
        CampaignFault::TemplateMissing | CampaignFault::Template(_) => "email_template_id",
        CampaignFault::NotYetAvailable if step.is_none() => "trigger_type",
        CampaignFault::NoSteps | CampaignFault::TooManySteps => "steps",
        CampaignFault::NotYetAvailable
        | CampaignFault::TooDeep
        | CampaignFault::SameId
        | CampaignFault::Unreachable
        | CampaignFault::ShareOutOfRange
        | CampaignFault::NoSuchMailBefore
        | CampaignFault::TestIncomplete
        | CampaignFault::NotWritable(_)
        | CampaignFault::TagBlank
        | CampaignFault::NoPoints
        | CampaignFault::TextMissing
        | CampaignFault::TextTooLong
        | CampaignFault::NotAPublicAddress
        | CampaignFault::GoesToItself
        | CampaignFault::CampaignMissing => "action",
    };
    match step {
        Some(placed) => format!("steps[{}].{own}", placed.order.saturating_sub(1)),
        None => own.to_owned(),
    }
}
