//! How do the signals make one score and one probability? A weighted sum, and a logistic curve; both learned, both data.
//!
//! `index/encoder/fusion.py` fits them on annotated sentences and on sentences that ask for nothing, and writes `fusion.json`, `gate.safetensors`
//! and `popularity.tsv`; this file only evaluates them.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use safetensors::SafeTensors;
use serde::Deserialize;

use super::gazetteer::LabelKind;
use crate::encoder::Token;
use crate::int8::floats;
use crate::learned::{FUSION, GATE, POPULARITY};
use skillgap_esco::error::{DataError, Result};
use skillgap_esco::{Skill, SkillType, labels_in};

/// What a text says for one skill.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Signals {
    /// Cosine of the whole text with the nearest name of the skill, in English or the text's language.
    pub nearest_name: f32,
    /// The same with English names alone.
    pub nearest_english: f32,
    /// The same with names in the text's language alone; nothing where the skill has none.
    pub nearest_own: Option<f32>,
    /// The same with names in neither English nor the text's language; 0 where the skill has none.
    pub nearest_other: f32,
    /// Cosine of the whole text with label and description together.
    pub described: f32,
    /// Cosine of the best window with the label.
    pub window: f32,
    /// Cosine of shared n-grams, in [0, 1].
    pub overlap: f32,
    /// The same with the nearest name in the text's language, where that is not English and has labels; else 0.
    pub overlap_own: f32,
    /// How strongly a label of the skill stands in the text word for word, in [0, 1]; 0 where none does.
    pub name: f32,
    /// Whether a label of the skill is all that the text says.
    pub whole: bool,
}

/// What is known of a skill before any text is read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Prior {
    /// What its popularity and its kind add to a rough score.
    pub score: f32,
    /// ln of how often ads ask for it.
    pub popularity: f32,
    /// 1 for knowledge, 0 for a skill or competence.
    pub knowledge: f32,
    /// Words of its English label.
    pub label_words: f32,
}

/// The learned weights.
#[derive(Deserialize)]
pub(super) struct Fusion {
    score: ScoreWeights,
    gate: GateWeights,
    outcome: OutcomeWeights,
    mention: MentionWeights,
    term: TermWeights,
    #[serde(skip)]
    gate_of_piece: Vec<f32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScoreWeights {
    name: f32,
    described: f32,
    window: f32,
    overlap: f32,
    popularity: f32,
    knowledge: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GateWeights {
    intercept: f32,
    log_words: f32,
}

/// For labels that stand in the text word for word; chosen on the same sentences by `index/encoder/README.md`, section "Mentions".
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MentionWeights {
    score: f32,
}

/// Fitted on outcomes whose links were read by eye, by `index/encoder/outcomes.py`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeWeights {
    intercept: f32,
    behind_best: f32,
    share: f32,
    window: f32,
    name: f32,
    overlap: f32,
}

/// For terms in another language than English, fitted on national skill names by `index/encoder/terms.py` so that shares of Σ exp(score) are chances.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermWeights {
    labelled: LabelledTermWeights,
    english_only: EnglishTermWeights,
}

/// Where the generation has labels of the term's language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelledTermWeights {
    own: f32,
    own_overlap: f32,
    other: f32,
    english: f32,
    described: f32,
    has_own: f32,
    whole: f32,
}

/// Where it has none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnglishTermWeights {
    english: f32,
    described: f32,
    whole: f32,
}

/// What a candidate's probability depends on beside its own signals.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextContext {
    /// Score of the text's best candidate.
    pub best: f32,
    /// ln Σ exp(score) over all candidates.
    pub log_sum_exp: f32,
    /// Logit that the text asks for anything at all.
    pub gate: f32,
}

