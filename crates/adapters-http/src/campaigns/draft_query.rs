//! The address of the page on which a broadcast is prepared: the filter of the lead list, so that
//! a list leads here as it stands, and a template to begin with.

use domain::ids::TemplateId;
use url::form_urlencoded;

use crate::error::{Complaint, Failure};
use crate::leads::query::LeadQuery;

/// What the address says.
#[derive(Debug, Default)]
pub(super) struct DraftQuery {
    pub(super) template: Option<TemplateId>,
    /// The filter, where the address has one: an empty one is everyone.
    pub(super) audience: Option<LeadQuery>,
}

impl DraftQuery {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for anything that it does not know (V-10).
    pub(super) fn read(query: &str) -> Result<Self, Failure> {
        let mut template = None;
        let mut is_filtered = false;
        let mut filter = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "template" if value.is_empty() => {}
                "template" => {
                    template = Some(value.parse().map_err(|_no_id| unreadable("template"))?)
                }
                // Tells a filter that was emptied from an address without one.
                "filtered" => is_filtered = true,
                _ => {
                    is_filtered = true;
                    filter.append_pair(&name, &value);
                }
            }
        }
        let audience = is_filtered
            .then(|| audience_of(&filter.finish()))
            .transpose()?;
        Ok(Self { template, audience })
    }
}

/// The filter in the form of an address, as a form carries it along.
///
/// # Errors
/// [`Failure::Invalid`] for what is no filter.
pub(super) fn audience_of(text: &str) -> Result<LeadQuery, Failure> {
    serde_html_form::from_str(text).map_err(|_no_filter| unreadable("audience"))
}

fn unreadable(field: &str) -> Failure {
    Failure::Invalid(Complaint::about(field, "cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_lead_list_is_an_audience() {
        let query = DraftQuery::read("band=hot&graduation_year=2027&tag=a&tag=b").unwrap();
        let filter = query.audience.unwrap().filter().unwrap();
        assert_eq!((filter.bands.len(), filter.tags.len()), (1, 2));
    }

    #[test]
    fn everyone_is_told_apart_from_nobody_asked_yet() {
        assert!(DraftQuery::read("").unwrap().audience.is_none());
        assert!(DraftQuery::read("template=").unwrap().audience.is_none());
        assert!(DraftQuery::read("filtered=1").unwrap().audience.is_some());
    }

    // V-10, V-12
    #[test]
    fn what_is_no_filter_is_refused() {
        for attack in [
            "layout=/etc/passwd",
            "template=../../x",
            "sort=score;select 1--",
        ] {
            let error = DraftQuery::read(attack).unwrap_err();
            assert_eq!(error.status(), 400, "{attack}");
        }
    }
}
