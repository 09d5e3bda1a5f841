//! What a command reads by, and what it says of the files that it read: each kind of fault once a file, with how it is mended, how many rows were used, and one
//! sentence at the end.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use skillgap_credentials::Mapping;
use skillgap_credentials::check::example;
use skillgap_esco::report::{FaultKind, Faults, List, ReadReport, printable};

/// How somebody else's files are read, and where all faults are listed.
#[derive(clap::Args)]
pub(super) struct Reading {
    /// File (TOML), or folder of such, that says which columns of a table, or members of JSON, are which fields; of several the first that is for a file
    /// counts. See docs/formats.md.
    #[arg(long = "mapping", value_name = "PATH")]
    mappings: Vec<PathBuf>,
    /// Writes every rejected record and every doubt to this file, one a line: what, file, line, field and reason, with tabs between.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

impl Reading {
    /// The mappings.
    pub(super) fn mappings(&self) -> anyhow::Result<Vec<Mapping>> {
        let mut files = Vec::new();
        for path in &self.mappings {
            match path.is_dir() {
                true => files.extend(toml_files(path)?),
                false => files.push(path.clone()),
            }
        }
        let read = files.iter().map(|path| {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            let mapping = Mapping::parse(&text).map_err(anyhow::Error::msg);
            mapping.with_context(|| path.display().to_string())
        });
        read.collect()
    }

    /// A report that has read nothing yet.
    pub(super) fn report(&self) -> io::Result<ReadReport> {
        Ok(ReadReport {
            list: self.faults.as_deref().map(List::create).transpose()?,
            ..ReadReport::default()
        })
    }
}

/// The mappings of a folder, by name.
fn toml_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?;
    let files: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut files = files?;
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "toml")
    });
    files.sort();
    Ok(files)
}

/// Says to `err` what was rejected and what is in doubt, and ends the list of all of it.
pub(super) fn print_faults(report: &mut ReadReport, err: &mut impl Write) -> io::Result<()> {
    for kind in Faults::from(report.rejected.as_slice()).kinds() {
        writeln!(err, "rejected {kind}")?;
    }
    for kind in report.doubts.kinds() {
        let fix = example(&kind.field).map(|example| format!("; write {example}"));
        writeln!(err, "doubtful {kind}{}", fix.unwrap_or_default())?;
    }
    report.end_list()
}

/// Says what was rejected and in doubt, and how many rows of each file were used.
pub(super) fn print_reports(reports: &mut [&mut ReadReport]) -> io::Result<()> {
    let (mut out, mut n_rejected) = (io::stdout().lock(), 0);
    for report in reports {
        print_faults(report, &mut io::stderr().lock())?;
        for file in &report.files {
            let name = printable(&file.file);
            writeln!(
                out,
                "{:>10} of {:>8} rows used of {name}",
                file.used, file.rows
            )?;
        }
        n_rejected += report.rejected.len();
    }
    match n_rejected {
        0 => Ok(()),
        n => writeln!(out, "{n:>10} rows rejected"),
    }
}

/// How many courses were used, and why most of the others were not.
pub(super) fn in_words(report: &ReadReport) -> String {
    let rows: u64 = report.files.iter().map(|file| file.rows).sum();
    let used: u64 = report.files.iter().map(|file| file.used).sum();
    let mut words = format!("{used} of {rows} courses used");
    match report.doubts.count() {
        0 => {}
        1 => words.push_str(", with 1 value in doubt"),
        count => words.push_str(&format!(", with {count} values in doubt")),
    }
    let rejected = Faults::from(report.rejected.as_slice());
    let most = rejected.kinds().iter().max_by_key(|kind| kind.count);
    if let Some(FaultKind { reason, count, .. }) = most {
        let count = match rejected.kinds().len() {
            1 => String::new(),
            _ => format!("{count} times "),
        };
        words.push_str(&format!(": {count}{}", printable(reason)));
    }
    words
}
