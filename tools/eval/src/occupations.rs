//! Is the occupation of an ad found, in each language? By ISCO unit group and by the occupation itself, first guess and among five; and does the stated
//! probability mean what it says?

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use rayon::prelude::*;
use serde::Deserialize;
use skillgap::demand::{About, AdText, Demand, Options, about, extract};
use skillgap_catalogue::{Catalogue, CatalogueError, Result};

use super::measures::{Bin, Mean, ratio, reliability};

/// Languages of the development ads and CVs.
pub const LANGUAGES: [&str; 9] = ["en", "de", "fr", "nl", "sv", "es", "da", "it", "pl"];
/// Ends of the bins of the reliability table.
const BIN_ENDS: [f64; 5] = [0.2, 0.4, 0.6, 0.8, 1.0];
/// Below this probability nothing is named.
const BIN_START: f64 = 0.1;
/// Occupations of which one must be right.
const FIVE: usize = 5;

/// An ad with the occupations that a careful reader takes it for.
#[derive(Clone, Debug)]
pub struct Posting {
    /// Its id.
    pub id: String,
    /// ISO 639-1 code.
    pub language: String,
    /// `train`, `check`, or empty.
    pub set: String,
    /// The ad.
    pub text: String,
    /// URIs, best first.
    pub uris: Vec<String>,
    /// ISCO unit groups that are right.
    pub groups: BTreeSet<String>,
}

/// Reads the development ads with their occupations: `LANG.jsonl` and `LANG.occupations.jsonl`.
///
/// # Errors
/// [`CatalogueError::Io`], [`CatalogueError::Input`].
pub fn development(folder: &Path) -> Result<Vec<Posting>> {
    #[derive(Deserialize)]
    struct Ad {
        id: String,
        text: String,
    }
    #[derive(Deserialize)]
    struct Best {
        uri: String,
    }
    #[derive(Deserialize)]
    struct Gold {
        id: String,
        best: Vec<Best>,
        isco: BTreeSet<String>,
    }
    let mut postings = Vec::new();
    for language in LANGUAGES {
        let gold: Vec<Gold> = json_lines(&folder.join(format!("{language}.occupations.jsonl")))?;
        let mut gold: BTreeMap<String, Gold> = gold
            .into_iter()
            .map(|gold| (gold.id.clone(), gold))
            .collect();
        for Ad { id, text } in json_lines(&folder.join(format!("{language}.jsonl")))? {
            if let Some(gold) = gold.remove(&id) {
                postings.push(Posting {
                    id,
                    language: language.to_owned(),
                    set: String::new(),
                    text,
                    uris: gold.best.into_iter().map(|best| best.uri).collect(),
                    groups: gold.isco,
                });
            }
        }
    }
    Ok(postings)
}

/// Reads the made ads of the corpus, `ads.jsonl`.
///
/// # Errors
/// [`CatalogueError::Io`], [`CatalogueError::Input`].
pub fn made(path: &Path) -> Result<Vec<Posting>> {
    #[derive(Deserialize)]
    struct Ad {
        id: String,
        lang: String,
        set: String,
        isco: String,
        occupations: Vec<String>,
        text: String,
    }
    let posting = |ad: Ad| Posting {
        id: ad.id,
        language: ad.lang,
        set: ad.set,
        text: ad.text,
        uris: ad.occupations.iter().map(|short| long_uri(short)).collect(),
        groups: BTreeSet::from([ad.isco]),
    };
    Ok(json_lines(path)?.into_iter().map(posting).collect())
}

/// The URI of an occupation or a skill that the corpus shortens: `o:ID`, `s:ID`.
pub fn long_uri(short: &str) -> String {
    let (kind, id) = short.split_once(':').unwrap_or(("s", short));
    let kind = if kind == "o" { "occupation" } else { "skill" };
    format!("http://data.europa.eu/esco/{kind}/{id}")
}

/// Reads JSON lines.
///
/// # Errors
/// [`CatalogueError::Io`], [`CatalogueError::Input`].
pub fn json_lines<Line: for<'a> Deserialize<'a>>(path: &Path) -> Result<Vec<Line>> {
    let text = fs::read_to_string(path).map_err(CatalogueError::io(path))?;
    let read = |line| {
        serde_json::from_str(line)
            .map_err(|error| CatalogueError::input(path.display().to_string(), error.to_string()))
    };
    text.lines()
        .filter(|line| !line.is_empty())
        .map(read)
        .collect()
}

