//! What staff and other programs are told.

mod inbox;
mod secrets;
