//! The resolver against a name server on loopback, over real datagrams.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod lookup;
mod name_server;
