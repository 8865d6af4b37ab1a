//! What one person wants: which topics, a pause, no tracking.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Topic;
use crate::ids::{TopicId, UserId};

/// How long a pause lasts that a person asks for with one button.
pub const PAUSE: TimeDelta = TimeDelta::days(30);

/// Who said what a person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SaidBy {
    /// The person, on the page that every mail leads to.
    Person,
    /// A member of staff, on behalf of the person.
    Staff(UserId),
    /// A program of the customer's.
    Program,
}

impl SaidBy {
    /// The name in storage; the user stands beside it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Staff(_) => "staff",
            Self::Program => "program",
        }
    }

    /// The member of staff, if it was one.
    #[must_use]
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::Staff(user) => Some(user),
            Self::Person | Self::Program => None,
        }
    }

    /// Who it was by name and user.
    #[must_use]
    pub fn parse(name: &str, user: Option<UserId>) -> Option<Self> {
        match (name, user) {
            ("person", None) => Some(Self::Person),
            ("program", None) => Some(Self::Program),
            ("staff", Some(user)) => Some(Self::Staff(user)),
            _no_such_name => None,
        }
    }
}

/// When something was said, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: SaidBy,
}

/// No mail until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// When mail may come again.
    pub until: DateTime<Utc>,
    /// Who asked for it.
    pub said: Said,
}

/// What was chosen for one topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopicChoice {
    /// Whether it is wanted.
    pub subscribed: bool,
    /// Who chose.
    pub said: Said,
}

/// What one person wants. Whoever never said anything wants the topics that are on by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadPreferences {
    /// No mail for a while.
    pub pause: Option<Pause>,
    /// Since when opens, clicks and page views are not recorded any more (C14).
    pub tracking_stopped: Option<Said>,
    /// Topics that were chosen or refused.
    pub topics: BTreeMap<TopicId, TopicChoice>,
}

/// One thing that a person wants otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreferenceChange {
    /// This topic, or no longer.
    Topic {
        /// Which.
        topic: TopicId,
        /// Whether it is wanted.
        subscribed: bool,
    },
    /// No mail until then.
    Pause {
        /// When mail may come again.
        until: DateTime<Utc>,
    },
    /// Mail again.
    Resume,
    /// No tracking from now on (C14).
    StopTracking,
    /// Tracking is all right.
    AllowTracking,
}

impl LeadPreferences {
    /// Whether mail of this topic is wanted.
    #[must_use]
    pub fn wants(&self, topic: &Topic) -> bool {
        let choice = self.topics.get(&topic.id);
        choice.map_or(topic.default_on, |choice| choice.subscribed)
    }

    /// Until when no mail may go out, if that is so now.
    #[must_use]
    pub fn paused_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let until = self.pause.map(|pause| pause.until);
        until.filter(|until| *until > now)
    }

    /// Whether opens and clicks may be measured (C14).
    #[must_use]
    pub const fn allows_tracking(&self) -> bool {
        self.tracking_stopped.is_none()
    }

    /// What is wanted after a change. What was wanted already keeps who said it first.
    pub fn change(&mut self, change: PreferenceChange, said: Said) {
        match change {
            PreferenceChange::Topic { topic, subscribed } => {
                let choice = TopicChoice { subscribed, said };
                let known = self.topics.entry(topic).or_insert(choice);
                if known.subscribed != subscribed {
                    *known = choice;
                }
            }
            PreferenceChange::Pause { until } => self.pause = Some(Pause { until, said }),
            PreferenceChange::Resume => self.pause = None,
            PreferenceChange::StopTracking => {
                self.tracking_stopped.get_or_insert(said);
            }
            PreferenceChange::AllowTracking => self.tracking_stopped = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(seconds: i64) -> Said {
        Said {
            at: DateTime::from_timestamp(seconds, 0).unwrap(),
            by: SaidBy::Person,
        }
    }

    fn topic(default_on: bool) -> Topic {
        Topic {
            id: TopicId::new(),
            name: "お知らせ".to_owned(),
            description: None,
            default_on,
            position: 0,
        }
    }

    #[test]
    fn who_never_chose_gets_what_is_on_by_default() {
        let nothing = LeadPreferences::default();
        assert!(nothing.wants(&topic(true)));
        assert!(!nothing.wants(&topic(false)));
    }

    #[test]
    fn a_choice_counts_more_than_the_default() {
        for default_on in [true, false] {
            let topic = topic(default_on);
            let mut wanted = LeadPreferences::default();
            let subscribed = !default_on;
            let change = PreferenceChange::Topic {
                topic: topic.id,
                subscribed,
            };
            wanted.change(change, said(1));
            assert_eq!(wanted.wants(&topic), subscribed);
        }
    }

    #[test]
    fn the_first_word_on_a_topic_stays_until_it_changes() {
        let topic = TopicId::new();
        let mut wanted = LeadPreferences::default();
        for (subscribed, at) in [(false, 1), (false, 2), (true, 3)] {
            wanted.change(PreferenceChange::Topic { topic, subscribed }, said(at));
            let expected = if subscribed { said(3) } else { said(1) };
            assert_eq!(wanted.topics[&topic].said, expected);
        }
    }

    #[test]
    fn a_pause_ends_by_itself_at_its_end() {
        let mut wanted = LeadPreferences::default();
        let until = said(10).at + PAUSE;
        wanted.change(PreferenceChange::Pause { until }, said(10));
        assert_eq!(
            wanted.paused_until(until - TimeDelta::seconds(1)),
            Some(until)
        );
        assert_eq!(wanted.paused_until(until), None);
        wanted.change(PreferenceChange::Resume, said(11));
        assert_eq!(wanted.paused_until(said(12).at), None);
    }

    // C14
    #[test]
    fn tracking_is_allowed_until_it_is_stopped_and_again_after() {
        let mut wanted = LeadPreferences::default();
        assert!(wanted.allows_tracking());
        wanted.change(PreferenceChange::StopTracking, said(1));
        wanted.change(PreferenceChange::StopTracking, said(2));
        assert_eq!(wanted.tracking_stopped, Some(said(1)));
        wanted.change(PreferenceChange::AllowTracking, said(3));
        assert!(wanted.allows_tracking());
    }

    #[test]
    fn who_said_it_reads_back_by_its_name() {
        for by in [
            SaidBy::Person,
            SaidBy::Program,
            SaidBy::Staff(UserId::new()),
        ] {
            assert_eq!(SaidBy::parse(by.as_str(), by.user()), Some(by));
        }
        assert_eq!(SaidBy::parse("staff", None), None);
    }
}
