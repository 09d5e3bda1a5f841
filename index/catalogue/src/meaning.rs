//! What does a credential mean, as it is worded? Vectors of its whole text, its title and each outcome, in eight bits, and signs to find it by.
//!
//! The second way from a target to a credential, beside linked skills: it needs no link on either side, and says less.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use skillgap_credentials::credential::{Credential, text_in};
use skillgap_linker::encoder::Encoder;
use skillgap_linker::products::{products, products_of_runs};

/// Numbers of eight bits in one word of a code.
const BYTES: usize = 8;
/// Outcomes whose meaning is kept; a credential with more is found by its first.
const OUTCOMES_MAX: usize = 24;

/// How much the direction of a whole text adds to that of each of its parts: a few words alone are easily misread.
const CONTEXT: f32 = 0.5;

/// A text's vector in eight bits; only its direction counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vector {
    /// From -127 to 127.
    values: Vec<i16>,
    length: f32,
}

impl Vector {
    /// Encodes a text. A text without a known word is near nothing.
    pub fn of(encoder: &Encoder, text: &str) -> Self {
        let mut vector = vec![0.0; encoder.dim()];
        encoder.encode_into(text, &mut vector);
        Self::quantised(&vector)
    }

    /// The direction of the sum of some vectors, of which each counts by a weight, whatever its length.
    pub fn sum<'a>(vectors: impl IntoIterator<Item = (&'a Self, f32)>) -> Self {
        let mut sum: Vec<f32> = Vec::new();
        for (vector, weight) in vectors {
            sum.resize(vector.values.len(), 0.0);
            let scale = if vector.length > 0.0 {
                weight / vector.length
            } else {
                0.0
            };
            sum.iter_mut()
                .zip(&vector.values)
                .for_each(|(sum, value)| *sum += scale * f32::from(*value));
        }
        Self::quantised(&sum)
    }

    /// The direction of a part of a text, leaning towards that of the whole.
    pub fn in_context(&self, whole: &Self) -> Self {
        let unit = |vector: &Self| {
            if vector.length > 0.0 {
                1.0 / vector.length
            } else {
                0.0
            }
        };
        let (part, whole_unit) = (unit(self), CONTEXT * unit(whole));
        let sum = self
            .values
            .iter()
            .zip(&whole.values)
            .map(|(a, b)| part * f32::from(*a) + whole_unit * f32::from(*b));
        Self::quantised(&sum.collect::<Vec<f32>>())
    }

    fn quantised(vector: &[f32]) -> Self {
        let largest = vector
            .iter()
            .fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let scale = if largest > 0.0 {
            f32::from(i8::MAX) / largest
        } else {
            0.0
        };
        Self::new(
            vector
                .iter()
                .map(|value| (value * scale).round() as i16)
                .collect(),
        )
    }

    fn new(values: Vec<i16>) -> Self {
        Self {
            length: length(&values),
            values,
        }
    }

    /// Cosine, in [-1, 1]; 0 where one of the two means nothing. The same on every machine: sums are of whole numbers.
    pub fn cosine(&self, other: &Self) -> f32 {
        let product = self
            .values
            .iter()
            .zip(&other.values)
            .map(|(a, b)| i32::from(*a) * i32::from(*b))
            .sum();
        cosine(product, self.length * other.length)
    }

    /// One bit a number: whether it is positive. Near vectors differ in few.
    pub fn signs(&self) -> Vec<u64> {
        let word = |values: &[i16]| {
            values
                .iter()
                .enumerate()
                .fold(0, |word, (at, value)| word | u64::from(*value > 0) << at)
        };
        self.values.chunks(64).map(word).collect()
    }
}

fn length(values: &[i16]) -> f32 {
    let square: i32 = values
        .iter()
        .map(|value| i32::from(*value) * i32::from(*value))
        .sum();
    (square as f32).sqrt()
}

fn cosine(product: i32, lengths: f32) -> f32 {
    if lengths > 0.0 {
        product as f32 / lengths
    } else {
        0.0
    }
}

/// Vectors that others are compared with, all at once.
#[derive(Clone, Debug, Default)]
pub struct Vectors {
    /// Numbers of each vector after each other, from -127 to 127.
    values: Vec<i16>,
    lengths: Vec<f32>,
}

impl Vectors {
    /// Number of vectors.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Adds a vector, of as many numbers as the others have.
    pub fn push(&mut self, vector: &Vector) {
        self.values.extend(&vector.values);
        self.lengths.push(vector.length);
    }

    /// Cosine of each with a vector, in their order; as [`Vector::cosine`].
    pub fn cosines(&self, vector: &Vector) -> Vec<f32> {
        let row: Vec<u8> = vector.values.iter().map(|value| *value as u8).collect();
        let queries: Vec<&[i16]> = self.values.chunks_exact(row.len().max(1)).collect();
        let products = products(&queries, &[&row]).into_iter().zip(&self.lengths);
        products
            .map(|(product, length)| cosine(product, length * vector.length))
            .collect()
    }
}

