//! Why a row of a file did not become a lead.

use serde::{Deserialize, Serialize};

use crate::leads::email::EmailAddressError;

/// One fault of one row. A row with a fault is refused whole; the rows around it are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The physical line of the file on which the row starts, counted from 1.
    pub line: u64,
    /// The heading of the column; `None` where the row as such cannot be read.
    pub column: Option<String>,
    /// What is wrong.
    pub reason: RefusalReason,
    /// The refused value, shortened to [`VALUE_MAX`] characters.
    pub value: Option<String>,
}

/// How much of a refused value is kept, in characters.
pub const VALUE_MAX: usize = 120;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// What can be wrong with a row; each has a text in the interface.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RefusalReason {
            $($(#[$doc])* $name,)*
        }

        impl RefusalReason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name in storage and in the keys of the interface's texts.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The reason with this name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == name)
            }
        }
    };
}

reasons! {
    /// The row has no e-mail address.
    AddressMissing = "address_missing",
    /// The address does not have exactly one `@`.
    AddressAtSign = "address_at_sign",
    /// The address contains a space or a control character.
    AddressForbidden = "address_forbidden",
    /// The part before the `@` is not valid.
    AddressLocalPart = "address_local_part",
    /// The part after the `@` is not a domain.
    AddressDomain = "address_domain",
    /// The address is too long.
    AddressTooLong = "address_too_long",
    /// A number is expected.
    NotANumber = "not_a_number",
    /// The number is out of bounds.
    OutOfRange = "out_of_range",
    /// A date is expected.
    NotADate = "not_a_date",
    /// Yes or no is expected.
    NotABoolean = "not_a_boolean",
    /// The text is longer than the field.
    TooLong = "too_long",
    /// A NUL or another control character is in the cell.
    ControlCharacter = "control_character",
    /// The bytes are not text in the file's encoding.
    Undecodable = "undecodable",
    /// No member of staff has the address in the owner's column.
    OwnerUnknown = "owner_unknown",
    /// The row has more cells than the header.
    TooManyCells = "too_many_cells",
    /// A quotation mark opens and does not close, or closes in the middle of a cell.
    UnbalancedQuote = "unbalanced_quote",
    /// A cell is longer than 64 KiB.
    CellTooLong = "cell_too_long",
    /// The row is longer than 1 MiB.
    RecordTooLong = "record_too_long",
    /// The row has more than 1,000 cells.
    TooManyColumns = "too_many_columns",
}

impl From<EmailAddressError> for RefusalReason {
    fn from(error: EmailAddressError) -> Self {
        match error {
            EmailAddressError::Empty => Self::AddressMissing,
            EmailAddressError::AtSign => Self::AddressAtSign,
            EmailAddressError::Forbidden => Self::AddressForbidden,
            EmailAddressError::LocalPart => Self::AddressLocalPart,
            EmailAddressError::Domain => Self::AddressDomain,
            EmailAddressError::TooLong => Self::AddressTooLong,
        }
    }
}

impl Refusal {
    /// A row that cannot be read at all.
    #[must_use]
    pub fn of_row(line: u64, reason: RefusalReason) -> Self {
        Self {
            line,
            column: None,
            reason,
            value: None,
        }
    }

    /// A cell that cannot be taken.
    #[must_use]
    pub fn of_cell(line: u64, column: &str, reason: RefusalReason, value: &str) -> Self {
        Self {
            line,
            column: Some(shortened(column)),
            reason,
            value: (!value.is_empty()).then(|| shortened(value)),
        }
    }
}

/// Storage takes no NUL and screens no control characters.
fn shortened(value: &str) -> String {
    let printable = |c: char| if c.is_control() { '\u{FFFD}' } else { c };
    let mut short: String = value.chars().take(VALUE_MAX).map(printable).collect();
    if value.chars().nth(VALUE_MAX).is_some() {
        short.push('…');
    }
    short
}
