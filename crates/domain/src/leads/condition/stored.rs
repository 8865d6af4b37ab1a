//! The stored form of a condition.

use serde::{Deserialize, Serialize};

use super::{ConditionFault, ConditionField, ConditionOperator, ConditionValue, LeadCondition};

/// A condition as it is stored and sent: `{"field": …, "operator": …, "value": …}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredCondition {
    field: String,
    operator: ConditionOperator,
    value: OneOrMany,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(ConditionValue),
    Many(Vec<ConditionValue>),
}

impl TryFrom<StoredCondition> for LeadCondition {
    type Error = ConditionFault;

    fn try_from(stored: StoredCondition) -> Result<Self, ConditionFault> {
        let field = ConditionField::parse(&stored.field).ok_or(ConditionFault::UnknownField)?;
        let values = match stored.value {
            OneOrMany::One(value) => vec![value],
            OneOrMany::Many(values) => values,
        };
        Self::new(field, stored.operator, values)
    }
}

impl From<LeadCondition> for StoredCondition {
    fn from(condition: LeadCondition) -> Self {
        let is_list = matches!(
            condition.operator,
            ConditionOperator::In | ConditionOperator::Between
        );
        let mut values = condition.values;
        let value = match values.pop() {
            Some(only) if !is_list => OneOrMany::One(only),
            last => {
                values.extend(last);
                OneOrMany::Many(values)
            }
        };
        Self {
            field: condition.field.to_string(),
            operator: condition.operator,
            value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_reads_back_as_it_was_written() {
        // B41
        for text in [
            r#"{"field":"industry","operator":"equals","value":"IT"}"#,
            r#"{"field":"score","operator":"between","value":[60.0,79.0]}"#,
            r#"{"field":"attributes.plan","operator":"in","value":["a","b"]}"#,
        ] {
            let condition: LeadCondition = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&condition).unwrap(), text);
        }
    }

    #[test]
    fn what_makes_no_sense_is_not_read() {
        // V-12
        for text in [
            r#"{"field":"password_hash","operator":"equals","value":"x"}"#,
            r#"{"field":"score","operator":"like","value":"x"}"#,
            r#"{"field":"score","operator":"greater_than","value":"x' or 1=1"}"#,
            r#"{"field":"score","operator":"between","value":[1]}"#,
            r#"{"field":"score_band","operator":"equals","value":"boiling"}"#,
            r#"{"field":"score","operator":"equals","value":1,"sql":"x"}"#,
        ] {
            assert!(
                serde_json::from_str::<LeadCondition>(text).is_err(),
                "{text}"
            );
        }
    }
}
