//! What does a text mean, as a vector? The sum of its word pieces' rows in a trained table, scaled to length one.
//!
//! The one idea: no network runs. Training (see `index/encoder/README.md`) puts all that is learned into one table of int8 rows.

use std::ops::Range;
use std::sync::OnceLock;

use ndarray::{Array2, ArrayView1};
use rustc_hash::FxHashMap;
use safetensors::{Dtype, SafeTensors};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::grams::{Grams, Tongue};
use crate::int8::{Int8Rows, floats};
use crate::learned::LEARNED;
use skillgap_esco::error::{DataError, Result};

const VOCABULARY: &str = include_str!("../../encoder/vocab.txt");
const TABLE: &[u8] = include_bytes!("../../encoder/encoder.safetensors");

/// Words longer than this many characters become one unknown piece.
const WORD_CHARS_MAX: usize = 100;

/// A token of a text before it is cut into pieces: a word or a punctuation mark, with its pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Rows of the table, at least one.
    pub pieces: Vec<u32>,
    /// Rows of the tongue's table of n-grams; none in [`Tongue::English`], and of a punctuation mark.
    pub grams: Vec<u32>,
}

/// A table of int8 rows, one a word piece, and a scale for each row.
pub struct Encoder {
    initial: FxHashMap<&'static str, u32>,
    continuation: FxHashMap<&'static str, u32>,
    unknown: u32,
    table: Int8Rows,
    grams: Grams,
    version: String,
}

