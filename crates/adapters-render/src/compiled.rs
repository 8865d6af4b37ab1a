//! Sources that are ready to be filled in: a broadcast's is checked and compiled once and not again
//! for each mail.

use std::sync::Arc;

use domain::content::{TemplateProblem, TemplateSource};

use crate::check;
use crate::fill::Compiled;
use crate::latest::Latest;

/// Sources that are remembered: as many contents as a few broadcasts and campaigns send at a time.
const REMEMBERED: usize = 32;

static KNOWN: Latest<Compiled> = Latest::new(REMEMBERED);

/// The source, ready to be filled in. It is known by all of its text.
///
/// # Errors
/// What is wrong with it first.
pub(crate) fn compiled(source: &TemplateSource) -> Result<Arc<Compiled>, TemplateProblem> {
    if let Some(compiled) = KNOWN.find(|known| known.is_of(source)) {
        return Ok(compiled);
    }
    if let Some(problem) = check::problems(source).into_iter().next() {
        return Err(problem);
    }
    Ok(KNOWN.keep(Compiled::of(source)?))
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
        assert!(KNOWN.count() <= REMEMBERED);
        assert!(compiled(&good).is_ok(), "forgotten, and compiled anew");
    }
}
