//! Keeps engagements safe in files while the database is away.
//!
//! [`SegmentedSpool`] is an append log: a folder of segments, each a file that only ever grows.
//! One process owns the folder, by a lock on the file `lock` in it.
//!
//! # On disk
//!
//! ```text
//! <folder>/                             0700
//!   lock                                0600, held while the spool is open
//!   00000000000000000007.seg            0600, sealed: will never be written again
//!   00000000000000000008.seg            0600, active: the next append goes here
//!   unreadable-00…07-4711-0.jsonl       0600, what this version could not read of a frame
//!
//! segment   ┌───────────────┬────────────┬───────┬───────┬── ─ ─
//!           │ "ONDOSPL\n" 8 │ version  4 │ frame │ frame │
//!           └───────────────┴────────────┴───────┴───────┴── ─ ─
//!
//! frame     ┌──────────┬──────────┬──────────┬──────────────┬─────────────────┐
//!           │ length 4 │ crc32c 4 │ count  4 │ oldest     8 │ payload: length │
//!           └──────────┴──────────┴──────────┴──────────────┴─────────────────┘
//!                            └─ over length, count, oldest and payload
//! ```
//!
//! Numbers are little-endian. `count` is the number of engagements in the frame, at least 1;
//! `oldest` is the earliest `received_at` among them, in microseconds since 1970. The payload is
//! JSON, one engagement a line, so that a person can read a segment and a later version of the
//! program can read what an earlier one wrote.
//!
//! # What is promised
//!
//! * An append that returns `Ok` is on the disk: one write and one `fdatasync` each; the first
//!   append to a segment also syncs the folder, or the name of the file might be lost.
//! * An error of write or sync acknowledges nothing and seals the segment. After a failed sync the
//!   kernel may call the lost pages clean, and a second sync of the same file would then succeed
//!   without having written anything; so there is no second one. The next append begins a new
//!   segment.
//! * Only what is synced is read, and in the order of the appends.
//! * Opening reads every segment up to the first frame that is short or fails its checksum. A crash
//!   in the middle of an append leaves such a frame, and nothing behind it was acknowledged.
//!   Nothing is written behind it either: appends after opening go to a new segment.
//! * A record of a whole frame that this version cannot read stops nothing: before anybody reads
//!   past it, it is durable in a file of its own beside the segments, and counted. A version that
//!   can read such a file gives it back to the spool when it opens it.
//! * How far a segment is released is kept in memory only. After a crash the oldest segment is read
//!   again from its start, and the log knows the ids.
//!
//! The spool takes an append only while at most `limit` bytes are not released. The folder can be
//! larger by less than one segment, because a segment is removed as a whole; and since opening
//! forgets how far the oldest one was released, the state can then show more than `limit` too.

mod aside;
#[cfg(test)]
mod faults;
mod files;
mod folder;
mod frame;
mod index;
mod recovery;
mod segment;
mod settings;
mod spool;
mod writer;

pub use recovery::{Damage, Recovery};
pub use settings::{OpenError, SpoolSettings};
pub use spool::SegmentedSpool;
