//! Merge tags, taken out of a source and put back.

use super::moved::{Moved, Places};

/// How a merge tag begins, and how it ends.
const MARKS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];

/// The merge tags of a source, each behind a word that stands for it: letters and digits, so that
/// it passes through text, attributes and addresses alike.
pub(super) struct Tags {
    word: String,
    tags: Vec<String>,
}

impl Tags {
    /// Puts a word in the place of every merge tag.
    pub(super) fn take_out(source: &str) -> (String, Places, Self) {
        let mut tags = Self {
            word: word_outside(source),
            tags: Vec::new(),
        };
        let mut moved = Moved::new(source);
        let mut from = 0;
        while let Some((start, end)) = next_tag(source, from) {
            let word = tags.stand_for(plain(&source[start..end]));
            moved.replace(start, end, &word);
            from = end;
        }
        let (text, places) = moved.finish();
        (text, places, tags)
    }

    /// The word for one more tag.
    pub(super) fn stand_for(&mut self, tag: String) -> String {
        let word = format!("{}{}z", self.word, self.tags.len());
        self.tags.push(tag);
        word
    }

    /// Puts the tags back. In an attribute, double quotes would end the value, so that those of a
    /// tag become single ones wherever they can.
    pub(super) fn put_back(&self, text: &str) -> String {
        let mut whole = String::with_capacity(text.len());
        let mut pieces = text.split(self.word.as_str());
        whole.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            match self.tag_at(piece) {
                Some((tag, rest)) => {
                    whole.push_str(&requoted(tag));
                    whole.push_str(rest);
                }
                None => {
                    whole.push_str(&self.word);
                    whole.push_str(piece);
                }
            }
        }
        whole
    }

    fn tag_at<'a>(&self, piece: &'a str) -> Option<(&str, &'a str)> {
        let (number, rest) = piece.split_once('z')?;
        let tag = self.tags.get(number.parse::<usize>().ok()?)?;
        Some((tag, rest))
    }
}

/// The source with its tags as the template engine reads them: editors write `"` as `&quot;`.
pub(super) fn decoded(source: &str) -> String {
    let mut moved = Moved::new(source);
    let mut from = 0;
    while let Some((start, end)) = next_tag(source, from) {
        moved.replace(start, end, &plain(&source[start..end]));
        from = end;
    }
    moved.finish().0
}

fn plain(tag: &str) -> String {
    html_escape::decode_html_entities(tag).replace('\u{a0}', " ")
}

fn next_tag(source: &str, from: usize) -> Option<(usize, usize)> {
    let rest = &source[from..];
    let at = |(open, close): (&str, &'static str)| rest.find(open).map(|start| (start, close));
    let (start, close) = MARKS.into_iter().filter_map(at).min()?;
    let length = rest[start..].find(close)? + close.len();
    Some((from + start, from + start + length))
}

fn word_outside(source: &str) -> String {
    let mut word = "ondotag".to_owned();
    while source.contains(&word) {
        word.push('q');
    }
    word
}

fn requoted(tag: &str) -> String {
    if tag.contains('\'') {
        tag.to_owned()
    } else {
        tag.replace('"', "'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_come_back_where_they_stood() {
        let source =
            "ondotag0z {% if a < 3 %}<a href=\"{{ name or &quot;お客&quot; }}\">x</a>{% endif %}";
        let (text, _, tags) = Tags::take_out(source);
        assert!(!text.contains("{{") && !text.contains("{%"), "{text}");
        assert_eq!(
            tags.put_back(&text),
            "ondotag0z {% if a < 3 %}<a href=\"{{ name or 'お客' }}\">x</a>{% endif %}"
        );
    }

    #[test]
    fn a_tag_without_an_end_stays() {
        let (text, _, tags) = Tags::take_out("{{ name }} {{ kana");
        assert_eq!(tags.put_back(&text), "{{ name }} {{ kana");
    }
}