impl Fusion {
    /// The weights that the binary carries.
    ///
    /// # Errors
    /// [`DataError::Damaged`] if the carried files do not fit together; a test holds that they do.
    pub fn carried() -> Result<&'static Self> {
        static CARRIED: OnceLock<std::result::Result<Fusion, String>> = OnceLock::new();
        let parse = || -> std::result::Result<Fusion, String> {
            let mut fusion: Fusion =
                serde_json::from_str(FUSION).map_err(|error| error.to_string())?;
            let tensors = SafeTensors::deserialize(GATE).map_err(|error| error.to_string())?;
            fusion.gate_of_piece = floats(
                tensors
                    .tensor("gate")
                    .map_err(|error| error.to_string())?
                    .data(),
            );
            Ok(fusion)
        };
        CARRIED
            .get_or_init(parse)
            .as_ref()
            .map_err(|reason| DataError::damaged("fusion", reason.clone()))
    }

    /// What is known of each skill, in their order.
    pub fn priors(&self, skills: &[Skill]) -> Vec<Prior> {
        let popularity: FxHashMap<&str, f32> = POPULARITY
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .filter_map(|(uri, n)| Some((uri, n.parse().ok()?)))
            .collect();
        let expected = |skill: &Skill| {
            popularity
                .get(skill.uri.as_str())
                .copied()
                .unwrap_or_default()
        };
        let knowledge =
            |skill: &Skill| f32::from(u8::from(skill.skill_type == SkillType::Knowledge));
        let prior = |skill: &Skill| Prior {
            score: self.score.popularity * (expected(skill) + 0.1).ln()
                + self.score.knowledge * knowledge(skill),
            popularity: (expected(skill) + 0.1).ln(),
            knowledge: knowledge(skill),
            label_words: labels_in(&skill.labels, "en").map_or(0.0, |labels| {
                labels.preferred.split_whitespace().count() as f32
            }),
        };
        skills.iter().map(prior).collect()
    }

    /// The score that ranks the skills of a learning outcome.
    pub fn outcome_score(&self, signals: &Signals) -> f32 {
        let weights = &self.score;
        let sum = weights.name * signals.nearest_name
            + weights.described * signals.described
            + weights.window * signals.window
            + weights.overlap * signals.overlap
            + self.mention.score * signals.name;
        // Rounded, so that equal input ranks equally on every machine.
        (sum * 1e4).round() / 1e4
    }

    /// The score that ranks for a term; `labelled` where the generation has labels of its language.
    pub fn term_score(&self, signals: &Signals, labelled: bool) -> f32 {
        let whole = f32::from(u8::from(signals.whole));
        let sum = if labelled {
            let weights = &self.term.labelled;
            let has_own = f32::from(u8::from(signals.nearest_own.is_some()));
            weights.own * signals.nearest_own.unwrap_or(0.0)
                + weights.own_overlap * signals.overlap_own
                + weights.other * signals.nearest_other
                + weights.english * signals.nearest_english
                + weights.described * signals.described
                + weights.has_own * has_own
                + weights.whole * whole
        } else {
            let weights = &self.term.english_only;
            weights.english * signals.nearest_english
                + weights.described * signals.described
                + weights.whole * whole
        };
        (sum * 1e4).round() / 1e4
    }

    /// A score from vectors and n-grams alone, to find candidates.
    pub fn rough(&self, vectors: f32, overlap: f32) -> f32 {
        vectors + self.score.overlap * overlap
    }

    /// Weights of nearest name and description in a rough score.
    pub fn rough_weights(&self) -> (f32, f32) {
        (
            self.score.name + self.score.window / 2.0,
            self.score.described,
        )
    }

    /// The logit that an English text asks for anything at all.
    pub fn gate(&self, tokens: &[Token]) -> f32 {
        let mut pieces: Vec<u32> = tokens
            .iter()
            .flat_map(|token| &token.pieces)
            .copied()
            .collect();
        pieces.sort_unstable();
        pieces.dedup();
        let sum: f32 = pieces
            .iter()
            .filter_map(|piece| self.gate_of_piece.get(*piece as usize))
            .sum();
        self.gate.intercept
            + self.gate.log_words * (tokens.len() as f32).ln_1p()
            + sum / (pieces.len().max(1) as f32).sqrt()
    }

    /// The probability that a learning outcome teaches the skill, in [0, 1].
    pub fn outcome_probability(&self, signals: &Signals, score: f32, text: TextContext) -> f32 {
        let weights = &self.outcome;
        let logit = weights.intercept
            + weights.behind_best * (score - text.best)
            + weights.share * (score - text.log_sum_exp)
            + weights.window * signals.window
            + weights.name * signals.nearest_name
            + weights.overlap * signals.overlap;
        1.0 / (1.0 + (-logit).exp())
    }
}

/// How strongly a label names its skill: preferred labels and labels of several words more, ambiguous ones less.
pub(super) fn name_strength(kind: LabelKind, n_words: usize, n_skills: usize) -> f32 {
    let by_kind = match kind {
        LabelKind::Preferred => 1.0,
        LabelKind::Unqualified => 0.9,
        LabelKind::Alternative if n_words > 1 => 0.6,
        // One common word is an alternative label of many a rare skill: rust, communication, documents.
        LabelKind::Alternative => 0.0,
    };
    by_kind / (n_skills as f32).sqrt()
}