impl Encoder {
    /// The encoder that the binary carries.
    ///
    /// # Errors
    /// [`DataError::Damaged`] if the carried files do not fit together; a test holds that they do.
    pub fn carried() -> Result<&'static Self> {
        static CARRIED: OnceLock<std::result::Result<Encoder, String>> = OnceLock::new();
        CARRIED
            .get_or_init(|| Self::parse(VOCABULARY, TABLE).map_err(|reason| reason.to_string()))
            .as_ref()
            .map_err(|reason| DataError::damaged("encoder", reason.clone()))
    }

    fn parse(vocabulary: &'static str, file: &'static [u8]) -> Result<Self> {
        let damaged = |reason: &str| DataError::damaged("encoder", reason);
        let tensors =
            SafeTensors::deserialize(file).map_err(|error| damaged(&error.to_string()))?;
        let table = tensors
            .tensor("table")
            .map_err(|error| damaged(&error.to_string()))?;
        let scale = tensors
            .tensor("scale")
            .map_err(|error| damaged(&error.to_string()))?;
        let &[n_pieces, dim] = table.shape() else {
            return Err(damaged("table is not a matrix"));
        };
        if table.dtype() != Dtype::I8 || scale.dtype() != Dtype::F32 || scale.shape() != [n_pieces]
        {
            return Err(damaged("table must be I8 [n, dim] and scale F32 [n]"));
        }
        let (mut initial, mut continuation) = (FxHashMap::default(), FxHashMap::default());
        let mut n_lines = 0;
        for (row, line) in vocabulary.lines().enumerate() {
            match line.strip_prefix("##") {
                Some(rest) if !rest.is_empty() => continuation.insert(rest, row as u32),
                _ => initial.insert(line, row as u32),
            };
            n_lines = row + 1;
        }
        if n_lines != n_pieces {
            return Err(damaged("vocabulary and table differ in length"));
        }
        let unknown = *initial
            .get("[UNK]")
            .ok_or_else(|| damaged("no [UNK] in the vocabulary"))?;
        Ok(Self {
            initial,
            continuation,
            unknown,
            grams: Grams::carried(dim)?,
            table: Int8Rows::new("encoder", table.data().into(), floats(scale.data()), dim)?,
            version: version(vocabulary, file),
        })
    }

    /// Length of a vector.
    pub fn dim(&self) -> usize {
        self.table.dim()
    }

    /// Names all that is learned, table, vocabulary and weights: the head of their BLAKE3 hash.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Cuts an English text, or one whose language is not known, into words and punctuation marks, and those into word pieces (BERT's uncased rules,
    /// greedy longest match).
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        self.tokens_in(text, Tongue::English)
    }

    /// The same in any language, and of everyday English: words have n-grams beside their pieces.
    pub fn tokens_in(&self, text: &str, tongue: Tongue) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut word = String::new();
        let mut range = 0..0;
        for (at, c) in text.char_indices() {
            let class = class_of(c);
            if class != Class::Word && class != Class::Skip && !word.is_empty() {
                tokens.push(self.token(range.clone(), &word, tongue));
                word.clear();
            }
            let here = at..at + c.len_utf8();
            match class {
                Class::Skip | Class::Space => {}
                Class::Alone => {
                    word.extend(plain(c));
                    tokens.push(self.token(here, &word, tongue));
                    word.clear();
                }
                Class::Word => {
                    let start = if word.is_empty() {
                        here.start
                    } else {
                        range.start
                    };
                    range = start..here.end;
                    match c.is_ascii() {
                        true => word.push(c.to_ascii_lowercase()),
                        false => word.extend(plain(c)),
                    }
                }
            }
        }
        if !word.is_empty() {
            tokens.push(self.token(range, &word, tongue));
        }
        tokens
    }

    fn token(&self, range: Range<usize>, word: &str, tongue: Tongue) -> Token {
        let is_spelled = tongue != Tongue::English
            && word.chars().any(char::is_alphanumeric)
            && word.chars().nth(WORD_CHARS_MAX).is_none();
        Token {
            range,
            pieces: self.pieces(word).unwrap_or_else(|| vec![self.unknown]),
            grams: match is_spelled {
                true => self.grams.of(word, tongue),
                false => Vec::new(),
            },
        }
    }

    /// The pieces of one plain word, or nothing where some part of it is in no piece.
    fn pieces(&self, word: &str) -> Option<Vec<u32>> {
        if word.chars().nth(WORD_CHARS_MAX).is_some() {
            return None;
        }
        if let Some(&piece) = self.initial.get(word) {
            return Some(vec![piece]);
        }
        let (mut pieces, mut rest) = (Vec::new(), word);
        while !rest.is_empty() {
            let known = if pieces.is_empty() {
                &self.initial
            } else {
                &self.continuation
            };
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
            let (end, &piece) = ends
                .filter_map(|end| known.get(&rest[..end]).map(|piece| (end, piece)))
                .next()?;
            pieces.push(piece);
            rest = &rest[end..];
        }
        Some(pieces)
    }

    /// Adds the rows of a token's pieces to `sum`, which is `[dim]`.
    pub fn add(&self, token: &Token, sum: &mut [f32]) {
        token
            .pieces
            .iter()
            .for_each(|piece| self.add_piece(*piece, sum));
    }

    /// Adds all that a token means in its language to `sum`, which is `[dim]`.
    pub fn add_in(&self, token: &Token, tongue: Tongue, sum: &mut [f32]) {
        if tongue != Tongue::Spelled || token.pieces.len() == 1 {
            self.add(token, sum);
        }
        token
            .grams
            .iter()
            .for_each(|row| self.grams.add(*row, tongue, sum));
    }

    /// Adds one row to `sum`, which is `[dim]`.
    pub fn add_piece(&self, piece: u32, sum: &mut [f32]) {
        self.table.add(piece as usize, sum);
    }

    /// A copy of some rows, in their order.
    pub(crate) fn rows_of(&self, pieces: &[u32]) -> Int8Rows {
        self.table.select(pieces)
    }

    /// Number of pieces in the vocabulary.
    pub fn n_pieces(&self) -> usize {
        self.table.n_rows()
    }

    /// Writes the vector of an English text to `out`, `[dim]`: length one, or all zero for a text without tokens.
    pub fn encode_into(&self, text: &str, out: &mut [f32]) {
        self.encode_in(text, Tongue::English, out);
    }

    /// The same of a text in any language, which lands where English texts of the same meaning are.
    pub fn encode_in(&self, text: &str, tongue: Tongue, out: &mut [f32]) {
        out.fill(0.0);
        for token in self.tokens_in(text, tongue) {
            self.add_in(&token, tongue, out);
        }
        normalise(out);
    }

    /// The vectors of several texts, `[n_texts, dim]`.
    pub fn encode_all<S: AsRef<str>>(&self, texts: &[S]) -> Array2<f32> {
        let mut vectors = Array2::zeros((texts.len(), self.dim()));
        for (text, mut row) in texts.iter().zip(vectors.rows_mut()) {
            if let Some(row) = row.as_slice_mut() {
                self.encode_into(text.as_ref(), row);
            }
        }
        vectors
    }
}

fn version(vocabulary: &str, table: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(vocabulary.as_bytes()).update(table);
    LEARNED.iter().for_each(|learned| {
        hasher.update(learned);
    });
    hasher.finalize().to_hex()[..12].to_owned()
}

