//! Files of leads in and out, on the in-memory ports.

mod desk;
mod export;
mod import;
