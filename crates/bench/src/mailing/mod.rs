//! What `bench send` needs: a mail of the usual length, a school that may send it, and the sink's
//! own limit.

mod blast;
mod school;
mod template;

pub(crate) use blast::blast;
pub(crate) use school::{School, start_broadcast};
