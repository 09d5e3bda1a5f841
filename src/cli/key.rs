//! `skillgap key new`: a key for a caller, shown once, and the entry for the file by which the service knows it.

use std::io::{self, Write};
use std::num::NonZeroU32;
use std::process::ExitCode;

use skillgap_credentials::day;

use crate::serve::keys::{Scope, is_name, new_key};

/// What can be done with keys.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Makes a key. Nothing is stored: the key goes to the caller, the entry into the file of [auth] keys_file.
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
    let mut out = io::stdout().lock();
    writeln!(out, "{key}\n")?;
    writeln!(
        out,
        "# The line above is the key, shown this once. What follows goes into the file of [auth] keys_file."
    )?;
    writeln!(
        out,
        "[[key]]\nname = {:?}\nblake3 = {digest:?}\nscopes = {scopes:?}",
        arguments.name
    )?;
    if let Some(day) = &arguments.expires {
        writeln!(out, "expires = {day:?}")?;
    }
    if let Some(rate) = arguments.rate {
        writeln!(out, "per_second = {rate}")?;
    }
    Ok(ExitCode::SUCCESS)
}
