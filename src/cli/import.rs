//! `skillgap import`: reads credential files and adds what they hold, to a running service or to a data directory; says what was not taken.
//!
//! Some thousand credentials are handed over at a time, and no more are in memory, so that a file may have any size.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use skillgap_catalogue::{Change, Outcome, Store};
use skillgap_credentials::credential::Credential;
use skillgap_credentials::day;
use skillgap_credentials::files::{self, Ids};
use skillgap_esco::report::printable;

use super::report::{Reading, in_words, print_reports};
use crate::api::Importer;

/// Credentials of one commit, or those that are read before batches of them are sent.
const TOGETHER: usize = 2_000;

/// The environment variable with the key: the command line is seen by others on the machine.
const KEY: &str = "SKILLGAP_KEY";

/// Arguments of `skillgap import`.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("to").required(true).args(["server", "data_dir"]))]
pub(super) struct Arguments {
    /// Credential files, or folders of them, as for `skillgap index`.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Address and port of a running service. The environment variable SKILLGAP_KEY has the key for it.
    #[arg(long, value_name = "ADDR:PORT")]
    server: Option<String>,
    /// Directory that `skillgap index` built, while no service writes to it.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// What became of all credentials.
#[derive(Default)]
struct Sums {
    written: u64,
    unchanged: u64,
    refused: u64,
    unknown_links: u64,
    carried_links: u64,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let to = match (&arguments.server, &arguments.data_dir) {
        (Some(server), _) => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let key = std::env::var(KEY).ok();
            let connected = runtime.block_on(Importer::connect(server, key.as_deref()));
            To::Service(Box::new(connected.map_err(anyhow::Error::msg)?), runtime)
        }
        (None, Some(data_dir)) => To::Store(Box::new(Store::open(data_dir)?.0)),
        (None, None) => return Ok(ExitCode::FAILURE),
    };
    let mut handing = Handing {
        to,
        waiting: Vec::with_capacity(TOGETHER),
        sums: Sums::default(),
        failed: None,
    };
    let (mut report, mut ids) = (arguments.reading.report()?, Ids::default());
    let read = files::for_each_mapped(
        &arguments.files,
        &arguments.reading.mappings()?,
        day::today(),
        &mut report,
        &mut |credential| {
            ids.take(&credential.id)?;
            handing.add(credential);
            Ok(())
        },
    );
    handing.hand_over();
    print_reports(&mut [&mut report])?;
    let Handing { sums, failed, .. } = handing;
    print_sums(&sums)?;
    writeln!(io::stdout(), "{}", in_words(&report))?;
    read?;
    match failed {
        Some(error) => {
            Err(error.context("what is counted as written is there, what came after it may not be"))
        }
        None if sums.refused == 0 && report.rejected.is_empty() => Ok(ExitCode::SUCCESS),
        None => Ok(ExitCode::FAILURE),
    }
}

fn print_sums(sums: &Sums) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if sums.unknown_links > 0 {
        writeln!(
            out,
            "{:>10} links to skills that the service's ESCO does not have",
            sums.unknown_links
        )?;
    }
    if sums.carried_links > 0 {
        writeln!(
            out,
            "{:>10} links to skills of a former version of ESCO that are led on",
            sums.carried_links
        )?;
    }
    let counts = [
        (sums.written, "written"),
        (sums.unchanged, "were there already"),
        (sums.refused, "refused"),
    ];
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        writeln!(out, "{count:>10} credentials {what}")?;
    }
    Ok(())
}

/// Where the credentials go.
enum To {
    Service(Box<Importer>, tokio::runtime::Runtime),
    Store(Box<Store>),
}

/// Credentials on their way.
struct Handing {
    to: To,
    waiting: Vec<Credential>,
    sums: Sums,
    /// Why no more are taken.
    failed: Option<anyhow::Error>,
}

impl Handing {
    fn add(&mut self, credential: Credential) {
        self.waiting.push(credential);
        if self.waiting.len() >= TOGETHER {
            self.hand_over();
        }
    }

    /// Hands over what waits, unless something failed before.
    fn hand_over(&mut self) {
        let credentials = std::mem::take(&mut self.waiting);
        if self.failed.is_none() && !credentials.is_empty() {
            let sums = &mut self.sums;
            let done = match &mut self.to {
                To::Service(importer, runtime) => to_service(importer, runtime, &credentials, sums),
                To::Store(store) => to_store(store, credentials, sums),
            };
            self.failed = done.err();
        }
    }
}

fn to_service(
    importer: &mut Importer,
    runtime: &tokio::runtime::Runtime,
    credentials: &[Credential],
    sums: &mut Sums,
) -> anyhow::Result<()> {
    let imported = runtime
        .block_on(importer.import(credentials))
        .map_err(anyhow::Error::msg)?;
    sums.written += imported.written;
    sums.unchanged += imported.unchanged;
    sums.refused += imported.refused.len() as u64;
    sums.unknown_links += imported.unknown_links;
    sums.carried_links += imported.carried_links;
    imported
        .refused
        .iter()
        .try_for_each(|(id, reason)| refused(id, reason))?;
    Ok(())
}

fn to_store(
    store: &mut Store,
    credentials: Vec<Credential>,
    sums: &mut Sums,
) -> anyhow::Result<()> {
    let ids: Vec<String> = credentials
        .iter()
        .map(|credential| credential.id.clone())
        .collect();
    let changes = credentials
        .into_iter()
        .map(|credential| Change::Upsert(Box::new(credential)))
        .collect();
    for (id, outcome) in ids.iter().zip(store.apply(changes)?) {
        match outcome {
            Outcome::Written | Outcome::Deleted => sums.written += 1,
            Outcome::Unchanged => sums.unchanged += 1,
            Outcome::Refused(refusal) => {
                sums.refused += 1;
                refused(id, &refusal.to_string())?;
            }
        }
    }
    Ok(())
}

fn refused(id: &str, reason: &str) -> io::Result<()> {
    writeln!(
        io::stderr(),
        "refused {}: {}",
        printable(id),
        printable(reason)
    )
}