/// Scales a vector to length one and returns the length that it had; leaves a zero vector as it is.
pub fn normalise(vector: &mut [f32]) -> f32 {
    let length = ArrayView1::from(&*vector)
        .dot(&ArrayView1::from(&*vector))
        .sqrt();
    if length > 1e-9 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
    length
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Class {
    /// Part of a word.
    Word,
    /// A token of its own: punctuation, and CJK ideographs.
    Alone,
    /// Ends a word.
    Space,
    /// Counts as if it were not there: control characters and combining marks.
    Skip,
}

fn class_of(c: char) -> Class {
    if c.is_ascii_alphanumeric() {
        return Class::Word;
    }
    if matches!(c, ' ' | '\t' | '\n' | '\r') {
        return Class::Space;
    }
    if c.is_ascii_punctuation() || is_cjk(c) {
        return Class::Alone;
    }
    if matches!(c, '\0' | '\u{fffd}') {
        return Class::Skip;
    }
    match c.general_category() {
        GeneralCategory::SpaceSeparator
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator => Class::Space,
        GeneralCategory::NonspacingMark => Class::Skip,
        _ => match c.general_category_group() {
            GeneralCategoryGroup::Punctuation => Class::Alone,
            GeneralCategoryGroup::Other => Class::Skip,
            _ => Class::Word,
        },
    }
}

/// The ideograph blocks that BERT sets apart.
fn is_cjk(c: char) -> bool {
    matches!(u32::from(c),
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0x20000..=0x2A6DF | 0x2A700..=0x2B73F | 0x2B740..=0x2B81F | 0x2B820..=0x2CEAF
        | 0xF900..=0xFAFF | 0x2F800..=0x2FA1F)
}

/// Lower case without accents (NFD, nonspacing marks dropped), as BERT's uncased models have it.
fn plain(c: char) -> impl Iterator<Item = char> {
    c.nfd()
        .filter(|c| c.general_category() != GeneralCategory::NonspacingMark)
        .flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Fixture {
        text: String,
        ids: Vec<u32>,
        vector_head: Vec<f32>,
        /// ISO 639-1 code; nothing means English.
        language: Option<String>,
        /// Whether it is read as a text of an ad.
        #[serde(default)]
        is_ad: bool,
        #[serde(default)]
        grams: Vec<u32>,
    }

    #[test]
    fn pieces_and_vectors_equal_those_of_the_training_script() {
        let encoder = Encoder::carried().unwrap();
        for line in include_str!("../../encoder/fixtures.jsonl").lines() {
            let fixture: Fixture = serde_json::from_str(line).unwrap();
            let tongue = Tongue::of(fixture.language.as_deref(), fixture.is_ad);
            let tokens = encoder.tokens_in(&fixture.text, tongue);
            let ids: Vec<u32> = tokens
                .iter()
                .flat_map(|token| &token.pieces)
                .copied()
                .collect();
            assert_eq!(ids, fixture.ids, "{:?}", fixture.text);
            let grams = tokens.iter().flat_map(|token| &token.grams);
            let mut grams: Vec<u32> = grams.copied().collect();
            grams.sort_unstable();
            assert_eq!(grams, fixture.grams, "{:?}", fixture.text);
            let mut vector = vec![0.0; encoder.dim()];
            encoder.encode_in(&fixture.text, tongue, &mut vector);
            let far = vector
                .iter()
                .zip(&fixture.vector_head)
                .any(|(ours, theirs)| (ours - theirs).abs() > 1e-4);
            assert!(
                !far,
                "{:?}: {:?} against {:?}",
                fixture.text,
                &vector[..8],
                fixture.vector_head
            );
        }
    }

    #[test]
    fn tokens_lie_in_order_within_the_text() {
        let encoder = Encoder::carried().unwrap();
        for text in [
            "",
            "Größe über alles",
            "a\u{301}b  c++",
            "日本語 text",
            "\u{0}\u{7f}x",
        ] {
            let mut end = 0;
            for token in encoder.tokens(text) {
                assert!(
                    token.range.start >= end && text.get(token.range.clone()).is_some(),
                    "{text:?}"
                );
                assert!(!token.pieces.is_empty());
                end = token.range.end;
            }
        }
    }

    #[test]
    fn a_text_without_tokens_has_the_zero_vector() {
        let mut vector = vec![1.0; Encoder::carried().unwrap().dim()];
        Encoder::carried().unwrap().encode_into(" \n", &mut vector);
        assert!(vector.iter().all(|value| *value == 0.0));
    }
}
