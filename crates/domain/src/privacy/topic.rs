//! What kinds of mail a tenant sends (配信の種類), for people to choose among.

use thiserror::Error;

use crate::ids::TopicId;

/// Longest name of a topic. Characters.
const NAME_CHARS: usize = 60;
/// Longest description of a topic. Characters.
const DESCRIPTION_CHARS: usize = 200;

/// One kind of mail. A tenant without topics has one kind only, "all".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its id.
    pub id: TopicId,
    /// What people read beside the box they tick.
    pub name: String,
    /// More about it, for those who choose.
    pub description: Option<String>,
    /// Whether it goes to those who never chose.
    pub default_on: bool,
    /// Topics are shown in this order, then by name.
    pub position: i32,
}

/// A topic as staff type it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicDraft {
    /// See [`Topic::name`].
    pub name: String,
    /// See [`Topic::description`]; blank means none.
    pub description: String,
    /// See [`Topic::default_on`].
    pub default_on: bool,
    /// See [`Topic::position`].
    pub position: i32,
}

/// What is wrong with a draft.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum TopicFault {
    /// Nobody could tell what they choose.
    #[error("a topic needs a name")]
    NameMissing,
    /// The name does not fit beside a box.
    #[error("the name of a topic has at most {NAME_CHARS} characters")]
    NameTooLong,
    /// The description does not fit below a name.
    #[error("the description of a topic has at most {DESCRIPTION_CHARS} characters")]
    DescriptionTooLong,
}

impl TopicDraft {
    /// The topic with this id.
    ///
    /// # Errors
    /// See [`TopicFault`].
    pub fn into_topic(self, id: TopicId) -> Result<Topic, TopicFault> {
        let name = self.name.trim();
        let description = self.description.trim();
        if name.is_empty() {
            return Err(TopicFault::NameMissing);
        }
        if name.chars().count() > NAME_CHARS {
            return Err(TopicFault::NameTooLong);
        }
        if description.chars().count() > DESCRIPTION_CHARS {
            return Err(TopicFault::DescriptionTooLong);
        }
        Ok(Topic {
            id,
            name: name.to_owned(),
            description: (!description.is_empty()).then(|| description.to_owned()),
            default_on: self.default_on,
            position: self.position,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(name: &str) -> TopicDraft {
        TopicDraft {
            name: name.to_owned(),
            description: "  ".to_owned(),
            default_on: true,
            position: 1,
        }
    }

    #[test]
    fn a_topic_has_a_name_that_fits_beside_its_box() {
        let id = TopicId::new();
        let topic = draft(" 説明会のご案内 ").into_topic(id).unwrap();
        assert_eq!(
            (topic.name.as_str(), topic.description),
            ("説明会のご案内", None)
        );
        assert_eq!(draft(" ").into_topic(id), Err(TopicFault::NameMissing));
        let long = "あ".repeat(NAME_CHARS + 1);
        assert_eq!(draft(&long).into_topic(id), Err(TopicFault::NameTooLong));
    }
}
