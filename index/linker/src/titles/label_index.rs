//! Labels of occupations in one language, found by letters: TF-IDF cosine over character n-grams within words.
//!
//! N-grams never cross words, so the product of two texts is the sum of the products of their words. Only words are indexed by n-grams (a language's labels
//! have some 10,000), and labels by words: a tenth of the memory, and each word of a title is compared once, in however many windows it stands.

use rustc_hash::FxHashMap;

use crate::ngrams::{counted, grams_of_word};

/// Letters of the longest n-grams.
const GRAM_MAX: usize = 5;
/// A word of a label that is less like a word of the title than this (cosine) is another word.
const LIKE_MIN: f32 = 0.3;
/// Words of labels that one word of a title is compared with, the most alike.
const LIKE_MAX: usize = 48;

/// One label, or one side of a label such as *Maurer/Maurerin*.
#[derive(Clone, Debug)]
pub(super) struct Label {
    /// Row of its occupation.
    pub(super) row: u32,
    /// Whether it is the preferred label.
    pub(super) is_preferred: bool,
    /// Length of its vector of n-grams.
    pub(super) length: f32,
    /// Its words begin here in the list of all labels' words.
    start: u32,
}

/// A word of a title, compared with all words of labels.
#[derive(Clone, Debug, Default)]
pub(super) struct ComparedWord {
    /// N-grams by hash with their weights, sorted.
    grams: Vec<(u32, f32)>,
    /// Words of labels that are like it, with the product of both vectors; sorted by word.
    like: Vec<(u32, f32)>,
}

/// All labels of one language.
#[derive(Default)]
pub(super) struct LabelIndex {
    /// Words of labels, sorted.
    words: Vec<Box<str>>,
    /// N-gram by hash → (inverse document frequency, its postings).
    grams: FxHashMap<u32, (f32, u32, u32)>,
    /// Words with an n-gram, and its weight in the word.
    postings: Vec<(u32, f32)>,
    /// Length of each word's vector.
    lengths: Vec<f32>,
    /// `starts[word]..starts[word + 1]` of `labels_of_words` are the labels with the word.
    starts: Vec<u32>,
    labels_of_words: Vec<u32>,
    labels: Vec<Label>,
    words_of_labels: Vec<u32>,
}

