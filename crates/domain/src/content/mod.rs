//! Mail templates (テンプレート), merge tags (差し込みタグ) and rendering.
//!
//! A [`Template`] is written by a person and is never trusted: only the scalar fields of
//! [`MergeFields`] can be named in it, and [`MailRenderer::check`] says where it asks for more.
//!
//! What its author works on is a [`Manuscript`]: MJML, HTML or text. The HTML that is sent is made
//! from it on the server whenever it is saved or looked at.
//!
//! Ports: [`TemplateStore`], [`ImageStore`], [`MailRenderer`].

mod fields;
mod filled;
mod frozen;
mod image;
mod manuscript;
mod ports;
mod problem;
mod template;

pub use fields::{ATTRIBUTE_PREFIX, FIELD_NAMES, MergeFields, MergeValue, UNSUBSCRIBE_FIELD};
pub use filled::Filled;
pub use frozen::{FrozenContent, ToFreeze, freeze};
pub use image::{
    Image, ImageInfo, ImageKey, ImageKind, MAX_IMAGE_BYTES, MAX_IMAGE_SIDE, MAX_IMAGES_BYTES,
    NotAKey, UnknownKind,
};
pub use manuscript::{Manuscript, TemplateMode, UnknownMode};
pub use ports::*;
pub use problem::{TemplateFault, TemplatePart, TemplateProblem};
pub use template::{
    KEPT_VERSIONS, MAX_SOURCE_BYTES, Rendered, Template, TemplateDraft, TemplateDraftFault,
    TemplateSource, TemplateVersion,
};