impl<'a> FromIterator<&'a Vector> for Vectors {
    fn from_iter<I: IntoIterator<Item = &'a Vector>>(vectors: I) -> Self {
        let mut all = Self::default();
        vectors.into_iter().for_each(|vector| all.push(vector));
        all
    }
}

/// The vectors of some credentials, of each the whole text first.
#[derive(Clone, Debug, Default)]
pub struct Meanings {
    /// Numbers of each vector after each other, signed, as bytes.
    values: Vec<u8>,
    lengths: Vec<f32>,
    /// Where those of each credential end.
    ends: Vec<usize>,
}

impl Meanings {
    /// Adds what [`Meaning::codes`] wrote for a credential, for vectors of `dim` numbers; no vectors where there are none.
    pub fn push_codes(&mut self, codes: &[u64], dim: usize) {
        for code in codes.chunks_exact(dim.div_ceil(BYTES)) {
            let start = self.values.len();
            self.values.resize(start + code.len() * BYTES, 0);
            let bytes = self.values[start..].as_chunks_mut::<BYTES>().0;
            bytes
                .iter_mut()
                .zip(code)
                .for_each(|(bytes, code)| *bytes = code.to_le_bytes());
            self.values.truncate(start + dim);
            let values = self.values[start..].iter();
            let values: Vec<i16> = values.map(|value| i16::from(*value as i8)).collect();
            self.lengths.push(length(&values));
        }
        self.ends.push(self.lengths.len());
    }

    /// Cosine of each vector with each of others, `[n_vectors, others.len]`; as [`Vector::cosine`].
    pub fn table(&self, others: &Vectors) -> Vec<f32> {
        let dim = self.values.len() / self.lengths.len().max(1);
        let products = products_of_runs(&others.values, &self.values, dim);
        // Products lie by the others first.
        let (n, n_others) = (self.lengths.len(), others.lengths.len());
        let cosine = |at: usize| {
            let (own, other) = (at / n_others, at % n_others);
            cosine(
                products[other * n + own],
                self.lengths[own] * others.lengths[other],
            )
        };
        (0..n * n_others).map(cosine).collect()
    }

    /// Which of them are those of each credential, in their order: the whole, the title, the outcomes.
    pub fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        std::iter::once(0)
            .chain(self.ends.iter().copied())
            .zip(&self.ends)
            .map(|(start, end)| start..*end)
    }
}

/// Bits in which each of some signs, one after the other, differ from those wanted.
pub fn distances(signs: &[u64], wanted: &[u64]) -> Vec<u16> {
    Arch::new().dispatch(Distances { signs, wanted })
}

/// Words of signs of the vectors that the carried encoder gives.
const USUAL: usize = 4;

#[inline(always)]
fn distance(signs: &[u64], wanted: &[u64]) -> u16 {
    signs
        .iter()
        .zip(wanted)
        .map(|(a, b)| (a ^ b).count_ones() as u16)
        .sum()
}

/// Compiled for each instruction set that a machine may have and chosen when it runs: counting bits is one instruction in the newer ones.
struct Distances<'a> {
    signs: &'a [u64],
    wanted: &'a [u64],
}

impl WithSimd for Distances<'_> {
    type Output = Vec<u16>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Vec<u16> {
        match self.wanted.as_chunks::<USUAL>() {
            // Of a known length, which the compiler turns into a few instructions.
            ([wanted], []) => self
                .signs
                .as_chunks::<USUAL>()
                .0
                .iter()
                .map(|signs| distance(signs, wanted))
                .collect(),
            _ => self
                .signs
                .chunks_exact(self.wanted.len().max(1))
                .map(|signs| distance(signs, self.wanted))
                .collect(),
        }
    }
}

/// The vectors of one credential.
#[derive(Clone, Debug, PartialEq)]
pub struct Meaning {
    /// Title and outcomes together.
    pub whole: Vector,
    /// The title, then each outcome in order.
    pub parts: Vec<Vector>,
}

impl Meaning {
    /// Encodes title and outcomes, in English where they are in English, else in their first language.
    pub fn of(encoder: &Encoder, credential: &Credential) -> Self {
        let outcomes = credential
            .outcomes
            .iter()
            .take(OUTCOMES_MAX)
            .map(|outcome| text_in(&outcome.text, "en"));
        let texts: Vec<&str> = std::iter::once(text_in(&credential.title, "en"))
            .chain(outcomes)
            .collect();
        Self {
            whole: Vector::of(encoder, &texts.join(". ")),
            parts: texts.iter().map(|text| Vector::of(encoder, text)).collect(),
        }
    }

