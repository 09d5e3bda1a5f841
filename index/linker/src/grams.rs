//! What do words mean that the vocabulary was not learned on? Rows for hashed runs of their letters, added to those of their pieces.
//!
//! The one idea: inflections, compounds and cognates share runs of letters, so words that training never saw still land near the English names of the
//! skills that they mean (`index/encoder/grams.py`). Names of ESCO have no share in it; their vectors are what all others are trained to meet. English as people
//! write it has a table of its own (`everyday.py`), since it was trained with its pieces as they are.

use safetensors::{Dtype, SafeTensors};

use crate::int8::{Int8Rows, floats};
use crate::learned::GRAMS;
use skillgap_esco::error::{DataError, Result};
use skillgap_esco::text::Hash;

/// Letters of the shortest and the longest runs, with the marks of the word's ends.
const GRAM_MIN: usize = 3;
const GRAM_MAX: usize = 5;

/// How the words of a text become rows, by its language and by what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// Pieces alone: names of ESCO, terms and learning outcomes in English, or in a language that is not known.
    English,
    /// Pieces and runs of letters of a table of its own: English, or a language that is not known, in ads and CVs.
    Everyday,
    /// Pieces and runs of letters: languages that the vocabulary was learned on.
    Pieced,
    /// Runs of letters, and pieces where one is a whole word: in all other languages parts of words mean nothing.
    Spelled,
}

impl Tongue {
    /// `language` is an ISO 639-1 code; `is_ad` for what stands in an ad or a CV.
    pub fn of(language: Option<&str>, is_ad: bool) -> Self {
        match language {
            None | Some("en") if is_ad => Self::Everyday,
            None | Some("en") => Self::English,
            Some("de" | "fr" | "es" | "nl" | "sv" | "da") => Self::Pieced,
            Some(_) => Self::Spelled,
        }
    }
}

/// The tables of runs.
pub(crate) struct Grams {
    foreign: Int8Rows,
    everyday: Int8Rows,
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
        let table = |rows, scale| {
            let (rows, scale) = (tensor(rows)?, tensor(scale)?);
            if rows.dtype() != Dtype::I8 || scale.dtype() != Dtype::F32 || scale.data().is_empty() {
                return Err(damaged("rows must be I8 and scale F32".to_owned()));
            }
            Int8Rows::new("grams", rows.data().into(), floats(scale.data()), dim)
        };
        Ok(Self {
            foreign: table("rows", "scale")?,
            everyday: table("everyday", "everyday_scale")?,
        })
    }

    fn table(&self, tongue: Tongue) -> &Int8Rows {
        match tongue {
            Tongue::Everyday => &self.everyday,
            _ => &self.foreign,
        }
    }

    /// The rows of a plain word: its own, and those of its runs; a run that is the whole word counts twice.
    pub fn of(&self, word: &str, tongue: Tongue) -> Vec<u32> {
        let marked: Vec<char> = std::iter::once('<')
            .chain(word.chars())
            .chain(['>'])
            .collect();
        let n_rows = self.table(tongue).n_rows() as u64;
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
    pub fn add(&self, row: u32, tongue: Tongue, sum: &mut [f32]) {
        self.table(tongue).add(row as usize, sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_its_own_row_and_one_a_run() {
        let grams = Grams::carried(256).unwrap();
        // <a> is one run; <ab> has two of three letters and is one of four.
        for tongue in [Tongue::Pieced, Tongue::Everyday] {
            let of = |word| grams.of(word, tongue);
            assert_eq!(of("a").len(), 2);
            assert_eq!(of("ab").len(), 1 + 2 + 1);
            assert_eq!(of("pflege").len(), 1 + 6 + 5 + 4);
            assert_eq!(of("a")[0], of("a")[1]);
            let n_rows = grams.table(tongue).n_rows();
            assert!(of("żółw").iter().all(|row| (*row as usize) < n_rows));
        }
    }

    #[test]
    fn english_has_a_share_in_ads_and_no_other() {
        for language in [None, Some("en")] {
            assert_eq!(Tongue::of(language, false), Tongue::English);
            assert_eq!(Tongue::of(language, true), Tongue::Everyday);
        }
        assert_eq!(Tongue::of(Some("de"), false), Tongue::Pieced);
        assert_eq!(Tongue::of(Some("pl"), true), Tongue::Spelled);
    }
}
