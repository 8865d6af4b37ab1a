//! A campaign's definition as one JSON document: what the builder saves, and `flow` in the JSON
//! interface.

use domain::campaigns::{CampaignDefinition, ExitCondition, Flow, ReEntry, Trigger};
use domain::leads::LeadCondition;
use serde::{Deserialize, Serialize};

/// Characters in a name at most (B57).
const LONGEST_NAME: usize = 255;
/// Characters in a description at most.
const LONGEST_DESCRIPTION: usize = 2_000;

/// [`CampaignDefinition`] as it travels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DefinitionDocument {
    name: String,
    #[serde(default)]
    description: String,
    trigger: Trigger,
    #[serde(default)]
    entry: Vec<LeadCondition>,
    #[serde(default)]
    exits: Vec<ExitCondition>,
    #[serde(default)]
    re_entry: ReEntry,
    tracking: bool,
    steps: Flow,
}

/// What makes a document no definition, whatever its steps are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DocumentFault {
    /// It has no name.
    NameMissing,
    /// Its name has more than 255 characters.
    NameTooLong,
    /// Its description has more than 2,000 characters.
    DescriptionTooLong,
}

impl DocumentFault {
    /// The field, and what is wrong with it.
    pub(super) const fn complaint(self) -> (&'static str, &'static str) {
        match self {
            Self::NameMissing => ("name", "is missing"),
            Self::NameTooLong => ("name", "has more than 255 characters"),
            Self::DescriptionTooLong => ("description", "has more than 2000 characters"),
        }
    }
}

/// A definition whose texts are of a length that can be kept, its name without blanks around it.
pub(super) fn tidied(definition: CampaignDefinition) -> Result<CampaignDefinition, DocumentFault> {
    let name = definition.name.trim().to_owned();
    if name.is_empty() {
        return Err(DocumentFault::NameMissing);
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(DocumentFault::NameTooLong);
    }
    if definition.description.chars().count() > LONGEST_DESCRIPTION {
        return Err(DocumentFault::DescriptionTooLong);
    }
    Ok(CampaignDefinition { name, ..definition })
}

impl From<CampaignDefinition> for DefinitionDocument {
    fn from(definition: CampaignDefinition) -> Self {
        Self {
            name: definition.name,
            description: definition.description,
            trigger: definition.trigger,
            entry: definition.entry,
            exits: definition.exits,
            re_entry: definition.re_entry,
            tracking: definition.tracking,
            steps: definition.flow,
        }
    }
}

impl From<DefinitionDocument> for CampaignDefinition {
    fn from(document: DefinitionDocument) -> Self {
        Self {
            name: document.name,
            description: document.description,
            trigger: document.trigger,
            entry: document.entry,
            exits: document.exits,
            re_entry: document.re_entry,
            tracking: document.tracking,
            flow: document.steps,
        }
    }
}