impl LabelIndex {
    /// Indexes labels: row of the occupation, folded words, whether preferred. Cost: linear in all letters.
    pub(super) fn build(labels: &[(u32, Vec<String>, bool)]) -> Self {
        let mut words: Vec<Box<str>> = labels
            .iter()
            .flat_map(|(_, words, _)| words)
            .map(|word| word.as_str().into())
            .collect();
        words.sort_unstable();
        words.dedup();
        let number = |word: &String| words.partition_point(|known| **known < **word) as u32;
        let of_labels: Vec<Vec<u32>> = labels
            .iter()
            .map(|(_, words, _)| words.iter().map(number).collect())
            .collect();
        let grams_of: Vec<Vec<(u32, u32)>> = words
            .iter()
            .map(|word| counted(grams_of_word(word, GRAM_MAX)))
            .collect();

        let mut n_labels: FxHashMap<u32, (u32, u32)> = FxHashMap::default();
        for (label, of_label) in of_labels.iter().enumerate() {
            for (gram, _) in of_label.iter().flat_map(|word| &grams_of[*word as usize]) {
                // The label that counted last, from 1, so that each counts once.
                let (count, last) = n_labels.entry(*gram).or_default();
                *count += u32::from(*last != label as u32 + 1);
                *last = label as u32 + 1;
            }
        }
        let idf =
            |gram: u32| ((1.0 + labels.len() as f32) / (1.0 + n_labels[&gram].0 as f32)).ln() + 1.0;
        let mut all: Vec<(u32, u32, f32)> = Vec::new();
        for (word, grams) in grams_of.iter().enumerate() {
            all.extend(
                grams
                    .iter()
                    .map(|(gram, count)| (*gram, word as u32, *count as f32 * idf(*gram))),
            );
        }
        all.sort_unstable_by_key(|(gram, word, _)| (*gram, *word));
        let (mut grams, mut start) = (FxHashMap::default(), 0);
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            grams.insert(
                same[0].0,
                (idf(same[0].0), start, start + same.len() as u32),
            );
            start += same.len() as u32;
        }
        let weights: Vec<Vec<(u32, f32)>> = grams_of
            .iter()
            .map(|grams| {
                grams
                    .iter()
                    .map(|(gram, count)| (*gram, *count as f32 * idf(*gram)))
                    .collect()
            })
            .collect();
        let mut index = Self {
            lengths: weights
                .iter()
                .map(|weights| product(weights, weights).sqrt())
                .collect(),
            postings: all
                .into_iter()
                .map(|(_, word, weight)| (word, weight))
                .collect(),
            grams,
            words,
            ..Self::default()
        };
        for ((row, _, is_preferred), of_label) in labels.iter().zip(&of_labels) {
            let vectors: Vec<&[(u32, f32)]> = of_label
                .iter()
                .map(|word| weights[*word as usize].as_slice())
                .collect();
            index.labels.push(Label {
                row: *row,
                is_preferred: *is_preferred,
                length: length_of(&vectors),
                start: index.words_of_labels.len() as u32,
            });
            index.words_of_labels.extend(of_label);
        }
        index.invert(&of_labels);
        index
    }

    /// Fills the lists of labels by word.
    fn invert(&mut self, of_labels: &[Vec<u32>]) {
        let mut pairs: Vec<(u32, u32)> = of_labels
            .iter()
            .enumerate()
            .flat_map(|(label, words)| words.iter().map(move |word| (*word, label as u32)))
            .collect();
        pairs.sort_unstable();
        self.starts = vec![0; self.words.len() + 1];
        pairs
            .iter()
            .for_each(|(word, _)| self.starts[*word as usize + 1] += 1);
        (0..self.words.len()).for_each(|word| self.starts[word + 1] += self.starts[word]);
        self.labels_of_words = pairs.into_iter().map(|(_, label)| label).collect();
    }

    /// Number of labels.
    pub(super) fn n_labels(&self) -> usize {
        self.labels.len()
    }

    /// One label.
    pub(super) fn label(&self, at: u32) -> &Label {
        &self.labels[at as usize]
    }

    /// The words of one label, by number.
    pub(super) fn words_of(&self, label: u32) -> &[u32] {
        let end = self
            .labels
            .get(label as usize + 1)
            .map_or(self.words_of_labels.len(), |next| next.start as usize);
        &self.words_of_labels[self.labels[label as usize].start as usize..end]
    }

    /// A word of labels by its number.
    pub(super) fn word(&self, number: u32) -> &str {
        &self.words[number as usize]
    }

    /// Labels with a word.
    pub(super) fn labels_with(&self, word: u32) -> &[u32] {
        &self.labels_of_words
            [self.starts[word as usize] as usize..self.starts[word as usize + 1] as usize]
    }

    /// Compares a folded word with all words of labels. N-grams that no label has do not count.
    pub(super) fn compare(&self, folded: &str) -> ComparedWord {
        let mut products: FxHashMap<u32, f32> = FxHashMap::default();
        let mut grams = Vec::new();
        for (gram, count) in counted(grams_of_word(folded, GRAM_MAX)) {
            let Some((idf, start, end)) = self.grams.get(&gram) else {
                continue;
            };
            let weight = count as f32 * idf;
            grams.push((gram, weight));
            for (word, of_word) in &self.postings[*start as usize..*end as usize] {
                *products.entry(*word).or_default() += weight * of_word;
            }
        }
        let length = product(&grams, &grams).sqrt();
        let cosine =
            |(word, product): &(u32, f32)| product / (length * self.lengths[*word as usize]);
        let mut like: Vec<(u32, f32)> = products
            .into_iter()
            .filter(|pair| cosine(pair) >= LIKE_MIN)
            .collect();
        like.sort_unstable_by(|a, b| cosine(b).total_cmp(&cosine(a)).then(a.0.cmp(&b.0)));
        like.truncate(LIKE_MAX);
        like.sort_unstable_by_key(|(word, _)| *word);
        ComparedWord { grams, like }
    }
}

