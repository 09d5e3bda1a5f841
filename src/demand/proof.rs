//! Proof: a licence or certificate for something, a language at a level; and tools. All are asked for by name, so they are linked by
//! name, without the words around them that lead a linker astray (*a forklift licence* is no work with licences).

use std::ops::Range;

use skillgap_catalogue::Catalogue;
use skillgap_esco::SkillId;
use skillgap_linker::languages::{NAMED_CONFIDENCE, Named, languages_at_levels};
use skillgap_linker::reading::{Cefr, Level, Segment};
use skillgap_linker::{Query, TextKind};

use super::{CONFIDENCE_MIN, overlap};

/// How much likelier a skill is meant where a word for licences says that something is asked for; a judgement, the same that the linker's gate makes between
/// a sentence and a heading's list.
const ASKED_ODDS: f64 = 4.0;
/// How sure it is that what a licence or a tool is for is asked for where its everyday name stands.
const EVERYDAY_CONFIDENCE: f64 = 0.9;

/// A skill of which a text wants proof.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proof {
    /// The skill.
    pub(super) skill: SkillId,
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    /// How sure it is that the skill is the one meant.
    pub(super) confidence: f64,
    /// The level, of a language.
    pub(super) level: Option<Level>,
    /// Whether a licence or certificate is named: a language at a level is usually heard, not shown.
    pub(super) must_be_shown: bool,
}

/// What a segment wants proof of, and the tools that it names. Cost: one link for each licence that is named by what it is for.
pub(super) fn proofs(catalogue: &Catalogue, segment: &Segment) -> Vec<Proof> {
    let mut proofs = licensed(catalogue, segment);
    for (range, name) in segment.tools() {
        proofs.extend(named_skill(catalogue, name).map(|skill| Proof {
            skill,
            confidence: EVERYDAY_CONFIDENCE,
            level: segment.level_at(&range),
            must_be_shown: false,
            range,
        }));
    }
    proofs.extend(languages(catalogue, segment));
    proofs
}

/// The languages that a segment names as spoken or wanted.
pub(super) fn languages(catalogue: &Catalogue, segment: &Segment) -> Vec<Proof> {
    let spoken = segment.languages.iter();
    spoken
        .filter_map(|spoken| {
            let range = spoken.range.clone();
            let must_be_shown = segment.phrases.iter().any(|phrase| {
                overlap(&phrase.range, &range) && segment.speaks_of_proofs(&phrase.range)
            });
            Some(Proof {
                skill: language_skill(catalogue, spoken.language)?,
                range,
                confidence: NAMED_CONFIDENCE,
                level: spoken.level,
                must_be_shown,
            })
        })
        .collect()
}

fn licensed(catalogue: &Catalogue, segment: &Segment) -> Vec<Proof> {
    let mut found = Vec::new();
    let everyday = segment.licences();
    for (range, name) in &everyday {
        let skill = named_skill(catalogue, name);
        found.extend(skill.map(|skill| licence(skill, range.clone(), EVERYDAY_CONFIDENCE)));
    }
    for phrase in &segment.phrases {
        if everyday
            .iter()
            .any(|(range, _)| overlap(range, &phrase.range))
        {
            continue;
        }
        let Some(subject) = segment.licensed(phrase) else {
            continue;
        };
        let query = Query {
            text: &subject,
            language: None,
        };
        let linked = catalogue
            .linker
            .link_kinds(&[(query, TextKind::Requirement)], 1);
        let Some(best) = linked.first().and_then(|linked| linked.first()) else {
            continue;
        };
        // That it is asked for is said by the word for licences, so only what it is for is in doubt.
        let confidence = odds_raised(f64::from(best.confidence));
        if confidence >= CONFIDENCE_MIN {
            found.push(licence(best.skill, phrase.range.clone(), confidence));
        }
    }
    found
}

/// A probability whose odds are [`ASKED_ODDS`] times as high.
fn odds_raised(probability: f64) -> f64 {
    ASKED_ODDS * probability / (1.0 + (ASKED_ODDS - 1.0) * probability)
}

fn licence(skill: SkillId, range: Range<usize>, confidence: f64) -> Proof {
    Proof {
        skill,
        range,
        confidence,
        level: None,
        must_be_shown: true,
    }
}

/// Languages that a text names with a level, by the names that ESCO uses, in order.
pub fn language_levels(text: &str) -> impl Iterator<Item = (&'static str, Level)> + use<> {
    languages_at_levels(text)
        .into_iter()
        .filter_map(|named| Some((named.language, level_of(&named)?)))
}

fn level_of(named: &Named) -> Option<Level> {
    if named.is_native {
        return Some(Level::Expert);
    }
    Cefr::at(named.level).map(Level::Cefr)
}

/// The skill of a language: as a whole, else speaking it, which is what an ad means that says no more.
fn language_skill(catalogue: &Catalogue, name: &str) -> Option<SkillId> {
    named_skill(catalogue, name)
        .or_else(|| named_skill(catalogue, &format!("interact verbally in {name}")))
}

/// The skill with an English label.
fn named_skill(catalogue: &Catalogue, label: &str) -> Option<SkillId> {
    catalogue
        .linker
        .phrases()
        .named(label)
        .map(|(skill, _)| skill)
        .find(|skill| catalogue.skill_label(*skill, "en") == label)
}
