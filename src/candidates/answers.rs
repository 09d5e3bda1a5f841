//! How far does a credential, as it is worded, answer what is asked? Each phrase is answered by the outcome that is nearest to it, as far as it is near
//! at all, and as far as no other credential is nearer: a phrase in unusual words has a best answer, too. The less clear the phrases are, the more the whole texts count,
//! and the words that they share.

use std::ops::Range;

use rayon::prelude::*;
use skillgap_catalogue::meaning::{Meanings, Vectors};
use skillgap_catalogue::{CredentialIndex, Place};

use crate::error::Result;

use super::stated::Stated;
use super::wording::{Phrase, Wording};
use super::{CHUNK, Near};

/// Similarity of phrase and outcome at which an outcome begins to answer a phrase, and from which on it answers it wholly.
const ANSWERS: (f32, f32) = (0.3, 0.7);
/// The same for the nearest outcome of all candidates, which may be less near; and how much less near another may be before it answers nothing beside it.
const NEAREST: (f32, f32) = (0.25, 0.5);
const BEHIND_MAX: f32 = 0.25;
/// How much being the nearest counts beside being near.
const NEAREST_SHARE: f64 = 0.5;
/// How much the next best answer counts beside the one before it: one phrase that is answered wholly is worth more than three in part.
const NEXT_BEST: f64 = 0.5;
/// Answers of one credential that are looked at; further ones would count next to nothing.
const BEST: usize = 8;
/// Similarity of the whole texts that counts as the highest.
const WHOLE_MAX: f32 = 0.6;
/// Similarity of a phrase to what is nearest to it from which on the phrase begins to be clear, and from which on it is: what no outcome is near to speaks of
/// the firm, or in words that the encoder does not know.
const CLEAR: (f32, f32) = (0.35, 0.6);
/// Share of unclear phrases from which on a target begins to be unclear, and from which on it is.
const UNCLEAR: (f32, f32) = (0.4, 0.8);
/// Shares of the value where a target is clear, and where it is not: of the answers, of the likeness of the whole texts, of words that begin alike.
const SHARES_CLEAR: [f64; 3] = [0.7, 0.3, 0.0];
const SHARES_UNCLEAR: [f64; 3] = [0.3, 0.3, 0.4];

/// The nearest part of each credential to each phrase.
pub(super) struct Answers<'a> {
    wording: &'a Wording,
    /// By credential.
    rows: Vec<Compared>,
    /// By phrase.
    phrases: Vec<Sought>,
    /// How unclear the target is: by the share of its phrases that nothing is clearly near to, in [0, 1].
    unclear: f64,
}

/// A phrase of what is asked against all credentials.
struct Sought {
    /// The highest similarity of all.
    nearest: f32,
    /// How much it counts to be the nearest to it.
    as_nearest: f64,
    /// How much it counts as a whole: how far it is open, times its weight.
    counts: f64,
}

/// One credential against what is asked.
struct Compared {
    /// By phrase: the highest similarity of a part. Empty for a credential without meaning.
    similarities: Vec<f32>,
    /// By phrase: that part (0 the title, then the outcomes).
    parts: Vec<u32>,
    /// Likeness of the whole texts.
    whole: f32,
}

impl<'a> Answers<'a> {
    /// Compares each phrase with each part of the credentials at some places. Ties go to the first part.
    ///
    /// # Errors
    /// What the encoder says.
    pub(super) fn of(
        wording: &'a Wording,
        index: &CredentialIndex,
        places: &[Place],
    ) -> Result<Self> {
        let mut phrases = wording.directions.clone();
        phrases.push(&wording.whole);
        let some = |places: &[Place]| Ok(compared(&phrases, &index.meanings(places)?));
        let rows = places
            .par_chunks(CHUNK)
            .map(some)
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect::<Vec<Compared>>();
        let mut nearest = vec![f32::MIN; wording.phrases.len()];
        for row in &rows {
            nearest
                .iter_mut()
                .zip(&row.similarities)
                .for_each(|(most, similarity)| *most = most.max(*similarity));
        }
        let clear = nearest
            .iter()
            .map(|similarity| ramp(*similarity, CLEAR))
            .sum::<f64>()
            / nearest.len().max(1) as f64;
        let sought = |(nearest, phrase): (f32, &Phrase)| Sought {
            nearest,
            as_nearest: NEAREST_SHARE * ramp(nearest, NEAREST),
            counts: phrase.open * phrase.weight,
        };
        let phrases = nearest
            .into_iter()
            .zip(&wording.phrases)
            .map(sought)
            .collect();
        Ok(Self {
            wording,
            rows,
            phrases,
            unclear: ramp(1.0 - clear as f32, UNCLEAR),
        })
    }

