//! The command `skillgap`; see [`skillgap::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    skillgap::cli::run()
}
