//! `skillgap market`: reads ads into the market of a data directory, and tells what it asks for.
//!
//! Some thousand ads are read at a time, understood in parallel, and committed together; their texts are gone after that.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use rayon::prelude::*;
use serde_json::Value;
use skillgap_catalogue::{self as catalogue, Catalogue};
use skillgap_credentials::day;
use skillgap_esco::report::{FileCount, List, ReadReport, Rejected, printable};
use skillgap_linker::reading::{Author, SegmentKind};
use skillgap_market::posting::{Doubt, Posting};
use skillgap_market::{Added, IscoCode, Market, Signature, Store, Understood};

use super::data::with_view;
use super::postings;
use super::report::print_reports;
use crate::api::{list_occupation_demand, list_skill_demand, wire};
use crate::config::Policy;
use crate::demand::{self, AdText, Options, Requirement};
use crate::limits::Limits;

/// Ads of one commit.
const TOGETHER: usize = 2_000;
/// Least probability of the ISCO code that is inferred: of four digits, else of fewer.
const ISCO_MIN: f64 = 0.5;

/// What can be done with a market.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Reads ads: JobPosting (JSON-LD, also in pages), JobTech's stream, or JSON lines. See docs/market.md.
    Import(Import),
    /// Tells what jobs ask for, as a table.
    Demand(Demand),
}

/// Arguments of `skillgap market import`.
#[derive(clap::Args)]
pub(super) struct Import {
    /// Files of ads, those of the oldest first.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Directory that `skillgap index` built, which gets the market.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// Name of the source of ads that name none.
    #[arg(long, default_value = "feed")]
    source: String,
    /// Table of places: lines of country, code (postal code, region or municipality, as the feed writes it) and NUTS code, with commas between.
    #[arg(long, value_name = "FILE")]
    places: Option<PathBuf>,
    /// Writes every rejected ad and every doubt to this file, one a line.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

/// Arguments of `skillgap market demand`.
#[derive(clap::Args)]
pub(super) struct Demand {
    /// Directory with a market.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// Beginning of a NUTS code; all regions if absent.
    #[arg(long, default_value = "")]
    region: String,
    /// Beginning of an ISCO-08 code; all occupations if absent.
    #[arg(long, default_value = "")]
    isco: String,
    /// Section of NACE.
    #[arg(long, default_value = "")]
    nace: String,
    /// What is listed.
    #[arg(long, value_enum, default_value_t = By::Skills)]
    by: By,
    /// How it is written: a table of one line a skill or occupation, or SDMX-CSV 2.0.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Language of labels.
    #[arg(long, default_value = "en")]
    lang: String,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum By {
    Skills,
    Occupations,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    Csv,
    SdmxCsv,
}

pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Import(arguments) => import(arguments),
        Command::Demand(arguments) => demand(arguments),
    }
}

/// NUTS codes by country and code of a place.
type Places = BTreeMap<(String, String), String>;

fn places(path: &Path) -> anyhow::Result<Places> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let numbered = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty());
    let read = numbered.map(|(line, number)| {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        match cells.as_slice() {
            [country, code, nuts] => Ok((
                (country.to_uppercase(), code.to_lowercase()),
                nuts.to_uppercase(),
            )),
            _ => anyhow::bail!(
                "{}: line {number} is no country, code and NUTS code",
                path.display()
            ),
        }
    });
    read.collect()
}

/// An ad that is there, with its line.
type Read = (u64, Result<(Posting, Vec<Doubt>), String>);

/// What is being read.
struct Importing<'a> {
    catalogue: &'a Catalogue,
    store: Store,
    places: Places,
    version: String,
    report: ReadReport,
    n_new: u64,
    n_copies: u64,
    n_replaced: u64,
}

