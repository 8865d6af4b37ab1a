//! Pages: templates, what they can call, and the frame that every page has.

mod filters;
mod flash;
mod form_errors;
pub(crate) mod format;
mod frame;
mod functions;
mod page;
mod pagination;
mod surroundings;
mod templates;
mod toast;

pub(crate) use flash::Flash;
pub(crate) use form_errors::FormErrors;
pub(crate) use frame::{Frame, Nav};
pub(crate) use page::{Page, redirect};
pub(crate) use pagination::{PER_PAGE, Pagination, asked_page};
pub use templates::Pages;
pub(crate) use toast::Toast;
