//! What does each command do? Reads the arguments, calls the library, prints; no work of its own.
//!
//! Exit codes: 0 done, 1 the data or a request is bad, 2 wrong usage.

mod check_credentials;
mod demo;
mod export;
mod import;
mod index;
mod lines;
mod migrate;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use serde::{Deserialize, Serialize};
use skillgap_catalogue::{self as catalogue, Catalogue, CatalogueError};
use skillgap_linker::Query;

use crate::config::{Config, Overrides, Policy};
use crate::demand::{AdText, Demanded, Options, Requirement, extract};
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::rpc::{reachable_json, recommend_json};
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
    /// Builds a generation from ESCO packages, extra labels and credential files.
    Index(index::Arguments),
    /// Adds credential files to a running service, or to a data directory that no service writes to.
    Import(import::Arguments),
    /// Serves gRPC; on starter data unless a data directory is given.
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
    /// Recommends credentials: JSON lines of RecommendRequest in proto JSON in, one response a line out.
    Recommend {
        #[command(flatten)]
        data: Data,
        /// Configuration file, for limits, rates of exchange and accreditors; the default one is src/config/default.toml.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Ranks occupations by readiness: JSON lines of ReachableOccupationsRequest in proto JSON in, one response a line out.
    Reachable {
        #[command(flatten)]
        data: Data,
        /// Configuration file, as for recommend.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
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
}

/// A number from 0 to 1.
fn share(argument: &str) -> std::result::Result<f64, String> {
    argument
        .parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "must be a number from 0 to 1".to_owned())
}

#[derive(clap::Args)]
struct Data {
    /// Directory that `skillgap index` built; starter data if absent.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl Data {
    fn open(&self) -> std::result::Result<Catalogue, CatalogueError> {
        self.data_dir
            .as_deref()
            .map_or_else(catalogue::starter, catalogue::open)
    }
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Demo => demo::run(&mut io::stdout().lock()),
        Command::Index(arguments) => index::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Serve {
            listen,
            data_dir,
            config,
        } => serve(config.as_deref(), &Overrides { listen, data_dir }),
        Command::Link { data, top } => link(&data, usize::from(top)),
        Command::Extract {
            data,
            min_confidence,
        } => extract_ads(&data, min_confidence),
        Command::Recommend { data, config } => {
            answer_lines(&data, config.as_deref(), recommend_json)
        }
        Command::Reachable { data, config } => {
            answer_lines(&data, config.as_deref(), reachable_json)
        }
        Command::CheckCredentials(arguments) => check_credentials::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Check { data_dir } => check(&data_dir),
        Command::Backup { data_dir, to } => backup(&data_dir, &to),
        Command::Migrate(arguments) => migrate::run(&arguments),
    };
    match outcome {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing better is left to do if standard error is closed too.
            let _ = writeln!(io::stderr(), "skillgap: {error:#}");
            ExitCode::FAILURE
        }
    }
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
    Ok(ExitCode::SUCCESS)
}

fn check(data_dir: &Path) -> anyhow::Result<ExitCode> {
    let catalogue = catalogue::open(data_dir)?;
    let manifest = &catalogue.manifest;
    let waiting = catalogue::changes_of_others(data_dir)?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "generation {} is whole: ESCO {}, {} files",
        manifest.generation,
        manifest.esco_version,
        manifest.files.len()
    )?;
    for (name, count) in &manifest.counts {
        writeln!(out, "{count:>10} {name}")?;
    }
    if manifest.commit > 0 {
        writeln!(
            out,
            "{:>10} is the number of the last change",
            manifest.commit
        )?;
    }
    for generation in waiting {
        writeln!(
            out,
            "changes to generation {generation} are not carried over yet; `skillgap serve` does so when it starts"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One line of input for `link` and `extract`.
#[derive(Deserialize)]
struct TextLine {
    id: serde_json::Value,
    text: String,
    lang: Option<String>,
}

#[derive(Serialize)]
struct LinkedLine<'a> {
    id: serde_json::Value,
    skills: Vec<LinkedSkill<'a>>,
}

#[derive(Serialize)]
struct LinkedSkill<'a> {
    uri: &'a str,
    label: &'a str,
    score: f32,
}