fn import(arguments: &Import) -> anyhow::Result<ExitCode> {
    let catalogue = catalogue::open(&arguments.data_dir)?;
    let manifest = &catalogue.manifest;
    let mut importing = Importing {
        store: Store::open(&arguments.data_dir)?,
        places: arguments
            .places
            .as_deref()
            .map(places)
            .transpose()?
            .unwrap_or_default(),
        version: format!(
            "linker {} {}, ESCO {}",
            env!("CARGO_PKG_VERSION"),
            manifest.encoder_version,
            manifest.esco_version
        ),
        report: ReadReport {
            list: arguments.faults.as_deref().map(List::create).transpose()?,
            ..ReadReport::default()
        },
        catalogue: &catalogue,
        n_new: 0,
        n_copies: 0,
        n_replaced: 0,
    };
    let (today, mut failed) = (day::today(), None);
    for path in &arguments.files {
        let name = path.display().to_string();
        importing.report.files.push(FileCount {
            file: name.clone(),
            rows: 0,
            used: 0,
        });
        let mut batch: Vec<Read> = Vec::with_capacity(TOGETHER);
        let read = postings::for_each(path, &mut |(line, ad)| {
            let posting =
                |ad: Value| Posting::read(&ad, &arguments.source, today).map_err(str::to_owned);
            batch.push((line, ad.and_then(posting)));
            if batch.len() >= TOGETHER {
                importing.take(&name, std::mem::take(&mut batch))?;
            }
            Ok(())
        });
        let taken = read.and_then(|()| importing.take(&name, batch));
        failed = failed.or(taken.err());
    }
    if failed.is_none() && importing.store.is_worth_compacting() {
        importing.store.compact()?;
    }
    let counted = importing.store.commit()?;
    print_reports(&mut [&mut importing.report])?;
    let mut out = io::stdout().lock();
    for (n, what) in [
        (importing.n_new, "jobs were new"),
        (importing.n_copies, "ads were further ones of a job"),
        (importing.n_replaced, "ads were there already"),
        (counted.jobs, "jobs of the market"),
    ] {
        writeln!(out, "{n:>10} {what}")?;
    }
    match failed {
        Some(error) => Err(error),
        None if importing.report.rejected.is_empty() => Ok(ExitCode::SUCCESS),
        None => Ok(ExitCode::FAILURE),
    }
}

impl Importing<'_> {
    /// Understands ads, adds them and commits.
    fn take(&mut self, file: &str, mut batch: Vec<Read>) -> anyhow::Result<()> {
        for (_, read) in &mut batch {
            if let Ok((posting, _)) = read {
                self.locate(posting);
            }
        }
        // Earlier ads first, so that later ones are their copies.
        batch.sort_by_key(|(_, read)| read.as_ref().map_or(0, |(posting, _)| posting.first_day));
        let (catalogue, version) = (self.catalogue, &self.version);
        let understood: Vec<_> = batch
            .par_iter()
            .map(|(_, read)| match read {
                Ok((posting, _)) if !posting.is_over => {
                    understand(catalogue, posting, version).map(Some)
                }
                _ => Ok(None),
            })
            .collect();
        for ((line, read), understood) in batch.into_iter().zip(understood) {
            let taken = read.and_then(|read| Ok((read, understood?)));
            let (is_used, reason) = match taken {
                Ok(((posting, doubts), understood)) => {
                    for (field, reason) in doubts {
                        self.report.doubt(file, line, field, reason);
                    }
                    self.add(&posting, understood.as_ref());
                    (true, String::new())
                }
                Err(reason) => (false, reason),
            };
            if let Some(count) = self.report.files.last_mut() {
                count.rows += 1;
                count.used += u64::from(is_used);
            }
            if !is_used {
                let file = file.to_owned();
                self.report.rejected.push(Rejected { file, line, reason });
            }
        }
        self.store.commit()?;
        Ok(())
    }

    /// Finds the NUTS codes of places in the operator's table.
    fn locate(&self, posting: &mut Posting) {
        for place in posting
            .places
            .iter_mut()
            .filter(|place| place.nuts.is_empty())
        {
            let found = place.codes.iter().find_map(|code| {
                let key = (place.country.clone(), code.to_lowercase());
                self.places.get(&key)
            });
            place.nuts = found.cloned().unwrap_or_default();
        }
    }

    fn add(&mut self, posting: &Posting, understood: Option<&Understood>) {
        let Some(understood) = understood else {
            let day = posting.last_day.unwrap_or(posting.first_day);
            return self.store.over(&posting.source, &posting.id, day);
        };
        for added in self.store.add(posting, understood) {
            match added {
                Added::New => self.n_new += 1,
                Added::Copy => self.n_copies += 1,
                Added::Replaced => self.n_replaced += 1,
            }
        }
    }
}

