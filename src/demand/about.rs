//! Which occupation is a job? What it is called and what is said of it, against every occupation; nothing where that makes sure of none.
//!
//! The one idea: a softmax over all occupations, so that a title that fits many occupations makes sure of none.

use skillgap_catalogue::Catalogue;
use skillgap_esco::{Occupation, OccupationId, SkillId};
use skillgap_linker::titles::{Evidence, JobText, N_FEATURES};

use super::OPTIONAL_WEIGHT;

/// Weights of [`Evidence::features`], and of the skills that are asked for; how often a careful reader takes a sibling for what is sure. Fitted by `index/encoder/occupations.py` on the made ads of
/// `index/encoder/corpus` (`docs/reach.md`).
const WEIGHTS: [f64; N_FEATURES] = [
    4.86, 0.3, 2.46, -0.92, -0.05, 1.04, 5.29, 4.04, 6.83, 5.63, -0.34, 0.01, 0.47,
];
const SKILLS: f64 = 14.52;
const DOUBT: f64 = 0.21;
/// The same of past jobs, on the made CVs.
const PAST_JOB_WEIGHTS: [f64; N_FEATURES] = [
    4.33, 1.26, 0.93, 1.26, -0.84, 2.28, 2.71, 2.71, 8.25, 3.11, -0.5, 0.07, 0.81,
];
const PAST_JOB_DOUBT: f64 = 0.15;
/// Below this probability an occupation is not named.
const CONFIDENCE_MIN: f64 = 0.05;
/// Of a text that asks for fewer skills than these, so much of a line must be exactly a label for an occupation to be named.
const SKILLS_MIN: usize = 2;
const EXACT_MIN: f32 = 0.5;
/// Occupations that are named at most.
const ABOUT_MAX: usize = 5;

/// An occupation that a text may be about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct About {
    /// The occupation.
    pub occupation: OccupationId,
    /// Probability that a careful coder takes it for the occupation, in [0, 1].
    pub confidence: f64,
}

/// What speaks for one occupation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Signals {
    /// What the job is called, and what is said of it.
    pub text: Evidence,
    /// Cosine of the skills of the job with those of the occupation, each weighted by how few occupations need it, in [0, 1].
    pub skills: f64,
}

fn weighted(weights: &[f64; N_FEATURES], evidence: &Evidence) -> f64 {
    let weighted = weights
        .iter()
        .zip(evidence.features())
        .map(|(weight, feature)| weight * f64::from(feature));
    weighted.sum()
}

/// The occupations that a job most likely is, most likely first; ties by row. `skills` are those of the job, each with its probability.
pub fn about(
    catalogue: &Catalogue,
    job: &JobText,
    language: Option<&str>,
    skills: &[(SkillId, f64)],
) -> Vec<About> {
    if job.titles.is_empty() && skills.is_empty() {
        return Vec::new();
    }
    let signals = signals(catalogue, job, language, skills);
    // A text that asks for next to nothing and names no job is no ad; the softmax would name one all the same.
    if skills.len() < SKILLS_MIN && signals.iter().all(|of| of.text.exact < EXACT_MIN) {
        return Vec::new();
    }
    let score = |signals: &Signals| weighted(&WEIGHTS, &signals.text) + SKILLS * signals.skills;
    let scores: Vec<f64> = signals.iter().map(score).collect();
    likeliest(&scores, DOUBT)
}

/// The occupations with the highest scores: a softmax over all, less the doubt.
fn likeliest(scores: &[f64], doubt: f64) -> Vec<About> {
    let highest = scores.iter().copied().fold(f64::MIN, f64::max);
    let all: f64 = scores.iter().map(|score| (score - highest).exp()).sum();
    let about = |(row, score): (usize, &f64)| {
        let share = (score - highest).exp() / all;
        About {
            occupation: OccupationId(row as u32),
            confidence: (share * (1.0 - doubt * share) * 1e4).round() / 1e4,
        }
    };
    let mut likely: Vec<About> = scores
        .iter()
        .enumerate()
        .map(about)
        .filter(|about| about.confidence >= CONFIDENCE_MIN)
        .collect();
    likely.sort_by(|a, b| {
        b.confidence
            .total_cmp(&a.confidence)
            .then(a.occupation.cmp(&b.occupation))
    });
    likely.truncate(ABOUT_MAX);
    likely
}

/// The same of a job that a person names in a text of their own.
pub fn about_past_job(catalogue: &Catalogue, job: &JobText, language: Option<&str>) -> Vec<About> {
    let evidence = catalogue
        .linker
        .titles(&catalogue.esco)
        .evidence(job, language);
    let scores: Vec<f64> = evidence
        .iter()
        .map(|evidence| weighted(&PAST_JOB_WEIGHTS, evidence))
        .collect();
    likeliest(&scores, PAST_JOB_DOUBT)
}

/// What speaks for each occupation, by row.
pub fn signals(
    catalogue: &Catalogue,
    job: &JobText,
    language: Option<&str>,
    skills: &[(SkillId, f64)],
) -> Vec<Signals> {
    let evidence = catalogue
        .linker
        .titles(&catalogue.esco)
        .evidence(job, language);
    let by_skills = by_skills(catalogue, skills);
    evidence
        .into_iter()
        .zip(by_skills)
        .map(|(text, skills)| Signals { text, skills })
        .collect()
}

/// Cosine of the skills of a job with those of each occupation.
fn by_skills(catalogue: &Catalogue, skills: &[(SkillId, f64)]) -> Vec<f64> {
    let n_occupations = catalogue.esco.occupations.len() as f64;
    let rarity = |skill| {
        let (essential, optional) = catalogue.graph.occupation_counts(skill);
        (1.0 + n_occupations / f64::from(1 + essential + optional)).ln()
    };
    let mut asked = vec![0.0; catalogue.esco.skills.len()];
    skills
        .iter()
        .for_each(|(skill, confidence)| asked[skill.row()] = confidence * rarity(*skill));
    let length = asked.iter().map(|value| value * value).sum::<f64>().sqrt();
    let cosine = |occupation: &Occupation| {
        let essential = occupation.essential.iter().map(|skill| (skill, 1.0));
        let needed = essential.chain(
            occupation
                .optional
                .iter()
                .map(|skill| (skill, OPTIONAL_WEIGHT)),
        );
        let (mut product, mut squares) = (0.0, 0.0);
        for (skill, weight) in needed {
            let needed = weight * rarity(*skill);
            product += needed * asked[skill.row()];
            squares += needed * needed;
        }
        if product > 0.0 {
            product / (length * f64::sqrt(squares))
        } else {
            0.0
        }
    };
    catalogue.esco.occupations.iter().map(cosine).collect()
}
