//! What do the readers make of these files, and how fast? Prints each record as native JSON, what is rejected, and with `--count` only numbers.
//!
//! `cargo run --release -p skillgap-credentials --example read_credentials -- [--count] PATH…`

#![allow(clippy::print_stdout)] // It is there to print.

use std::path::PathBuf;
use std::time::Instant;

use skillgap_credentials::{day, files, native};
use skillgap_esco::report::ReadReport;

fn main() -> skillgap_esco::Result<()> {
    let (flags, paths): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|argument| argument == "--count");
    let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
    let (started, mut report, mut used) = (Instant::now(), ReadReport::default(), 0u64);
    files::for_each(&paths, day::today(), &mut report, &mut |credential| {
        used += 1;
        if flags.is_empty() {
            println!("{}", native::to_line(&credential));
        }
        Ok(())
    })?;
    report
        .rejected
        .iter()
        .take(100)
        .for_each(|rejected| println!("rejected {rejected}"));
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{used} records in {seconds:.2} s ({:.0} a second), {} rejected",
        used as f64 / seconds,
        report.rejected.len()
    );
    // The kernel tells on Linux; elsewhere nothing is said.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .filter(|line| line.starts_with("VmHWM"))
        .for_each(|line| {
            println!(
                "most memory at once: {}",
                line.trim_start_matches("VmHWM:").trim()
            )
        });
    Ok(())
}
