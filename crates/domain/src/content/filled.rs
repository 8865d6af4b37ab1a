//! A text with somebody's values in it, and the two still told apart.

/// The HTML of a template with one person's values in it.
///
/// What the author wrote and what the person adds are kept apart: two mails that differ in their
/// values only have the same text, so that whatever is costly and depends on the text alone (where
/// its links stand, what it says without markup) can be found once for all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    text: String,
    values: Vec<String>,
}

impl Filled {
    /// Stands in the text where a value does. Unicode keeps this character for use inside of
    /// programs (§23.7, noncharacters), and [`Filled::push_text`] takes it out of what it is given.
    pub const VALUE: char = '\u{FDD0}';

    /// Goes on with what the author wrote.
    pub fn push_text(&mut self, text: &str) {
        self.text.extend(text.split(Self::VALUE));
    }

    /// Goes on with a value, escaped as it is to stand there.
    pub fn push_value(&mut self, value: String) {
        self.text.push(Self::VALUE);
        self.values.push(value);
    }

    /// What the author wrote, with [`Filled::VALUE`] in the place of each value.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The values in the order of their places, as many as there are places.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// The text with the values in it.
    #[must_use]
    pub fn whole(&self) -> String {
        let length = self.values.iter().map(String::len).sum::<usize>();
        let mut whole = String::with_capacity(self.text.len() + length);
        let mut values = self.values.iter();
        for (place, piece) in self.text.split(Self::VALUE).enumerate() {
            if place > 0 {
                whole.extend(values.next().map(String::as_str));
            }
            whole.push_str(piece);
        }
        whole
    }
}

/// A text in which nothing is anybody's.
impl From<&str> for Filled {
    fn from(text: &str) -> Self {
        let mut filled = Self::default();
        filled.push_text(text);
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_they_were_put() {
        let mut filled = Filled::from("<p>");
        filled.push_value("佐藤".to_owned());
        filled.push_text("様</p>");
        filled.push_value(String::new());
        assert_eq!(filled.text(), "<p>\u{FDD0}様</p>\u{FDD0}");
        assert_eq!(filled.values(), ["佐藤", ""]);
        assert_eq!(filled.whole(), "<p>佐藤様</p>");
    }

    #[test]
    fn a_text_cannot_make_places_of_its_own() {
        let mut filled = Filled::from("a\u{FDD0}b");
        filled.push_value("\u{FDD0}".to_owned());
        assert_eq!(filled.whole(), "ab\u{FDD0}");
    }
}
