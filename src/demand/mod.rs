//! Demand: what an ad asks for. The segments of its reading are linked to skills, weighed by how the ad asks, and gathered:
//! one skill, all its spans.

mod about;
mod extract;
mod named;
mod proof;

use std::ops::Range;

use skillgap_catalogue::Catalogue;
use skillgap_esco::label_in;
use skillgap_esco::{OccupationId, SkillId};
use skillgap_linker::reading::{Author, Reading, RequirementKind};
use skillgap_linker::titles::JobText;

pub use about::{About, Signals, about, about_past_job, signals};
pub use extract::{Options, demand_of, demand_with_job, extract, phrases_of};
pub use proof::language_levels;
pub use skillgap_linker::reading::{Cefr, Level, Requirement, Scale};

use crate::error::Violation;

/// The probability below which a skill is not shown unless the caller wants it: on annotated sentences, about where precision and recall balance,
/// and where sentences that ask for nothing stay silent. Probabilities are low because annotators mark few of the skills that a sentence implies.
pub const CONFIDENCE_MIN: f64 = 0.15;

/// Weight of a demanded skill that is nice to have, or optional for an occupation, against 1 for an essential one (design, section 6).
pub const OPTIONAL_WEIGHT: f64 = 0.3;

/// Phrases of one ad, or of one CV, that are compared by their wording; a real ad has a few dozen.
pub const ASKED_MAX: usize = 96;

/// The text of an ad: not empty, within the limit.
#[derive(Clone, Copy, Debug)]
pub struct AdText<'a>(&'a str);

impl<'a> AdText<'a> {
    /// Takes an ad of 1 to `bytes_max` bytes that is more than white space.
    ///
    /// # Errors
    /// A violation of `field`.
    pub fn new(field: &str, text: &'a str, bytes_max: usize) -> Result<Self, Violation> {
        if text.trim().is_empty() {
            return Err(Violation::new(field, "is empty"));
        }
        if text.len() > bytes_max {
            return Err(Violation::new(
                field,
                format!("has {} bytes, at most {bytes_max} are allowed", text.len()),
            ));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Reads the text, once for all that is taken from it. `language` is an ISO 639-1 code, if known.
    pub fn read(self, author: Author, language: Option<&str>) -> Reading {
        Reading::of(self.0, author, language)
    }
}

/// A phrase that asks for something, as it is worded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementPhrase {
    /// The phrase, with the words that it shares with its neighbour.
    pub text: String,
    /// Bytes of the ad; empty where there is none.
    pub span: Range<usize>,
    /// Essential or optional.
    pub requirement: Requirement,
    /// What kind of thing it asks for.
    pub kind: RequirementKind,
    /// What it is compared by, where that is something else than its words: what a licence is for whose everyday name stands there.
    pub meant: Option<String>,
}

/// One skill that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Demanded {
    /// The skill.
    pub skill: SkillId,
    /// How much it counts, in (0, 1].
    pub weight: f64,
    /// Essential or optional.
    pub requirement: Requirement,
    /// Level asked for, if stated.
    pub level: Option<Level>,
    /// Years of experience asked for, if stated; the lower end of a range.
    pub years: Option<f32>,
    /// Probability that it is asked for, in [0, 1].
    pub confidence: f64,
    /// Where the ad says so: bytes of the ad, in order. Empty where no ad was read.
    pub spans: Vec<Range<usize>>,
    /// Whether a licence or certificate is asked for, which must be shown: being able to do it is not enough.
    pub must_be_shown: bool,
}

impl Demanded {
    /// A skill that is essential, weighs 1 and is surely meant; nothing else is known of it.
    pub fn essential(skill: SkillId) -> Self {
        let (weight, requirement, confidence) = (1.0, Requirement::Essential, 1.0);
        Self {
            skill,
            weight,
            requirement,
            level: None,
            years: None,
            confidence,
            spans: Vec::new(),
            must_be_shown: false,
        }
    }
}

/// All that is asked for, one entry a skill.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Demand {
    /// Language of the ad, ISO 639-1; empty where no ad was read or the language is not clear.
    pub language: String,
    /// Skills, heaviest first; ties by row.
    pub skills: Vec<Demanded>,
    /// Phrases that look like skills and have no match: bytes of the ad, in order.
    pub unmatched: Vec<Range<usize>>,
    /// Passages that ask for something, and those of them that a skill was found for.
    pub n_askings: usize,
    /// See [`Self::n_askings`].
    pub n_understood: usize,
    /// The name of the occupation that is asked for; nothing where an ad was read or skills are listed.
    pub title: Option<String>,
    /// The phrases that ask for something, as the ad words them, in order, at most [`ASKED_MAX`]; empty where no ad was read.
    pub asked: Vec<RequirementPhrase>,
    /// What the ad calls the job, and what it is; empty where no ad was read.
    pub job: JobText,
}

