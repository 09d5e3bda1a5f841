//! `skillgap index`: reads packages and credential files, builds a generation, and says what was read and what was rejected.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use skillgap_catalogue::CatalogueError;
use skillgap_catalogue::{self as catalogue, Store};
use skillgap_credentials::credential::Credential;
use skillgap_credentials::{files, suggest};
use skillgap_esco::Esco;
use skillgap_esco::migrate;
use skillgap_esco::report::{ReadReport, printable};
use skillgap_esco::{labels, package};

use super::migrate::replacements;
use super::report::{Reading, in_words, print_reports};

/// Arguments of `skillgap index`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// ESCO packages as downloaded: zip files or folders of CSV files, classification and relations.
    #[arg(long, value_name = "PATH", num_args = 1.., required_unless_present_any = ["starter", "suggest_mapping"])]
    esco: Vec<PathBuf>,
    /// Instead of packages, the excerpt of ESCO that the program carries.
    #[arg(long, conflicts_with_all = ["esco", "labels"])]
    starter: bool,
    /// Extra labels of skills, occupations and groups by URI: TSV with the columns conceptUri, lang, kind (pref, alt), label, gzipped or not; without lang the
    /// file's name says it (occ_de.tsv). A tar or tar.gz of such files is read whole.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    labels: Vec<PathBuf>,
    /// Packages of former versions of ESCO, each a zip of the classification or a folder: requests and credentials that name their URIs are led on.
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with = "starter")]
    former: Vec<PathBuf>,
    /// Two columns with tabs between, old URI and new URI, as in ESCO's delta.
    #[arg(long, value_name = "FILE", conflicts_with = "starter")]
    replaced: Option<PathBuf>,
    /// Credential files, or folders of them: native JSON lines, CSV, ELM, LOQ, EDC, Open Badges, CLR, CTDL, ELMO; told apart by content.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    credentials: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// Replaces a catalogue also by one that is far smaller.
    #[arg(long)]
    allow_shrink: bool,
    /// Configuration file of a service whose `change_log` machines follow: they go on with the generation, all at one change.
    #[arg(long, value_name = "FILE")]
    publish: Option<PathBuf>,
    /// Directory for the generation; made if absent. With --publish none that a service runs on.
    #[arg(long, value_name = "DIR", required_unless_present = "suggest_mapping")]
    data_dir: Option<PathBuf>,
    /// Instead of building, writes a first mapping for a table or JSON of somebody else to standard output.
    #[arg(long, value_name = "FILE", exclusive = true)]
    suggest_mapping: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(path) = &arguments.suggest_mapping {
        let written = suggest(path).with_context(|| path.display().to_string())?;
        write!(io::stdout(), "{written}")?;
        return Ok(ExitCode::SUCCESS);
    }
    // The command line asks for it.
    let data_dir = arguments.data_dir.as_deref().unwrap_or(Path::new("."));
    let started = Instant::now();
    let bar = bar();
    let (mut packages, mut report) = (ReadReport::default(), arguments.reading.report()?);
    let read = read_all(arguments, &mut packages, &mut report, &bar);
    bar.suspend(|| print_reports(&mut [&mut packages, &mut report]))?;
    let (esco, credentials) = read?;
    if esco.skills.is_empty() {
        bail!("no skill of the given packages can be used; nothing is built");
    }
    if !arguments.credentials.is_empty() && credentials.is_empty() {
        bail!("{}; nothing is built", in_words(&report));
    }
    if !arguments.allow_shrink {
        refuse_to_shrink(data_dir, &esco, credentials.len())?;
    }
    let catalogue::Built {
        manifest,
        without_skill,
    } = catalogue::build(data_dir, esco, credentials, &|step, done, all| {
        bar.set_message(step.to_owned());
        bar.set_length(all);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "built generation {} of {} in {:.1} s",
        manifest.generation,
        manifest.esco_name(),
        started.elapsed().as_secs_f32()
    )?;
    for (name, count) in manifest.counts.iter().filter(|(_, count)| **count > 0) {
        writeln!(out, "{count:>10} {name}")?;
    }
    print_without_skill(&without_skill, &mut out)?;
    carry_over(data_dir, &mut out)?;
    if let Some(config) = &arguments.publish {
        let number = super::log::publish(config, data_dir)?;
        writeln!(out, "{number:>10} is its number in the log")?;
    }
    if !arguments.credentials.is_empty() {
        writeln!(out, "{}", in_words(&report))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Credentials without a skill that are named; `check-credentials --data-dir` names all.
const NAMED_MAX: usize = 10;

/// Says which credentials can close no gap, since no skill of theirs is known.
fn print_without_skill(ids: &[String], out: &mut impl Write) -> io::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let named = ids.iter().take(NAMED_MAX).map(|id| printable(id));
    let named = named
        .map(|id| id.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    let more = match ids.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more (check-credentials --data-dir names them)"),
    };
    writeln!(
        out,
        "{:>10} credentials teach no skill that could be told: {named}{more}",
        ids.len()
    )
}

/// Least share of what the current generation has that a new one must have.
const KEPT_MIN: f64 = 0.8;

/// A download that was cut off, or a forgotten argument, must not replace what is served.
fn refuse_to_shrink(data_dir: &Path, esco: &Esco, n_credentials: usize) -> anyhow::Result<()> {
    // Where nothing can be read, there is nothing to lose.
    let Ok(former) = catalogue::built(data_dir) else {
        return Ok(());
    };
    let counted = |names: &[&str]| -> u64 {
        let counts = names.iter().filter_map(|name| former.counts.get(*name));
        counts.sum()
    };
    let concepts = ["skills", "skill groups", "occupations", "ISCO groups"];
    let n_concepts = [
        esco.skills.len(),
        esco.groups.len(),
        esco.occupations.len(),
        esco.isco_groups.len(),
    ];
    for (what, n_new, n_old) in [
        ("credentials", n_credentials, counted(&["credentials"])),
        ("ESCO concepts", n_concepts.iter().sum(), counted(&concepts)),
    ] {
        if (n_new as f64) < KEPT_MIN * n_old as f64 {
            bail!(
                "{n_new} {what} would replace {n_old}; nothing is built (--allow-shrink builds it all the same)"
            );
        }
    }
    Ok(())
}

/// Changes that were made to the former generation hold for the new one, too.
fn carry_over(data_dir: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    if catalogue::changes_of_others(data_dir)?.is_empty() {
        return Ok(());
    }
    match Store::open(data_dir) {
        Ok((_, carried)) => {
            writeln!(out, "{:>10} changes carried over", carried.kept)?;
            for (id, refusal) in carried.replaced {
                let id = printable(&id);
                writeln!(
                    out,
                    "credential {id}: {refusal}; the change before is not carried over"
                )?;
            }
        }
        Err(CatalogueError::Locked(_)) => writeln!(
            out,
            "the service that runs on this directory carries the changes over"
        )?,
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn read_all(
    arguments: &Arguments,
    packages: &mut ReadReport,
    report: &mut ReadReport,
    bar: &ProgressBar,
) -> anyhow::Result<(Esco, Vec<Credential>)> {
    if arguments.starter {
        return Ok((
            catalogue::starter_esco()?,
            files::read_mapped(
                &arguments.credentials,
                &arguments.reading.mappings()?,
                report,
            )?,
        ));
    }
    let mut esco = package::read(&arguments.esco, packages, &|file| {
        bar.set_message(format!("reading {}", printable(file)))
    })?;
    for path in &arguments.labels {
        bar.set_message(format!("reading {}", path.display()));
        labels::read(path, &mut esco, packages)?;
    }
    let former = arguments.former.iter().map(|path| {
        bar.set_message(format!("reading {}", path.display()));
        package::read(
            std::slice::from_ref(path),
            &mut ReadReport::default(),
            &|_| {},
        )
    });
    let former = former.collect::<skillgap_esco::Result<Vec<_>>>()?;
    let replaced = arguments
        .replaced
        .as_deref()
        .map(replacements)
        .transpose()?
        .unwrap_or_default();
    migrate::note_former(&mut esco, &former, &replaced);
    Ok((
        esco,
        files::read_mapped(
            &arguments.credentials,
            &arguments.reading.mappings()?,
            report,
        )?,
    ))
}

/// A bar on a terminal, nothing elsewhere.
pub(super) fn bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) =
        ProgressStyle::with_template("{spinner} {msg} {bar:30} {pos}/{len} {elapsed}")
    {
        bar.set_style(style);
    }
    bar
}
