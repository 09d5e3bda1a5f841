//! Which occupation is an ad about? What its first lines call it, and what it asks for, against every occupation; nothing where neither says enough.
//!
//! The one idea: a softmax over all occupations and "none of them", so that a title that fits many occupations makes sure of none.

use skillgap_catalogue::Catalogue;
use skillgap_esco::OccupationId;

use super::readiness::{skills, weight};
use crate::demand::Demand;

/// Weights of the signals, and what "none of them" scores; fitted by `examples/occupation.py` on half of the made ads of
/// `examples/occupation.rs` (`docs/reach.md`).
const WORDS: f64 = 1.0;
const MEANING: f64 = 11.6;
const SKILLS: f64 = 13.0;
const NONE: f64 = 11.7;
/// A later line says less than the first.
const LATER_LINE: f64 = 0.8;
/// Below this probability an occupation is not named.
const CONFIDENCE_MIN: f64 = 0.1;
/// Occupations that are named at most.
const ABOUT_MAX: usize = 5;

/// An occupation that an ad may be about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct About {
    /// The occupation.
    pub occupation: OccupationId,
    /// Probability that the ad is about it, in [0, 1].
    pub confidence: f64,
}

/// What speaks for one occupation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Signals {
    /// Shared words with its nearest label, in [0, 1].
    pub words: f64,
    /// Nearness of meaning, in [0, 1].
    pub meaning: f64,
    /// Cosine of what the ad asks for with its skills, each skill weighted by how few occupations need it, in [0, 1].
    pub skills: f64,
}

impl Signals {
    fn score(self) -> f64 {
        WORDS * self.words + MEANING * self.meaning + SKILLS * self.skills
    }
}

/// The occupations that an ad is most likely about, most likely first; ties by row. Nothing where "none of them" is as likely.
pub fn about(catalogue: &Catalogue, demand: &Demand) -> Vec<About> {
    let scores: Vec<f64> = signals(catalogue, demand)
        .into_iter()
        .map(Signals::score)
        .collect();
    let highest = scores.iter().copied().fold(NONE, f64::max);
    let all = (NONE - highest).exp()
        + scores
            .iter()
            .map(|score| (score - highest).exp())
            .sum::<f64>();
    let mut about: Vec<About> = scores
        .iter()
        .enumerate()
        .map(|(row, score)| About {
            occupation: OccupationId(row as u32),
            confidence: ((score - highest).exp() / all * 1e4).round() / 1e4,
        })
        .filter(|about| about.confidence >= CONFIDENCE_MIN)
        .collect();
    about.sort_by(|a, b| {
        b.confidence
            .total_cmp(&a.confidence)
            .then(a.occupation.cmp(&b.occupation))
    });
    about.truncate(ABOUT_MAX);
    about
}

/// What speaks for each occupation, by row.
pub fn signals(catalogue: &Catalogue, demand: &Demand) -> Vec<Signals> {
    let mut signals: Vec<Signals> = by_skills(catalogue, demand)
        .into_iter()
        .map(|skills| Signals {
            skills,
            ..Signals::default()
        })
        .collect();
    let mut by_place = 1.0;
    for line in &demand.title_lines {
        let nearness = catalogue.linker.titles(&catalogue.esco).nearness(line);
        for ((signals, words), meaning) in
            signals.iter_mut().zip(nearness.words).zip(nearness.meaning)
        {
            signals.words = signals.words.max(by_place * f64::from(words));
            signals.meaning = signals.meaning.max(by_place * f64::from(meaning));
        }
        by_place *= LATER_LINE;
    }
    signals
}

/// Cosine of the demand with the skills of each occupation.
fn by_skills(catalogue: &Catalogue, demand: &Demand) -> Vec<f64> {
    let n_occupations = catalogue.esco.occupations.len() as f64;
    let rarity = |skill| {
        let (essential, optional) = catalogue.graph.occupation_counts(skill);
        (1.0 + n_occupations / f64::from(1 + essential + optional)).ln()
    };
    let mut asked = vec![0.0; catalogue.esco.skills.len()];
    demand.skills.iter().for_each(|demanded| {
        asked[demanded.skill.row()] = demanded.confidence * rarity(demanded.skill)
    });
    let length = asked.iter().map(|value| value * value).sum::<f64>().sqrt();
    let cosine = |occupation| {
        let (mut product, mut squares) = (0.0, 0.0);
        for (skill, requirement) in skills(occupation) {
            let needed = weight(requirement) * rarity(skill);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_and_its_skills_outweigh_none_of_them_and_either_half_alone_does_not() {
        let score = |words, meaning, skills| {
            Signals {
                words,
                meaning,
                skills,
            }
            .score()
        };
        assert!(score(0.6, 0.8, 0.4) > NONE);
        assert!(score(0.0, 0.3, 0.4) < NONE && score(0.6, 0.8, 0.0) < NONE);
        assert!(
            score(1.0, 1.0, 0.0) > NONE,
            "a label of the occupation is enough"
        );
    }
}
