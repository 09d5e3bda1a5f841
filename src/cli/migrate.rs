//! `skillgap migrate`: carries credential files, or the catalogue of a data directory, over to another version of ESCO, line by line, and says what changed.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Map, Value};
use skillgap_catalogue::{self as catalogue, Filter};
use skillgap_credentials::files::PIECE_BYTES_MAX;
use skillgap_credentials::migrate::carry;
use skillgap_credentials::native;
use skillgap_esco::Esco;
use skillgap_esco::migrate::{Fate, Migration};
use skillgap_esco::package;
use skillgap_esco::report::{ReadReport, printable};

use super::export::each_found;
use super::lines::read_batch;

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
    #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present = "data_dir")]
    credentials: Vec<PathBuf>,
    /// The catalogue of a data directory, its changes included, instead of files or beside them.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let (old, new) = (
        read(&arguments.from).context("--from")?,
        read(&arguments.to).context("--to")?,
    );
    let replaced = arguments
        .replaced
        .as_deref()
        .map(replacements)
        .transpose()?
        .unwrap_or_default();
    let mut carrying = Carrying {
        migration: Migration::new(&old, &new, &replaced),
        out: BufWriter::new(io::stdout().lock()),
        counts: BTreeMap::new(),
        n_carried: 0,
    };
    let mut code = ExitCode::SUCCESS;
    for path in &arguments.credentials {
        let mut input =
            BufReader::new(File::open(path).with_context(|| path.display().to_string())?);
        let mut number = 0;
        loop {
            let batch = read_batch(&mut input, PIECE_BYTES_MAX, &mut number)
                .with_context(|| path.display().to_string())?;
            if batch.is_empty() {
                break;
            }
            for (number, line) in batch {
                match line.and_then(|text| credential(&text)) {
                    Ok(credential) => carrying.carry(credential)?,
                    Err(reason) => {
                        code = ExitCode::FAILURE;
                        writeln!(
                            io::stderr(),
                            "{}:{}: {reason}; it is not carried over",
                            path.display(),
                            number
                        )?;
                    }
                }
            }
        }
    }
    if let Some(data_dir) = &arguments.data_dir {
        let catalogue = catalogue::open(data_dir)?;
        each_found(
            &catalogue,
            "",
            &[],
            &Filter::default(),
            &mut |credential| match catalogue.credentials.given(&credential.id)? {
                Some(given) => carrying.carry(serde_json::from_str(&native::to_line(&given))?),
                None => Ok(()),
            },
        )?;
    }
    carrying.out.flush()?;
    let mut err = io::stderr().lock();
    writeln!(
        err,
        "{} credentials carried over from ESCO {} to {}",
        carrying.n_carried, old.version, new.version
    )?;
    for (name, count) in carrying.counts {
        writeln!(err, "{count:>10} links {name}")?;
    }
    Ok(code)
}

/// Credentials on their way, one at a time.
struct Carrying<'a> {
    migration: Migration<'a>,
    out: BufWriter<io::StdoutLock<'static>>,
    counts: BTreeMap<&'static str, u64>,
    n_carried: u64,
}

impl Carrying<'_> {
    fn carry(&mut self, mut credential: Map<String, Value>) -> anyhow::Result<()> {
        let fates = carry(&self.migration, &mut credential);
        let id = credential
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or("(no id)")
            .to_owned();
        let mut err = io::stderr().lock();
        for (uri, fate) in &fates {
            *self.counts.entry(fate.name()).or_default() += 1;
            if let Some(said) = said(fate) {
                writeln!(err, "{}", printable(&format!("{id}: {uri} {said}")))?;
            }
        }
        self.n_carried += 1;
        writeln!(self.out, "{}", Value::Object(credential))?;
        Ok(())
    }
}

/// A line of native JSON; other standards, and what is no credential, have no `id` and `title` by these names.
fn credential(text: &str) -> Result<Map<String, Value>, String> {
    let credential: Map<String, Value> =
        serde_json::from_str(text).map_err(|_| "is no JSON object".to_owned())?;
    match ["id", "title"]
        .into_iter()
        .find(|name| credential.get(*name).is_none_or(Value::is_null))
    {
        Some(missing) => Err(format!(
            "is no credential in native JSON: {missing} is missing"
        )),
        None => Ok(credential),
    }
}

fn read(paths: &[PathBuf]) -> anyhow::Result<Esco> {
    Ok(package::read(paths, &mut ReadReport::default(), &|_| {})?)
}

/// Reads the replacements; lines that are no two URIs, such as a header, are passed over.
pub(super) fn replacements(path: &Path) -> anyhow::Result<HashMap<String, String>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let pairs = text.lines().filter_map(|line| line.split_once('\t'));
    let pairs = pairs.map(|(old, new)| (old.trim().to_owned(), new.trim().to_owned()));
    Ok(pairs
        .filter(|(old, new)| old.contains(':') && new.contains(':'))
        .collect())
}

/// What is said of a link that is not as it was.
fn said(fate: &Fate) -> Option<String> {
    match fate {
        Fate::Same => None,
        Fate::Renamed { from, to } => Some(format!("is called {to:?} now, was {from:?}")),
        Fate::Replaced { uri } => Some(format!("is replaced by {uri}")),
        Fate::Relinked { uri, confidence } => Some(format!(
            "is gone; {uri} has the same label (inferred, {confidence})"
        )),
        Fate::Gone { label } => Some(format!(
            "is gone; the link to {label:?} stays as it is and teaches nothing"
        )),
        Fate::Unknown => Some("is in neither version; the link stays as it is".to_owned()),
    }
}
