//! The negative control of the fault campaign: a build that breaks the promise of the intake.
//!
//! With the feature `fault-switches` *and* `ONDO_FAULT_ACK_BEFORE_COMMIT=1` in the environment,
//! requests are answered before their commit. A campaign that kills the process must then find
//! acknowledged engagements that are stored nowhere; if it finds none, it proves nothing about the
//! true build either. No normal build contains this file.

use std::sync::LazyLock;

use domain::tracking::{Appended, Kept, MachineVerdict};

use crate::batch::Batch;

static ACK_BEFORE_COMMIT: LazyLock<bool> =
    LazyLock::new(|| std::env::var_os("ONDO_FAULT_ACK_BEFORE_COMMIT").is_some_and(|v| v == "1"));

/// Answers everything as committed, if the switch is on; the engagements go on without anybody who
/// waits for them.
pub(crate) fn answered_before_commit(batch: Batch) -> Batch {
    if !*ACK_BEFORE_COMMIT {
        return batch;
    }
    let (batch, requests) = batch.without_requests();
    let pretended = || {
        Some(Kept::InLog(Appended {
            is_new: true,
            verdict: MachineVerdict::None,
            lead: None,
            tracking_id: None,
        }))
    };
    for mut request in requests {
        let _none_open = request.learn(std::iter::repeat_with(pretended));
        drop(request.answer_if_settled());
    }
    batch
}
