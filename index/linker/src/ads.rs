//! How do signals become a score and a probability for a text of an ad or a CV? One logistic model for English, and one for each of the three things that a
//! generation can have for another language: its labels, labels of other languages, or English ones alone.
//!
//! `index/encoder/calibrate.py` fits them on units of made ads, on annotated sentences and on lines in eleven languages; this file only evaluates them.

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
    ads: AdModels,
}

/// The learned weights.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdModels {
    english: Model,
    labelled: Model,
    others_labelled: Model,
    english_only: Model,
    /// How much a text in another language asks for anything, by dimension of its vector, then the intercept.
    #[serde(skip)]
    gate: Vec<f32>,
    /// The same in English.
    #[serde(skip)]
    english_gate: Vec<f32>,
}

/// Which labels a generation has, seen from the language of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resources {
    /// The text is in English, or in a language that is not known.
    InEnglish,
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
        if language.is_none_or(|language| language == "en") {
            Self::InEnglish
        } else if languages.iter().any(|of| Some(of.as_str()) == language) {
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
    /// Of the gate by word pieces, which knows English alone.
    #[serde(default)]
    pieces_gate: f32,
    requirement: f32,
    log_words: f32,
    label_words: f32,
    knowledge: f32,
}

/// What a probability depends on beside the skill's own signals.
#[derive(Clone, Copy, Debug)]
pub(super) struct InAd {
    /// Scores of the shortlist, and the logit that the text asks for anything at all.
    pub context: TextContext,
    /// The same logit by word pieces, in English; else 0.
    pub pieces_gate: f32,
    /// Whether it stands where ads ask.
    pub is_requirement: bool,
    /// Its tokens.
    pub n_tokens: usize,
    /// Which labels the generation has for it.
    pub resources: Resources,
}

impl AdModels {
    /// The weights that the binary carries.
    ///
    /// # Errors
    /// [`DataError::Damaged`] if the carried files do not fit together; a test holds that they do.
    pub fn carried() -> Result<&'static Self> {
        static CARRIED: OnceLock<std::result::Result<AdModels, String>> = OnceLock::new();
        let parse = || -> std::result::Result<AdModels, String> {
            let part: Part = serde_json::from_str(FUSION).map_err(|error| error.to_string())?;
            let tensors = SafeTensors::deserialize(GATE).map_err(|error| error.to_string())?;
            let gate = |name| {
                let tensor = tensors.tensor(name).map_err(|error| error.to_string())?;
                Ok::<_, String>(floats(tensor.data()))
            };
            Ok(Self {
                gate: gate("vector")?,
                english_gate: gate("english_vector")?,
                ..part.ads
            })
        };
        CARRIED
            .get_or_init(parse)
            .as_ref()
            .map_err(|reason| DataError::damaged("weights of ads", reason.clone()))
    }

    /// The logit that a text asks for anything at all, by its vector `[dim]`.
    pub fn gate(&self, vector: &[f32], resources: Resources) -> f32 {
        let gate = match resources {
            Resources::InEnglish => &self.english_gate,
            _ => &self.gate,
        };
        let weights = gate.iter().zip(vector);
        let sum: f32 = weights.map(|(weight, value)| weight * value).sum();
        sum + gate.get(vector.len()).copied().unwrap_or_default()
    }

    fn of(&self, resources: Resources) -> &Model {
        match resources {
            Resources::InEnglish => &self.english,
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
    pub fn probability(&self, signals: &Signals, prior: &Prior, score: f32, text: InAd) -> f32 {
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
            + weights.pieces_gate * text.pieces_gate
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
        let models = AdModels::carried().unwrap();
        let dim = crate::encoder::Encoder::carried().unwrap().dim();
        assert_eq!(models.gate.len(), dim + 1);
        assert_eq!(models.english_gate.len(), dim + 1);
        for resources in [Resources::InEnglish, Resources::Own] {
            assert!(models.gate(&vec![0.0; dim], resources).is_finite());
        }
    }

    #[test]
    fn resources_are_told_by_the_languages_with_labels() {
        let languages = |of: &[&str]| of.iter().map(|of| (*of).to_owned()).collect::<Vec<_>>();
        let (all, english) = (languages(&["de", "en"]), languages(&["en"]));
        assert_eq!(Resources::of(Some("de"), &all), Resources::Own);
        assert_eq!(Resources::of(Some("pl"), &all), Resources::Others);
        assert_eq!(Resources::of(Some("pl"), &english), Resources::English);
        assert_eq!(Resources::of(None, &all), Resources::InEnglish);
    }

    #[test]
    fn what_stands_where_ads_ask_is_surer() {
        let signals = Signals {
            nearest_english: 0.8,
            described: 0.7,
            window: 0.8,
            ..Signals::default()
        };
        let (models, prior) = (AdModels::carried().unwrap(), Prior::default());
        let score = models.score(&signals, &prior, Resources::Others);
        let probability = |is_requirement| {
            let context = TextContext {
                best: score,
                log_sum_exp: score + 0.5,
                gate: 0.0,
            };
            let text = InAd {
                context,
                pieces_gate: 0.0,
                is_requirement,
                n_tokens: 4,
                resources: Resources::Others,
            };
            models.probability(&signals, &prior, score, text)
        };
        assert!(probability(false) < probability(true));
        assert!((0.0..=1.0).contains(&probability(true)));
    }
}
