//! Which rows share letters with a text? TF-IDF cosine over character n-grams within words.
//!
//! The one idea: inflection, compounds and typos change few n-grams, so no dictionary is needed. Weighting follows the usual sublinear
//! TF-IDF (Manning et al., Introduction to Information Retrieval, section 6.4); a word is padded by one space on both sides.

use rustc_hash::FxHashMap;

use skillgap_esco::error::{DataError, Result};
use skillgap_esco::text::{stable_hash, words};

/// Rows fit in 18 bits, weights in 14: one posting is one `u32`.
const WEIGHT_BITS: u32 = 14;
const WEIGHT_MAX: u32 = (1 << WEIGHT_BITS) - 1;
/// Most rows that a posting can name.
pub const ROWS_MAX: usize = 1 << (32 - WEIGHT_BITS);

/// Leading bits of a hash by which it is looked up.
const HEAD_BITS: u32 = 16;

/// Grams that stand in more than this share of rows tell little and cost most of the time; they are left out.
const DOCUMENT_SHARE_MAX: f32 = 0.05;

/// Postings in one line of a processor's cache.
const LINE: usize = 16;

/// Postings of character n-grams, from three letters on.
#[derive(Default)]
pub struct NgramIndex {
    /// Letters of the longest grams.
    gram_max: usize,
    n_rows: u32,
    /// Hashes of the grams, sorted.
    grams: Vec<u32>,
    /// `heads[i]..heads[i + 1]` are the grams whose hashes begin with the bits of `i`.
    heads: Vec<u32>,
    /// Inverse document frequency of each gram.
    idf: Vec<f32>,
    /// `starts[i]..starts[i + 1]` are the postings of gram `i`.
    starts: Vec<u32>,
    /// Row in the upper 18 bits, weight in the lower 14.
    postings: Vec<u32>,
}

impl NgramIndex {
    /// Indexes one text a row by grams of up to `gram_max` letters. Rows with an empty text are never found.
    ///
    /// # Errors
    /// [`DataError::Input`] for more than [`ROWS_MAX`] rows.
    pub fn build(texts: &[String], gram_max: usize) -> Result<Self> {
        if texts.len() > ROWS_MAX {
            return Err(DataError::input(
                "skills",
                format!("{} rows, at most {ROWS_MAX} are supported", texts.len()),
            ));
        }
        let (rows, n_grams, grams_by_id) = counted_rows(texts, gram_max);
        let mut n_documents = vec![0_usize; n_grams];
        rows.iter()
            .flatten()
            .for_each(|(gram, _)| n_documents[*gram as usize] += 1);
        let most = if texts.len() > 100 {
            DOCUMENT_SHARE_MAX * texts.len() as f32
        } else {
            f32::MAX
        };
        let mut overlap = Self {
            gram_max,
            n_rows: texts.len() as u32,
            ..Self::default()
        };
        let idfs: Vec<f32> = n_documents.iter().map(|n| idf(texts.len(), *n)).collect();
        // The place of each gram's next posting; nothing for those left out.
        let (mut next, mut end) = (vec![None; n_grams], 0);
        overlap.starts.push(0);
        for (hash, id) in grams_by_id
            .iter()
            .filter(|(_, id)| (2..=most as usize).contains(&n_documents[*id as usize]))
        {
            next[*id as usize] = Some(end);
            end += n_documents[*id as usize];
            overlap.grams.push(*hash);
            overlap.idf.push(idfs[*id as usize]);
            overlap.starts.push(end as u32);
        }
        overlap.heads = heads(&overlap.grams);
        overlap.postings = vec![0; end];
        for (row, counts) in rows.iter().enumerate() {
            let weight = |(gram, count): &(u32, u32)| tf(*count) * idfs[*gram as usize];
            let length = counts
                .iter()
                .map(|counted| weight(counted).powi(2))
                .sum::<f32>()
                .sqrt();
            for counted in counts {
                let Some(at) = next[counted.0 as usize].as_mut() else {
                    continue;
                };
                let share = (weight(counted) / length * WEIGHT_MAX as f32).round() as u32;
                overlap.postings[*at] = (row as u32) << WEIGHT_BITS | share.min(WEIGHT_MAX);
                *at += 1;
            }
        }
        Ok(overlap)
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows as usize
    }

