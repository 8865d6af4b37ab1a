//! Custom attributes as JSON: a text, a number, `true`, or a day as `"2026-04-01"`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::leads::{AttributeDefinition, AttributeKind, AttributeValue};
use serde_json::Value;

use crate::error::{Complaint, Failure};

/// Attributes as a program sends and gets them.
pub(super) type Document = BTreeMap<String, Value>;

/// The attributes of a lead.
pub(super) fn document(attributes: &BTreeMap<String, AttributeValue>) -> Document {
    let plain = |value: &AttributeValue| match value {
        AttributeValue::Text(text) => Value::from(text.as_str()),
        AttributeValue::Number(number) => Value::from(*number),
        AttributeValue::Date(date) => Value::from(date.to_string()),
        AttributeValue::Boolean(value) => Value::from(*value),
    };
    let attributes = attributes.iter();
    attributes
        .map(|(key, value)| (key.clone(), plain(value)))
        .collect()
}

/// The attributes that a program sent, by the kinds they are defined with; `null` is `None`.
///
/// # Errors
/// [`Failure::Impossible`] for an attribute that is not defined or has another kind of values.
pub(super) fn read(
    document: Document,
    known: &[AttributeDefinition],
) -> Result<BTreeMap<String, Option<AttributeValue>>, Failure> {
    document
        .into_iter()
        .map(|(key, value)| {
            let complain = |reason: String| {
                Failure::Impossible(Complaint::about(format!("attributes.{key}"), reason))
            };
            let definition = known.iter().find(|one| one.key == key);
            let kind = definition
                .map(|one| one.kind)
                .ok_or_else(|| complain("there is no such attribute".to_owned()))?;
            if value.is_null() {
                return Ok((key, None));
            }
            let value = typed(&value, kind).ok_or_else(|| {
                complain(format!("a value of the kind {} is needed", kind.as_str()))
            })?;
            Ok((key, Some(value)))
        })
        .collect()
}

fn typed(value: &Value, kind: AttributeKind) -> Option<AttributeValue> {
    match kind {
        AttributeKind::Text => value.as_str().map(|it| AttributeValue::Text(it.to_owned())),
        AttributeKind::Number => value.as_f64().map(AttributeValue::Number),
        AttributeKind::Boolean => value.as_bool().map(AttributeValue::Boolean),
        AttributeKind::Date => {
            let date = NaiveDate::parse_from_str(value.as_str()?, "%Y-%m-%d").ok()?;
            Some(AttributeValue::Date(date))
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;

    fn define(kind: AttributeKind) -> AttributeDefinition {
        AttributeDefinition {
            key: kind.as_str().to_owned(),
            label: String::new(),
            kind,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn sent(document: Value) -> Result<BTreeMap<String, Option<AttributeValue>>, Failure> {
        let known = AttributeKind::ALL.map(define);
        read(serde_json::from_value(document).unwrap(), &known)
    }

    #[test]
    fn values_are_written_as_they_are_read() {
        let plain = json!({"text": "x", "number": 1.5, "boolean": true, "date": "2026-04-01"});
        let read = sent(plain.clone()).unwrap();
        let values = read.into_iter().map(|(key, value)| (key, value.unwrap()));
        assert_eq!(json!(document(&values.collect())), plain);
        assert_eq!(sent(json!({"text": null})).unwrap()["text"], None);
    }

    #[test]
    fn another_kind_and_an_unknown_key_are_refused_by_name() {
        let wrong = [
            json!({"color": "red"}),
            json!({"number": "1"}),
            json!({"date": "tomorrow"}),
            json!({"text": {"$ne": ""}}),
        ];
        for document in wrong {
            let key = document.as_object().unwrap().keys().next().unwrap().clone();
            let failure = sent(document).unwrap_err();
            let complaint = failure.complaint().unwrap();
            assert_eq!(complaint.field, Some(format!("attributes.{key}")));
        }
    }
}