    /// The same with parts that lean towards the whole.
    pub fn in_context(mut self) -> Self {
        self.parts
            .iter_mut()
            .for_each(|part| *part = part.in_context(&self.whole));
        self
    }

    /// The numbers of all vectors, eight a word, for a column.
    pub fn codes(&self) -> impl Iterator<Item = u64> + '_ {
        let vectors = std::iter::once(&self.whole).chain(&self.parts);
        vectors
            .flat_map(|vector| vector.values.chunks(BYTES))
            .map(|chunk| {
                let mut bytes = [0_u8; BYTES];
                bytes
                    .iter_mut()
                    .zip(chunk)
                    .for_each(|(byte, value)| *byte = *value as u8);
                u64::from_le_bytes(bytes)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_credentials::credential::{Outcome, texts};

    fn credential(title: &str, outcomes: &[&str]) -> Credential {
        let outcomes = outcomes
            .iter()
            .map(|outcome| Outcome {
                text: texts([("en", outcome)]),
                skills: Vec::new(),
            })
            .collect();
        Credential {
            title: texts([("en", title)]),
            outcomes,
            ..Credential::default()
        }
    }

    #[test]
    fn near_texts_are_near_and_differ_in_few_signs() {
        let encoder = Encoder::carried().unwrap();
        let [till, cash, weld] = [
            "operate the cash register",
            "cash register operation",
            "weld steel pipes",
        ]
        .map(|text| Vector::of(encoder, text));
        assert!(till.cosine(&cash) > 0.7 && till.cosine(&weld) < 0.4);
        let [near, far] = [&cash, &weld].map(|other| distances(&other.signs(), &till.signs())[0]);
        assert!(near < far);
        assert_eq!(distances(&[0b1011, 7, u64::MAX, 7], &[1, 7]), [2, 63]);
        assert!((till.cosine(&till) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn eight_bits_are_enough() {
        let encoder = Encoder::carried().unwrap();
        let texts = [
            "handle complaints of customers",
            "plan a delivery round and drive a van",
        ];
        let exact = encoder.encode_all(&texts);
        let [a, b] = texts.map(|text| Vector::of(encoder, text));
        assert!((a.cosine(&b) - exact.row(0).dot(&exact.row(1))).abs() < 0.02);
    }

    #[test]
    fn codes_are_read_as_they_were_written() {
        let encoder = Encoder::carried().unwrap();
        let meaning = Meaning::of(
            encoder,
            &credential("Welding", &["Weld fillet joints", "Read drawings"]),
        );
        assert_eq!(meaning.parts.len(), 3);
        let codes: Vec<u64> = meaning.codes().collect();
        let mut read = Meanings::default();
        [&codes[..], &[], &codes]
            .into_iter()
            .for_each(|codes| read.push_codes(codes, encoder.dim()));
        assert_eq!(read.ranges().collect::<Vec<_>>(), [0..4, 4..4, 4..8]);
        let written: Vec<&Vector> = std::iter::once(&meaning.whole)
            .chain(&meaning.parts)
            .collect();
        let others: Vectors = [&meaning.whole, &Vector::of(encoder, "weld pipes")]
            .into_iter()
            .collect();
        let expected: Vec<f32> = written
            .iter()
            .chain(&written)
            .flat_map(|vector| others.cosines(vector))
            .collect();
        assert_eq!(read.table(&others), expected);
    }

    #[test]
    fn many_are_compared_as_one_is() {
        let encoder = Encoder::carried().unwrap();
        let vectors = ["bake bread", "", "repair engines"].map(|text| Vector::of(encoder, text));
        let all: Vectors = vectors.iter().collect();
        let one = Vector::of(encoder, "repair car engines");
        assert_eq!(
            all.cosines(&one),
            vectors.each_ref().map(|vector| vector.cosine(&one))
        );
    }

    #[test]
    fn what_means_nothing_is_near_nothing() {
        let encoder = Encoder::carried().unwrap();
        let nothing = Vector::of(encoder, "");
        assert_eq!(nothing.cosine(&Vector::of(encoder, "weld")), 0.0);
        assert_eq!(Vector::sum([]).cosine(&nothing), 0.0);
    }

    #[test]
    fn a_sum_lies_between() {
        let encoder = Encoder::carried().unwrap();
        let [a, b] = ["bake bread", "repair engines"].map(|text| Vector::of(encoder, text));
        let sum = Vector::sum([(&a, 1.0), (&b, 1.0)]);
        assert!(sum.cosine(&a) > a.cosine(&b) && sum.cosine(&b) > a.cosine(&b));
        assert!(Vector::sum([(&a, 2.0), (&b, 1.0)]).cosine(&a) > sum.cosine(&a));
    }
}
