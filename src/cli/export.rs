//! `skillgap export`: the catalogue, or what a search finds in it, as learning opportunities of the European Learning Model or as native JSON lines.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::ValueEnum;
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Filter, Near, Search, Sort};
use skillgap_credentials::credential::{
    CefrLevel, Coordinates, Credential, DeliveryMode, EnumName, Money, PersonStatus, Place,
    StudyLoad, TimeOfDay, stated,
};
use skillgap_credentials::day;
use skillgap_credentials::net_price::Entitlement;
use skillgap_credentials::{native, standards};
use skillgap_esco::SkillId;

use super::data::Data;

/// Credentials that are read at once.
const PAGE: usize = 500;

/// Form of what is written.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A JSON array of learning opportunities, one a line (European Learning Model 3, JSON-LD).
    Elm,
    /// Native JSON, one credential a line.
    #[value(alias = "native")]
    Jsonl,
}

/// Arguments of `skillgap export`. All constraints must hold; a fact that is not stated fails, unless --include-unknown.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// Form of what is written.
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// Words of title, description, outcomes or provider; all of them.
    #[arg(long, value_name = "WORDS", default_value = "")]
    text: String,
    /// ESCO URIs of skills, of which one is taught.
    #[arg(long, value_name = "URI", num_args = 1..)]
    skills: Vec<String>,
    /// Languages of instruction, ISO 639-1.
    #[arg(long, value_name = "CODE", num_args = 1..)]
    languages: Vec<String>,
    /// Countries, ISO 3166-1 alpha-2.
    #[arg(long, value_name = "CODE", num_args = 1..)]
    countries: Vec<String>,
    /// Modes: onsite, online, blended, work_based.
    #[arg(long, value_name = "MODE", num_args = 1.., value_parser = mode)]
    modes: Vec<DeliveryMode>,
    /// Most hours.
    #[arg(long, value_name = "HOURS")]
    hours_max: Option<f64>,
    /// Most cost, such as "200 EUR".
    #[arg(long, value_name = "AMOUNT CURRENCY", value_parser = money)]
    cost_max: Option<Money>,
    /// Lowest EQF level.
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=8))]
    eqf_min: Option<u8>,
    /// Highest EQF level.
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=8))]
    eqf_max: Option<u8>,
    /// Only where the provider is stated to be accredited.
    #[arg(long)]
    accredited: bool,
    /// Only what takes place near a point, with --within-km; what is online passes.
    #[arg(long, value_name = "LATITUDE,LONGITUDE", value_parser = point, requires = "within_km", allow_hyphen_values = true)]
    near: Option<Coordinates>,
    /// Most kilometres from that point, as the crow flies.
    #[arg(long, value_name = "KM", requires = "near")]
    within_km: Option<f64>,
    /// Times of day: daytime, evening, weekend, self_paced.
    #[arg(long, value_name = "TIME", num_args = 1.., value_parser = value::<TimeOfDay>)]
    times: Vec<TimeOfDay>,
    /// full_time or part_time.
    #[arg(long, value_name = "LOAD", value_parser = value::<StudyLoad>)]
    study_load: Option<StudyLoad>,
    /// Languages that the learner has, with the level, such as de=B1: what needs more of its language fails.
    #[arg(long, value_name = "CODE=LEVEL", num_args = 1.., value_parser = language_level)]
    language_levels: Vec<(String, CefrLevel)>,
    /// What the learner is, such as unemployed: then --cost-max is what is left to pay after funding.
    #[arg(long, value_name = "STATUS", num_args = 1.., value_parser = value::<PersonStatus>)]
    status: Vec<PersonStatus>,
    /// Names of funding schemes that the learner is entitled to.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    entitled_to: Vec<String>,
    /// Only with a start before this day, such as 2027-01-31.
    #[arg(long, value_name = "DAY", value_parser = start)]
    start_before: Option<i64>,
    /// Keeps credentials that do not state a constrained fact.
    #[arg(long)]
    include_unknown: bool,
}

fn mode(word: &str) -> Result<DeliveryMode, String> {
    DeliveryMode::from_words(word)
        .ok_or_else(|| "is none of onsite, online, blended, work_based".to_owned())
}

/// A value of an enum by its short name; not the one that says nothing.
fn value<E: EnumName + Into<i32> + Copy>(word: &str) -> Result<E, String> {
    let value = E::parse(word).and_then(stated);
    value.ok_or_else(|| "is no name of such a value".to_owned())
}

fn language_level(text: &str) -> Result<(String, CefrLevel), String> {
    let (code, level) = text.split_once('=').ok_or("must be such as de=B1")?;
    Ok((code.to_lowercase(), value(level)?))
}

