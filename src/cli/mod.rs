//! The commands: each reads its arguments, calls the library and prints; no work of its own.
//!
//! Exit codes: 0 done, 1 the data or a request is bad, 2 wrong usage.

mod advise;
mod check_credentials;
mod data;
mod demo;
mod export;
mod import;
mod index;
mod key;
mod lines;
mod log;
mod market;
mod migrate;
mod postings;
mod ready;
mod report;
mod texts;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{CommandFactory, Parser, Subcommand};
use serde::Serialize;
use serde::de::DeserializeOwned;
use skillgap_catalogue::{self as catalogue};
use skillgap_esco::report::printable;

use crate::api::{self, View, answer_json};
use data::{Data, with_view};

use crate::config::{Config, Overrides};
use crate::demand::Options;
use crate::error::Result;
use crate::serve as service;

/// From a job ad and a person to the credentials that close the gap, offline.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Shows the whole job on data that the program carries.
    Demo,
    /// Advises one person on one ad, both in files: the page of `skillgap serve` as text, and as a file to print.
    Advise(advise::Arguments),
    /// Builds a generation from ESCO packages, extra labels and credential files.
    Index(index::Arguments),
    /// Adds credential files to a running service, or to a data directory that no service writes to.
    Import(import::Arguments),
    /// Counts what jobs ask for, from ads of which no text is kept.
    Market {
        #[command(subcommand)]
        command: market::Command,
    },
    /// Makes keys for callers of the service.
    Key {
        #[command(subcommand)]
        command: key::Command,
    },
    /// The log of changes that several machines follow.
    Log {
        #[command(subcommand)]
        command: log::Command,
    },
    /// Serves gRPC, gRPC-Web and REST; on starter data unless a data directory is given.
    Serve {
        /// Address and port to listen on.
        #[arg(long, value_name = "ADDR:PORT")]
        listen: Option<std::net::SocketAddr>,
        /// Directory that `skillgap index` built.
        #[arg(long, value_name = "DIR")]
        data_dir: Option<PathBuf>,
        /// Configuration file; the default one is src/config/default.toml.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Listens beyond this machine without keys or TLS.
        #[arg(long)]
        insecure: bool,
    },
    /// Asks the service on this machine whether it is ready; exit code 1 if it is not. For probes.
    Ready {
        /// Configuration file of the service, for its admin port.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Ranks skills for texts: JSON lines {"id","text","lang"?} in, {"id","skills":[{"uri","label","score"}]} out.
    Link {
        #[command(flatten)]
        data: Data,
        /// Skills a text.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
        top: u16,
    },
    /// Finds the skills that whole ads ask for: JSON lines {"id","text","lang"?} in.
    Extract {
        #[command(flatten)]
        data: Data,
        /// Leaves out skills below this probability.
        #[arg(long, default_value_t = Options::default().confidence_min, value_parser = share)]
        min_confidence: f64,
    },
    /// Recommends credentials: a stream of RecommendCredentialsRequest in proto JSON in, one answer a line out.
    Recommend(Requests),
    /// Compares what is asked for with what a person holds: AnalyseGapRequest in, one answer a line out.
    Gap(Requests),
    /// Plans pathways: PlanPathwayRequest in, one answer a line out.
    Plan(Requests),
    /// Ranks occupations by readiness: SuggestOccupationsRequest in, one answer a line out.
    Occupations(Requests),
    /// Says what credentials leave unsaid, of all that makes one comparable with another, for each and as shares over all.
    CheckCredentials(check_credentials::Arguments),
    /// Writes the catalogue, or what a search finds in it, as learning opportunities (ELM) or native JSON lines.
    Export(export::Arguments),
    /// Copies one commit of a data directory, also while a service writes to it; the copy is checked, and can be served as it is.
    Backup {
        /// Directory that `skillgap index` built.
        #[arg(long, value_name = "DIR")]
        data_dir: PathBuf,
        /// New or empty folder.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Says what another version of ESCO changes in credential files, and writes them carried over.
    Migrate(migrate::Arguments),
    /// Verifies a generation; exit code 1 and the reason if it is damaged.
    Check {
        /// Directory that `skillgap index` built.
        #[arg(long, value_name = "DIR")]
        data_dir: PathBuf,
    },
    /// Writes the manual, a page a command.
    #[command(hide = true)]
    Man {
        /// Folder that is there.
        dir: PathBuf,
    },
    /// Writes what a shell completes commands by.
    #[command(hide = true)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// A number from 0 to 1.
fn share(argument: &str) -> std::result::Result<f64, String> {
    argument
        .parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "must be a number from 0 to 1".to_owned())
}

/// Where requests are answered from.
#[derive(clap::Args)]
struct Requests {
    #[command(flatten)]
    data: Data,
    /// Configuration file, for limits, rates of exchange and accreditors; the default one is src/config/default.toml.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Requests {
    /// Answers a stream of requests in proto JSON, one answer a line, in order.
    fn answer<Q: DeserializeOwned, A: Serialize>(
        &self,
        method: fn(&View<'_>, Q) -> Result<A>,
    ) -> anyhow::Result<ExitCode> {
        let config = self.config.as_deref();
        let config = config
            .map(|file| Config::load(Some(file), &Overrides::default()))
            .transpose()?;
        let (limits, policy) =
            config.map_or_else(Default::default, |config| (config.limits, config.policy));
        let catalogue = self.data.open()?;
        lines::transform(
            &mut io::stdin().lock(),
            &mut BufWriter::new(io::stdout().lock()),
            |request| {
                with_view(&catalogue, &limits, &policy, |view| {
                    answer_json(view, method, request)
                })
            },
        )
    }
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Demo => demo::run(&mut io::stdout().lock()),
        Command::Advise(arguments) => advise::run(&arguments),
        Command::Index(arguments) => index::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Serve {
            listen,
            data_dir,
            config,
            insecure,
        } => {
            let overrides = Overrides {
                listen,
                data_dir,
                insecure,
            };
            serve(config.as_deref(), &overrides)
        }
        Command::Market { command } => market::run(&command),
        Command::Key { command } => key::run(&command),
        Command::Log { command } => log::run(&command),
        Command::Ready { config } => ready::run(config.as_deref()),
        Command::Link { data, top } => texts::link(&data, usize::from(top)),
        Command::Extract {
            data,
            min_confidence,
        } => texts::extract(&data, min_confidence),
        Command::Recommend(requests) => requests.answer(api::recommend_credentials),
        Command::Gap(requests) => requests.answer(api::analyse_gap),
        Command::Plan(requests) => requests.answer(api::plan_pathway),
        Command::Occupations(requests) => requests.answer(api::suggest_occupations),
        Command::CheckCredentials(arguments) => check_credentials::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Check { data_dir } => check(&data_dir),
        Command::Backup { data_dir, to } => backup(&data_dir, &to),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Man { dir } => man(&dir),
        Command::Completions { shell } => completions(shell),
    };
    match outcome {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing better is left to do if standard error is closed too.
            for (at, line) in said(&error).lines().enumerate() {
                let name = if at == 0 { "skillgap: " } else { "" };
                let _ = writeln!(io::stderr(), "{name}{}", printable(line));
            }
            ExitCode::FAILURE
        }
    }
}

