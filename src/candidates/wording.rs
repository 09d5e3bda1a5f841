//! How near is what a credential teaches, as it is worded, to what is asked for and not held? The second way to a credential, beside linked
//! skills: phrase against outcome, by meaning. It finds what no link finds, and says less: near in wording is not the same as teaching the skill.

use std::collections::BTreeSet;

use rayon::prelude::*;
use skillgap_index::Catalogue;
use skillgap_index::catalogue::Place;
use skillgap_index::encoder::Encoder;
use skillgap_index::meaning::{Meaning, Vector, Vectors};
use skillgap_index::model::esco::SkillId;

use crate::demand::{ASKED_MAX, Demand, phrases_of};
use crate::error::Result;
use crate::gap::{Gap, Profile, ProfileParts};

use super::{Candidate, Had, Needs, Survey, at};

/// Similarity of phrase and outcome at which an outcome begins to answer a phrase, and from which on it answers it wholly.
const ANSWERS: (f32, f32) = (0.3, 0.8);
/// The same for what the person holds, and how much of a phrase the words of a CV can answer at most: they are no proof.
const HELD: (f32, f32) = (0.4, 0.8);
const CERTAINTY_TEXT: f64 = 0.7;
/// A phrase of which less is open is answered.
const OPEN_MIN: f64 = 0.05;
/// Held skills whose labels are compared.
const HELD_SKILLS_MAX: usize = 200;
/// Phrases whose answers count: a good credential answers a few well, not all a little.
const BEST: usize = 3;
/// Similarity of the whole texts that counts as the highest, and its share of the value.
const WHOLE_MAX: f32 = 0.6;
const WHOLE_SHARE: f64 = 0.3;

/// Credentials that are looked at for their wording alone, beside those that close something; a credential below this value is not shown.
const NEAR_MAX: usize = 128;
const NEAR_MIN: f64 = 0.1;

/// What is asked for and how much of it is not held, as it is worded.
pub struct Wording {
    phrases: Vectors,
    /// Share of each phrase that nothing held answers, in [0, 1].
    open: Vec<f64>,
    /// The direction of all phrases together.
    whole: Vector,
    /// Mean share that is open, in [0, 1].
    open_mean: f64,
}

/// How near one credential is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Near {
    /// In [0, 1].
    pub value: f64,
    /// The best answered phrase (position in what is asked) and the part that answers it (0 the title, then the outcomes).
    pub best: Option<(usize, usize)>,
}

impl Wording {
    /// Encodes what is asked (phrases of the ad, else labels of the demanded skills) and what is held: labels of held skills, phrases of the CV,
    /// titles and outcomes of held credentials.
    ///
    /// # Errors
    /// What the encoder says.
    pub fn of(catalogue: &Catalogue, demand: &Demand, gap: &Gap, profile: &Profile, parts: &ProfileParts<'_>) -> Result<Self> {
        let encoder = Encoder::carried()?;
        let vector = |text: &str| Vector::of(encoder, text);
        let label = |skill: SkillId| vector(catalogue.skill_label(skill, "en"));
        let mut held: Vec<(Vector, f64)> =
            parts.credentials.iter().flat_map(|of| Meaning::of(encoder, of).parts).map(|part| (part, 1.0)).collect();
        held.extend(profile.held.iter().take(HELD_SKILLS_MAX).map(|held| (label(held.skill), held.certainty)));
        held.extend(parts.text.map(phrases_of).into_iter().flatten().map(|text| (vector(&text), CERTAINTY_TEXT)));
        let held_vectors: Vectors = held.iter().map(|(vector, _)| vector).collect();
        let open = |vector: &Vector| {
            let answered = held_vectors.cosines(vector).zip(&held).map(|(similarity, (_, certainty))| ramp(similarity, HELD) * certainty);
            1.0 - answered.fold(0.0, f64::max)
        };
        let phrase = |vector: Vector, missing: f64| (open(&vector).min(missing), vector);
        let (open, vectors): (Vec<f64>, Vec<Vector>) = if demand.asked.is_empty() {
            gap.items.iter().take(ASKED_MAX).map(|item| phrase(label(item.skill), 1.0 - item.held)).unzip()
        } else {
            demand.asked.iter().map(|asked| phrase(vector(&asked.text), 1.0)).unzip()
        };
        let open_mean = open.iter().sum::<f64>() / open.len().max(1) as f64;
        Ok(Self { phrases: vectors.iter().collect(), whole: Vector::sum(&vectors), open, open_mean })
    }

