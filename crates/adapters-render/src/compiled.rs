//! Sources that are ready to be filled in: a broadcast's is checked and compiled once and not again
//! for each mail.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::content::{TemplateProblem, TemplateSource};

use crate::check;
use crate::fill::Compiled;

/// Sources that are remembered: as many contents as a few broadcasts and campaigns send at a time.
const REMEMBERED: usize = 32;

type Known = (TemplateSource, Arc<Compiled>);

static KNOWN: Mutex<VecDeque<Known>> = Mutex::new(VecDeque::new());

/// The source, ready to be filled in. It is known by all of its text.
///
/// # Errors
/// What is wrong with it first.
pub(crate) fn compiled(source: &TemplateSource) -> Result<Arc<Compiled>, TemplateProblem> {
    let known = lock()
        .iter()
        .find(|(known, _)| known == source)
        .map(|(_, compiled)| Arc::clone(compiled));
    if let Some(compiled) = known {
        return Ok(compiled);
    }
    if let Some(problem) = check::problems(source).into_iter().next() {
        return Err(problem);
    }
    let compiled = Arc::new(Compiled::of(source)?);
    let mut known = lock();
    known.truncate(REMEMBERED - 1);
    known.push_front((source.clone(), Arc::clone(&compiled)));
    Ok(compiled)
}

fn lock() -> MutexGuard<'static, VecDeque<Known>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
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
            assert!(compiled(&good).is_ok());
            assert!(compiled(&bad).is_err());
        }
        for number in 0..2 * REMEMBERED {
            assert!(compiled(&source(&number.to_string())).is_ok());
        }
        assert!(lock().len() <= REMEMBERED);
        assert!(compiled(&good).is_ok(), "forgotten, and compiled anew");
    }
}
