//! Who may call what: sessions, tokens of forms and programs, and the headers of every answer.

mod access;
mod api_caller;
pub(crate) mod client_ip;
pub(crate) mod cookies;
mod form_token;
mod headers;
pub(crate) mod next_path;
pub(crate) mod passwords;
pub(crate) mod rate;
mod rate_headers;
mod signed_in;
pub(crate) mod throttle;
pub(crate) mod token_memory;

pub use access::Access;
pub(crate) use access::guard;
pub(crate) use api_caller::ApiCaller;
pub(crate) use form_token::{FormToken, is_from_our_page};
pub(crate) use headers::{Nonce, editor_policy, protect};
pub(crate) use rate_headers::note;
pub(crate) use signed_in::SignedIn;
