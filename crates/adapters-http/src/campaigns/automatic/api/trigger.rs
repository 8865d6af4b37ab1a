//! `trigger_type` and `trigger_conditions` (B16, B57).

use domain::campaigns::Trigger;
use serde_json::{Map, Value, json};

use super::strict;
use crate::campaigns::automatic::words::ASSESSMENT;
use crate::error::Failure;

const CONDITIONS: &str = "trigger_conditions";

/// The names of the requirement and those of the domain (B57).
const NAMES: [(&str, &str); 3] = [
    (ASSESSMENT, "custom"),
    ("score_threshold", "score_reached"),
    ("segment_entry", "segment_entered"),
];

/// The trigger that both fields describe.
///
/// # Errors
/// [`Failure`] with the field.
pub(super) fn read(name: &str, conditions: Map<String, Value>) -> Result<Trigger, Failure> {
    let kind = NAMES.iter().find(|(ours, _)| *ours == name);
    let kind = kind.map_or(name, |(_, kind)| *kind);
    let mut sent = conditions;
    if sent.contains_key("type") {
        return Err(super::impossible(
            format!("{CONDITIONS}.type"),
            "is named by trigger_type",
        ));
    }
    if name == ASSESSMENT {
        sent.insert("event".to_owned(), json!(ASSESSMENT));
    }
    if !KINDS.contains(&kind) {
        return Err(super::impossible("trigger_type", "is no type of a trigger"));
    }
    sent.insert("type".to_owned(), json!(kind));
    strict::read(CONDITIONS, &Value::Object(sent))
}

/// What [`Trigger::kind`] can be.
const KINDS: [&str; 9] = [
    "custom",
    "score_reached",
    "band_reached",
    "attribute_matches",
    "segment_entered",
    "stage_entered",
    "event_registered",
    "date_attribute",
    "manual",
];

/// Both fields of a trigger.
pub(super) fn write(trigger: &Trigger) -> Result<(String, Value), Failure> {
    let mut conditions = serde_json::to_value(trigger).map_err(Failure::unexpected)?;
    let mut name = trigger.kind();
    for (ours, kind) in NAMES {
        let is_ours = match trigger {
            Trigger::Custom { event, .. } => event.as_str() == ours,
            Trigger::ScoreReached { .. }
            | Trigger::BandReached { .. }
            | Trigger::AttributeMatches { .. }
            | Trigger::SegmentEntered { .. }
            | Trigger::StageEntered { .. }
            | Trigger::EventRegistered { .. }
            | Trigger::DateAttribute { .. }
            | Trigger::Manual => kind == trigger.kind(),
        };
        if is_ours {
            name = ours;
        }
    }
    if let Value::Object(map) = &mut conditions {
        map.remove("type");
        if name == ASSESSMENT {
            map.remove("event");
        }
    }
    Ok((name.to_owned(), conditions))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(name: &str, conditions: Value) -> (String, Value) {
        let Value::Object(sent) = conditions else {
            panic!("conditions are an object")
        };
        write(&read(name, sent).unwrap()).unwrap()
    }

    // B57
    #[test]
    fn the_names_of_the_requirement_read_back_as_they_were_sent() {
        for (name, conditions) in [
            (
                "assessment_completed",
                json!({"properties": {"course": "数学"}}),
            ),
            ("score_threshold", json!({"score": 80})),
            (
                "segment_entry",
                json!({"segment": "01993000-0000-7000-8000-000000000001"}),
            ),
            ("custom", json!({"event": "download", "properties": {}})),
            ("band_reached", json!({"band": "hot"})),
            (
                "date_attribute",
                json!({"attribute": "exam", "days": -7, "at": "09:00:00"}),
            ),
            ("manual", json!({})),
        ] {
            assert_eq!(
                both(name, conditions.clone()),
                (name.to_owned(), conditions)
            );
        }
    }

    #[test]
    fn what_makes_no_trigger_is_refused_with_its_field() {
        let field = |name: &str, conditions: Value| {
            let Value::Object(sent) = conditions else {
                panic!("conditions are an object")
            };
            let refused = read(name, sent).unwrap_err();
            refused.complaint().unwrap().field.clone().unwrap()
        };
        assert_eq!(field("full_moon", json!({})), "trigger_type");
        assert_eq!(
            field("score_threshold", json!({"score": 1, "x": 2})),
            "trigger_conditions.x"
        );
        assert_eq!(
            field("manual", json!({"type": "custom"})),
            "trigger_conditions.type"
        );
        assert_eq!(field("score_threshold", json!({})), "trigger_conditions");
    }
}