    /// Adds to `scores`, `[n_rows]`, the cosine of each row with the text.
    pub fn add_scores(&self, text: &str, scores: &mut [f32]) {
        let mut query: Vec<(usize, f32)> = Vec::new();
        let mut length = 0.0;
        for (gram, count) in counted(grams_of(text, self.gram_max)) {
            let Some(at) = self.place_of(gram) else {
                continue;
            };
            let weight = tf(count) * self.idf[at];
            length += weight * weight;
            query.push((at, weight));
        }
        self.touch(query.iter().map(|(at, _)| *at));
        for (at, weight) in query {
            let step = weight / length.sqrt() / WEIGHT_MAX as f32;
            let (chunks, rest) = self.postings_of(at).as_chunks::<LINE>();
            let mut add = |row: u32, share: f32| {
                if let Some(score) = scores.get_mut(row as usize) {
                    *score += share;
                }
            };
            for chunk in chunks {
                let (rows, shares) = (
                    chunk.map(|posting| posting >> WEIGHT_BITS),
                    chunk.map(|posting| step * (posting & WEIGHT_MAX) as f32),
                );
                rows.into_iter()
                    .zip(shares)
                    .for_each(|(row, share)| add(row, share));
            }
            rest.iter().for_each(|posting| {
                add(posting >> WEIGHT_BITS, step * (posting & WEIGHT_MAX) as f32)
            });
        }
    }

    fn postings_of(&self, gram: usize) -> &[u32] {
        &self.postings[self.starts[gram] as usize..self.starts[gram + 1] as usize]
    }

    /// Looks at each line of the postings of some grams without waiting for it, so that they are fetched from memory side by side.
    fn touch(&self, grams: impl Iterator<Item = usize>) {
        let lines = grams.flat_map(|gram| self.postings_of(gram).iter().step_by(LINE));
        std::hint::black_box(lines.fold(0, |all, posting| all ^ posting));
    }

    /// The place and the inverse document frequency of a gram by its hash; nothing where it is too common or stands in one row only.
    pub(super) fn idf_of(&self, gram: u32) -> Option<(u32, f32)> {
        let at = self.place_of(gram)?;
        Some((at as u32, self.idf[at]))
    }

    /// The place of a gram by its hash. Hashes are spread evenly, so that few begin with the same bits.
    fn place_of(&self, gram: u32) -> Option<usize> {
        let head = (gram >> (32 - HEAD_BITS)) as usize;
        let (start, end) = (
            *self.heads.get(head)? as usize,
            *self.heads.get(head + 1)? as usize,
        );
        self.grams[start..end]
            .iter()
            .position(|other| *other == gram)
            .map(|at| start + at)
    }

    /// The index as little-endian bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = [
            self.n_rows,
            self.grams.len() as u32,
            self.postings.len() as u32,
        ];
        let idf = self.idf.iter().map(|idf| idf.to_bits());
        head.into_iter()
            .chain(self.grams.iter().copied())
            .chain(idf)
            .chain(self.starts.iter().copied())
            .chain(self.postings.iter().copied())
            .flat_map(u32::to_le_bytes)
            .collect()
    }

    /// Reads what [`Self::to_bytes`] wrote; `gram_max` is that of [`Self::build`].
    ///
    /// # Errors
    /// [`DataError::Damaged`] with `file` if the lengths do not fit.
    pub fn from_bytes(file: &str, bytes: &[u8], gram_max: usize) -> Result<Self> {
        let damaged = || DataError::damaged(file, "lengths do not fit");
        let numbers: Vec<u32> = bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|chunk| u32::from_le_bytes(*chunk))
            .collect();
        let (&[n_rows, n_grams, n_postings], rest) =
            numbers.split_first_chunk().ok_or_else(damaged)?;
        let (n_grams, n_postings) = (n_grams as usize, n_postings as usize);
        if !bytes.len().is_multiple_of(4) || rest.len() != n_grams * 3 + 1 + n_postings {
            return Err(damaged());
        }
        let (grams, rest) = rest.split_at(n_grams);
        let (idf, rest) = rest.split_at(n_grams);
        let (starts, postings) = rest.split_at(n_grams + 1);
        if starts.first() != Some(&0)
            || starts.last() != Some(&(n_postings as u32))
            || !starts.is_sorted()
            || !grams.is_sorted()
        {
            return Err(damaged());
        }
        let idf = idf.iter().map(|bits| f32::from_bits(*bits)).collect();
        Ok(Self {
            gram_max,
            n_rows,
            heads: heads(grams),
            grams: grams.to_vec(),
            idf,
            starts: starts.to_vec(),
            postings: postings.to_vec(),
        })
    }
}

/// Where the hashes begin that begin with some bits; one more at the end.
fn heads(grams: &[u32]) -> Vec<u32> {
    let mut heads = vec![0; (1 << HEAD_BITS) + 1];
    grams
        .iter()
        .for_each(|gram| heads[(gram >> (32 - HEAD_BITS)) as usize + 1] += 1);
    (0..1 << HEAD_BITS).for_each(|head| heads[head + 1] += heads[head]);
    heads
}

fn idf(n_rows: usize, n_documents: usize) -> f32 {
    ((1 + n_rows) as f32 / (1 + n_documents) as f32).ln() + 1.0
}

/// How much a gram counts that stands so many times in a text.
pub(super) fn tf(count: u32) -> f32 {
    if count < 2 {
        1.0
    } else {
        1.0 + (count as f32).ln()
    }
}

