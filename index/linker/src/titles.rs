//! Which occupation does a job title name? Shared words with any of its labels, in any indexed language, and nearness of meaning.
//!
//! Words that stand in no label (`London`, `m/f/d`) do not count, so a title may be dressed up.

use ndarray::{Array1, Array2};
use rustc_hash::FxHashMap;

use crate::encoder::{Encoder, normalise};
use crate::int8::{Int8Rows, QuantisedQuery};
use skillgap_esco::text::{singular, words};
use skillgap_esco::{Esco, Labels, Occupation, labels_in};

/// How near a title is to the labels of each occupation.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearness {
    /// Cosine of the words, each weighted by how rare it is, with the nearest label, in [0, 1]; 1 where the words are the same. One entry an occupation.
    pub words: Vec<f32>,
    /// Cosine of the meaning with the preferred label, or with the mean of the alternative ones; the higher. One entry an occupation.
    pub meaning: Vec<f32>,
}

/// The labels of all occupations.
pub struct Titles {
    encoder: &'static Encoder,
    /// Word → (weight, labels in which it stands).
    words: FxHashMap<String, (f32, Vec<u32>)>,
    /// Label → (row of its occupation, length of its weights).
    labels: Vec<(u32, f32)>,
    /// Preferred label, then mean of the alternative ones: `[2 · n_occupations, dim]`.
    meanings: Int8Rows,
}

impl Titles {
    /// Indexes all labels.
    pub fn build(encoder: &'static Encoder, esco: &Esco) -> Self {
        let mut of_label: Vec<(u32, Vec<String>)> = Vec::new();
        let mut found: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        for (row, occupation) in esco.occupations.iter().enumerate() {
            for label in occupation
                .labels
                .iter()
                .flat_map(names)
                .flat_map(|label| forms(label))
            {
                let folded = folded(label);
                folded.iter().for_each(|word| {
                    found
                        .entry(word.clone())
                        .or_default()
                        .push(of_label.len() as u32)
                });
                of_label.push((row as u32, folded));
            }
        }
        let n = of_label.len() as f32;
        let words: FxHashMap<String, (f32, Vec<u32>)> = found
            .into_iter()
            .map(|(word, labels)| (word, ((1.0 + n / labels.len() as f32).ln(), labels)))
            .collect();
        let length = |of: &[String]| {
            of.iter()
                .map(|word| words[word].0.powi(2))
                .sum::<f32>()
                .sqrt()
        };
        let labels = of_label
            .iter()
            .map(|(row, of)| (*row, length(of)))
            .collect();
        Self {
            encoder,
            labels,
            words,
            meanings: Int8Rows::quantise(&meanings(encoder, &esco.occupations)),
        }
    }

    /// How near a title is to each occupation. Cost: one look at the labels of each word, one product with two vectors an occupation.
    pub fn nearness(&self, title: &str) -> Nearness {
        let n_occupations = self.meanings.n_rows() / 2;
        let mut nearness = Nearness {
            words: vec![0.0; n_occupations],
            meaning: vec![0.0; n_occupations],
        };
        let mut shared: FxHashMap<u32, f32> = FxHashMap::default();
        let mut length = 0.0;
        for (weight, labels) in folded(title).iter().filter_map(|word| self.words.get(word)) {
            length += weight * weight;
            labels
                .iter()
                .for_each(|label| *shared.entry(*label).or_default() += weight * weight);
        }
        let length = length.sqrt();
        for (label, product) in shared {
            let (row, of_label) = self.labels[label as usize];
            let cosine = (product / (length * of_label)).min(1.0);
            let best = &mut nearness.words[row as usize];
            // In steps, so that sums in another order count the same.
            *best = best.max((cosine * 1e4).round() / 1e4);
        }
        let mut vector = vec![0.0; self.encoder.dim()];
        self.encoder.encode_into(title, &mut vector);
        let products = self.meanings.products(&QuantisedQuery::new(&vector));
        for (row, meaning) in nearness.meaning.iter_mut().enumerate() {
            *meaning = (products[row].max(products[n_occupations + row]) * 1e4).round() / 1e4;
        }
        nearness
    }
}

/// A cosine from which on two labels have the same words; below 1 only by rounding.
const SAME: f32 = 0.9999;

