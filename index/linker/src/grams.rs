//! What do words mean that the vocabulary was not learned on? Rows for hashed runs of their letters, added to those of their pieces.
//!
//! The one idea: inflections, compounds and cognates share runs of letters, so words that training never saw still land near the English names of the
//! skills that they mean (`index/encoder/grams.py`). English texts have no share in it; their vectors are what all others are trained to meet.

use safetensors::{Dtype, SafeTensors};

use crate::int8::{Int8Rows, floats};
use crate::learned::GRAMS;
use skillgap_esco::error::{DataError, Result};
use skillgap_esco::text::Hash;

/// Letters of the shortest and the longest runs, with the marks of the word's ends.
const GRAM_MIN: usize = 3;
const GRAM_MAX: usize = 5;

/// How the words of a text become rows, by its language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// Pieces alone: English, and texts whose language is not known.
    English,
    /// Pieces and runs of letters: languages that the vocabulary was learned on.
    Pieced,
    /// Runs of letters, and pieces where one is a whole word: in all other languages parts of words mean nothing.
    Spelled,
}

impl Tongue {
    /// `language` is an ISO 639-1 code.
    pub fn of(language: Option<&str>) -> Self {
        match language {
            None | Some("en") => Self::English,
            Some("de" | "fr" | "es" | "nl" | "sv" | "da") => Self::Pieced,
            Some(_) => Self::Spelled,
        }
    }
}

/// The table of runs.
pub(crate) struct Grams {
    rows: Int8Rows,
}

impl Grams {
    /// Reads the table that the binary carries, with rows of `dim` numbers.
    ///
    /// # Errors
    /// [`DataError::Damaged`] where it has another shape.
    pub fn carried(dim: usize) -> Result<Self> {
        let damaged = |reason: String| DataError::damaged("grams", reason);
        let tensors =
            SafeTensors::deserialize(GRAMS).map_err(|error| damaged(error.to_string()))?;
        let tensor = |name| {
            tensors
                .tensor(name)
                .map_err(|error| damaged(error.to_string()))
        };
        let (rows, scale) = (tensor("rows")?, tensor("scale")?);
        if rows.dtype() != Dtype::I8 || scale.dtype() != Dtype::F32 || scale.data().is_empty() {
            return Err(damaged("rows must be I8 and scale F32".to_owned()));
        }
        Ok(Self {
            rows: Int8Rows::new("grams", rows.data().into(), floats(scale.data()), dim)?,
        })
    }

    /// The rows of a plain word: its own, and those of its runs; a run that is the whole word counts twice.
    pub fn of(&self, word: &str) -> Vec<u32> {
        let marked: Vec<char> = std::iter::once('<')
            .chain(word.chars())
            .chain(['>'])
            .collect();
        let n_rows = self.rows.n_rows() as u64;
        let mut found = Vec::with_capacity(1 + 3 * marked.len());
        let mut bytes = [0; 4];
        let mut extend = |hash: &mut Hash, c: &char| {
            hash.extend(c.encode_utf8(&mut bytes).bytes());
        };
        let mut whole = Hash::default();
        marked.iter().for_each(|c| extend(&mut whole, c));
        found.push((whole.finish() % n_rows) as u32);
        for start in 0..marked.len() {
            let mut hash = Hash::default();
            for (at, c) in marked[start..].iter().take(GRAM_MAX).enumerate() {
                extend(&mut hash, c);
                if at + 1 >= GRAM_MIN {
                    found.push((hash.finish() % n_rows) as u32);
                }
            }
        }
        found
    }

    /// Adds one row to `sum`, which is `[dim]`.
    pub fn add(&self, row: u32, sum: &mut [f32]) {
        self.rows.add(row as usize, sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_its_own_row_and_one_a_run() {
        let grams = Grams::carried(256).unwrap();
        // <a> is one run; <ab> has two of three letters and is one of four.
        assert_eq!(grams.of("a").len(), 2);
        assert_eq!(grams.of("ab").len(), 1 + 2 + 1);
        assert_eq!(grams.of("pflege").len(), 1 + 6 + 5 + 4);
        assert_eq!(grams.of("a")[0], grams.of("a")[1]);
        assert!(
            grams
                .of("żółw")
                .iter()
                .all(|row| (*row as usize) < grams.rows.n_rows())
        );
    }

    #[test]
    fn english_and_unknown_texts_have_no_share() {
        assert_eq!(Tongue::of(None), Tongue::English);
        assert_eq!(Tongue::of(Some("en")), Tongue::English);
        assert_eq!(Tongue::of(Some("de")), Tongue::Pieced);
        assert_eq!(Tongue::of(Some("pl")), Tongue::Spelled);
    }
}