    /// How unclear the target is, in [0, 1].
    pub(super) fn unclear(&self) -> f64 {
        self.unclear
    }

    /// The answers of the credential at a position, the best first and each next one half as much, and the likeness of the whole texts. Ties go to
    /// the first phrase.
    pub(super) fn near(&self, at: usize, stated: Option<&Stated>) -> Near {
        // The best so far, best first: how far it answers, and the phrase.
        let mut answers: Vec<(f64, usize)> = Vec::with_capacity(BEST + 1);
        for (number, (similarity, phrase)) in self.rows[at]
            .similarities
            .iter()
            .zip(&self.phrases)
            .enumerate()
        {
            let behind = ramp(
                BEHIND_MAX - (phrase.nearest - similarity),
                (0.0, BEHIND_MAX),
            );
            let answer =
                behind * phrase.as_nearest + (1.0 - NEAREST_SHARE) * ramp(*similarity, ANSWERS);
            let answer = stated
                .and_then(|stated| stated.language_answer(&self.wording.phrases[number], answer))
                .unwrap_or(answer);
            let answer = answer * phrase.counts;
            if answers.len() == BEST && answers.last().is_some_and(|(last, _)| answer <= *last) {
                continue;
            }
            let place = answers
                .iter()
                .position(|(other, _)| answer > *other)
                .unwrap_or(answers.len());
            answers.insert(place, (answer, number));
            answers.truncate(BEST);
        }
        let answered = answers
            .iter()
            .rev()
            .fold(0.0, |further, (answer, _)| {
                NEXT_BEST * further + (1.0 - NEXT_BEST) * answer
            })
            .min(1.0);
        let whole = ramp(self.rows[at].whole, (0.0, WHOLE_MAX));
        let (alike, of_use) = stated.map_or((0.0, 1.0), |stated| (stated.alike, stated.of_use()));
        let parts = [
            answered,
            whole * self.wording.open,
            alike * self.wording.open,
        ];
        // Rounded, so that equal input ranks equally on every machine.
        let value = |shares: [f64; 3]| {
            let value = of_use
                * shares
                    .into_iter()
                    .zip(parts)
                    .map(|(share, part)| share * part)
                    .sum::<f64>();
            (value * 1e4).round() / 1e4
        };
        let best = answers
            .first()
            .filter(|(answer, _)| *answer > 0.0)
            .map(|(_, phrase)| (*phrase, self.rows[at].parts[*phrase] as usize));
        Near {
            value: value(shares(self.unclear)),
            by_phrases: value(SHARES_CLEAR),
            best,
        }
    }
}

/// Compares with phrases, of which the last is the whole of what is asked.
fn compared(phrases: &Vectors, meanings: &Meanings) -> Vec<Compared> {
    let (cosines, n) = (meanings.table(phrases), phrases.len());
    let of_credential = |vectors: Range<usize>| {
        let of_vector = |at: usize| &cosines[at * n..(at + 1) * n];
        let n_phrases = if vectors.is_empty() { 0 } else { n - 1 };
        let (mut similarities, mut parts) = (vec![f32::MIN; n_phrases], vec![0; n_phrases]);
        for (number, vector) in (0..).zip(vectors.clone().skip(1)) {
            // Without branches, so that a processor compares several at once.
            for ((best, part), similarity) in similarities
                .iter_mut()
                .zip(&mut parts)
                .zip(of_vector(vector))
            {
                let is_nearer = *similarity > *best;
                *best = if is_nearer { *similarity } else { *best };
                *part = if is_nearer { number } else { *part };
            }
        }
        Compared {
            similarities,
            parts,
            whole: vectors
                .into_iter()
                .next()
                .map_or(0.0, |whole| of_vector(whole)[n - 1]),
        }
    };
    meanings.ranges().map(of_credential).collect()
}

/// How much the answers, the likeness of the whole texts and words that begin alike count, where the target is so unclear.
fn shares(unclear: f64) -> [f64; 3] {
    std::array::from_fn(|part| {
        (1.0 - unclear) * SHARES_CLEAR[part] + unclear * SHARES_UNCLEAR[part]
    })
}

/// 0 up to the first, 1 from the second on, linear between.
pub(super) fn ramp(similarity: f32, (from, to): (f32, f32)) -> f64 {
    f64::from(((similarity - from) / (to - from)).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_one_and_words_count_only_where_a_target_is_unclear() {
        for unclear in [0.0, 0.3, 1.0] {
            let [answers, whole, words] = shares(unclear);
            assert!((answers + whole + words - 1.0).abs() < 1e-12 && answers >= whole);
            assert_eq!(words > 0.0, unclear > 0.0);
        }
    }
}