/// An error with what caused it, each once: many say themselves what their cause says.
fn said(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !said.contains(&cause) {
            let colon = if said.is_empty() { "" } else { ": " };
            said.push_str(&format!("{colon}{cause}"));
        }
    }
    said
}

/// A reader such as `head` that has seen enough is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn serve(config: Option<&Path>, overrides: &Overrides) -> anyhow::Result<ExitCode> {
    service::run(Config::load(config, overrides)?)?;
    Ok(ExitCode::SUCCESS)
}

fn backup(data_dir: &Path, to: &Path) -> anyhow::Result<ExitCode> {
    let manifest = catalogue::backup(data_dir, to)?.manifest;
    writeln!(
        io::stdout(),
        "copied generation {} with {} credentials, up to change {}",
        manifest.generation,
        manifest.counts.get("credentials").unwrap_or(&0),
        manifest.commit
    )?;
    if skillgap_market::backup(data_dir, to)? {
        writeln!(io::stdout(), "copied the market")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn man(dir: &Path) -> anyhow::Result<ExitCode> {
    let pages = clap_mangen::generate_to(Arguments::command(), dir);
    pages.with_context(|| dir.display().to_string())?;
    Ok(ExitCode::SUCCESS)
}

fn completions(shell: clap_complete::Shell) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "skillgap", &mut script);
    io::stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

fn check(data_dir: &Path) -> anyhow::Result<ExitCode> {
    let catalogue = catalogue::open(data_dir)?;
    let manifest = &catalogue.manifest;
    let waiting = catalogue::changes_of_others(data_dir)?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "generation {} is whole: {}, {} files",
        manifest.generation,
        manifest.esco_name(),
        manifest.files.len()
    )?;
    for (name, count) in manifest.counts.iter().filter(|(_, count)| **count > 0) {
        writeln!(out, "{count:>10} {name}")?;
    }
    if manifest.commit > 0 {
        writeln!(
            out,
            "{:>10} is the number of the last change",
            manifest.commit
        )?;
    }
    if let Some(market) = skillgap_market::Market::open(data_dir)? {
        writeln!(out, "{:>10} jobs of the market", market.jobs().len())?;
    }
    for generation in waiting {
        writeln!(
            out,
            "changes to generation {generation} are not carried over yet; `skillgap serve` does so when it starts"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
