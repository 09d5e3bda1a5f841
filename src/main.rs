//! The command `skillgap`; see [`skillgap::cli`].

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Requests allocate and free many small things on several threads: less time and half of the memory of the system's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    skillgap::cli::run()
}
