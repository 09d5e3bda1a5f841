//! `skillgap migrate`: carries credential files over to another version of ESCO, line by line, and says what changed.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use serde_json::Value;
use skillgap_index::migrate::{Fate, Migration};
use skillgap_index::model::esco::Esco;
use skillgap_index::source::esco;
use skillgap_index::source::report::ReadReport;

/// Arguments of `skillgap migrate`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// ESCO packages of the version that the credentials name.
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    from: Vec<PathBuf>,
    /// ESCO packages of the new version, whole ones: what they do not name is gone.
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    to: Vec<PathBuf>,
    /// Two columns with tabs between, old URI and new URI, as in ESCO's delta.
    #[arg(long, value_name = "FILE")]
    replaced: Option<PathBuf>,
    /// Credential files in native JSON lines.
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    credentials: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let (old, new) = (read(&arguments.from)?, read(&arguments.to)?);
    let replaced = arguments.replaced.as_deref().map(replacements).transpose()?.unwrap_or_default();
    let migration = Migration::new(&old, &new, &replaced);
    let (mut out, mut err) = (BufWriter::new(io::stdout().lock()), io::stderr().lock());
    let (mut counts, mut n_lines, mut code) = (BTreeMap::<&str, u64>::new(), 0_u64, ExitCode::SUCCESS);
    for path in &arguments.credentials {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        for (at, line) in BufReader::new(file).lines().enumerate() {
            let line = line.with_context(|| format!("{}:{}", path.display(), at + 1))?;
            if line.trim().is_empty() {
                continue;
            }
            let Ok(Value::Object(mut credential)) = serde_json::from_str::<Value>(&line) else {
                code = ExitCode::FAILURE;
                writeln!(err, "{}:{}: is no JSON object; it is not carried over", path.display(), at + 1)?;
                continue;
            };
            let fates = migration.carry(&mut credential);
            let id = credential.get("id").and_then(Value::as_str).unwrap_or("(no id)").to_owned();
            for (uri, fate) in &fates {
                *counts.entry(fate.name()).or_default() += 1;
                if let Some(said) = said(fate) {
                    writeln!(err, "{id}: {uri} {said}")?;
                }
            }
            n_lines += 1;
            writeln!(out, "{}", Value::Object(credential))?;
        }
    }
    out.flush()?;
    writeln!(err, "{n_lines} credentials carried over from ESCO {} to {}", old.version, new.version)?;
    for (name, count) in counts {
        writeln!(err, "{count:>10} links {name}")?;
    }
    Ok(code)
}

fn read(paths: &[PathBuf]) -> anyhow::Result<Esco> {
    Ok(esco::read(paths, &mut ReadReport::default(), &|_| {})?)
}

/// Reads the replacements; lines that are none, such as a header, lead from no URI.
fn replacements(path: &Path) -> anyhow::Result<HashMap<String, String>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let pairs = text.lines().filter_map(|line| line.split_once('\t'));
    Ok(pairs.map(|(old, new)| (old.trim().to_owned(), new.trim().to_owned())).collect())
}

/// What is said of a link that is not as it was.
fn said(fate: &Fate) -> Option<String> {
    match fate {
        Fate::Same => None,
        Fate::Renamed { from, to } => Some(format!("is called {to:?} now, was {from:?}")),
        Fate::Replaced { uri } => Some(format!("is replaced by {uri}")),
        Fate::Relinked { uri, confidence } => Some(format!("is gone; {uri} has the same label (inferred, {confidence})")),
        Fate::Gone { label } => Some(format!("is gone; the link to {label:?} stays as it is and teaches nothing")),
        Fate::Unknown => Some("is in neither version; the link stays as it is".to_owned()),
    }
}
