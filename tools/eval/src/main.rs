//! `cargo run --release --locked -p skillgap-eval -- DATA`: prints every figure of docs/quality.md, measured on the development data in DATA.

use std::path::PathBuf;

fn main() -> anyhow::Result<()> {
    let data = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .ok_or_else(|| {
            anyhow::anyhow!("usage: skillgap-eval DATA, a folder with esco/ and linking/")
        })?;
    skillgap_eval::run(&data, &mut std::io::stdout().lock())?;
    Ok(())
}
