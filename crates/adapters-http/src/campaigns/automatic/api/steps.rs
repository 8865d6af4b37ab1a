//! `steps`: the mails of a campaign one after another, as the requirement names them (B16, B58).

use domain::campaigns::{Delay, DelayUnit, Flow, Step, StepAction};
use domain::ids::{CampaignId, StepId, TemplateId};
use domain::leads::LeadCondition;
use serde::{Deserialize, Serialize};

use super::impossible;
use crate::error::Failure;

/// One mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepBody {
    /// From 1.
    step_order: u32,
    #[serde(default)]
    name: String,
    #[serde(default)]
    delay_value: u32,
    #[serde(default)]
    delay_unit: DelayUnit,
    pub(super) email_template_id: TemplateId,
    /// All must hold for the lead; otherwise the step is skipped (B19).
    #[serde(default)]
    conditions: Vec<LeadCondition>,
}

/// Any step of a flow as a row of the requirement's table (B58).
#[derive(Serialize)]
pub(super) struct StepShape {
    id: StepId,
    step_order: u32,
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    /// The step in whose branch it is, and in which.
    parent_step_id: Option<StepId>,
    branch: Option<&'static str>,
    delay_value: u32,
    delay_unit: &'static str,
    email_template_id: Option<TemplateId>,
    conditions: Vec<LeadCondition>,
}

/// The flow of mails one after another. A step keeps its id while it keeps its number, so that
/// people inside find their place again.
///
/// # Errors
/// [`Failure::Impossible`] unless the numbers go from 1 without a gap.
pub(super) fn flow(campaign: CampaignId, steps: Vec<StepBody>) -> Result<Flow, Failure> {
    let mut placed: Vec<Option<StepBody>> = steps.iter().map(|_| None).collect();
    for (index, step) in steps.into_iter().enumerate() {
        let place = (step.step_order as usize)
            .checked_sub(1)
            .and_then(|at| placed.get_mut(at));
        match place {
            Some(free @ None) => *free = Some(step),
            Some(Some(_)) | None => {
                let field = format!("steps[{index}].step_order");
                return Err(impossible(field, "does not count from 1 without a gap"));
            }
        }
    }
    let steps = placed.into_iter().flatten();
    Ok(Flow {
        steps: steps.map(|step| step.into_step(campaign)).collect(),
    })
}

impl StepBody {
    fn into_step(self, campaign: CampaignId) -> Step {
        let order = self.step_order.to_be_bytes();
        Step {
            id: StepId::derived(&[campaign.uuid().as_bytes(), &order]),
            name: self.name,
            delay: Delay {
                value: self.delay_value,
                unit: self.delay_unit,
            },
            only_if: self.conditions,
            not_later_than: None,
            action: StepAction::Send {
                template: self.email_template_id,
                click_hastens: false,
            },
        }
    }
}

/// Every step of a flow in the order of reading.
pub(super) fn shapes(flow: &Flow) -> Vec<StepShape> {
    let shape = |it: domain::campaigns::Placed<'_>| {
        let step = it.step;
        StepShape {
            id: step.id,
            step_order: it.order,
            name: step.name.clone(),
            kind: step.action.kind(),
            parent_step_id: it.parent.map(|(parent, _)| parent),
            branch: it.parent.map(|(_, branch)| branch.as_str()),
            delay_value: step.delay.value,
            delay_unit: step.delay.unit.as_str(),
            email_template_id: template_of(step),
            conditions: step.only_if.clone(),
        }
    };
    flow.placed().into_iter().map(shape).collect()
}

fn template_of(step: &Step) -> Option<TemplateId> {
    if let StepAction::Send { template, .. } = &step.action {
        Some(*template)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn steps(orders: &[u32]) -> Vec<StepBody> {
        let step = |order: &u32| {
            let body = json!({"step_order": order, "delay_value": order, "email_template_id": TemplateId::new()});
            serde_json::from_value(body).unwrap()
        };
        orders.iter().map(step).collect()
    }

    // B16
    #[test]
    fn steps_are_put_in_the_order_of_their_numbers() {
        let campaign = CampaignId::new();
        let made = flow(campaign, steps(&[2, 1, 3])).unwrap();
        let delays: Vec<_> = made.steps.iter().map(|step| step.delay.value).collect();
        assert_eq!(delays, [1, 2, 3]);
        let again = flow(campaign, steps(&[1, 2])).unwrap();
        assert_eq!(again.steps[1].id, made.steps[1].id);
    }

    #[test]
    fn a_gap_and_a_number_twice_are_refused_with_the_step() {
        for (orders, field) in [
            (vec![1, 3], "steps[1].step_order"),
            (vec![1, 1], "steps[1].step_order"),
            (vec![0], "steps[0].step_order"),
        ] {
            let refused = flow(CampaignId::new(), steps(&orders)).unwrap_err();
            let complaint = refused.complaint().unwrap();
            assert_eq!(complaint.field.as_deref(), Some(field));
        }
    }
}