    /// Whether nothing is asked for, or all of it is held.
    fn is_answered(&self) -> bool {
        self.open.iter().all(|open| *open < OPEN_MIN)
    }

    /// Mean of the best answers, and the likeness of the whole texts. Ties go to the first phrase and part.
    pub fn near(&self, meaning: &Meaning) -> Near {
        // The part that is nearest to each phrase, the first of equals.
        let mut nearest = vec![(f32::MIN, 0); self.open.len()];
        for (part, vector) in meaning.parts.iter().enumerate() {
            for (nearest, similarity) in nearest.iter_mut().zip(self.phrases.cosines(vector)) {
                if similarity > nearest.0 {
                    *nearest = (similarity, part);
                }
            }
        }
        let answers = nearest.into_iter().zip(&self.open).enumerate();
        let mut answers: Vec<(f64, usize, usize)> =
            answers.map(|(at, ((similarity, part), open))| (ramp(similarity, ANSWERS) * open, at, part)).collect();
        answers.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let answered: f64 = answers.iter().take(BEST).map(|(answer, ..)| answer).sum::<f64>() / BEST as f64;
        let whole = ramp(self.whole.cosine(&meaning.whole), (0.0, WHOLE_MAX));
        let value = (1.0 - WHOLE_SHARE) * answered + WHOLE_SHARE * whole * self.open_mean;
        let best = answers.first().filter(|(answer, ..)| *answer > 0.0).map(|(_, phrase, part)| (*phrase, *part));
        // Rounded, so that equal input ranks equally on every machine.
        Near { value: (value * 1e4).round() / 1e4, best }
    }
}

/// The credentials that are nearest in wording as a whole and pass the filter, nearest first; none where nothing is open. What is had or left out is
/// not among them. Cost: one pass over the signs of the catalogue.
///
/// # Errors
/// What the catalogue says.
pub fn worded_like(catalogue: &Catalogue, wording: &Wording, survey: &Survey<'_>, had: &Had) -> Result<Vec<Place>> {
    if wording.is_answered() {
        return Ok(Vec::new());
    }
    let mut near = catalogue.credentials.near(&wording.whole, survey.filter, NEAR_MAX)?;
    near.retain(|place| had.places.binary_search(place).is_err() && survey.left_out.binary_search(place).is_err());
    Ok(near)
}

/// Says of all candidates how near they are in wording, and adds those of `near` that are near in wording alone. Candidates that close something come
/// first and keep their order. Cost: the vectors of the candidates are read and compared.
///
/// # Errors
/// What the catalogue says.
pub fn with_near(
    catalogue: &Catalogue,
    needs: &Needs,
    wording: &Wording,
    mut near: Vec<Place>,
    mut candidates: Vec<Candidate>,
) -> Result<Vec<Candidate>> {
    if wording.is_answered() {
        return Ok(candidates);
    }
    let n_closing = candidates.len();
    let known: BTreeSet<Place> = candidates.iter().map(|candidate| candidate.facts.address).collect();
    near.retain(|place| !known.contains(place));
    candidates.extend(at(catalogue, needs, &near)?);
    let addresses: Vec<_> = candidates.iter().map(|candidate| candidate.facts.address).collect();
    let meanings = catalogue.credentials.meanings(&addresses)?;
    candidates.par_iter_mut().zip(meanings).for_each(|(candidate, meaning)| {
        candidate.near = meaning.map(|meaning| wording.near(&meaning)).unwrap_or_default();
    });
    let mut row = 0..;
    candidates.retain(|candidate| row.next() < Some(n_closing) || candidate.closure > 0.0 || candidate.near.value >= NEAR_MIN);
    Ok(candidates)
}

/// 0 up to the first, 1 from the second on, linear between.
fn ramp(similarity: f32, (from, to): (f32, f32)) -> f64 {
    f64::from(((similarity - from) / (to - from)).clamp(0.0, 1.0))
}
