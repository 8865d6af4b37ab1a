//! The command `ondo`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// The intake allocates on one thread what another frees; this allocator is made for that
/// (docs/PERFORMANCE.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    app::cli::run()
}
