//! What is wrong with a form, field by field.

/// What is wrong with a form: fields with the keys of the texts that say so and how to mend it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FormErrors(Vec<(&'static str, &'static str)>);

impl FormErrors {
    /// One field is wrong; `key` is the key of a text.
    pub(crate) fn one(field: &'static str, key: &'static str) -> Self {
        Self(vec![(field, key)])
    }

    /// One more field is wrong.
    pub(crate) fn add(&mut self, field: &'static str, key: &'static str) {
        self.0.push((field, key));
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each field with the key of its first text.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        // The last of equal names wins in a map, so the first error goes last.
        self.0.iter().rev().copied()
    }
}
