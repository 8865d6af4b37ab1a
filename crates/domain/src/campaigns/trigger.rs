//! What lets people into a campaign.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use crate::leads::{Lead, LeadCondition};
use crate::scoring::Band;
use crate::tracking::{EventName, Properties};

/// What lets people into a campaign. (B6, B9, B57)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Trigger {
    /// A program reported a custom event of theirs, such as `assessment_completed` (診断完了),
    /// `download` or a form. (B9)
    Custom {
        /// Which event.
        event: EventName,
        /// Properties that the event must have, each with this text. (B16)
        #[serde(default)]
        properties: BTreeMap<String, String>,
    },
    /// Their score came from below to this or more. (B9)
    ScoreReached {
        /// The score.
        score: i32,
    },
    /// Their band came from below to this or more.
    BandReached {
        /// The band.
        band: Band,
    },
    /// What is known of them was changed or imported and fulfils this now. (B9)
    AttributeMatches {
        /// All of it must hold.
        conditions: Vec<LeadCondition>,
    },
    /// They came into a segment. (B57)
    SegmentEntered {
        /// The segment's id.
        segment: uuid::Uuid,
    },
    /// They came into a stage of the lifecycle. (B51)
    StageEntered {
        /// The stage.
        stage: String,
    },
    /// They registered for a 説明会 or seminar.
    EventRegistered {
        /// Which one; none: any.
        event: Option<crate::ids::EventId>,
    },
    /// So many days before or after a day that is known of them.
    DateAttribute {
        /// The custom attribute, of kind date.
        attribute: String,
        /// Days after that day; negative: before.
        days: i32,
        /// At what time of the tenant's day.
        at: NaiveTime,
    },
    /// Staff or a program choose them one by one or from a list.
    Manual,
}

impl Trigger {
    /// The name in storage and in the JSON interface. `assessment_completed` and
    /// `score_threshold` of the requirement are written by the JSON interface (B57).
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Custom { .. } => "custom",
            Self::ScoreReached { .. } => "score_reached",
            Self::BandReached { .. } => "band_reached",
            Self::AttributeMatches { .. } => "attribute_matches",
            Self::SegmentEntered { .. } => "segment_entered",
            Self::StageEntered { .. } => "stage_entered",
            Self::EventRegistered { .. } => "event_registered",
            Self::DateAttribute { .. } => "date_attribute",
            Self::Manual => "manual",
        }
    }

    /// Whether a custom event lets its lead in.
    #[must_use]
    pub fn fires_on_custom(&self, reported: &EventName, with: &Properties) -> bool {
        let Self::Custom { event, properties } = self else {
            return false;
        };
        let is_so = |(key, value): (&String, &String)| {
            (with.values().get(key)).is_some_and(|known| known.to_string() == *value)
        };
        event == reported && properties.iter().all(is_so)
    }

    /// Whether a change of what is known of a lead lets it in: it fulfils the conditions now, and
    /// did not before, or was not there.
    #[must_use]
    pub fn fires_on_lead(&self, before: Option<&Lead>, after: &Lead) -> bool {
        let Self::AttributeMatches { conditions } = self else {
            return false;
        };
        let fits = |lead: &Lead| conditions.iter().all(|condition| condition.holds(lead));
        !conditions.is_empty() && fits(after) && !before.is_some_and(fits)
    }

    /// Whether a change of score lets its lead in: from below, to it or above.
    #[must_use]
    pub fn fires_on_score(&self, before: (i32, Band), after: (i32, Band)) -> bool {
        match self {
            Self::ScoreReached { score } => before.0 < *score && *score <= after.0,
            Self::BandReached { band } => before.1 < *band && *band <= after.1,
            Self::Custom { .. }
            | Self::AttributeMatches { .. }
            | Self::SegmentEntered { .. }
            | Self::StageEntered { .. }
            | Self::EventRegistered { .. }
            | Self::DateAttribute { .. }
            | Self::Manual => false,
        }
    }
}
