//! From an offset into a source to what an editor shows.

/// Line and character of a byte offset, both from 1.
pub(crate) fn line_and_column(source: &str, offset: usize) -> (u32, u32) {
    let before = source
        .char_indices()
        .take_while(|(at, _)| *at < offset)
        .map(|(_, c)| c);
    before.fold((1, 1), |(line, column), c| match c {
        '\n' => (line + 1, 1),
        _ => (line, column + 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = "春\n夏秋{{x}}";
        let offset = source.find("{{").unwrap();
        assert_eq!(line_and_column(source, offset), (2, 3));
    }
}
