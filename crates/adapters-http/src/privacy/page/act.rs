//! What a person asked for with one button.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::ids::TopicId;
use domain::privacy::{LeadPreferences, PAUSE, PreferenceChange, Topic};
use url::form_urlencoded;

/// One human action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// No mail at all any more.
    StopAll,
    /// Mail again after that.
    Restore,
    /// No mail of the kind that led here.
    StopTopic,
    /// Mail of that kind again.
    WantTopic,
    /// These kinds and no others.
    Topics(BTreeSet<TopicId>),
    /// No mail for thirty days.
    Pause,
    /// Mail again before the end of a pause.
    Resume,
    /// No measuring of opens and clicks (C14).
    StopTracking,
    /// Measuring is all right.
    AllowTracking,
}

impl Act {
    /// What the body of a POST asks for. Whatever names no other act refuses all mail: programs
    /// post `List-Unsubscribe=One-Click` in either kind of form (RFC 8058), and a refusal must
    /// never fail for a formality.
    pub(super) fn read(body: &[u8]) -> Self {
        let pairs: Vec<_> = form_urlencoded::parse(body).collect();
        let value = |wanted: &str| {
            let mut found = pairs.iter().filter(|(name, _)| name == wanted);
            found.next_back().map(|(_, value)| value.as_ref())
        };
        if value("List-Unsubscribe").is_some() {
            return Self::StopAll;
        }
        let ticked = pairs.iter().filter(|(name, _)| name == "topic");
        match value("act") {
            Some("restore") => Self::Restore,
            Some("stop-topic") => Self::StopTopic,
            Some("want-topic") => Self::WantTopic,
            Some("topics") => {
                Self::Topics(ticked.filter_map(|(_, topic)| topic.parse().ok()).collect())
            }
            Some("pause") => Self::Pause,
            Some("resume") => Self::Resume,
            Some("stop-tracking") => Self::StopTracking,
            Some("allow-tracking") => Self::AllowTracking,
            Some(_) | None => Self::StopAll,
        }
    }

    /// The text that says that it is done, without its prefix.
    pub(super) const fn done(&self) -> &'static str {
        match self {
            Self::StopAll => "stop-all",
            Self::Restore => "restore",
            Self::StopTopic => "stop-topic",
            Self::WantTopic => "want-topic",
            Self::Topics(_) => "topics",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::StopTracking => "stop-tracking",
            Self::AllowTracking => "allow-tracking",
        }
    }

    /// What it changes of what the person wants; nothing where it is about all mail.
    pub(super) fn changes(
        &self,
        topics: &[Topic],
        this: Option<TopicId>,
        wanted: &LeadPreferences,
        now: DateTime<Utc>,
    ) -> Vec<PreferenceChange> {
        let choose = |subscribed| {
            let change = |topic| PreferenceChange::Topic { topic, subscribed };
            this.map(change).into_iter().collect()
        };
        match self {
            Self::StopAll | Self::Restore => Vec::new(),
            Self::StopTopic => choose(false),
            Self::WantTopic => choose(true),
            Self::Topics(chosen) => topics
                .iter()
                .filter(|topic| wanted.wants(topic) != chosen.contains(&topic.id))
                .map(|topic| PreferenceChange::Topic {
                    topic: topic.id,
                    subscribed: chosen.contains(&topic.id),
                })
                .collect(),
            Self::Pause => vec![PreferenceChange::Pause { until: now + PAUSE }],
            Self::Resume => vec![PreferenceChange::Resume],
            Self::StopTracking => vec![PreferenceChange::StopTracking],
            Self::AllowTracking => vec![PreferenceChange::AllowTracking],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_names_no_other_act_refuses_all_mail() {
        for body in [
            "",
            "List-Unsubscribe=One-Click",
            "List-Unsubscribe=One-Click&act=pause",
            "act=",
            "act=nonsense",
            "%FF%FF",
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--",
        ] {
            assert_eq!(Act::read(body.as_bytes()), Act::StopAll, "{body}");
        }
    }

    #[test]
    fn a_tick_for_each_topic_is_read_and_what_is_no_topic_is_not() {
        let (a, b) = (TopicId::new(), TopicId::new());
        let body = format!("topic={a}&topic={b}&topic=x&act=topics");
        assert_eq!(Act::read(body.as_bytes()), Act::Topics([a, b].into()));
        assert_eq!(Act::read(b"act=topics"), Act::Topics(BTreeSet::new()));
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let topic = |name: &str, default_on| Topic {
            id: TopicId::new(),
            name: name.to_owned(),
            description: None,
            default_on,
            position: 0,
        };
        let topics = [topic("a", true), topic("b", false)];
        let chosen = Act::Topics([topics[1].id].into());
        let wanted = LeadPreferences::default();
        let changes = chosen.changes(&topics, None, &wanted, DateTime::UNIX_EPOCH);
        let expected = [(topics[0].id, false), (topics[1].id, true)]
            .map(|(topic, subscribed)| PreferenceChange::Topic { topic, subscribed });
        assert_eq!(changes, expected);
        let as_it_is = Act::Topics([topics[0].id].into());
        assert!(
            as_it_is
                .changes(&topics, None, &wanted, DateTime::UNIX_EPOCH)
                .is_empty()
        );
    }
}
