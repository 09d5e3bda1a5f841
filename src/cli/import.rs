//! `skillgap import`: reads credential files and adds what they hold, to a running service or to a data directory; says what was not taken.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use skillgap_index::catalogue::{Change, Outcome, Store};
use skillgap_index::model::credential::Credential;
use skillgap_index::source::credentials;
use skillgap_index::source::report::ReadReport;

use super::index::print_report;
use crate::rpc::import;

/// Credentials of one commit, or of one stream.
const TOGETHER: usize = 2_000;

/// Arguments of `skillgap import`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Credential files in native JSON lines.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Address and port of a running service.
    #[arg(long, value_name = "ADDR:PORT", required_unless_present = "data_dir", conflicts_with = "data_dir")]
    server: Option<String>,
    /// Directory that `skillgap index` built, while no service writes to it.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// What became of all credentials.
#[derive(Default)]
struct Sums {
    written: u64,
    unchanged: u64,
    refused: u64,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut report = ReadReport::default();
    let read = credentials::read(&arguments.files, &mut report);
    print_report(&report)?;
    let sums = match (&arguments.server, &arguments.data_dir) {
        (Some(server), _) => to_service(server, read?)?,
        (None, Some(data_dir)) => to_store(Store::open(data_dir)?.0, read?)?,
        (None, None) => Sums::default(),
    };
    let mut out = io::stdout().lock();
    for (count, what) in [(sums.written, "written"), (sums.unchanged, "were there already"), (sums.refused, "refused")] {
        writeln!(out, "{count:>10} credentials {what}")?;
    }
    Ok(if sums.refused == 0 && report.rejected.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn to_service(server: &str, credentials: Vec<Credential>) -> anyhow::Result<Sums> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut sums, mut unknown_links) = (Sums::default(), 0);
    for chunk in credentials.chunks(TOGETHER) {
        let imported = runtime.block_on(import(server, chunk.to_vec())).map_err(anyhow::Error::msg)?;
        sums.written += imported.written;
        sums.unchanged += imported.unchanged;
        sums.refused += imported.n_refused;
        unknown_links += imported.unknown_links;
        imported.refused.iter().try_for_each(|(id, reason)| refused(id, reason))?;
    }
    if unknown_links > 0 {
        writeln!(io::stdout(), "{unknown_links:>10} links to skills that the service's ESCO does not have")?;
    }
    Ok(sums)
}

fn to_store(mut store: Store, credentials: Vec<Credential>) -> anyhow::Result<Sums> {
    let mut sums = Sums::default();
    for chunk in credentials.chunks(TOGETHER) {
        let changes = chunk.iter().map(|credential| Change::Upsert(Box::new(credential.clone()))).collect();
        for (credential, outcome) in chunk.iter().zip(store.apply(changes)?) {
            match outcome {
                Outcome::Written | Outcome::Deleted => sums.written += 1,
                Outcome::Unchanged => sums.unchanged += 1,
                Outcome::Refused(refusal) => {
                    sums.refused += 1;
                    refused(&credential.id, &refusal.to_string())?;
                }
            }
        }
    }
    Ok(sums)
}

fn refused(id: &str, reason: &str) -> io::Result<()> {
    writeln!(io::stderr(), "refused {id}: {reason}")
}