/// Hashes of the grams of each padded word of a text.
fn grams_of(text: &str, gram_max: usize) -> Vec<u32> {
    words(text)
        .iter()
        .flat_map(|word| grams_of_word(&word.folded, gram_max))
        .collect()
}

/// Hashes of the grams of 3 to `gram_max` letters of a padded word; a word shorter than the gram counts once as a whole.
pub(super) fn grams_of_word(folded: &str, gram_max: usize) -> Vec<u32> {
    let padded = format!(" {folded} ");
    let starts: Vec<usize> = padded
        .char_indices()
        .map(|(at, _)| at)
        .chain([padded.len()])
        .collect();
    let mut grams = Vec::with_capacity(3 * starts.len());
    for n in 3..=gram_max {
        if n + 1 >= starts.len() {
            grams.push(hash_of(padded.bytes()));
            break;
        }
        grams.extend(
            starts
                .windows(n + 1)
                .map(|window| hash_of(padded[window[0]..window[n]].bytes())),
        );
    }
    grams
}

/// The hash by which a gram is kept.
pub(super) fn hash_of(gram: impl IntoIterator<Item = u8>) -> u32 {
    stable_hash(gram) as u32
}

/// Distinct values with their counts, sorted.
pub(super) fn counted(mut grams: Vec<u32>) -> Vec<(u32, u32)> {
    grams.sort_unstable();
    grams
        .chunk_by(|a, b| a == b)
        .map(|same| (same[0], same.len() as u32))
        .collect()
}

/// The grams of a text with their counts, by number.
type Counts = Vec<(u32, u32)>;

/// The counted grams of each text by a number of the gram, how many there are, and their hashes with their numbers, sorted by hash.
///
/// Few different words make up all labels, so each word is cut into grams once.
fn counted_rows(texts: &[String], gram_max: usize) -> (Vec<Counts>, usize, Vec<(u32, u32)>) {
    let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
    let mut of_word: FxHashMap<String, Vec<u32>> = FxHashMap::default();
    let mut seen: Vec<u32> = Vec::new();
    let rows = texts
        .iter()
        .map(|text| {
            let mut counts: Counts = Vec::new();
            for word in words(text) {
                let grams = of_word.entry(word.folded).or_insert_with_key(|word| {
                    let number = |hash| {
                        let next = numbers.len() as u32;
                        *numbers.entry(hash).or_insert(next)
                    };
                    grams_of_word(word, gram_max)
                        .into_iter()
                        .map(number)
                        .collect()
                });
                seen.resize(numbers.len(), 0);
                for gram in grams {
                    // `seen` holds the place in `counts`, from 1.
                    match seen[*gram as usize] {
                        0 => {
                            counts.push((*gram, 1));
                            seen[*gram as usize] = counts.len() as u32;
                        }
                        at => counts[at as usize - 1].1 += 1,
                    }
                }
            }
            counts.iter().for_each(|(gram, _)| seen[*gram as usize] = 0);
            counts
        })
        .collect();
    let mut by_hash: Vec<(u32, u32)> = numbers.into_iter().collect();
    by_hash.sort_unstable();
    (rows, by_hash.len(), by_hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(texts: &[&str]) -> NgramIndex {
        NgramIndex::build(
            &texts
                .iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>(),
            5,
        )
        .unwrap()
    }

    fn best(overlap: &NgramIndex, text: &str) -> usize {
        let mut scores = vec![0.0; overlap.n_rows()];
        overlap.add_scores(text, &mut scores);
        scores
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .unwrap()
            .0
    }

    #[test]
    fn inflection_and_compounds_still_share_grams() {
        let overlap = index(&[
            "weld metal",
            "manage staff",
            "welding of steel",
            "managing people",
            "Schweißen",
            "Schweißtechnik anwenden",
            "Technik erklären",
        ]);
        for (text, row) in [
            ("managed staffs", 1),
            ("Schweißtechniker", 5),
            ("manging poeple", 3),
        ] {
            assert_eq!(best(&overlap, text), row, "{text}");
        }
    }

    #[test]
    fn bytes_and_back_give_the_same_scores() {
        let overlap = index(&["weld metal", "metal works", "work with wood", "wood"]);
        let back = NgramIndex::from_bytes("x", &overlap.to_bytes(), 5).unwrap();
        let scores = |overlap: &NgramIndex| {
            let mut scores = vec![0.0; overlap.n_rows()];
            overlap.add_scores("metal work", &mut scores);
            scores
        };
        assert_eq!(scores(&overlap), scores(&back));
    }

    #[test]
    fn cut_bytes_are_refused() {
        let bytes = index(&["weld metal", "metal works"]).to_bytes();
        for length in 0..bytes.len() {
            assert!(
                NgramIndex::from_bytes("x", &bytes[..length], 5).is_err(),
                "{length}"
            );
        }
    }
}
