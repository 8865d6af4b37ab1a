//! The texts of what can be wrong with a value of a lead.

use domain::leads::import::RefusalReason;

/// The key of the text that says what is wrong and how to mend it.
pub(super) const fn key(reason: RefusalReason) -> &'static str {
    use RefusalReason as R;
    match reason {
        R::AddressMissing => "leads-refusal-address-missing",
        R::AddressAtSign => "leads-refusal-address-at-sign",
        R::AddressForbidden => "leads-refusal-address-forbidden",
        R::AddressLocalPart => "leads-refusal-address-local-part",
        R::AddressDomain => "leads-refusal-address-domain",
        R::AddressTooLong => "leads-refusal-address-too-long",
        R::NotANumber => "leads-refusal-not-a-number",
        R::OutOfRange => "leads-refusal-out-of-range",
        R::NotADate => "leads-refusal-not-a-date",
        R::NotABoolean => "leads-refusal-not-a-boolean",
        R::TooLong => "leads-refusal-too-long",
        R::ControlCharacter => "leads-refusal-control-character",
        R::Undecodable => "leads-refusal-undecodable",
        R::OwnerUnknown => "leads-refusal-owner-unknown",
        R::TooManyCells => "leads-refusal-too-many-cells",
        R::UnbalancedQuote => "leads-refusal-unbalanced-quote",
        R::CellTooLong => "leads-refusal-cell-too-long",
        R::RecordTooLong => "leads-refusal-record-too-long",
        R::TooManyColumns => "leads-refusal-too-many-columns",
    }
}
