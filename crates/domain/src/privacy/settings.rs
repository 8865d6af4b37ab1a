//! What a tenant demands before it sends.

/// What a tenant demands before it sends. Nothing, until somebody says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrivacySettings {
    /// Mail goes only to those with a record of consent (art. 3-2).
    pub consent_required: bool,
    /// Programs may ask new leads to confirm from their mailbox.
    pub double_opt_in: bool,
}
