//! A campaign as a program writes it: `create_campaign` of the requirement (B16), and more.

use domain::campaigns::{CampaignDefinition, Flow, ReEntry};
use domain::ids::{CampaignId, TenantId};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::steps::{self, StepBody};
use super::{impossible, strict, trigger};
use crate::campaigns::automatic::builder::checked;
use crate::campaigns::automatic::limits;
use crate::error::{Complaint, Failure};
use crate::ports::Ports;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CampaignBody {
    name: String,
    #[serde(default)]
    description: String,
    trigger_type: String,
    #[serde(default)]
    trigger_conditions: Map<String, Value>,
    /// Lead conditions that must hold besides.
    #[serde(default = "none")]
    entry: Value,
    /// What takes people out early.
    #[serde(default = "none")]
    exits: Value,
    #[serde(default)]
    re_entry: ReEntry,
    #[serde(default = "yes")]
    tracking: bool,
    /// Mails one after another; or else `flow`.
    steps: Option<Vec<StepBody>>,
    /// Steps of every kind, with branches; or else `steps`.
    flow: Option<Value>,
}

const fn none() -> Value {
    Value::Array(Vec::new())
}

const fn yes() -> bool {
    true
}

impl CampaignBody {
    /// The definition, with the ids of its steps.
    ///
    /// # Errors
    /// [`Failure`] with the field.
    pub(super) fn definition(
        self,
        ports: &Ports,
        tenant: TenantId,
        id: CampaignId,
    ) -> Result<CampaignDefinition, Failure> {
        let flow = match (self.steps, self.flow) {
            (Some(sent), None) => {
                check_templates(ports, tenant, &sent)?;
                steps::flow(id, sent)?
            }
            (None, Some(sent)) => strict::read("flow", &sent)?,
            (None, None) => Flow::default(),
            (Some(_), Some(_)) => {
                let reason = "stands beside flow; one of them says what is done";
                return Err(Failure::Invalid(Complaint::about("steps", reason)));
            }
        };
        limits::check(&flow)?;
        checked(CampaignDefinition {
            name: self.name,
            description: self.description,
            trigger: trigger::read(&self.trigger_type, self.trigger_conditions)?,
            entry: strict::read("entry", &self.entry)?,
            exits: strict::read("exits", &self.exits)?,
            re_entry: self.re_entry,
            tracking: self.tracking,
            flow,
        })
    }
}

/// Steps name templates that exist.
fn check_templates(ports: &Ports, tenant: TenantId, steps: &[StepBody]) -> Result<(), Failure> {
    let known = ports.templates.list(tenant)?;
    for (index, step) in steps.iter().enumerate() {
        if !known.iter().any(|it| it.id == step.email_template_id) {
            let field = format!("steps[{index}].email_template_id");
            return Err(impossible(field, "there is no such template"));
        }
    }
    Ok(())
}
