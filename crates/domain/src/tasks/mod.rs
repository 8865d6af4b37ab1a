//! Things to do for sales (タスク): whom to call, by when, and who does it (B45–B47).
//!
//! A task is opened by a person, by a program, or by a step of a campaign; the task of a step has
//! an id derived from the step's reaction, so that a repeat of it opens none. It is about one lead
//! and goes with the lead: its text may name the person.
//!
//! Port: [`TaskStore`].

mod draft;
mod open;
mod ports;
mod task;

pub use draft::{DESCRIPTION_MAX, TITLE_MAX, TaskDraft, TaskFault};
pub use open::{TaskPorts, TaskWish, open_task};
pub use ports::*;
pub use task::{Task, TaskKind, TaskPriority, TaskStatus};