/// Reads what an ad asks for, by the same stage as advice does.
fn understand(
    catalogue: &Catalogue,
    posting: &Posting,
    version: &str,
) -> Result<Understood, String> {
    let whole = format!("{}\n\n{}", posting.title, posting.text);
    let limits = Limits::default();
    let ad =
        AdText::new("text", &whole, limits.ad_bytes_max).map_err(|violation| violation.reason)?;
    let options = Options {
        language: posting.language.as_deref(),
        ..Options::default()
    };
    let reading = ad.read(Author::Organisation, options.language);
    let demand = demand::demand_with_job(catalogue, &reading, options);
    let esco = &catalogue.esco;
    let stated = posting.occupation.as_deref().map(|uri| esco.led_on(uri));
    let stated = stated
        .and_then(|uri| esco.occupation_by_uri(uri))
        .and_then(|id| esco.occupations.get(id.row()));
    let skills: Vec<_> = demand
        .skills
        .iter()
        .map(|of| (of.skill, of.confidence))
        .collect();
    let language = Some(demand.language.as_str()).filter(|language| !language.is_empty());
    let about = demand::about(catalogue, &demand.job, language, &skills);
    let inferred = about.first().filter(|of| of.confidence >= ISCO_MIN);
    let inferred = inferred.and_then(|of| esco.occupations.get(of.occupation.row()));
    let codes = about.iter().filter_map(|of| {
        let occupation = esco.occupations.get(of.occupation.row())?;
        Some((IscoCode::parse(&occupation.isco_group)?, of.confidence))
    });
    let isco = match stated {
        Some(occupation) => IscoCode::parse(&occupation.isco_group).map(|code| (code, 1.0)),
        None => surest(&codes.collect::<Vec<_>>()),
    };
    let asking = reading.segments.iter().filter(|segment| {
        segment.kind != SegmentKind::Heading && segment.silent.is_none() && segment.section.asks()
    });
    let asked = demand.skills.iter().map(|of| {
        let is_essential = of.requirement == Requirement::Essential;
        (
            catalogue.skill_uri(of.skill).to_owned(),
            of.confidence,
            is_essential,
        )
    });
    Ok(Understood {
        isco,
        occupation: stated
            .or(inferred)
            .map(|of| of.uri.clone())
            .unwrap_or_default(),
        asked: asked.collect(),
        signature: Signature::of(asking.map(|segment| segment.text.as_str())),
        version: version.to_owned(),
    })
}

/// The longest beginning of an ISCO code that is surer than not.
fn surest(codes: &[(IscoCode, f64)]) -> Option<(IscoCode, f64)> {
    (1..=4).rev().find_map(|digits| {
        let mut sums: BTreeMap<IscoCode, f64> = BTreeMap::new();
        for (code, sure) in codes.iter().filter(|(code, _)| code.digits() == 4) {
            *sums.entry(code.first(digits)).or_default() += sure;
        }
        let best = sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
        best.filter(|(_, sure)| *sure >= ISCO_MIN)
    })
}

/// One line of a table.
struct Row {
    isco: String,
    skill: String,
    label: String,
    figure: wire::DemandFigure,
}

