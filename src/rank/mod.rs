//! In what order? Every candidate gets features in [0, 1]; the score is the sum of weight times feature, and each part is kept.

mod features;
mod tree;
mod trust;
mod weights;

use std::cmp::Reverse;

use rayon::prelude::*;
use skillgap_catalogue::Filter;
use skillgap_esco::SkillId;

pub use features::{FEATURES, Feature, Unknown};
pub use tree::{Node, Subject, Unit, tree};
pub use trust::{JudgedSignal, Persona, Standing, Trust, trust, trust_weights};
pub use weights::Weights;

use crate::candidates::{Candidate, Needs};
use crate::gap::Profile;

/// One feature's part of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// The feature.
    pub feature: Feature,
    /// In [0, 1].
    pub value: f64,
    /// In [0, 1]; all weights sum to 1.
    pub weight: f64,
    /// Why the value is a neutral one; nothing where it is known.
    pub unknown: Option<Unknown>,
}

impl Contribution {
    /// Value times weight.
    pub fn contribution(&self) -> f64 {
        self.value * self.weight
    }
}

/// From this nearness on the wording is called close: one phrase answered wholly comes to as much. Of what the judged development cases showed by wording alone,
/// six in ten were of use from here on, one in three below.
pub const CLOSE: f64 = 0.35;

/// Candidates that are scored on one thread.
const TOGETHER: usize = 32;

/// A candidate with its score.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The candidate.
    pub candidate: Candidate,
    /// The parts of the score, in the order of [`FEATURES`].
    pub contributions: Vec<Contribution>,
    /// What is known of its quality.
    pub trust: Trust,
}

impl Ranked {
    /// The sum of the contributions in their order, in [0, 1].
    pub fn score(&self) -> f64 {
        self.contributions
            .iter()
            .map(Contribution::contribution)
            .sum()
    }

    /// Whether it closes nothing, and is related to what is asked for only loosely, by its wording.
    pub fn is_loose(&self) -> bool {
        self.candidate.closure <= 0.0 && self.candidate.near.value < CLOSE
    }

    /// The contribution of a feature.
    pub fn part(&self, feature: Feature) -> Option<&Contribution> {
        self.contributions
            .iter()
            .find(|part| part.feature == feature)
    }
}

/// A place in the order of recommendations: after one that was shown, whether or not it is still there.
#[derive(Clone, Debug, PartialEq)]
pub struct After {
    /// Its score.
    pub score: f64,
    /// Its id.
    pub id: String,
}

impl After {
    /// How many of a ranked list come here or before.
    pub fn n_before(&self, ranked: &[Ranked]) -> usize {
        ranked.partition_point(|one| {
            one.score()
                .total_cmp(&self.score)
                .then_with(|| self.id.cmp(&one.candidate.facts.id))
                .is_ge()
        })
    }
}

/// What the ranking of one request looks at beside the candidates. It holds nothing that says who the person is.
pub struct Ranking<'a> {
    /// What is missing.
    pub needs: &'a Needs,
    /// What is held, for entry requirements.
    pub profile: &'a Profile,
    /// The caller's constraints, which the candidates fulfil already, with the day, the rates and the accreditors that count.
    pub filter: &'a Filter,
    /// Whose priorities weigh the trust signals.
    pub persona: Persona,
    /// Weights of the features.
    pub weights: &'a Weights,
}

/// Scores all candidates and sorts them, best first; ties in the order of the catalogue, which is by id.
pub fn rank(candidates: Vec<Candidate>, ranking: &Ranking<'_>) -> Vec<Ranked> {
    let mut ranked: Vec<Ranked> = candidates
        .into_par_iter()
        .with_min_len(TOGETHER)
        .map(|candidate| {
            let trust = trust(&candidate.facts, ranking.filter, ranking.persona);
            let contributions = features::contributions(&candidate, &trust, ranking);
            Ranked {
                candidate,
                contributions,
                trust,
            }
        })
        .collect();
    // No score is below 0, so that their bits have their order.
    ranked.sort_by_cached_key(|ranked| {
        (
            Reverse(ranked.score().to_bits()),
            ranked.candidate.facts.id.clone(),
        )
    });
    ranked
}

/// Share of what a credential teaches that the gap needs: Σ confidence · best coverage / Σ confidence.
fn focus(teaches: &[(SkillId, f64)], needs: &Needs) -> f64 {
    let all: f64 = teaches.iter().map(|(_, confidence)| confidence).sum();
    let needed: f64 = teaches
        .iter()
        .map(|(skill, confidence)| confidence * needs.needs(*skill).unwrap_or(0.0))
        .sum();
    if all > 0.0 { needed / all } else { 0.0 }
}
