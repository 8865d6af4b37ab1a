//! From the cells of a row to a lead.

use std::collections::BTreeMap;

use super::mapping::{ColumnMapping, Target};
use super::refusal::{Refusal, RefusalReason};
use super::value;
use crate::ids::UserId;
use crate::leads::email::EmailAddress;
use crate::leads::field::LeadField;
use crate::leads::formula;
use crate::leads::lead::LeadDraft;
use crate::leads::text::{TAG_SEPARATORS, TEXT_MAX, tidy_line, tidy_tag};

/// Staff by their address, to find the owners that a file names.
pub type Owners = BTreeMap<EmailAddress, UserId>;

/// As many faults of one row are told.
const REFUSALS_OF_A_ROW: usize = 20;

/// Reads rows by a mapping.
#[derive(Clone, Copy, Debug)]
pub struct RowReader<'a> {
    mapping: &'a ColumnMapping,
    owners: &'a Owners,
}

/// What a row is.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// Nothing is in it.
    Blank,
    /// A lead.
    Lead(Box<LeadDraft>),
    /// Not a lead, for these reasons.
    Refused(Vec<Refusal>),
}

/// The parts of a name that has no column of its own.
#[derive(Default)]
struct Parts {
    family: Option<String>,
    given: Option<String>,
}

/// A row while its cells are read.
struct Reading {
    draft: LeadDraft,
    name: Parts,
    kana: Parts,
}

impl<'a> RowReader<'a> {
    /// A reader for rows of one file.
    #[must_use]
    pub fn new(mapping: &'a ColumnMapping, owners: &'a Owners) -> Self {
        Self { mapping, owners }
    }

    /// Reads the row that starts on `line`. An empty cell says nothing about the lead.
    #[must_use]
    pub fn read<S: AsRef<str>>(&self, line: u64, cells: &[S]) -> Row {
        let columns = &self.mapping.columns;
        let is_blank = |cell: &S| cell.as_ref().trim().is_empty();
        if cells.iter().all(is_blank) {
            return Row::Blank;
        }
        if cells.iter().skip(columns.len()).any(|cell| !is_blank(cell)) {
            let reason = RefusalReason::TooManyCells;
            return Row::Refused(vec![Refusal::of_row(line, reason)]);
        }
        let mut row = match self.address(line, cells) {
            Ok(email) => Reading::of(email),
            Err(refusal) => return Row::Refused(vec![refusal]),
        };
        let mut refusals = Vec::new();
        row.draft.tags.clone_from(&self.mapping.tags);
        for (column, cell) in columns.iter().zip(cells) {
            let cell = formula::restore(cell.as_ref());
            if refusals.len() == REFUSALS_OF_A_ROW {
                break;
            }
            if let Err(reason) = self.read_cell(&mut row, &column.target, cell) {
                refusals.push(Refusal::of_cell(line, &column.heading, reason, cell));
            }
        }
        if refusals.is_empty() {
            Row::Lead(Box::new(row.finish()))
        } else {
            Row::Refused(refusals)
        }
    }

    /// Without an address there is nobody to speak of, so it is read first.
    fn address<S: AsRef<str>>(&self, line: u64, cells: &[S]) -> Result<EmailAddress, Refusal> {
        let missing = |heading| Refusal::of_cell(line, heading, RefusalReason::AddressMissing, "");
        let is_address = |target: &Target| *target == Target::Field(LeadField::Email);
        let mut columns = self.mapping.columns.iter().enumerate();
        let (position, column) = columns
            .find(|(_, column)| is_address(&column.target))
            .ok_or_else(|| missing(""))?;
        let cell = cells
            .get(position)
            .map(|cell| formula::restore(cell.as_ref()))
            .ok_or_else(|| missing(&column.heading))?;
        readable(cell)
            .and_then(|text| EmailAddress::parse(text.unwrap_or_default()).map_err(Into::into))
            .map_err(|reason| Refusal::of_cell(line, &column.heading, reason, cell))
    }

