//! What content needs from outside.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    Filled, Image, ImageInfo, ImageKey, Manuscript, MergeFields, Rendered, Template, TemplateDraft,
    TemplateProblem, TemplateSource, TemplateVersion,
};
use crate::ids::{TemplateId, TenantId};
use crate::store::StoreResult;

/// Where templates are kept.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait TemplateStore: Send + Sync {
    /// Keeps a new template, and its first version.
    ///
    /// # Errors
    /// `Duplicate` if the tenant has a template of this name.
    fn create(&self, tenant: TenantId, template: &Template) -> StoreResult<()>;

    /// Replaces name, manuscript and source, and keeps them as the next version; `false` if there
    /// is no such template. Of the versions, the newest [`super::KEPT_VERSIONS`] stay.
    ///
    /// # Errors
    /// `Duplicate` if another template of the tenant has this name.
    fn update(
        &self,
        tenant: TenantId,
        id: TemplateId,
        draft: &TemplateDraft,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// Removes a template; `false` if there is none.
    ///
    /// # Errors
    /// `InUse` while a broadcast is made from it.
    fn remove(&self, tenant: TenantId, id: TemplateId) -> StoreResult<bool>;

    /// The template with this id.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn find(&self, tenant: TenantId, id: TemplateId) -> StoreResult<Option<Template>>;

    /// Every template of the tenant by name.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn list(&self, tenant: TenantId) -> StoreResult<Vec<Template>>;

    /// The versions of a template, newest first.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn versions(&self, tenant: TenantId, id: TemplateId) -> StoreResult<Vec<TemplateVersion>>;
}

/// Where pictures of mails are kept.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ImageStore: Send + Sync {
    /// Keeps a picture. One that the tenant has already stays as it is.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn keep(&self, tenant: TenantId, image: &Image) -> StoreResult<()>;

    /// The picture of this name.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn find(&self, tenant: TenantId, key: ImageKey) -> StoreResult<Option<Image>>;

    /// The newest pictures.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn newest(&self, tenant: TenantId, limit: u32) -> StoreResult<Vec<ImageInfo>>;

    /// How many bytes all pictures of the tenant have.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn total_bytes(&self, tenant: TenantId) -> StoreResult<u64>;
}

/// Fills in templates and rewrites their links. Pure: no file, no environment, no network.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait MailRenderer: Send + Sync {
    /// Everything that is wrong with a source, by part and position; empty if it can be sent.
    fn check(&self, source: &TemplateSource) -> Vec<TemplateProblem>;

    /// The HTML part of a manuscript, its merge tags still in it.
    ///
    /// # Errors
    /// What is wrong with its markup or its merge tags, by place in the manuscript.
    fn typeset(&self, manuscript: &Manuscript) -> Result<String, Vec<TemplateProblem>>;

    /// Fills in one person's fields: escaped in the HTML, as they are in subject and text.
    /// The subject comes out as one line without control characters.
    ///
    /// # Errors
    /// The problem that stopped it. A source without problems can still be too costly.
    fn render(
        &self,
        source: &TemplateSource,
        fields: &MergeFields,
    ) -> Result<Rendered, TemplateProblem>;

    /// Gives every trackable link of an HTML *source* its number, from `first` in the order of the
    /// document, so that it keeps the number when conditions leave other links out (C27, C30).
    fn number_links(&self, html: &str, first: u16) -> NumberedLinks;

    /// Puts these marks, which are HTML of ours, into the links of a source that carry the numbers,
    /// behind what the links show. For looking at a mail, never for sending it.
    fn mark_links(&self, html: &str, marks: &BTreeMap<u16, String>) -> String;

    /// Lets `rewrite` replace the addresses of the trackable links, puts `tail` before `</body>`
    /// (or at the end where there is none), and leaves everything else as the author wrote it, down
    /// to the byte outside of links.
    ///
    /// Links to mail addresses, telephone numbers and
    /// anchors, to `unsubscribe`, and those marked `data-ondo-notrack` are not trackable.
    ///
    /// Quick for a text that was rewritten lately with other values.
    fn rewrite_links(
        &self,
        html: &Filled,
        tail: &str,
        unsubscribe: &str,
        rewrite: &mut dyn LinkRewrite,
    ) -> String;

    /// The text part that says the same as the HTML, with the addresses of the links. Lines are
    /// broken where the author's words ask for it; a long value makes its line longer.
    ///
    /// Quick for a text that was asked for lately with other values.
    fn text_of(&self, html: &Filled) -> String;
}

/// Decides what becomes of each trackable link.
pub trait LinkRewrite {
    /// The address that takes the place of `address`, or `None` if the link stays. It is given
    /// with its character references decoded (`&amp;` is `&`).
    fn rewrite(&mut self, link_index: u16, address: &str) -> Option<String>;
}

impl<F: FnMut(u16, &str) -> Option<String>> LinkRewrite for F {
    fn rewrite(&mut self, link_index: u16, address: &str) -> Option<String> {
        self(link_index, address)
    }
}

/// An HTML source whose trackable links carry their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedLinks {
    /// The source with the numbers.
    pub html: String,
    /// The address of each link as the author wrote it; the place in the list, counted
    /// from the first number, is the number.
    pub addresses: Vec<String>,
}
