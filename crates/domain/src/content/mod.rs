//! Mail templates (テンプレート), merge tags (差し込みタグ) and rendering.
//!
//! A [`Template`] is written by a person and is never trusted: only the scalar fields of
//! [`MergeFields`] can be named in it, and [`MailRenderer::check`] says where it asks for more.
//!
//! Ports: [`TemplateStore`], [`MailRenderer`].

mod fields;
mod ports;
mod problem;
mod template;

pub use fields::{ATTRIBUTE_PREFIX, FIELD_NAMES, MergeFields, MergeValue, UNSUBSCRIBE_FIELD};
pub use ports::*;
pub use problem::{TemplateFault, TemplatePart, TemplateProblem};
pub use template::{
    MAX_SOURCE_BYTES, Rendered, Template, TemplateDraft, TemplateDraftFault, TemplateSource,
};