/// Reads an ad as the service does.
pub fn read(catalogue: &Catalogue, posting: &Posting) -> Demand {
    let options = Options {
        language: Some(&posting.language),
        ..Options::default()
    };
    AdText::new("ad", &posting.text, 1 << 16)
        .map(|ad| extract(catalogue, ad, options))
        .unwrap_or_default()
}

/// The occupations of an ad, as the service names them.
fn named(catalogue: &Catalogue, posting: &Posting) -> Vec<About> {
    let demand = read(catalogue, posting);
    let skills: Vec<_> = demand
        .skills
        .iter()
        .map(|demanded| (demanded.skill, demanded.confidence))
        .collect();
    about(catalogue, &demand.job, Some(&posting.language), &skills)
}

/// How one ad came out.
struct Outcome {
    language: String,
    group_first: bool,
    group_five: bool,
    first: bool,
    five: bool,
    /// Each named occupation's probability, and whether it is right.
    said: Vec<(f64, bool)>,
}

impl Outcome {
    fn of(catalogue: &Catalogue, posting: &Posting) -> Self {
        let named = named(catalogue, posting);
        let occupation = |about: &About| &catalogue.esco.occupations[about.occupation.row()];
        let in_group = |about: &About| posting.groups.contains(&occupation(about).isco_group);
        let is_right = |about: &About| posting.uris.contains(&occupation(about).uri);
        Self {
            language: posting.language.clone(),
            group_first: named.first().is_some_and(in_group),
            group_five: named.iter().take(FIVE).any(in_group),
            first: named.first().is_some_and(is_right),
            five: named.iter().take(FIVE).any(is_right),
            said: named
                .iter()
                .map(|about| (about.confidence, is_right(about)))
                .collect(),
        }
    }
}

/// All that is measured of occupations of ads.
pub struct Table {
    rows: Vec<(String, usize, [Mean; 4])>,
    bins: Vec<Bin>,
}

impl Table {
    /// Share of ads of which the first guess is of a right ISCO unit group, in percent.
    pub fn group_first(&self) -> f64 {
        self.rows
            .last()
            .map_or(0.0, |(_, _, [first, ..])| first.value)
    }
}

/// Reads every ad.
pub fn measure(catalogue: &Catalogue, postings: &[Posting]) -> Table {
    let outcomes: Vec<Outcome> = postings
        .par_iter()
        .map(|posting| Outcome::of(catalogue, posting))
        .collect();
    let row = |name: &str, of: Vec<&Outcome>| {
        let share = |is: fn(&Outcome) -> bool| {
            ratio(
                &of.iter()
                    .map(|outcome| (f64::from(u8::from(is(outcome))), 1.0))
                    .collect::<Vec<_>>(),
            )
        };
        (
            name.to_owned(),
            of.len(),
            [
                share(|of| of.group_first),
                share(|of| of.group_five),
                share(|of| of.first),
                share(|of| of.five),
            ],
        )
    };
    let mut languages: Vec<&str> = Vec::new();
    for outcome in &outcomes {
        if !languages.contains(&outcome.language.as_str()) {
            languages.push(&outcome.language);
        }
    }
    let of_language = |language: &&str| {
        row(
            language,
            outcomes
                .iter()
                .filter(|outcome| outcome.language == *language)
                .collect(),
        )
    };
    let mut rows: Vec<_> = languages.iter().map(of_language).collect();
    rows.push(row("all", outcomes.iter().collect()));
    let said: Vec<(f64, bool)> = outcomes
        .iter()
        .flat_map(|outcome| outcome.said.clone())
        .collect();
    Table {
        rows,
        bins: reliability(&said, &BIN_ENDS),
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| language | ads | unit group, first | unit group, among five | occupation, first | occupation, among five |\n|---|---|---|---|---|---|"
        )?;
        for (name, n, [group_first, group_five, first, five]) in &self.rows {
            writeln!(
                f,
                "| {name} | {n} | {group_first} | {group_five} | {first} | {five} |"
            )?;
        }
        writeln!(
            f,
            "\n| probability | named | said | right |\n|---|---|---|---|"
        )?;
        let mut start = BIN_START;
        for (bin, end) in self.bins.iter().zip(BIN_ENDS) {
            let share = |sum: f64| 100.0 * sum / bin.n.max(1) as f64;
            writeln!(
                f,
                "| {start:.1} to {end:.1} | {} | {:.0} % | {:.0} % |",
                bin.n,
                share(bin.said),
                share(bin.right)
            )?;
            start = end;
        }
        Ok(())
    }
}