fn point(text: &str) -> Result<Coordinates, String> {
    let wrong = "must be degrees north and east, such as 52.52,13.40";
    let (latitude, longitude) = text.split_once(',').ok_or(wrong)?;
    let degrees = |text: &str, most: f64| {
        let degrees = text.trim().parse().ok();
        degrees
            .filter(|degrees: &f64| degrees.abs() <= most)
            .ok_or(wrong)
    };
    Ok(Coordinates {
        latitude: degrees(latitude, 90.0)?,
        longitude: degrees(longitude, 180.0)?,
    })
}

fn start(text: &str) -> Result<i64, String> {
    day::parse(text).ok_or_else(|| "is no date such as 2027-01-31".to_owned())
}

fn money(text: &str) -> Result<Money, String> {
    let wrong = || "must be an amount and a currency of 3 letters, such as \"200 EUR\"".to_owned();
    let (amount, currency) = text.trim().split_once(' ').ok_or_else(wrong)?;
    let amount: f64 = amount
        .parse()
        .ok()
        .filter(|amount: &f64| amount.is_finite() && *amount >= 0.0)
        .ok_or_else(wrong)?;
    let is_code = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_code {
        Ok(Money {
            amount,
            currency: currency.to_ascii_uppercase(),
        })
    } else {
        Err(wrong())
    }
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let catalogue = arguments.data.open()?;
    let skills = skills(&catalogue, &arguments.skills)?;
    let is_entitled = !(arguments.status.is_empty() && arguments.entitled_to.is_empty());
    let filter = Filter {
        hours_max: arguments.hours_max,
        cost_max: arguments.cost_max.clone(),
        languages: arguments
            .languages
            .iter()
            .map(|code| code.to_lowercase())
            .collect(),
        countries: arguments
            .countries
            .iter()
            .map(|code| code.to_uppercase())
            .collect(),
        modes: arguments.modes.clone(),
        eqf_level_min: arguments.eqf_min,
        eqf_level_max: arguments.eqf_max,
        must_be_accredited: arguments.accredited,
        near: arguments.near.map(|point| Near {
            place: Place {
                coordinates: Some(point),
                ..Place::default()
            },
            distance_km_max: arguments.within_km,
        }),
        times_of_day: arguments.times.clone(),
        study_load: arguments.study_load,
        language_levels: arguments.language_levels.clone(),
        entitlement: is_entitled.then(|| Entitlement {
            statuses: arguments.status.clone(),
            schemes: arguments.entitled_to.clone(),
            ..Entitlement::default()
        }),
        start_before_day: arguments.start_before,
        include_unknown: arguments.include_unknown,
        as_of_day: day::today(),
        ..Filter::default()
    };
    write(
        &catalogue,
        arguments,
        &skills,
        &filter,
        &mut BufWriter::new(io::stdout().lock()),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn skills(catalogue: &Catalogue, uris: &[String]) -> anyhow::Result<Vec<SkillId>> {
    let find = |uri: &String| {
        let led_on = catalogue.esco.led_on(uri);
        if led_on != uri {
            writeln!(
                io::stderr(),
                "skill {uri} is of a former version of ESCO, {led_on} counts in its place"
            )?;
        }
        catalogue
            .esco
            .skill_by_uri(led_on)
            .ok_or_else(|| anyhow::anyhow!("skill {uri} is not in this ESCO"))
    };
    uris.iter().map(find).collect()
}

fn write(
    catalogue: &Catalogue,
    arguments: &Arguments,
    skills: &[SkillId],
    filter: &Filter,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let (mut written, is_elm) = (0, matches!(arguments.format, Format::Elm));
    if is_elm {
        write!(out, "[")?;
    }
    each_found(
        catalogue,
        &arguments.text,
        skills,
        filter,
        &mut |credential| {
            match arguments.format {
                Format::Jsonl => writeln!(out, "{}", native::to_line(credential))?,
                Format::Elm => write!(
                    out,
                    "{}\n{}",
                    if written == 0 { "" } else { "," },
                    standards::to_elm(credential)
                )?,
            }
            written += 1;
            Ok(())
        },
    )?;
    if is_elm {
        writeln!(out, "\n]")?;
    }
    out.flush()?;
    Ok(())
}

/// Shows every credential that a search finds, read page by page.
pub(super) fn each_found(
    catalogue: &Catalogue,
    text: &str,
    skills: &[SkillId],
    filter: &Filter,
    show: &mut dyn FnMut(&Credential) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let search = Search {
            text,
            skills,
            filter,
            sectors: &[],
            sort: Sort::Relevance,
            after: after.as_ref(),
            limit: PAGE,
            facets: false,
        };
        let found = catalogue.credentials.search(&search)?;
        found.credentials.iter().try_for_each(&mut *show)?;
        after = found.next;
        if after.is_none() {
            return Ok(());
        }
    }
}