    fn read_cell(
        &self,
        row: &mut Reading,
        target: &Target,
        cell: &str,
    ) -> Result<(), RefusalReason> {
        if *target == Target::Ignore {
            return Ok(());
        }
        let Some(text) = readable(cell)? else {
            return Ok(());
        };
        match target {
            Target::Ignore => {}
            Target::Field(field) => self.read_field(&mut row.draft, *field, text)?,
            Target::FamilyName => row.name.family = Some(one_line(text)?),
            Target::GivenName => row.name.given = Some(one_line(text)?),
            Target::FamilyKana => row.kana.family = Some(one_line(text)?),
            Target::GivenKana => row.kana.given = Some(one_line(text)?),
            Target::Tags => {
                let tags = text.split(TAG_SEPARATORS).filter_map(tidy_tag);
                row.draft.tags.extend(tags);
            }
            Target::Attribute { key, kind, .. } => {
                let value = value::attribute(text, *kind)?;
                row.draft.attributes.insert(key.clone(), value);
            }
        }
        Ok(())
    }

    fn read_field(
        &self,
        draft: &mut LeadDraft,
        field: LeadField,
        text: &str,
    ) -> Result<(), RefusalReason> {
        match field {
            LeadField::Email => {}
            LeadField::Name => draft.name = Some(one_line(text)?),
            LeadField::Kana => draft.kana = Some(one_line(text)?),
            LeadField::Company => draft.company = Some(one_line(text)?),
            LeadField::Department => draft.department = Some(one_line(text)?),
            LeadField::Title => draft.title = Some(one_line(text)?),
            LeadField::Phone => draft.phone = Some(one_line(text)?),
            LeadField::GraduationYear => draft.graduation_year = Some(value::year(text)?),
            LeadField::Grade => draft.grade = Some(one_line(text)?),
            LeadField::Industry => draft.industry = Some(one_line(text)?),
            LeadField::CompanySize => draft.company_size = Some(value::count(text)?),
            LeadField::Region => draft.region = Some(one_line(text)?),
            LeadField::Owner => draft.owner = Some(self.owner(text)?),
        }
        Ok(())
    }

    fn owner(&self, text: &str) -> Result<UserId, RefusalReason> {
        let address = EmailAddress::parse(text).ok();
        address
            .and_then(|address| self.owners.get(&address).copied())
            .ok_or(RefusalReason::OwnerUnknown)
    }
}

impl Reading {
    fn of(email: EmailAddress) -> Self {
        Self {
            draft: LeadDraft::new(email),
            name: Parts::default(),
            kana: Parts::default(),
        }
    }

    fn finish(self) -> LeadDraft {
        let mut draft = self.draft;
        draft.name = draft.name.or_else(|| self.name.joined());
        draft.kana = draft.kana.or_else(|| self.kana.joined());
        draft
    }
}

impl Parts {
    fn joined(self) -> Option<String> {
        match (self.family, self.given) {
            (Some(family), Some(given)) => Some(format!("{family} {given}")),
            (family, given) => family.or(given),
        }
    }
}

/// The tidied text of a cell; `None` where it is empty.
fn readable(cell: &str) -> Result<Option<&str>, RefusalReason> {
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if cell.contains(is_control) {
        return Err(RefusalReason::ControlCharacter);
    }
    // What the decoder puts where the bytes are no text.
    if cell.contains(char::REPLACEMENT_CHARACTER) {
        return Err(RefusalReason::Undecodable);
    }
    let text = cell.trim();
    Ok((!text.is_empty()).then_some(text))
}

/// The text of a field that has one line.
fn one_line(text: &str) -> Result<String, RefusalReason> {
    let line = tidy_line(text).unwrap_or_default();
    if line.chars().count() > TEXT_MAX {
        return Err(RefusalReason::TooLong);
    }
    Ok(line)
}

#[cfg(test)]
mod tests;
