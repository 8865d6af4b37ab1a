//! Reading a part of a document whose type passes over names that it does not know.
//!
//! The types of a flow are those that are stored, and storage has to read what an older or newer
//! version wrote. A program's typing error is no such thing, and is refused (V-28): whatever the
//! value does not say when it is written again was unknown.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Complaint, Failure};

/// The value of the field `at`.
///
/// # Errors
/// [`Failure::Invalid`] with the place in it that is wrong or unknown.
pub(super) fn read<T: DeserializeOwned + Serialize>(at: &str, sent: &Value) -> Result<T, Failure> {
    let read: T = serde_path_to_error::deserialize(sent).map_err(|error| {
        let path = error.path().to_string();
        let place = match path.as_str() {
            "." | "" => at.to_owned(),
            path if path.starts_with('[') => format!("{at}{path}"),
            path => format!("{at}.{path}"),
        };
        Failure::Invalid(Complaint::about(place, error.inner().to_string()))
    })?;
    let written = serde_json::to_value(&read).map_err(Failure::unexpected)?;
    match unknown(at, sent, &written) {
        Some(place) => Err(Failure::Invalid(Complaint::about(place, "unknown field"))),
        None => Ok(read),
    }
}

/// The first place that stands only in what was sent.
fn unknown(at: &str, sent: &Value, written: &Value) -> Option<String> {
    match (sent, written) {
        (Value::Object(sent), Value::Object(written)) => sent.iter().find_map(|(name, value)| {
            let place = format!("{at}.{name}");
            match written.get(name) {
                Some(known) => unknown(&place, value, known),
                None => Some(place),
            }
        }),
        (Value::Array(sent), Value::Array(written)) => {
            let pairs = sent.iter().zip(written).enumerate();
            pairs.into_iter().find_map(|(index, (sent, written))| {
                unknown(&format!("{at}[{index}]"), sent, written)
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::campaigns::Flow;
    use domain::ids::{StepId, TemplateId};
    use serde_json::json;

    use super::*;

    fn flow(step: Value) -> Result<Flow, Failure> {
        read("flow", &json!([step]))
    }

    fn field(failure: &Failure) -> &str {
        failure.complaint().unwrap().field.as_deref().unwrap()
    }

    // V-28
    #[test]
    fn an_unknown_name_is_found_however_deep_it_stands() {
        let inner = json!({"id": StepId::new(), "action": {"type": "end"}, "when": "now"});
        let test = json!({"type": "opened", "step": null});
        let action = json!({"type": "condition", "test": test, "yes": [], "no": [inner]});
        let refused = flow(json!({"id": StepId::new(), "action": action})).unwrap_err();
        assert_eq!(field(&refused), "flow[0].action.no[0].when");
        let action = json!({"type": "send", "template": TemplateId::new(), "to": "x"});
        let refused = flow(json!({"id": StepId::new(), "action": action})).unwrap_err();
        assert_eq!(field(&refused), "flow[0].action.to");
    }

    #[test]
    fn what_is_left_out_has_its_usual_value() {
        let step = json!({"id": StepId::new(), "action": {"type": "end"}});
        assert_eq!(flow(step).unwrap().steps.len(), 1);
    }

    #[test]
    fn a_wrong_value_is_named_by_its_step() {
        let step = json!({"id": StepId::new(), "delay": {"value": -1, "unit": "days"}, "action": {"type": "end"}});
        assert_eq!(field(&flow(step).unwrap_err()), "flow[0].delay.value");
    }
}
