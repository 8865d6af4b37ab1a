//! The part of a draft's form that says what is tested.

use chrono::NaiveTime;
use domain::campaigns::{AbDifference, AbMetric, AbTest, AbTestFault};

use super::draft_form::DraftForm;
use crate::pages::FormErrors;

/// What a form is filled in with at first: a fifth, by clicks, for a day.
const SHARE: u8 = 20;
const METRIC: AbMetric = AbMetric::Clicks;
const WAIT_HOURS: u16 = 24;

impl DraftForm {
    /// The form with what this test says, or with what is usual.
    pub(super) fn with_test(mut self, test: Option<&AbTest>) -> Self {
        let (share, metric, wait) = test.map_or((SHARE, METRIC, WAIT_HOURS), |test| {
            (test.share_percent, test.metric, test.wait_hours)
        });
        self.ab_share = share.to_string();
        metric.as_str().clone_into(&mut self.ab_metric);
        self.ab_wait = wait.to_string();
        match test.map(|test| &test.b) {
            None => {}
            Some(AbDifference::Subject(subject)) => {
                "subject".clone_into(&mut self.ab_by);
                self.ab_subject.clone_from(subject);
            }
            Some(AbDifference::Template(template)) => {
                "template".clone_into(&mut self.ab_by);
                self.ab_template = Some(*template);
            }
            Some(AbDifference::Time { a, b }) => {
                "time".clone_into(&mut self.ab_by);
                self.ab_time_a = a.format("%H:%M").to_string();
                self.ab_time_b = b.format("%H:%M").to_string();
            }
        }
        self
    }

    /// The test, if one is wanted; what cannot be read is an error of its field.
    pub(super) fn ab_test(&self, errors: &mut FormErrors) -> Option<AbTest> {
        let b = match self.ab_by.as_str() {
            "" => return None,
            "subject" => Some(AbDifference::Subject(self.ab_subject.trim().to_owned())),
            "template" => self.other_template(errors),
            "time" => self.times(errors),
            _ => {
                errors.add("ab_by", "campaigns-error-ab-by");
                None
            }
        };
        let share_percent = self.ab_share.trim().parse().ok();
        let wait_hours = self.ab_wait.trim().parse().ok();
        let metric = AbMetric::parse(&self.ab_metric);
        for (is_there, fault) in [
            (share_percent.is_some(), AbTestFault::Share),
            (wait_hours.is_some(), AbTestFault::Wait),
        ] {
            if !is_there {
                let (field, key) = fault_of_test(fault);
                errors.add(field, key);
            }
        }
        if metric.is_none() {
            errors.add("ab_metric", "campaigns-error-ab-metric");
        }
        Some(AbTest {
            b: b?,
            share_percent: share_percent?,
            metric: metric?,
            wait_hours: wait_hours?,
        })
    }

    fn other_template(&self, errors: &mut FormErrors) -> Option<AbDifference> {
        if self.ab_template.is_none() {
            errors.add("ab_template", "campaigns-error-template");
        }
        self.ab_template.map(AbDifference::Template)
    }

    fn times(&self, errors: &mut FormErrors) -> Option<AbDifference> {
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        let (a, b) = (time(&self.ab_time_a), time(&self.ab_time_b));
        if a.is_none() {
            errors.add("ab_time_a", "campaigns-error-ab-time");
        }
        if b.is_none() {
            errors.add("ab_time_b", "campaigns-error-ab-time");
        }
        Some(AbDifference::Time { a: a?, b: b? })
    }
}

/// The field that is wrong, and the key of what is said about it.
pub(super) fn fault_of_test(fault: AbTestFault) -> (&'static str, &'static str) {
    match fault {
        AbTestFault::Share => ("ab_share", "campaigns-error-ab-share"),
        AbTestFault::Wait => ("ab_wait", "campaigns-error-ab-wait"),
        AbTestFault::SubjectMissing => ("ab_subject", "campaigns-error-ab-subject"),
        AbTestFault::SubjectTooLong => ("ab_subject", "campaigns-error-ab-subject-long"),
        AbTestFault::SameTemplate => ("ab_template", "campaigns-error-ab-same-template"),
        AbTestFault::SameTime => ("ab_time_b", "campaigns-error-ab-same-time"),
        AbTestFault::NotTracked => ("ab_by", "campaigns-error-ab-not-tracked"),
    }
}