fn demand(arguments: &Demand) -> anyhow::Result<ExitCode> {
    let catalogue = catalogue::open(&arguments.data_dir)?;
    let market = Market::open(&arguments.data_dir)?;
    let market =
        market.with_context(|| format!("{}: no market here", arguments.data_dir.display()))?;
    let limits = Limits {
        top_k_max: usize::MAX,
        ..Limits::default()
    };
    let (cell, rows, notes) = with_view(&catalogue, &limits, &Policy::default(), |view| {
        let view = &crate::api::View {
            market: Some(&market),
            ..*view
        };
        told(arguments, view)
    })?;
    for note in notes {
        writeln!(io::stderr(), "{}", printable(&note))?;
    }
    let out = &mut BufWriter::new(io::stdout().lock());
    let version = format!(
        "{}:{}",
        catalogue.manifest.esco_version, market.commit.sequence
    );
    match arguments.format {
        Format::Csv => csv(out, &cell, &rows, &version)?,
        Format::SdmxCsv => sdmx_csv(out, &cell, &rows)?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn told(
    arguments: &Demand,
    view: &crate::api::View<'_>,
) -> crate::error::Result<(wire::MarketCell, Vec<Row>, Vec<String>)> {
    let (region_code, isco_group) = (arguments.region.clone(), arguments.isco.clone());
    let (nace_section, language_code) = (arguments.nace.clone(), Some(arguments.lang.clone()));
    if arguments.by == By::Skills {
        let request = wire::ListSkillDemandRequest {
            region_code,
            isco_group,
            nace_section,
            language_code,
            top_k: u32::MAX,
            ..Default::default()
        };
        let answer = list_skill_demand(view, request)?;
        let cell = answer.cell.unwrap_or_default();
        let row = |of: wire::SkillDemand| {
            let skill = of.skill.unwrap_or_default();
            Row {
                isco: cell.isco_group.clone(),
                skill: skill.uri,
                label: skill.label,
                figure: of.figure.unwrap_or_default(),
            }
        };
        let rows = answer.skills.into_iter().map(row).collect();
        return Ok((cell, rows, answer.notes));
    }
    let request = wire::ListOccupationDemandRequest {
        region_code,
        isco_group,
        nace_section,
        language_code,
        top_k: u32::MAX,
        ..Default::default()
    };
    let answer = list_occupation_demand(view, request)?;
    let row = |of: wire::OccupationDemand| Row {
        isco: of.isco_group,
        skill: String::new(),
        label: String::new(),
        figure: of.figure.unwrap_or_default(),
    };
    let rows = answer.occupations.into_iter().map(row).collect();
    Ok((answer.cell.unwrap_or_default(), rows, answer.notes))
}

/// A cell of a table, in quotes where it needs them.
fn quoted(text: &str) -> String {
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

fn csv(
    out: &mut impl Write,
    cell: &wire::MarketCell,
    rows: &[Row],
    version: &str,
) -> io::Result<()> {
    writeln!(
        out,
        "region,isco,nace,skill,label,first_month,last_month,jobs,share,share_low,share_high,trend,points,points_low,points_high,data"
    )?;
    for row in rows {
        let figure = &row.figure;
        let points = match &figure.change {
            Some(of) => [of.points, of.points_low, of.points_high].map(|of| of.to_string()),
            None => Default::default(),
        };
        let name = figure.trend().as_str_name();
        let trend = name.trim_start_matches("DEMAND_TREND_").to_lowercase();
        let cells = [
            cell.region_code.clone(),
            row.isco.clone(),
            cell.nace_section.clone(),
            row.skill.clone(),
            row.label.clone(),
            cell.first_month.clone(),
            cell.last_month.clone(),
            figure.jobs.to_string(),
            figure.share.to_string(),
            figure.share_low.to_string(),
            figure.share_high.to_string(),
            trend,
        ];
        let cells = cells.into_iter().chain(points).chain([version.to_owned()]);
        let cells: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}

/// SDMX-CSV 2.0: an observation a line, its status by the code list CL_OBS_STATUS (A normal, B break in the series).
fn sdmx_csv(out: &mut impl Write, cell: &wire::MarketCell, rows: &[Row]) -> io::Result<()> {
    writeln!(
        out,
        "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,OCCUPATION,ACTIVITY,SKILL,MEASURE,TIME_PERIOD,OBS_VALUE,OBS_STATUS"
    )?;
    let all = |code: &str| {
        if code.is_empty() {
            "_T".to_owned()
        } else {
            code.to_owned()
        }
    };
    let period = format!("{}/{}", cell.first_month, cell.last_month);
    for row in rows {
        use wire::DemandTrend::{BrokenBySources, BrokenByVersions};
        let is_broken = matches!(row.figure.trend(), BrokenBySources | BrokenByVersions);
        for (measure, value) in [
            ("JOBS", row.figure.jobs.to_string()),
            ("SHARE", row.figure.share.to_string()),
        ] {
            let cells = [
                "dataflow".to_owned(),
                "SKILLGAP:DEMAND(1.0)".to_owned(),
                "I".to_owned(),
                "_O".to_owned(),
                all(&cell.region_code),
                all(&row.isco),
                all(&cell.nace_section),
                all(&row.skill),
                measure.to_owned(),
                period.clone(),
                value,
                if is_broken { "B" } else { "A" }.to_owned(),
            ];
            let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
            writeln!(out, "{}", cells.join(","))?;
        }
    }
    Ok(())
}
