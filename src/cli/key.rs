//! `skillgap key new`: a key for a caller, shown once, and the entry for the file by which the service knows it.

use std::fs::File;
use std::io::{self, Write};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use skillgap_credentials::day;

use crate::serve::keys::{Scope, is_name, new_key};

/// What can be done with keys.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Makes a key. The key goes to the caller and is stored nowhere, the entry into the file of [auth] keys_file.
    New(Arguments),
}

/// Arguments of `skillgap key new`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Who gets it: letters, digits, - and _. It stands in logs.
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: String,
    /// What it permits, with commas between: read, stream, write, admin.
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', default_value = "read", value_parser = scope)]
    scope: Vec<Scope>,
    /// The last day on which it is good, such as 2027-12-31.
    #[arg(long, value_name = "DAY", value_parser = last_day)]
    expires: Option<String>,
    /// Calls a second, messages of feeds included.
    #[arg(long, value_name = "N")]
    rate: Option<NonZeroU32>,
    /// Writes the entry to the end of this file, which is made if it is not there, and prints the key alone.
    #[arg(long, value_name = "FILE")]
    append: Option<PathBuf>,
}

fn name(argument: &str) -> Result<String, String> {
    is_name(argument)
        .then(|| argument.to_owned())
        .ok_or_else(|| "must be letters, digits, - and _".to_owned())
}

fn scope(argument: &str) -> Result<Scope, String> {
    let mut scopes = Scope::ALL.into_iter();
    scopes
        .find(|scope| scope.name() == argument)
        .ok_or_else(|| "must be one of: read, stream, write, admin".to_owned())
}

fn last_day(argument: &str) -> Result<String, String> {
    day::parse(argument)
        .map(|_| argument.to_owned())
        .ok_or_else(|| "must be a day such as 2027-12-31".to_owned())
}

pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let Command::New(arguments) = command;
    let (key, digest) = new_key(&arguments.name)?;
    let scopes: Vec<&str> = arguments.scope.iter().map(|scope| scope.name()).collect();
    let mut entry = format!(
        "[[key]]\nname = {:?}\nblake3 = {digest:?}\nscopes = {scopes:?}\n",
        arguments.name
    );
    if let Some(day) = &arguments.expires {
        entry.push_str(&format!("expires = {day:?}\n"));
    }
    if let Some(rate) = arguments.rate {
        entry.push_str(&format!("per_second = {rate}\n"));
    }
    let mut out = io::stdout().lock();
    match &arguments.append {
        Some(file) => {
            append(file, &entry).with_context(|| file.display().to_string())?;
            writeln!(out, "{key}")?;
        }
        None => writeln!(
            out,
            "{key}\n\n# The line above is the key, shown this once. What follows goes into the file of [auth] keys_file.\n{}",
            entry.trim_end()
        )?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Adds an entry to a file that only its owner may read, in one piece.
fn append(file: &Path, entry: &str) -> io::Result<()> {
    let mut options = File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    let gap = if file.metadata()?.len() > 0 { "\n" } else { "" };
    file.write_all(format!("{gap}{entry}").as_bytes())
}
