//! How do the four signals make one score and one probability? A weighted sum, and a logistic curve over it.

use super::phrases::LabelKind;

/// What a text says for one skill.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Signals {
    /// Similarity of the whole text to the skill's meaning vector; up to about 2, since that vector is a sum of three.
    pub sentence: f32,
    /// Cosine of the best window with the label, in [-1, 1].
    pub window: f32,
    /// Cosine of shared n-grams, in [0, 1].
    pub overlap: f32,
    /// How strongly the text names the skill, in [0, 1]; 0 where it does not.
    pub name: f32,
}

/// Weights of sentence, window, overlap and name, chosen on the validation halves of HOUSE and TECH by `index/encoder/evaluate.py`.
const WEIGHTS: [f32; 4] = [1.0, 1.5, 0.5, 0.3];

/// Logistic curve of the probability: intercept, slope for the score, slope for the distance to the text's best score.
const CURVE: [f32; 3] = [-6.0, 2.2, -1.5];

/// The kinds of label, for callers that list them.
pub const NAME_KINDS: [LabelKind; 3] = [LabelKind::Alternative, LabelKind::Unqualified, LabelKind::Preferred];

impl Signals {
    /// The score that ranks, rounded to five decimals.
    pub(super) fn score(&self) -> f32 {
        let parts = [self.sentence, self.window, self.overlap, self.name];
        let sum: f32 = parts.iter().zip(WEIGHTS).map(|(part, weight)| part * weight).sum();
        (sum * 1e5).round() / 1e5
    }

    /// The probability that the text is about the skill; `behind` is the distance to the text's best score.
    pub(super) fn confidence(&self, behind: f32) -> f32 {
        1.0 / (1.0 + (-(CURVE[0] + CURVE[1] * self.score() + CURVE[2] * behind)).exp())
    }
}

/// A score without windows, to find candidates.
pub(super) fn rough(sentence: f32, overlap: f32) -> f32 {
    WEIGHTS[0] * sentence + WEIGHTS[2] * overlap
}

/// How strongly a label names its skill: preferred labels and labels of several words more, ambiguous ones less.
pub(super) fn name_strength(kind: LabelKind, n_words: usize, n_skills: usize) -> f32 {
    let by_kind = match kind {
        LabelKind::Preferred => 1.0,
        LabelKind::Unqualified => 0.9,
        LabelKind::Alternative if n_words > 1 => 0.8,
        LabelKind::Alternative => 0.5,
    };
    by_kind / (n_skills as f32).sqrt()
}
