//! Is what a person says of themselves read? Claimed skills, languages at their level, past jobs by ISCO unit group, and what is denied or wished and must not be
//! held, in each language.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;
use serde::Deserialize;
use skillgap::demand::{AdText, Cefr, Demand, Demanded, Level};
use skillgap::gap::{self, HeldSource, Profile, ProfileParts};
use skillgap_catalogue::{Catalogue, Result};

use super::measures::{Mean, ratio};
use super::occupations::{LANGUAGES, json_lines, long_uri};

/// Held at least so far counts as held.
const HELD_MIN: f64 = 0.5;
/// A level this far satisfied counts as reached.
const LEVEL_MIN: f64 = 0.999;

/// A job that a CV names.
#[derive(Clone, Debug)]
pub struct Job {
    /// Where the text names it: bytes.
    pub places: Vec<Range<usize>>,
    /// URIs of the occupations that are right, best first.
    pub uris: Vec<String>,
    /// ISCO unit groups that are right.
    pub groups: BTreeSet<String>,
}

/// A CV with what a careful reader says that it claims.
#[derive(Clone, Debug)]
pub struct Cv {
    /// Its id.
    pub id: String,
    /// ISO 639-1 code.
    pub language: String,
    /// `train`, `check`, or empty.
    pub set: String,
    /// The text.
    pub text: String,
    /// Past and present jobs.
    pub jobs: Vec<Job>,
    /// Claimed skills and licences: URIs of which any suffices.
    pub claims: Vec<Vec<String>>,
    /// Languages with the level that they are claimed at.
    pub languages: Vec<(String, Cefr)>,
    /// Denied, said of others, or wished: URIs of which none may be held.
    pub disclaimed: Vec<Vec<String>>,
}

/// Reads the development CVs: `LANG.jsonl` and `LANG.gold.jsonl`.
///
/// # Errors
/// As [`json_lines`].
pub fn development(folder: &Path) -> Result<Vec<Cv>> {
    #[derive(Deserialize)]
    struct Text {
        id: String,
        text: String,
    }
    #[derive(Deserialize)]
    struct Work {
        words: String,
        best: Vec<String>,
        isco: BTreeSet<String>,
    }
    #[derive(Deserialize)]
    struct Skill {
        accept: Vec<String>,
    }
    #[derive(Deserialize)]
    struct Language {
        uris: Vec<String>,
        level: String,
    }
    #[derive(Deserialize)]
    struct Disclaimed {
        must_not: Vec<String>,
    }
    #[derive(Deserialize)]
    struct Gold {
        occupations: Vec<Work>,
        skills: Vec<Skill>,
        languages: Vec<Language>,
        licences: Vec<Skill>,
        denied: Vec<Disclaimed>,
        wished: Vec<Disclaimed>,
    }
    let mut cvs = Vec::new();
    for language in LANGUAGES {
        let texts: Vec<Text> = json_lines(&folder.join(format!("{language}.jsonl")))?;
        let gold: Vec<Gold> = json_lines(&folder.join(format!("{language}.gold.jsonl")))?;
        for (Text { id, text }, gold) in texts.into_iter().zip(gold) {
            let job = |work: Work| Job {
                places: places(&text, &work.words),
                uris: work.best,
                groups: work.isco,
            };
            let spoken =
                |spoken: Language| Some((spoken.uris.into_iter().next()?, cefr(&spoken.level)?));
            cvs.push(Cv {
                id,
                language: language.to_owned(),
                set: String::new(),
                jobs: gold.occupations.into_iter().map(job).collect(),
                claims: gold
                    .skills
                    .into_iter()
                    .chain(gold.licences)
                    .map(|skill| skill.accept)
                    .collect(),
                languages: gold.languages.into_iter().filter_map(spoken).collect(),
                disclaimed: gold
                    .denied
                    .into_iter()
                    .chain(gold.wished)
                    .map(|denied| denied.must_not)
                    .collect(),
                text,
            });
        }
    }
    Ok(cvs)
}

/// Reads the made CVs of the corpus, `cvs.jsonl`.
///
/// # Errors
/// As [`json_lines`].
pub fn made(path: &Path) -> Result<Vec<Cv>> {
    #[derive(Deserialize)]
    struct Work {
        words: String,
        uris: Vec<String>,
        isco: BTreeSet<String>,
    }
    #[derive(Deserialize)]
    struct Claim {
        uris: Vec<String>,
        #[serde(default)]
        kind: String,
        cefr: Option<String>,
        #[serde(default)]
        native: bool,
    }
    #[derive(Deserialize)]
    struct Line {
        id: String,
        lang: String,
        set: String,
        text: String,
        occupations: Vec<Work>,
        claims: Vec<Claim>,
        denied: Vec<Claim>,
        wished: Vec<Claim>,
    }
    let long = |uris: Vec<String>| uris.iter().map(|short| long_uri(short)).collect::<Vec<_>>();
    let cv = |line: Line| {
        let job = |work: Work| Job {
            places: places(&line.text, &work.words),
            uris: long(work.uris),
            groups: work.isco,
        };
        let (spoken, skills): (Vec<Claim>, Vec<Claim>) = line
            .claims
            .into_iter()
            .partition(|claim| claim.kind == "language");
        let level = |claim: &Claim| {
            claim
                .cefr
                .as_deref()
                .and_then(cefr)
                .or(claim.native.then_some(Cefr::C2))
        };
        let spoken = spoken.into_iter().filter_map(|claim| {
            let level = level(&claim)?;
            Some((long(claim.uris).into_iter().next()?, level))
        });
        Cv {
            id: line.id,
            language: line.lang,
            set: line.set,
            jobs: line.occupations.into_iter().map(job).collect(),
            claims: skills
                .into_iter()
                .map(|claim| long(claim.uris))
                .filter(|uris| !uris.is_empty())
                .collect(),
            languages: spoken.collect(),
            disclaimed: line
                .denied
                .into_iter()
                .chain(line.wished)
                .map(|claim| long(claim.uris))
                .filter(|uris| !uris.is_empty())
                .collect(),
            text: line.text,
        }
    };
    Ok(json_lines(path)?.into_iter().map(cv).collect())
}

