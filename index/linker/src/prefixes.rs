//! How do the words of a text begin? Four letters each, weighed by how rare they are in the names of skills: *welds*, *welder* and *welding* begin alike, and
//! words that stand in every text weigh nothing.

use super::ngrams::{NgramIndex, counted, hash_of, tf};
use skillgap_esco::text::words;

/// Letters of a beginning.
const LETTERS: usize = 4;
/// Words of fewer letters say little.
const WORD_LETTERS_MIN: usize = LETTERS - 1;

/// Distinct beginnings of the words of one text: place among all grams and weight, sorted by place; of length one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WordPrefixes(Vec<(u32, f32)>);

impl WordPrefixes {
    /// Those of a text, as far as they stand in `overlap`, of which the grams have at least one letter more.
    pub(super) fn of(overlap: &NgramIndex, text: &str) -> Self {
        let weighed = |(gram, count)| overlap.idf_of(gram).map(|(at, idf)| (at, tf(count) * idf));
        let mut found: Vec<(u32, f32)> = counted(
            words(text)
                .iter()
                .filter_map(|word| beginning(&word.folded))
                .collect(),
        )
        .into_iter()
        .filter_map(weighed)
        .collect();
        let length = found
            .iter()
            .map(|(_, weight)| weight * weight)
            .sum::<f32>()
            .sqrt();
        found.iter_mut().for_each(|(_, weight)| *weight /= length);
        Self(found)
    }

    /// Cosine with those of another text by the same names, in [0, 1]; 0 where one of the two has none.
    pub fn cosine(&self, other: &Self) -> f32 {
        let weight = |at: &u32| {
            other
                .0
                .binary_search_by_key(at, |(other, _)| *other)
                .ok()
                .map(|found| other.0[found].1)
        };
        self.0
            .iter()
            .filter_map(|(at, own)| Some(own * weight(at)?))
            .sum::<f32>()
            .min(1.0)
    }
}

/// The gram of a word's beginning: one space and its first letters, or the whole padded word where it has fewer.
fn beginning(folded: &str) -> Option<u32> {
    let mut ends = folded
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .skip(WORD_LETTERS_MIN - 1);
    ends.next()?;
    let (letters, after) = ends
        .next()
        .map_or((folded, " "), |end| (&folded[..end], ""));
    Some(hash_of(
        [" ", letters, after].into_iter().flat_map(str::bytes),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str], text: &str) -> WordPrefixes {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        WordPrefixes::of(&NgramIndex::build(&names, LETTERS + 1).unwrap(), text)
    }

    const NAMES: [&str; 6] = [
        "weld metal",
        "welding robots",
        "the cnc machine",
        "the cnc lathe",
        "metal and machine",
        "robot and lathe",
    ];

    #[test]
    fn words_of_one_family_begin_alike() {
        let cosine = |a: &str, b: &str| of(&NAMES, a).cosine(&of(&NAMES, b));
        assert!((cosine("We need a welder", "Welds by hand") - 1.0).abs() < 1e-5);
        assert!((cosine("CNC, robots", "cnc and robotics") - 1.0).abs() < 0.3);
        assert_eq!(cosine("weld", "lathe"), 0.0);
    }

    #[test]
    fn what_no_name_has_weighs_nothing() {
        assert_eq!(of(&NAMES, "as is so"), WordPrefixes::default());
        assert_eq!(of(&NAMES, "unheard of").cosine(&of(&NAMES, "weld")), 0.0);
    }

    #[test]
    fn a_word_of_three_letters_is_a_beginning_and_one_of_two_is_none() {
        let gram = |text: &str| Some(hash_of(text.bytes()));
        assert_eq!(
            (beginning("cnc"), beginning("weld"), beginning("welding")),
            (gram(" cnc "), gram(" weld"), gram(" weld"))
        );
        assert_eq!((beginning("at"), beginning("")), (None, None));
    }
}
