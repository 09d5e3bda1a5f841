//! The usefulness of a candidate: how likely a counsellor would call it of use. One probability decides what is shown and what is called likely.
//!
//! A candidate is of use if a link of it is right, or if its wording is what is meant. How likely a link is right is known from the linker; how likely the
//! wording is meant was fitted on judged cases. Nearness alone says little, since in an ad of few clear words everything is a little near: what stands out from the
//! others is meant.

use super::candidate::{Candidate, NEAR_MIN, Usefulness};
use super::needs::rounded;

/// Weights of the logistic function: intercept, nearness in wording and how far that stands out. Fitted by `tests/advice/fit.py` on
/// the cases that are not in its check half; figures in `docs/decisions/0069-one-probability-of-use.md`.
const INTERCEPT: f64 = -3.4;
const NEARNESS: f64 = 1.1;
const STANDING_OUT: f64 = 3.5;
/// Candidates among which one stands out, at least: in a catalogue of a few, the absent ones count as hardly near.
const OTHERS_MIN: usize = 24;

/// From here on a credential is shown.
pub const SHOWN_MIN: f64 = 0.25;
/// From here on it is called likely to help: more likely of use than not.
pub const LIKELY_MIN: f64 = 0.5;

/// Says of all candidates how likely they are of use.
pub(super) fn judge(candidates: &mut [Candidate]) {
    let near_usual = near_usual(candidates);
    for candidate in candidates {
        let by_links = candidate.usefulness.by_links;
        let near = candidate.near.value;
        let by_wording = match near < NEAR_MIN {
            true => 0.0,
            false => rounded(by_wording(near, near_usual)),
        };
        candidate.usefulness = Usefulness {
            probability: rounded(1.0 - (1.0 - by_links) * (1.0 - by_wording)),
            by_links,
            by_wording,
            near_usual,
        };
    }
}

/// The median of all candidates and of the absent ones.
fn near_usual(candidates: &[Candidate]) -> f64 {
    let mut values: Vec<f64> = candidates.iter().map(|one| one.near.value).collect();
    values.resize(values.len().max(OTHERS_MIN), NEAR_MIN);
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn by_wording(near: f64, near_usual: f64) -> f64 {
    let logit = INTERCEPT + NEARNESS * near + STANDING_OUT * (near - near_usual);
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_out_is_likelier_of_use() {
        let by = |near| by_wording(near, 0.2);
        assert!(by(0.2) < by(0.4) && by(0.4) < by(0.8));
        assert!(by_wording(0.4, 0.4) < by_wording(0.4, 0.2));
    }

    #[test]
    fn what_is_no_nearer_than_the_others_is_not_shown() {
        assert!(by_wording(NEAR_MIN, NEAR_MIN) < SHOWN_MIN);
    }
}
