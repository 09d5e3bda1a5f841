//! How do signals become a score and a probability in another language than English? One logistic model for each of the three things that a generation can
//! have: labels of the language, labels of other languages, or English ones alone.
//!
//! `index/encoder/calibrate.py` fits them on units of made ads and on lines in eleven languages; this file only evaluates them.

use std::sync::OnceLock;

use safetensors::SafeTensors;
use serde::Deserialize;

use super::fuse::{Prior, Signals, TextContext};
use crate::int8::floats;
use crate::learned::{FUSION, GATE};
use skillgap_esco::error::{DataError, Result};

/// The part of the learned weights that is read here.
#[derive(Deserialize)]
struct Part {
    foreign: Foreign,
}

/// The learned weights.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Foreign {
    labelled: Model,
    others_labelled: Model,
    english_only: Model,
    /// How much a text asks for anything, by dimension of its vector, then the intercept.
    #[serde(skip)]
    gate: Vec<f32>,
}

/// Which labels a generation has, seen from the language of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resources {
    /// Those of the language itself.
    Own,
    /// Those of other languages, English among them.
    Others,
    /// English ones alone.
    English,
}

impl Resources {
    /// `languages` are those with labels.
    pub fn of(language: Option<&str>, languages: &[String]) -> Self {
        if languages.iter().any(|of| Some(of.as_str()) == language) {
            Self::Own
        } else if languages.iter().any(|of| of != "en") {
            Self::Others
        } else {
            Self::English
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    score: ScoreWeights,
    probability: ProbabilityWeights,
}

/// The weights of a softmax over the shortlist.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScoreWeights {
    english: f32,
    own: f32,
    described: f32,
    window: f32,
    overlap: f32,
    overlap_own: f32,
    has_own: f32,
    name: f32,
    whole: f32,
    popularity: f32,
    knowledge: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProbabilityWeights {
    intercept: f32,
    score: f32,
    behind_best: f32,
    share: f32,
    likeness: f32,
    window: f32,
    overlap: f32,
    name: f32,
    gate: f32,
    requirement: f32,
    log_words: f32,
    label_words: f32,
    knowledge: f32,
}

/// What a probability depends on beside the skill's own signals.
#[derive(Clone, Copy, Debug)]
pub(super) struct ForeignText {
    /// Scores of the shortlist, and whether the text asks for anything at all.
    pub context: TextContext,
    /// Whether it stands where ads ask.
    pub is_requirement: bool,
    /// Its tokens.
    pub n_tokens: usize,
    /// Which labels the generation has for it.
    pub resources: Resources,
}

impl Foreign {
    /// The weights that the binary carries.
    ///
    /// # Errors
    /// [`DataError::Damaged`] if the carried files do not fit together; a test holds that they do.
    pub fn carried() -> Result<&'static Self> {
        static CARRIED: OnceLock<std::result::Result<Foreign, String>> = OnceLock::new();
        let parse = || -> std::result::Result<Foreign, String> {
            let part: Part = serde_json::from_str(FUSION).map_err(|error| error.to_string())?;
            let tensors = SafeTensors::deserialize(GATE).map_err(|error| error.to_string())?;
            let gate = tensors
                .tensor("vector")
                .map_err(|error| error.to_string())?;
            Ok(Self {
                gate: floats(gate.data()),
                ..part.foreign
            })
        };
        CARRIED
            .get_or_init(parse)
            .as_ref()
            .map_err(|reason| DataError::damaged("foreign weights", reason.clone()))
    }

    /// The logit that a text asks for anything at all, by its vector `[dim]`.
    pub fn gate(&self, vector: &[f32]) -> f32 {
        let weights = self.gate.iter().zip(vector);
        let sum: f32 = weights.map(|(weight, value)| weight * value).sum();
        sum + self.gate.get(vector.len()).copied().unwrap_or_default()
    }

    fn of(&self, resources: Resources) -> &Model {
        match resources {
            Resources::Own => &self.labelled,
            Resources::Others => &self.others_labelled,
            Resources::English => &self.english_only,
        }
    }

    /// The score that ranks.
    pub fn score(&self, signals: &Signals, prior: &Prior, resources: Resources) -> f32 {
        let weights = &self.of(resources).score;
        let [has_own, whole] =
            [signals.nearest_own.is_some(), signals.whole].map(|is| f32::from(u8::from(is)));
        let sum = weights.english * signals.nearest_english
            + weights.own * signals.nearest_own.unwrap_or(0.0)
            + weights.described * signals.described
            + weights.window * signals.window
            + weights.overlap * signals.overlap
            + weights.overlap_own * signals.overlap_own
            + weights.has_own * has_own
            + weights.name * signals.name
            + weights.whole * whole
            + weights.popularity * prior.popularity
            + weights.knowledge * prior.knowledge;
        // Rounded, so that equal input ranks equally on every machine.
        (sum * 1e4).round() / 1e4
    }

    /// The probability that the text asks for the skill, in [0, 1].
    pub fn probability(
        &self,
        signals: &Signals,
        prior: &Prior,
        score: f32,
        text: ForeignText,
    ) -> f32 {
        let weights = &self.of(text.resources).probability;
        let logit = weights.intercept
            + weights.score * score
            + weights.behind_best * (score - text.context.best)
            + weights.share * (score - text.context.log_sum_exp)
            + weights.likeness * (signals.nearest_english + signals.described)
            + weights.window * signals.window
            + weights.overlap * signals.overlap
            + weights.name * signals.name
            + weights.gate * text.context.gate
            + weights.requirement * f32::from(u8::from(text.is_requirement))
            + weights.log_words * (text.n_tokens as f32).ln_1p()
            + weights.label_words * prior.label_words
            + weights.knowledge * prior.knowledge;
        1.0 / (1.0 + (-logit).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_fits_the_vectors() {
        let foreign = Foreign::carried().unwrap();
        let dim = crate::encoder::Encoder::carried().unwrap().dim();
        assert_eq!(foreign.gate.len(), dim + 1);
        assert!(foreign.gate(&vec![0.0; dim]).is_finite());
    }

    #[test]
    fn resources_are_told_by_the_languages_with_labels() {
        let languages = |of: &[&str]| of.iter().map(|of| (*of).to_owned()).collect::<Vec<_>>();
        let (all, english) = (languages(&["de", "en"]), languages(&["en"]));
        assert_eq!(Resources::of(Some("de"), &all), Resources::Own);
        assert_eq!(Resources::of(Some("pl"), &all), Resources::Others);
        assert_eq!(Resources::of(Some("pl"), &english), Resources::English);
    }

    #[test]
    fn what_stands_where_ads_ask_is_surer() {
        let signals = Signals {
            nearest_english: 0.8,
            described: 0.7,
            window: 0.8,
            ..Signals::default()
        };
        let (foreign, prior) = (Foreign::carried().unwrap(), Prior::default());
        let score = foreign.score(&signals, &prior, Resources::Others);
        let probability = |is_requirement| {
            let context = TextContext {
                best: score,
                log_sum_exp: score + 0.5,
                gate: 0.0,
            };
            let text = ForeignText {
                context,
                is_requirement,
                n_tokens: 4,
                resources: Resources::Others,
            };
            foreign.probability(&signals, &prior, score, text)
        };
        assert!(probability(false) < probability(true));
        assert!((0.0..=1.0).contains(&probability(true)));
    }
}