fn places(text: &str, words: &str) -> Vec<Range<usize>> {
    text.match_indices(words)
        .map(|(start, words)| start..start + words.len())
        .collect()
}

/// A level by its name, such as `B1`; the higher of two as in `A2/B1` does not count.
fn cefr(name: &str) -> Option<Cefr> {
    let all = [
        ("A1", Cefr::A1),
        ("A2", Cefr::A2),
        ("B1", Cefr::B1),
        ("B2", Cefr::B2),
        ("C1", Cefr::C1),
        ("C2", Cefr::C2),
    ];
    all.iter()
        .find(|(known, _)| name.starts_with(known))
        .map(|(_, level)| *level)
}

/// How one CV came out, each as (right, of).
#[derive(Clone, Copy, Default)]
struct Outcome {
    claims: (f64, f64),
    languages: (f64, f64),
    jobs: (f64, f64),
    disclaimed: (f64, f64),
}

impl Outcome {
    fn of(catalogue: &Catalogue, cv: &Cv) -> Self {
        let parts = ProfileParts {
            text: AdText::new("text", &cv.text, 1 << 16).ok(),
            text_language: Some(&cv.language),
            ..ProfileParts::default()
        };
        let profile = gap::gather(catalogue, &parts);
        let is_read = |uris: &Vec<String>| {
            let skills = uris
                .iter()
                .filter_map(|uri| catalogue.esco.skill_by_uri(uri));
            skills
                .flat_map(|skill| profile.of(skill))
                .any(|held| held.source == HeldSource::Text && held.certainty >= HELD_MIN)
        };
        let occupation = |at: usize| catalogue.esco.occupations.get(at);
        let named: Vec<_> = profile
            .jobs
            .iter()
            .filter_map(|job| occupation(job.occupations.first()?.occupation.row()))
            .collect();
        let is_named = |job: &Job| {
            named.iter().any(|known| {
                job.groups.contains(&known.isco_group) || job.uris.contains(&known.uri)
            })
        };
        Self {
            claims: share(cv.claims.iter().map(is_read)),
            languages: share(
                cv.languages
                    .iter()
                    .map(|(uri, level)| speaks(catalogue, &profile, uri, *level)),
            ),
            jobs: share(cv.jobs.iter().map(is_named)),
            disclaimed: share(cv.disclaimed.iter().map(is_read)),
        }
    }
}

/// Whether a language is held at its level.
fn speaks(catalogue: &Catalogue, profile: &Profile, uri: &str, level: Cefr) -> bool {
    let Some(skill) = catalogue.esco.skill_by_uri(uri) else {
        return false;
    };
    let demand = Demand::of_skills(vec![Demanded {
        level: Some(Level::Cefr(level)),
        ..Demanded::essential(skill)
    }]);
    let gap = gap::analyse_held(catalogue, &demand, profile);
    let reached = |item: &gap::GapItem| {
        item.held >= HELD_MIN
            && item
                .by
                .as_ref()
                .is_some_and(|by| by.level_factor >= LEVEL_MIN)
    };
    gap.items.first().is_some_and(reached)
}

fn share(of: impl Iterator<Item = bool>) -> (f64, f64) {
    of.fold((0.0, 0.0), |(right, all), is| {
        (right + f64::from(u8::from(is)), all + 1.0)
    })
}

/// All that is measured of CVs.
pub struct Table(Vec<(String, usize, [Mean; 4])>);

/// Reads every CV.
pub fn measure(catalogue: &Catalogue, cvs: &[Cv]) -> Table {
    let outcomes: Vec<Outcome> = cvs
        .par_iter()
        .map(|cv| Outcome::of(catalogue, cv))
        .collect();
    let mut of_language: BTreeMap<usize, (String, Vec<Outcome>)> = BTreeMap::new();
    for (cv, outcome) in cvs.iter().zip(&outcomes) {
        let place = cvs
            .iter()
            .position(|first| first.language == cv.language)
            .unwrap_or_default();
        of_language
            .entry(place)
            .or_insert_with(|| (cv.language.clone(), Vec::new()))
            .1
            .push(*outcome);
    }
    let row = |name: String, of: &[Outcome]| {
        let mean =
            |share: fn(&Outcome) -> (f64, f64)| ratio(&of.iter().map(share).collect::<Vec<_>>());
        (
            name,
            of.len(),
            [
                mean(|of| of.claims),
                mean(|of| of.languages),
                mean(|of| of.jobs),
                mean(|of| of.disclaimed),
            ],
        )
    };
    let mut rows: Vec<_> = of_language
        .into_values()
        .map(|(name, of)| row(name, &of))
        .collect();
    rows.push(row("all".to_owned(), &outcomes));
    Table(rows)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| language | CVs | claimed skills read | languages at their level | jobs by unit group | denied or wished, yet held |\n|---|---|---|---|---|---|"
        )?;
        self.0
            .iter()
            .try_for_each(|(name, n, [claims, languages, jobs, disclaimed])| {
                writeln!(
                    f,
                    "| {name} | {n} | {claims} | {languages} | {jobs} | {disclaimed} |"
                )
            })
    }
}
