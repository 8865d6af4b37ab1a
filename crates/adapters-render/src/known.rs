//! Sources that were found good: a broadcast's is checked once and not again for each mail.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use domain::content::{TemplateProblem, TemplateSource};

use crate::check;

/// Sources that are remembered: as many contents as a few broadcasts and campaigns send at a time.
const REMEMBERED: usize = 32;

static GOOD: Mutex<VecDeque<TemplateSource>> = Mutex::new(VecDeque::new());

/// What is wrong with a source first, if anything is. A source is known by all of its text.
pub(crate) fn first_problem(source: &TemplateSource) -> Option<TemplateProblem> {
    if lock().contains(source) {
        return None;
    }
    let problem = check::problems(source).into_iter().next();
    if problem.is_none() {
        let mut good = lock();
        good.truncate(REMEMBERED - 1);
        good.push_front(source.clone());
    }
    problem
}

fn lock() -> std::sync::MutexGuard<'static, VecDeque<TemplateSource>> {
    GOOD.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(subject: &str) -> TemplateSource {
        TemplateSource {
            subject: subject.to_owned(),
            html: "<p>{{ name }}</p>".to_owned(),
            text: None,
        }
    }

    #[test]
    fn a_good_source_makes_no_other_one_good() {
        let (good, bad) = (source("{{ name }}様"), source("{{ secret }}様"));
        for _ in 0..3 {
            assert_eq!(first_problem(&good), None);
            assert!(first_problem(&bad).is_some());
        }
        for number in 0..2 * REMEMBERED {
            assert_eq!(first_problem(&source(&number.to_string())), None);
        }
        assert!(lock().len() <= REMEMBERED);
        assert_eq!(first_problem(&good), None, "forgotten, and checked anew");
    }
}
