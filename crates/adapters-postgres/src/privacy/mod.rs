//! Topics, what people want, records of consent, and who was asked to confirm.
//!
//! Writing about a lead locks the lead's row for keys first (by its foreign key or by name), as
//! everyone does who writes about leads; nothing here locks a second lead.

mod confirmations;
mod consents;
mod preferences;
mod said;
mod topics;
