//! A text that is written anew from another, and where each place of it came from.

/// A copy with changes.
pub(super) struct Moved<'a> {
    source: &'a str,
    copied: usize,
    text: String,
    /// Places of the copy, each with its place in the source.
    marks: Vec<(usize, usize)>,
}

impl<'a> Moved<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self {
            source,
            copied: 0,
            text: String::with_capacity(source.len()),
            marks: vec![(0, 0)],
        }
    }

    /// Copies up to this byte of the source.
    pub(super) fn copy_to(&mut self, until: usize) {
        self.text.push_str(&self.source[self.copied..until]);
        self.copied = until;
    }

    /// Copies up to `from`, and writes `with` for what stands between there and `until`.
    pub(super) fn replace(&mut self, from: usize, until: usize, with: &str) {
        self.copy_to(from);
        self.marks.push((self.text.len(), from));
        self.text.push_str(with);
        self.copied = until;
        self.marks.push((self.text.len(), until));
    }

    /// Copies the rest.
    pub(super) fn finish(mut self) -> (String, Places) {
        self.copy_to(self.source.len());
        (self.text, Places(self.marks))
    }
}

/// Where each place of a copy came from.
pub(super) struct Places(Vec<(usize, usize)>);

impl Places {
    /// The place in the source. Inside of what was replaced, it is the beginning of that.
    pub(super) fn origin(&self, at: usize) -> usize {
        let next = self.0.partition_point(|(copy, _)| *copy <= at);
        let (copy, source) = self.0[next.saturating_sub(1)];
        match self.0.get(next) {
            Some((_, after)) => (source + at - copy).min(*after),
            None => source + at - copy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_traced_back_over_what_was_replaced() {
        let mut moved = Moved::new("春{{ name }}夏");
        moved.replace(3, 13, "x");
        let (text, places) = moved.finish();
        assert_eq!(text, "春x夏");
        assert_eq!([0, 3, 4].map(|at| places.origin(at)), [0, 3, 13]);
    }
}