impl ComparedWord {
    /// Words of labels that are like it, with the product of both vectors; sorted by word.
    pub(super) fn like(&self) -> &[(u32, f32)] {
        &self.like
    }

    /// Product with a text of labels' words.
    pub(super) fn product_with(&self, words: &[u32]) -> f32 {
        let of_word = |word: &u32| {
            let place = self.like.binary_search_by_key(word, |(known, _)| *known);
            place.map_or(0.0, |at| self.like[at].1)
        };
        words.iter().map(of_word).sum()
    }
}

/// Lengths of the vectors of all windows of up to `most` words: `[start][n - 1]`.
pub(super) fn window_lengths(words: &[&ComparedWord], most: usize) -> Vec<Vec<f32>> {
    let of_start = |start: usize| {
        let (mut square, mut lengths) = (0.0, Vec::new());
        for end in start..words.len().min(start + most) {
            let before = words[start..end]
                .iter()
                .map(|word| product(&word.grams, &words[end].grams));
            square += 2.0 * before.sum::<f32>() + product(&words[end].grams, &words[end].grams);
            lengths.push(square.sqrt());
        }
        lengths
    };
    (0..words.len()).map(of_start).collect()
}

fn length_of(words: &[&[(u32, f32)]]) -> f32 {
    let pairs = words
        .iter()
        .flat_map(|a| words.iter().map(move |b| product(a, b)));
    pairs.sum::<f32>().sqrt()
}

/// Product of two sparse vectors, each sorted.
fn product(a: &[(u32, f32)], b: &[(u32, f32)]) -> f32 {
    let (mut at, mut sum) = (0, 0.0);
    for (gram, weight) in a {
        while at < b.len() && b[at].0 < *gram {
            at += 1;
        }
        if at < b.len() && b[at].0 == *gram {
            sum += weight * b[at].1;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(labels: &[&str]) -> LabelIndex {
        let label = |(row, label): (usize, &&str)| {
            (
                row as u32,
                label.split(' ').map(str::to_owned).collect(),
                true,
            )
        };
        LabelIndex::build(&labels.iter().enumerate().map(label).collect::<Vec<_>>())
    }

    fn cosine(index: &LabelIndex, title: &str, label: u32) -> f32 {
        let words: Vec<ComparedWord> = title.split(' ').map(|word| index.compare(word)).collect();
        let all: Vec<&ComparedWord> = words.iter().collect();
        let length = window_lengths(&all, all.len())[0][all.len() - 1];
        let product: f32 = words
            .iter()
            .map(|word| word.product_with(index.words_of(label)))
            .sum();
        product / (length * index.label(label).length)
    }

    #[test]
    fn the_same_words_have_cosine_one_in_any_order() {
        let index = index(&["bus driver", "driver", "tram driver", "welder"]);
        assert!((cosine(&index, "driver bus", 0) - 1.0).abs() < 1e-5);
        assert!(cosine(&index, "bus driver", 1) < 0.8);
        assert_eq!(cosine(&index, "bus driver", 3), 0.0);
    }

    #[test]
    fn inflection_and_compounds_are_nearer_than_other_words() {
        let index = index(&["lagerarbeiter", "krankenpfleger", "koch", "loods"]);
        assert!(cosine(&index, "lagerfachkraft", 0) > cosine(&index, "lagerfachkraft", 1));
        assert!(cosine(&index, "krankenpflegerin", 1) > 0.7);
        assert!(
            cosine(&index, "lood", 3) < 0.95,
            "a shorter word is another word"
        );
    }

    #[test]
    fn labels_are_found_by_their_words() {
        let index = index(&["bus driver", "driver"]);
        let driver = index.compare("driver").like()[0].0;
        assert_eq!(index.word(driver), "driver");
        assert_eq!(index.labels_with(driver), [0, 1]);
        assert_eq!((index.n_labels(), index.label(1).row), (2, 1));
    }
}
