//! What an ad asks for, as a MinHash: how much two ads have in common is told by it, and their words cannot be.
//!
//! Broder (1997), On the resemblance and containment of documents: the share of equal minima over random permutations estimates the Jaccard
//! similarity of the sets of shingles; bands of minima find candidates (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4).

use serde::{Deserialize, Serialize};
use skillgap_esco::text::{stable_hash, words};

/// Words of a shingle.
const SHINGLE: usize = 5;
/// Permutations. Two ads of similarity 0.6 share a band of four with probability 0.89, of 0.7 with 0.99.
const MINIMA: usize = 64;
const BAND: usize = 4;
/// Shingles below which an ad says too little to be told apart from others.
const SHINGLES_MIN: usize = 12;

/// The MinHash of the segments of an ad that ask for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature(Vec<u16>);

impl Signature {
    /// Takes segments in any order; nothing where they say too little.
    pub fn of<'a>(segments: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut minima = [u64::MAX; MINIMA];
        let mut n_shingles = 0;
        for segment in segments {
            let words: Vec<String> = words(segment).into_iter().map(|word| word.folded).collect();
            for shingle in words.windows(SHINGLE.min(words.len()).max(1)) {
                let hash = stable_hash(shingle.iter().flat_map(|word| word.bytes().chain([b' '])));
                n_shingles += 1;
                for (at, minimum) in (0_u64..).zip(&mut minima) {
                    *minimum = (*minimum).min(permuted(hash, at));
                }
            }
        }
        let is_enough = n_shingles >= SHINGLES_MIN;
        is_enough.then(|| Self(minima.map(|minimum| minimum as u16).to_vec()))
    }

    /// About how much of both together stands in both, in [0, 1].
    pub fn similarity(&self, other: &Self) -> f64 {
        let equal = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        equal as f64 / MINIMA as f64
    }

    /// Two ads that are much alike share at least one of these.
    pub(crate) fn bands(&self) -> impl Iterator<Item = u64> {
        let numbered = (0_u16..).zip(self.0.chunks(BAND));
        numbered.map(|(at, band)| {
            let numbers = [at].into_iter().chain(band.iter().copied());
            stable_hash(numbers.flat_map(u16::to_le_bytes))
        })
    }
}

/// One of the permutations of all hashes (SplitMix64 of Steele, Lea and Flood 2014).
fn permuted(hash: u64, at: u64) -> u64 {
    let mut z = hash.wrapping_add(at.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_is_that_of_the_shingles_in_any_order() {
        let text = |range: std::ops::Range<usize>| -> Vec<String> {
            range
                .map(|at| format!("take a{at} and b{at} to the c{at} of d{at}"))
                .collect()
        };
        let of = |texts: &[String]| Signature::of(texts.iter().map(String::as_str)).unwrap();
        let (whole, mut moved) = (text(0..40), text(0..40));
        moved.reverse();
        assert_eq!(of(&whole).similarity(&of(&moved)), 1.0);
        let most = of(&whole).similarity(&of(&text(0..32)));
        assert!((0.65..0.95).contains(&most), "{most}");
        assert!(of(&whole).similarity(&of(&text(100..140))) < 0.05);
        assert_eq!(Signature::of(["work"].into_iter()), None);
        assert_eq!(Signature::of([].into_iter()), None);
    }
}
