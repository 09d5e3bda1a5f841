//! The rank of candidates: every one gets features in [0, 1]; the score is the sum of weight times feature, and each part is kept.

mod feature;
mod features;
mod tree;
mod trust;
mod weights;

use std::cmp::Reverse;

use rayon::prelude::*;

pub use feature::{Contribution, FEATURES, Feature, Unknown};
pub use features::Ranking;
pub use tree::{Node, Subject, Unit, tree};
pub use trust::{JudgedSignal, Persona, Standing, Trust, trust, trust_weights};
pub use weights::Weights;

use crate::candidates::{Candidate, LIKELY_MIN};

/// Candidates that are scored on one thread.
const CHUNK: usize = 32;

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

    /// Whether it is likelier of use than not.
    pub fn is_likely(&self) -> bool {
        self.candidate.usefulness.probability >= LIKELY_MIN
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
    pub fn n_before(&self, ranked: &[&Ranked]) -> usize {
        ranked.partition_point(|one| {
            one.score()
                .total_cmp(&self.score)
                .then_with(|| self.id.cmp(&one.candidate.facts.id))
                .is_ge()
        })
    }
}

/// Scores all candidates and sorts them, best first; ties in the order of the catalogue, which is by id.
pub fn rank(candidates: Vec<Candidate>, ranking: &Ranking<'_>) -> Vec<Ranked> {
    let mut ranked: Vec<Ranked> = candidates
        .into_par_iter()
        .with_min_len(CHUNK)
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
