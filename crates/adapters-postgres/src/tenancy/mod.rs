//! Tenants, people, sessions, tokens, attempts and the audit log.

mod api_tokens;
pub(crate) mod audit;
mod failures;
#[cfg(test)]
mod leak_test;
mod login_addresses;
mod rows;
mod sessions;
mod tenants;
mod users;