impl Titles {
    /// Rows of the occupations of which a label has exactly these words, in any order and number; sorted. Cost: one look at the labels of each word.
    pub fn named(&self, title: &str) -> Vec<u32> {
        let folded = folded(title);
        let known: Vec<&(f32, Vec<u32>)> = folded
            .iter()
            .map_while(|word| self.words.get(word))
            .collect();
        let Some(rarest) = known
            .iter()
            .min_by_key(|(_, labels)| labels.len())
            .filter(|_| known.len() == folded.len())
        else {
            return Vec::new();
        };
        let length = known
            .iter()
            .map(|(weight, _)| weight * weight)
            .sum::<f32>()
            .sqrt();
        let has_all = |label: &u32| {
            known
                .iter()
                .all(|(_, labels)| labels.binary_search(label).is_ok())
        };
        let is_as_long = |label: &u32| length >= SAME * self.labels[*label as usize].1;
        let mut rows: Vec<u32> = rarest
            .1
            .iter()
            .filter(|label| is_as_long(label) && has_all(label))
            .map(|label| self.labels[*label as usize].0)
            .collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

fn names(labels: &Labels) -> impl Iterator<Item = &String> {
    labels
        .alternatives
        .iter()
        .chain([&labels.preferred])
        .filter(|label| !label.is_empty())
}

/// A label, and each side of a stroke in it: *Maurer/Maurerin*.
fn forms(label: &str) -> impl Iterator<Item = &str> {
    let sides = label
        .split_once('/')
        .filter(|(_, right)| !right.contains('/'));
    let sides = sides.filter(|(left, right)| left.split(' ').count() == right.split(' ').count());
    std::iter::once(label).chain(sides.into_iter().flat_map(|(left, right)| [left, right]))
}

/// The different words of a label, in the singular.
fn folded(label: &str) -> Vec<String> {
    let mut folded: Vec<String> = words(label)
        .iter()
        .map(|word| singular(&word.folded).to_owned())
        .collect();
    folded.sort_unstable();
    folded.dedup();
    folded
}

/// English, else the first language.
fn meanings(encoder: &Encoder, occupations: &[Occupation]) -> Array2<f32> {
    let n = occupations.len();
    let mut meanings = Array2::zeros((2 * n, encoder.dim()));
    let mut one = vec![0.0; encoder.dim()];
    for (row, occupation) in occupations.iter().enumerate() {
        let Some(labels) = labels_in(&occupation.labels, "en") else {
            continue;
        };
        encoder.encode_into(&labels.preferred, &mut one);
        meanings.row_mut(row).assign(&Array1::from(one.clone()));
        let mut sum = vec![0.0; encoder.dim()];
        for name in &labels.alternatives {
            encoder.encode_into(name, &mut one);
            sum.iter_mut()
                .zip(&one)
                .for_each(|(sum, value)| *sum += value);
        }
        normalise(&mut sum);
        meanings.row_mut(n + row).assign(&Array1::from(sum));
    }
    meanings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles() -> Titles {
        let occupation = |preferred: &str, alternatives: &[&str]| Occupation {
            labels: vec![Labels {
                language: "en".into(),
                preferred: preferred.into(),
                alternatives: alternatives.iter().map(|label| (*label).into()).collect(),
            }],
            ..Occupation::default()
        };
        let occupations = vec![
            occupation("welder", &["MIG welder"]),
            occupation("bus driver", &["coach drivers"]),
            Occupation::default(),
        ];
        Titles::build(
            Encoder::carried().unwrap(),
            &Esco {
                occupations,
                ..Esco::default()
            },
        )
    }

    #[test]
    fn a_dressed_up_title_is_the_label() {
        for title in ["welder", "Welders (m/f/d), London", "MIG Welder"] {
            assert_eq!(titles().nearness(title).words[0], 1.0, "{title}");
        }
        assert_eq!(titles().nearness("coach driver").words, [0.0, 1.0, 0.0]);
    }

    #[test]
    fn a_name_is_the_whole_label_and_no_more() {
        assert_eq!(titles().named("MIG welders"), [0]);
        assert_eq!(titles().named("driver of a coach"), [0; 0]);
        assert_eq!(
            (titles().named("driver"), titles().named("")),
            (Vec::new(), Vec::new())
        );
        let both: Vec<&str> = forms("Maurer/Maurerin")
            .map(|form| if form.ends_with("in") { "in" } else { "er" })
            .collect();
        assert_eq!(both, ["in", "er", "in"]);
    }

    #[test]
    fn a_title_that_says_nothing_is_near_to_nothing() {
        assert_eq!(titles().nearness("").words, [0.0; 3]);
        assert_eq!(titles().nearness("").meaning, [0.0; 3]);
    }
}
