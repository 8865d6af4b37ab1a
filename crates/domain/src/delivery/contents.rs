//! What sends say, and where their links lead.

use crate::content::{FrozenContent, TemplateSource};
use crate::ids::{ContentId, TenantId};
use crate::store::StoreResult;
use crate::tracking::MailSource;

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailContent {
    /// What the author wrote, its links numbered.
    pub source: TemplateSource,
    /// Opens and clicks are tracked (C13).
    pub tracking: bool,
}

impl From<FrozenContent> for MailContent {
    fn from(frozen: FrozenContent) -> Self {
        Self {
            source: frozen.source,
            tracking: frozen.tracking,
        }
    }
}

/// One link of a broadcast's or campaign's mails (C27).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentLink {
    /// In which content it stands.
    pub content: ContentId,
    /// Its number, as clicks carry it; unique within the broadcast or campaign.
    pub link_index: u16,
    /// Its place within its content, from 0.
    pub position: u16,
    /// Its address as the author wrote it.
    pub url: String,
}

/// What started broadcasts and activated campaigns send.
///
/// It is kept by whoever starts or activates, in the same transaction, and never changes.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait MailContents: Send + Sync {
    /// The content with this id.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn content(&self, tenant: TenantId, id: ContentId) -> StoreResult<Option<MailContent>>;

    /// Every link of a broadcast or campaign by its number; of all its contents, in all versions.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn links_of(&self, tenant: TenantId, source: MailSource) -> StoreResult<Vec<ContentLink>>;
}
