use domain::leads::import::FileEncoding;
use proptest::prelude::*;

use super::*;

type Rows = Vec<(u64, Result<Vec<String>, RefusalReason>)>;

fn splitter<R: Read>(source: R) -> Splitter<R> {
    Splitter::new(Decoded::new(source, FileEncoding::Utf8), Separator::Comma)
}

fn rows(text: &str) -> Rows {
    let mut splitter = splitter(text.as_bytes());
    let mut rows = Rows::new();
    while let Some(record) = splitter.next().unwrap() {
        rows.push((record.line, record.cells));
    }
    rows
}

fn good(line: u64, cells: &[&str]) -> (u64, Result<Vec<String>, RefusalReason>) {
    (
        line,
        Ok(cells.iter().map(|&cell| cell.to_owned()).collect()),
    )
}

#[test]
fn rows_are_split_whatever_ends_their_lines() {
    for text in ["a,b\nc,d", "a,b\r\nc,d\r\n", "a,b\rc,d\r"] {
        assert_eq!(
            rows(text),
            [good(1, &["a", "b"]), good(2, &["c", "d"])],
            "{text:?}"
        );
    }
    assert_eq!(rows(""), []);
    assert_eq!(
        rows("a,\n\n,b"),
        [good(1, &["a", ""]), good(2, &[""]), good(3, &["", "b"])]
    );
}

#[test]
fn quoted_cells_hold_separators_quotes_and_line_breaks() {
    let text = "\"a,\"\"b\"\"\",\"c\r\nd\"\r\n\"\" ,e\"f\n";
    assert_eq!(
        rows(text),
        [good(1, &["a,\"b\"", "c\r\nd"]), good(3, &["", "e\"f"])]
    );
}

#[test]
fn an_unbalanced_quote_costs_its_own_row_only() {
    let text = "a,1\nb,\"2\nc,3\nd,\"4\"\n";
    assert_eq!(
        rows(text),
        [
            good(1, &["a", "1"]),
            (2, Err(RefusalReason::UnbalancedQuote)),
            good(3, &["c", "3"]),
            good(4, &["d", "4"]),
        ]
    );
}

#[test]
fn a_quote_that_never_closes_is_found_at_its_line() {
    let text = format!("a,\"1\n{}", "b,2\n".repeat(50_000));
    let rows = rows(&text);
    assert_eq!(rows[0], (1, Err(RefusalReason::UnbalancedQuote)));
    assert_eq!(rows.len(), 50_001);
    assert_eq!(rows[50_000], good(50_001, &["b", "2"]));
}

#[test]
fn a_row_beyond_a_limit_is_refused_and_the_next_is_read() {
    let many = format!("a\n{}\nb\n", ",".repeat(1_000_000));
    assert_eq!(
        rows(&many),
        [
            good(1, &["a"]),
            (2, Err(RefusalReason::TooManyColumns)),
            good(3, &["b"])
        ]
    );
    let long_cell = format!("a\n{}\nb\n", "x".repeat(CELL_MAX + 1));
    assert_eq!(rows(&long_cell)[1], (2, Err(RefusalReason::CellTooLong)));
    let long_row = format!("a\n{}\nb\n", format!("{},", "x".repeat(60_000)).repeat(20));
    assert_eq!(rows(&long_row)[1], (2, Err(RefusalReason::RecordTooLong)));
    assert_eq!(rows(&long_row)[2], good(3, &["b"]));
}

/// `head`, then `length` times `x`, then `tail`, without ever being in memory.
fn endless(head: &'static str, length: u64, tail: &'static str) -> impl Read {
    head.as_bytes()
        .chain(io::repeat(b'x').take(length))
        .chain(tail.as_bytes())
}

#[test]
fn a_cell_of_200_megabytes_does_not_fill_the_memory() {
    for head in ["a,1\nb,", "a,1\nb,\""] {
        let mut splitter = splitter(endless(head, 200_000_000, "\nc,3\n"));
        let mut lines = Vec::new();
        while let Some(record) = splitter.next().unwrap() {
            lines.push((record.line, record.cells.is_ok()));
        }
        assert_eq!(lines, [(1, true), (2, false), (3, true)]);
        assert!(
            splitter.text.capacity() < 4 * CELL_MAX,
            "{}",
            splitter.text.capacity()
        );
    }
}

#[test]
fn reading_goes_on_where_it_was_left() {
    let text = "h\r\n\"a\r\na\",1\r\nb,\"2\nc,3\n";
    let all = rows(text);
    let mut first = splitter(text.as_bytes());
    for position in 1..=all.len() {
        let next_line = first.next().unwrap().unwrap().next_line;
        let mut second = splitter(text.as_bytes());
        second.skip_to(next_line).unwrap();
        let mut rest = Rows::new();
        while let Some(record) = second.next().unwrap() {
            rest.push((record.line, record.cells));
        }
        assert_eq!(rest, all[position..]);
    }
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

proptest! {
    #[test]
    fn what_is_written_with_quotes_is_read_back(
        table in prop::collection::vec(prop::collection::vec("[a,\"\r\n佐 ]{0,6}", 1..4), 1..6)
    ) {
        let line = |row: &Vec<String>| row.iter().map(|c| quoted(c)).collect::<Vec<_>>().join(",");
        let text = table.iter().map(line).collect::<Vec<_>>().join("\r\n");
        let read: Vec<Vec<String>> = rows(&text).into_iter().map(|(_, row)| row.unwrap()).collect();
        prop_assert_eq!(read, table);
    }

    #[test]
    fn any_text_is_read_to_its_end(text in "[a,\"\r\n]{0,60}") {
        let mut splitter = splitter(text.as_bytes());
        let mut before = 0;
        while let Some(record) = splitter.next().unwrap() {
            prop_assert!(record.line > before && record.next_line > record.line);
            before = record.line;
        }
    }
}
