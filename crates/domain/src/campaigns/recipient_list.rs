//! Addresses that a broadcast shall go to, as people upload or paste them.

use std::collections::BTreeSet;
use std::io::Read;

use crate::ids::{ImportId, TenantId};
use crate::leads::EmailAddress;
use crate::leads::import::{ImportFileError, ImportFiles, Record};

/// What a list said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedAddresses {
    /// Every address, once.
    pub addresses: BTreeSet<EmailAddress>,
    /// How much in it is no address.
    pub invalid: u64,
    /// The first of what is none, as many as anybody reads ([`MOST_NAMED`]).
    pub first_invalid: Vec<Invalid>,
}

/// A file of another kind is nothing but what is no address; it need not be kept for that.
pub const MOST_NAMED: usize = 20;

/// Something in a list that is no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The line that it stands on.
    pub line: u64,
    /// The beginning of what stands there.
    pub text: String,
}

/// So much of what is no address is shown.
const SHOWN_CHARS: usize = 120;

impl ListedAddresses {
    /// Addresses that were typed or pasted, with anything between them that no address has.
    #[must_use]
    pub fn pasted(text: &str) -> Self {
        let mut listed = Self::default();
        for (line, content) in (1..).zip(text.lines()) {
            let is_between = |c: char| c.is_whitespace() || ",;、，；".contains(c);
            for word in content.split(is_between).filter(|word| !word.is_empty()) {
                listed.add(line, word);
            }
        }
        listed
    }

    fn add(&mut self, line: u64, text: &str) {
        match EmailAddress::parse(text) {
            Ok(address) => {
                self.addresses.insert(address);
            }
            Err(_) => {
                self.invalid += 1;
                if self.first_invalid.len() < MOST_NAMED {
                    self.first_invalid.push(Invalid {
                        line,
                        text: text.chars().take(SHOWN_CHARS).collect(),
                    });
                }
            }
        }
    }
}

/// Reads a file of addresses: those in the first column that has any. Its encoding and separator are
/// told as for an import of leads, and a row of headings is none of the invalid ones.
///
/// # Errors
/// See [`ImportFileError`]. The file is not kept either way.
pub fn read_list(
    files: &dyn ImportFiles,
    tenant: TenantId,
    content: &mut dyn Read,
    limit: u64,
) -> Result<ListedAddresses, ImportFileError> {
    let id = ImportId::new();
    files.keep(tenant, id, content, limit)?;
    let read = read(files, tenant, id);
    files.discard(tenant, id)?;
    read
}

fn read(
    files: &dyn ImportFiles,
    tenant: TenantId,
    id: ImportId,
) -> Result<ListedAddresses, ImportFileError> {
    let format = files.inspect(tenant, id, None)?.format;
    let mut records = files.open(tenant, id, format, 1)?;
    let mut reading = Reading::default();
    while let Some(record) = records.next()? {
        reading.take(&record);
    }
    Ok(reading.listed)
}

#[derive(Default)]
struct Reading {
    listed: ListedAddresses,
    column: Option<usize>,
    has_begun: bool,
}

impl Reading {
    fn take(&mut self, record: &Record) {
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        let Ok(cells) = &record.cells else {
            self.listed.add(record.line, "");
            return;
        };
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        let has_address = |cell: &String| EmailAddress::parse(cell).is_ok();
        self.column = self.column.or_else(|| cells.iter().position(has_address));
        let cell = match self.column {
            Some(column) => cells.get(column),
            None if is_first => return,
            None => cells.first(),
        };
        let cell = cell.map(String::as_str).unwrap_or_default();
        self.listed.add(record.line, cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(listed: &ListedAddresses) -> (Vec<&str>, Vec<(u64, &str)>) {
        let addresses = listed.addresses.iter().map(EmailAddress::as_str);
        let invalid = listed.first_invalid.iter();
        let invalid = invalid.map(|it| (it.line, it.text.as_str()));
        (addresses.collect(), invalid.collect())
    }

    fn file(rows: &[&[&str]]) -> ListedAddresses {
        let mut reading = Reading::default();
        for (line, row) in (1..).zip(rows) {
            reading.take(&Record {
                line,
                next_line: line + 1,
                bytes_read: 0,
                cells: Ok(row.iter().map(|cell| (*cell).to_owned()).collect()),
            });
        }
        reading.listed
    }

    #[test]
    fn pasted_addresses_are_told_apart_from_what_is_none() {
        let pasted = ListedAddresses::pasted(
            "sato@example.com, Suzuki@Example.com；sato@example.com\n\n山田 花子\n@example.com",
        );
        assert_eq!(
            listed(&pasted),
            (
                vec!["sato@example.com", "suzuki@example.com"],
                vec![(3, "山田"), (3, "花子"), (4, "@example.com")],
            )
        );
        assert_eq!(ListedAddresses::pasted(" \n"), ListedAddresses::default());
    }

    #[test]
    fn the_first_column_with_an_address_is_read() {
        let found = file(&[
            &["氏名", "メール", "予備"],
            &["佐藤 花子", "sato@example.com", "x@example.com"],
            &["", "", ""],
            &["鈴木 一郎", "suzuki＠example.com", ""],
            &["高橋", "takahashi", "y@example.com"],
            &["田中"],
        ]);
        assert_eq!(
            listed(&found),
            (
                vec!["sato@example.com", "suzuki@example.com"],
                vec![(5, "takahashi"), (6, "")],
            )
        );
    }

    #[test]
    fn a_file_that_is_no_list_is_counted_and_not_kept() {
        let pasted = ListedAddresses::pasted(&"a\n".repeat(1_000));
        assert_eq!(pasted.invalid, 1_000);
        assert_eq!(pasted.first_invalid.len(), MOST_NAMED);
    }

    #[test]
    fn a_file_without_headings_loses_no_row() {
        let found = file(&[&["sato@example.com"], &["oops"]]);
        assert_eq!(
            listed(&found),
            (vec!["sato@example.com"], vec![(2, "oops")])
        );
    }

    #[test]
    fn a_file_without_addresses_says_so_row_by_row() {
        let found = file(&[&["氏名"], &["佐藤"], &["鈴木"]]);
        assert_eq!(listed(&found), (vec![], vec![(2, "佐藤"), (3, "鈴木")]));
    }
}