impl Demand {
    /// The wording of what is asked at a position: phrases of the ad, else labels of the first [`ASKED_MAX`] skills, then the title.
    pub fn wording_at<'a>(
        &'a self,
        at: usize,
        catalogue: &'a Catalogue,
        language: &str,
    ) -> Option<&'a str> {
        if !self.asked.is_empty() {
            return self.asked.get(at).map(|asked| asked.text.trim());
        }
        match self.skills.get(at).filter(|_| at < ASKED_MAX) {
            Some(demanded) => Some(catalogue.skill_label(demanded.skill, language)),
            None => self.title.as_deref(),
        }
    }

    /// The same without some skills, and without the phrases that only they were read from.
    pub fn without(mut self, rejected: &[SkillId]) -> Self {
        let is_rejected = |demanded: &Demanded| rejected.contains(&demanded.skill);
        let (gone, kept): (Vec<_>, Vec<_>) = self.skills.into_iter().partition(is_rejected);
        let shows = |skills: &[Demanded], span: &Range<usize>| {
            let mut spans = skills.iter().flat_map(|demanded| &demanded.spans);
            spans.any(|shown| overlap(shown, span))
        };
        self.asked
            .retain(|asked| shows(&kept, &asked.span) || !shows(&gone, &asked.span));
        self.skills = kept;
        self
    }

    /// The same with corrections: each takes the place of what was understood of its skill, or is added. `label` words what is added, so that credentials
    /// are found by its wording, too, where an ad was read.
    pub fn with(mut self, corrections: &[Demanded], label: impl Fn(SkillId) -> String) -> Self {
        for correction in Self::of_skills(corrections.to_vec()).skills {
            let mut known = self.skills.iter();
            match known.position(|known| known.skill == correction.skill) {
                Some(at) => {
                    let known = &mut self.skills[at];
                    *known = Demanded {
                        spans: std::mem::take(&mut known.spans),
                        years: known.years,
                        ..correction
                    }
                }
                None => {
                    if !self.asked.is_empty() && self.asked.len() < ASKED_MAX {
                        self.asked.push(RequirementPhrase {
                            text: label(correction.skill),
                            span: 0..0,
                            requirement: correction.requirement,
                            kind: RequirementKind::Skill,
                            meant: None,
                        });
                    }
                    self.skills.push(correction);
                }
            }
        }
        self.skills = heaviest_first(self.skills);
        self
    }

    /// Takes skills named by the caller. Of several entries for one skill the heaviest counts; of equally heavy ones the most demanding, then the surest.
    pub fn of_skills(skills: Vec<Demanded>) -> Self {
        let mut skills = skills;
        skills.sort_by(|a, b| {
            a.skill
                .cmp(&b.skill)
                .then(b.weight.total_cmp(&a.weight))
                .then_with(|| demanding(b).cmp(&demanding(a)))
                .then(b.confidence.total_cmp(&a.confidence))
        });
        skills.dedup_by_key(|demanded| demanded.skill);
        Self {
            skills: heaviest_first(skills),
            ..Self::default()
        }
    }

    /// What an occupation asks for: essential skills with weight 1, optional ones with [`OPTIONAL_WEIGHT`].
    pub fn of_occupation(
        catalogue: &Catalogue,
        occupation: OccupationId,
        skills_max: usize,
    ) -> Self {
        let Some(occupation) = catalogue.esco.occupations.get(occupation.row()) else {
            return Self::default();
        };
        let title = label_in(&occupation.labels, "en").map(str::to_owned);
        let essential = occupation
            .essential
            .iter()
            .map(|skill| Demanded::essential(*skill));
        let optional = occupation.optional.iter().map(|skill| Demanded {
            weight: OPTIONAL_WEIGHT,
            requirement: Requirement::Optional,
            ..Demanded::essential(*skill)
        });
        Self {
            skills: essential.chain(optional).take(skills_max).collect(),
            title,
            ..Self::default()
        }
    }
}

/// How much an entry asks for beside its weight: essential before optional, then the level (its name settles the rest), then what must be shown.
fn demanding(demanded: &Demanded) -> (bool, Option<(u8, String)>, bool) {
    let level = demanded
        .level
        .map(|level| (level.rank().1, level.to_string()));
    (
        demanded.requirement == Requirement::Essential,
        level,
        demanded.must_be_shown,
    )
}

/// Sorts by weight; ties by row.
fn heaviest_first(mut skills: Vec<Demanded>) -> Vec<Demanded> {
    skills.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.skill.cmp(&b.skill)));
    skills
}

/// Whether two ranges of bytes share any.
pub(crate) fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Bytes between two ranges; 0 where they touch or overlap.
fn distance(a: &Range<usize>, b: &Range<usize>) -> usize {
    a.start
        .saturating_sub(b.end)
        .max(b.start.saturating_sub(a.end))
}
