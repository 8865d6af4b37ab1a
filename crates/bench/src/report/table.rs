//! A table in Markdown, as it goes into `docs/PERFORMANCE.md`.

use std::fmt;

/// Rows of cells under a head.
#[derive(Debug)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new<const N: usize>(head: [&str; N]) -> Self {
        Self {
            rows: vec![head.map(str::to_owned).to_vec()],
        }
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(move |row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        (0..columns).map(width).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for (at, row) in self.rows.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            if at == 1 {
                let lines = widths
                    .iter()
                    .map(|width| format!("{}:|", "-".repeat(width + 1)));
                writeln!(f, "|{}", lines.collect::<String>())?;
            }
            write!(f, "|")?;
            for (cell, width) in row.iter().zip(&widths) {
                write!(f, " {cell:>width$} |")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_longest_cell() {
        let mut table = Table::new(["work", "p50 µs"]);
        table.row(["pv".to_owned(), "1".to_owned()]);
        let expected = "\
| work | p50 µs |
|-----:|-------:|
|   pv |      1 |";
        assert_eq!(table.to_string(), expected);
    }
}
