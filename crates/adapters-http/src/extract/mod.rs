//! What handlers take from a request: forms, queries, documents and parts of the path, each into
//! a type that names every field it knows. Anything else is refused (V-10, V-28).

mod form;
mod json;
mod query;

use actix_web::web::PathConfig;
use serde::de::DeserializeOwned;

pub(crate) use form::Form;
pub(crate) use json::{ApiJson, ApiQuery};
pub(crate) use query::Query;

use crate::error::{Complaint, Failure, refuse};

/// A part of the path that is no id of ours leads nowhere.
pub(crate) fn path_settings() -> PathConfig {
    PathConfig::default().error_handler(|_, request| refuse(request, Failure::NotFound))
}

/// Reads `a=1&b=2`; repeated names make a list.
fn read_pairs<T: DeserializeOwned>(input: &[u8]) -> Result<T, Complaint> {
    let pairs = serde_html_form::Deserializer::from_bytes(input);
    serde_path_to_error::deserialize(pairs).map_err(|error| complaint(&error))
}

fn complaint<E: std::fmt::Display>(error: &serde_path_to_error::Error<E>) -> Complaint {
    let (index, path) = place(error.path());
    let reason = error.inner().to_string();
    Complaint {
        index,
        field: Some(path)
            .filter(|path| !matches!(path.as_str(), "" | "."))
            .or_else(|| unknown_field(&reason)),
        reason,
    }
}

/// Which document of an array, and which field in it.
fn place(path: &serde_path_to_error::Path) -> (Option<usize>, String) {
    let text = path.to_string();
    let Some(serde_path_to_error::Segment::Seq { index }) = path.iter().next() else {
        return (None, text);
    };
    let rest = text.strip_prefix(&format!("[{index}]"));
    let field = rest.map(|rest| rest.trim_start_matches('.').to_owned());
    (Some(*index), field.unwrap_or(text))
}

/// Serde names an unknown field in its text only.
fn unknown_field(reason: &str) -> Option<String> {
    let (name, _) = reason.strip_prefix("unknown field `")?.split_once('`')?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        #[serde(default)]
        band: Vec<String>,
        page: Option<u32>,
    }

    #[test]
    fn repeated_names_make_a_list_and_an_empty_number_is_none() {
        let filter: Filter = read_pairs(b"band=hot&band=warm&page=").unwrap();
        assert_eq!(
            filter,
            Filter {
                band: vec!["hot".into(), "warm".into()],
                page: None
            }
        );
        assert_eq!(
            read_pairs::<Filter>(b"").unwrap(),
            Filter {
                band: vec![],
                page: None
            }
        );
    }

    // V-10
    #[test]
    fn the_offending_field_is_named() {
        let unknown = read_pairs::<Filter>(b"settings[views]=/etc").unwrap_err();
        assert_eq!(unknown.field.as_deref(), Some("settings[views]"));
        let wrong = read_pairs::<Filter>(b"page=x").unwrap_err();
        assert_eq!(wrong.field.as_deref(), Some("page"));
    }
}
