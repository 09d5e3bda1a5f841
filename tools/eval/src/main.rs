//! `cargo run --release --locked -p skillgap-eval -- DATA [jobs]`: prints every figure of docs/quality.md, measured on the development data in DATA; with `jobs` only
//! those of occupations of ads and of CVs.

use std::io::Write;
use std::path::PathBuf;

fn main() -> anyhow::Result<()> {
    let data = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .ok_or_else(|| {
            anyhow::anyhow!("usage: skillgap-eval DATA, a folder with esco/ and linking/")
        })?;
    if std::env::args().nth(2).is_some_and(|part| part == "jobs") {
        write!(std::io::stdout().lock(), "{}", skillgap_eval::jobs(&data)?)?;
        return Ok(());
    }
    skillgap_eval::run(&data, &mut std::io::stdout().lock())?;
    Ok(())
}