fn text_line(line: &str, bytes_max: usize) -> Result<TextLine> {
    // serde's message may quote the text.
    let no_line = |error: serde_json::Error| {
        Error::invalid(
            "line",
            format!(
                "is no JSON object with id and text (column {})",
                error.column()
            ),
        )
    };
    let mut line: TextLine = serde_json::from_str(line).map_err(no_line)?;
    if let Some(lang) = &mut line.lang {
        lang.make_ascii_lowercase();
        if lang.len() != 2 || !lang.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(Error::invalid("lang", "must be a code of 2 letters"));
        }
    }
    if line.text.len() > bytes_max {
        return Err(Error::invalid(
            "text",
            format!(
                "has {} bytes, at most {bytes_max} are allowed",
                line.text.len()
            ),
        ));
    }
    Ok(line)
}

fn link(data: &Data, top: usize) -> anyhow::Result<ExitCode> {
    let (catalogue, limits) = (data.open()?, Limits::default());
    lines::transform(
        &mut io::stdin().lock(),
        &mut BufWriter::new(io::stdout().lock()),
        |line| {
            let line = text_line(line, limits.ad_bytes_max)?;
            let language = line.lang.as_deref().unwrap_or_default();
            let linked = catalogue.linker.link(
                Query {
                    text: &line.text,
                    language: line.lang.as_deref(),
                },
                top,
            );
            let skills = linked.iter().map(|linked| LinkedSkill {
                uri: catalogue.skill_uri(linked.skill),
                label: catalogue.skill_label(linked.skill, language),
                score: linked.score,
            });
            to_json(&LinkedLine {
                id: line.id,
                skills: skills.collect(),
            })
        },
    )
}

#[derive(Serialize)]
struct ExtractedLine<'a> {
    id: serde_json::Value,
    lang: &'a str,
    skills: Vec<ExtractedSkill<'a>>,
    unmatched: Vec<[usize; 2]>,
}

#[derive(Serialize)]
struct ExtractedSkill<'a> {
    uri: &'a str,
    label: &'a str,
    confidence: f64,
    requirement: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    #[serde(rename = "yearsMin", skip_serializing_if = "Option::is_none")]
    years_min: Option<f32>,
    spans: Vec<[usize; 2]>,
}

fn extract_ads(data: &Data, confidence_min: f64) -> anyhow::Result<ExitCode> {
    let (catalogue, limits) = (data.open()?, Limits::default());
    lines::transform(
        &mut io::stdin().lock(),
        &mut BufWriter::new(io::stdout().lock()),
        |line| {
            let line = text_line(line, limits.ad_bytes_max)?;
            let options = Options {
                language: line.lang.as_deref(),
                confidence_min,
                skills_max: limits.skills_demanded_max,
            };
            // An empty ad asks for nothing.
            let demand = AdText::new("text", &line.text, limits.ad_bytes_max)
                .map(|ad| extract(&catalogue, ad, options))
                .unwrap_or_default();
            let skills = demand
                .skills
                .iter()
                .map(|demanded| extracted(&catalogue, demanded, &demand.language))
                .collect();
            let unmatched = demand
                .unmatched
                .iter()
                .map(|span| [span.start, span.end])
                .collect();
            to_json(&ExtractedLine {
                id: line.id,
                lang: &demand.language,
                skills,
                unmatched,
            })
        },
    )
}

fn extracted<'a>(
    catalogue: &'a Catalogue,
    demanded: &Demanded,
    language: &str,
) -> ExtractedSkill<'a> {
    ExtractedSkill {
        uri: catalogue.skill_uri(demanded.skill),
        label: catalogue.skill_label(demanded.skill, language),
        confidence: (demanded.confidence * 1e4).round() / 1e4,
        requirement: match demanded.requirement {
            Requirement::Essential => "essential",
            Requirement::Optional => "optional",
        },
        level: demanded.level.map(|level| level.to_string()),
        years_min: demanded.years,
        spans: demanded
            .spans
            .iter()
            .map(|span| [span.start, span.end])
            .collect(),
    }
}

/// One request in proto JSON a line, one response.
fn answer_lines(
    data: &Data,
    config: Option<&Path>,
    answer: fn(&Catalogue, &Limits, &Policy, &str) -> Result<String>,
) -> anyhow::Result<ExitCode> {
    let config = config
        .map(|file| Config::load(Some(file), &Overrides::default()))
        .transpose()?;
    let (limits, policy) =
        config.map_or_else(Default::default, |config| (config.limits, config.policy));
    let catalogue = data.open()?;
    lines::transform(
        &mut io::stdin().lock(),
        &mut BufWriter::new(io::stdout().lock()),
        |line| answer(&catalogue, &limits, &policy, line),
    )
}

fn to_json(line: &impl Serialize) -> Result<String> {
    serde_json::to_string(line)
        .context("encoding")
        .map_err(|_| Error::Internal)
}
