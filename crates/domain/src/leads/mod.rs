//! Leads (リード): people, their attributes, import, listing, export.
//!
//! A lead is known by its e-mail address, which is unique in a tenant once it is normalised
//! ([`EmailAddress`]). Beyond fixed fields (氏名, 会社名, 卒業年度 …) a tenant defines custom
//! attributes of its own. Ports: [`LeadStore`] for one lead at a time, [`LeadListing`] for many,
//! [`LeadExport`] for files, and those of [`import`].

mod attribute;
pub mod audit;
mod change;
mod check;
mod condition;
mod email;
mod export;
mod field;
mod filter;
pub mod formula;
pub mod import;
mod insight;
mod lead;
mod ports;
mod removal;
mod text;

pub use attribute::{AttributeDefinition, AttributeKind, AttributeValue};
pub use change::{Change, LeadChanges};
pub use check::{CheckedField, Checks, Fault, FieldFault};
pub use condition::{
    ConditionFault, ConditionField, ConditionOperator, ConditionValue, LeadCondition,
};
pub use email::{EmailAddress, EmailAddressError};
pub use export::{ExportError, ExportFormat, ExportOrder, LeadExport, SheetWriter, export_leads};
pub use field::LeadField;
pub use filter::{AsOf, Direction, LeadFilter, LeadPage, LeadRow, LeadSort, ReactionKind};
#[cfg(feature = "mocks")]
pub use insight::MockLeadInsight;
pub use insight::{Activity, ImportantView, LeadInsight, ScoreCause};
pub use lead::{Lead, LeadDraft};
pub use ports::{LeadListing, LeadStore, Upserted};
#[cfg(feature = "mocks")]
pub use ports::{MockLeadListing, MockLeadStore};
#[cfg(feature = "mocks")]
pub use removal::MockLeadRemoval;
pub use removal::{LeadRemoval, LeadTraces};
pub use text::{
    ATTRIBUTE_TEXT_MAX, TAG_MAX, TEXT_MAX, search_form, search_text, search_words, tidy, tidy_line,
    tidy_tag,
};
