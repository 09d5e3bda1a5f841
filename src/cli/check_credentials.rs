//! `skillgap check-credentials`: what do credentials leave unsaid? For each a list of what is missing or doubtful, and shares over all, for people or as JSON lines.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};
use skillgap_catalogue::open;
use skillgap_credentials::credential::{Credential, text_in};
use skillgap_credentials::transparency::{ELEMENTS, Finding, Group, Shares, State, check};
use skillgap_credentials::{day, files};
use skillgap_esco::report::printable;

use super::report::{Reading, in_words, print_faults};

/// Language of titles where there are several.
const LANGUAGE: &str = "en";

/// Arguments of `skillgap check-credentials`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Credential files, or folders of them, in any format that `index` reads.
    #[arg(value_name = "PATH", num_args = 1.., required = true)]
    paths: Vec<PathBuf>,
    /// Writes JSON lines: one a credential, the last with the shares over all.
    #[arg(long)]
    json: bool,
    /// Leaves out the list of each credential.
    #[arg(long)]
    summary: bool,
    #[command(flatten)]
    reading: Reading,
    /// Directory that `skillgap index` built, with whose ESCO the credentials are linked: those that teach no skill are listed.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    let (today, mut report, mut shares, mut failed) = (
        day::today(),
        arguments.reading.report()?,
        Shares::default(),
        None,
    );
    let catalogue = arguments.data_dir.as_deref().map(open).transpose()?;
    let mut without_skill = Vec::new();
    files::for_each_mapped(
        &arguments.paths,
        &arguments.reading.mappings()?,
        today,
        &mut report,
        &mut |mut credential| {
            let findings = check(&credential, today);
            shares.add(&findings);
            if !arguments.summary && failed.is_none() {
                let written = if arguments.json {
                    writeln!(out, "{}", as_json(&credential, &findings))
                } else {
                    print(&mut out, &credential, &findings)
                };
                failed = written.err();
            }
            if let Some(catalogue) = &catalogue {
                catalogue.link_outcomes(std::slice::from_mut(&mut credential));
                if !catalogue.teaches(&credential) {
                    without_skill.push(credential.id);
                }
            }
            Ok(())
        },
    )?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    if arguments.json {
        writeln!(
            out,
            "{}",
            json!({ "credentials": shares.credentials, "files": report.files.len(), "rejected": report.rejected.len(), "elements": shares_json(&shares), "withoutSkill": catalogue.is_some().then_some(&without_skill) })
        )?;
    } else {
        print_shares(&mut out, &shares, report.files.len())?;
        for id in &without_skill {
            writeln!(
                out,
                "teaches no skill that could be told: {}",
                printable(id)
            )?;
        }
    }
    out.flush()?;
    let mut err = io::stderr().lock();
    print_faults(&mut report, &mut err)?;
    writeln!(err, "{}", in_words(&report))?;
    Ok(if report.rejected.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The to-do list of one credential.
fn print(out: &mut impl Write, credential: &Credential, findings: &[Finding]) -> io::Result<()> {
    let by = credential
        .provider_name()
        .or(credential.awarding_body_name())
        .map(|name| format!(", {name}"))
        .unwrap_or_default();
    writeln!(
        out,
        "{}  {}{}",
        printable(&credential.id),
        printable(text_in(&credential.title, LANGUAGE)),
        printable(&by)
    )?;
    for group in [Group::Mandatory, Group::Optional, Group::Template] {
        let missing: Vec<&str> = of(findings, group, State::Missing)
            .map(|(name, _)| name)
            .collect();
        if !missing.is_empty() {
            writeln!(
                out,
                "  {:<10} missing   {}",
                group.name(),
                missing.join(", ")
            )?;
        }
        for (name, note) in of(findings, group, State::Doubtful) {
            let note = printable(note);
            writeln!(out, "  {:<10} doubtful  {name}: {note}", group.name())?;
        }
    }
    writeln!(out)
}

/// Names and notes of the elements of one group in one state.
fn of(
    findings: &[Finding],
    group: Group,
    state: State,
) -> impl Iterator<Item = (&'static str, &str)> {
    let all = ELEMENTS.iter().zip(findings);
    all.filter(move |(element, finding)| element.group == group && finding.state == state)
        .map(|(element, finding)| (element.name, finding.note.as_str()))
}

fn print_shares(out: &mut impl Write, shares: &Shares, n_files: usize) -> io::Result<()> {
    writeln!(out, "{} credentials in {n_files} files", shares.credentials)?;
    writeln!(
        out,
        "{:<10} {:<22} {:>8} {:>9} {:>8}",
        "", "element", "there", "doubtful", "missing"
    )?;
    for (at, element) in ELEMENTS.iter().enumerate() {
        // What is zero stays blank, so that what is there can be seen.
        let percent = |state| match shares.share(at, state) {
            0.0 => String::new(),
            share => format!("{:.1} %", 100.0 * share),
        };
        let (there, doubtful, missing) = (
            percent(State::There),
            percent(State::Doubtful),
            percent(State::Missing),
        );
        let line = format!(
            "{:<10} {:<22} {there:>8} {doubtful:>9} {missing:>8}",
            element.group.name(),
            element.name
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn as_json(credential: &Credential, findings: &[Finding]) -> Value {
    let names = |state: State| {
        ELEMENTS
            .iter()
            .zip(findings)
            .filter(move |(_, finding)| finding.state == state)
            .map(|(element, _)| element.name)
    };
    let doubtful = ELEMENTS
        .iter()
        .zip(findings)
        .filter(|(_, finding)| finding.state == State::Doubtful);
    json!({
        "id": credential.id,
        "title": text_in(&credential.title, LANGUAGE),
        "provider": credential.provider.as_ref().or(credential.awarding_body.as_ref()),
        "there": names(State::There).collect::<Vec<_>>(),
        "doubtful": doubtful.map(|(element, finding)| json!({ "element": element.name, "note": finding.note })).collect::<Vec<_>>(),
        "missing": names(State::Missing).collect::<Vec<_>>(),
        "doubts": credential.doubts,
    })
}

fn shares_json(shares: &Shares) -> Vec<Value> {
    let elements = ELEMENTS.iter().enumerate().map(|(at, element)| {
        let share = |state| (shares.share(at, state) * 1e4).round() / 1e4;
        json!({ "element": element.name, "group": element.group, "there": share(State::There), "doubtful": share(State::Doubtful), "missing": share(State::Missing) })
    });
    elements.collect()
}
