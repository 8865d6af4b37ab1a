//! What templates can call: `t(key=…)` for texts and `asset(name=…)` for files.

use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use tera::{Error, Kwargs, State, TeraResult, Value};

use crate::assets;
use crate::pages::surroundings::locale_of;
use crate::texts::{self, Arguments};

/// `t(key="leads-title", count=3)`: the text in the language of the page.
pub(crate) fn text(arguments: Kwargs, state: &State<'_>) -> TeraResult<String> {
    let key: &str = arguments.must_get("key")?;
    let values: Arguments = arguments
        .iter()
        .filter_map(|(name, value)| Some((name.as_str()?.to_owned(), value)))
        .filter(|(name, _)| name != "key")
        .map(|(name, value)| (name.into(), fluent_value(value)))
        .collect::<HashMap<_, _>>();
    texts::lookup(locale_of(state)?, key, &values)
        .ok_or_else(|| Error::message(format!("there is no text `{key}`")))
}

fn fluent_value(value: &Value) -> FluentValue<'static> {
    match value.as_number() {
        Some(number) => FluentValue::from(number.as_float()),
        None => FluentValue::from(value.to_string()),
    }
}

/// `asset(name="app.js")`: the address of an embedded file, with the hash of its content.
pub(crate) fn asset(arguments: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let name: &str = arguments.must_get("name")?;
    assets::address(name).ok_or_else(|| Error::message(format!("there is no asset `{name}`")))
}
