//! How near is a text to the nearest name of a skill? Names are kept as word pieces; a product with a name is the sum of products with its pieces.
//!
//! The one idea: 100,000 names as vectors would take 100 MB, as pieces they take 2 MB, and one text meets few different pieces.

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::encoder::{Encoder, floats, normalise};
use crate::error::{IndexError, Result};
use crate::int8::Fixed;
use crate::model::esco::{Esco, Labels, SkillId};

/// Names of one skill in one language that are looked at.
const NAMES_MAX: usize = 64;

/// Different pieces that the names of a shortlist usually have.
const PIECES_USUAL: usize = 1_500;

/// A common word as alternative label of a skill that takes several words to name says less than the skill: `rust` for removing it from vehicles,
/// `communication` for teaching it. Names with a capital letter or a digit are kept.
fn is_too_general(name: &str, preferred: &str) -> bool {
    name.chars().all(|c| c.is_lowercase() || c == '-') && preferred.split_whitespace().count() > 2
}

/// The names of a skill in one language that say enough.
pub(super) fn telling(labels: &Labels) -> impl Iterator<Item = &String> {
    let telling = |name: &&String| !name.is_empty() && !is_too_general(name, &labels.preferred);
    std::iter::once(&labels.preferred).chain(&labels.alternatives).filter(telling).take(NAMES_MAX)
}

/// The names of all skills as word pieces.
#[derive(Default, PartialEq, Debug)]
pub struct Names {
    /// `of_skill[i]..of_skill[i + 1]` are the names of skill `i`.
    of_skill: Vec<u32>,
    /// Position of each name's language among those of the generation.
    language: Vec<u32>,
    /// `pieces_of[i]..pieces_of[i + 1]` are the pieces of name `i`.
    pieces_of: Vec<u32>,
    pieces: Vec<u32>,
    /// One over the length of each name's sum of rows.
    scale: Vec<f32>,
}

impl Names {
    /// Cuts all names in all languages into pieces.
    pub fn build(encoder: &Encoder, esco: &Esco) -> Self {
        let position = |language: &str| esco.languages.iter().position(|known| known == language).unwrap_or_default() as u32;
        let names_of = |labels: &Labels| {
            let language = position(&labels.language);
            telling(labels)
                .map(|name| (language, encoder.tokens(name).into_iter().flat_map(|token| token.pieces).collect()))
                .collect::<Vec<(u32, Vec<u32>)>>()
        };
        let by_skill: Vec<Vec<(u32, Vec<u32>)>> =
            esco.skills.par_iter().map(|skill| skill.labels.iter().flat_map(names_of).collect()).collect();
        let mut names = Self { of_skill: vec![0], pieces_of: vec![0], ..Self::default() };
        let mut sum = vec![0.0; encoder.dim()];
        for of_skill in by_skill {
            for (language, pieces) in of_skill.into_iter().filter(|(_, pieces)| !pieces.is_empty()) {
                sum.fill(0.0);
                pieces.iter().for_each(|piece| encoder.add_piece(*piece, &mut sum));
                names.scale.push(1.0 / normalise(&mut sum).max(1e-9));
                names.language.push(language);
                names.pieces.extend(pieces);
                names.pieces_of.push(names.pieces.len() as u32);
            }
            names.of_skill.push(names.language.len() as u32);
        }
        names
    }

    /// Cosine of a text with the nearest name of a skill in each group; `group_of` tells the group of a language by its position, and nothing where
    /// its names do not count.
    pub fn nearest(&self, skill: SkillId, products: &mut PieceProducts<'_>, group_of: impl Fn(u32) -> Option<NameGroup>) -> Nearest {
        let names = self.of_skill[skill.row()] as usize..self.of_skill[skill.row() + 1] as usize;
        let mut nearest = Nearest::default();
        for name in names {
            let best = match group_of(self.language[name]) {
                Some(NameGroup::English) => &mut nearest.english,
                Some(NameGroup::Own) => nearest.own.get_or_insert(0.0),
                Some(NameGroup::Other) => &mut nearest.other,
                None => continue,
            };
            let pieces = &self.pieces[self.pieces_of[name] as usize..self.pieces_of[name + 1] as usize];
            *best = best.max(pieces.iter().map(|piece| products.get(*piece)).sum::<f32>() * self.scale[name]);
        }
        nearest
    }

    /// The names as little-endian bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = [self.of_skill.len() as u32, self.language.len() as u32, self.pieces.len() as u32];
        let parts = [&head[..], &self.of_skill, &self.language, &self.pieces_of, &self.pieces];
        let numbers = parts.into_iter().flatten().copied().chain(self.scale.iter().map(|scale| scale.to_bits()));
        numbers.flat_map(u32::to_le_bytes).collect()
    }

    /// Reads what [`Self::to_bytes`] wrote, for `n_skills` skills and an encoder with `n_pieces` pieces.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] with `file` if the bytes are no such names.
    pub fn from_bytes(file: &str, bytes: &[u8], n_skills: usize, n_pieces: usize) -> Result<Self> {
        let damaged = || IndexError::damaged(file, "lengths do not fit");
        let numbers: Vec<u32> = bytes.as_chunks::<4>().0.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect();
        let (&[n_starts, n_names, n_in_pieces], rest) = numbers.split_first_chunk().ok_or_else(damaged)?;
        let [n_starts, n_names, n_in_pieces] = [n_starts, n_names, n_in_pieces].map(|n| n as usize);
        if !bytes.len().is_multiple_of(4)
            || n_starts != n_skills + 1
            || rest.len() != n_starts + n_names + (n_names + 1) + n_in_pieces + n_names
        {
            return Err(damaged());
        }
        let (of_skill, rest) = rest.split_at(n_starts);
        let (language, rest) = rest.split_at(n_names);
        let (pieces_of, rest) = rest.split_at(n_names + 1);
        let (pieces, _) = rest.split_at(n_in_pieces);
        let starts_fit = |starts: &[u32], n: usize| starts.first() == Some(&0) && starts.last() == Some(&(n as u32)) && starts.is_sorted();
        if !starts_fit(of_skill, n_names) || !starts_fit(pieces_of, n_in_pieces) || pieces.iter().any(|piece| *piece as usize >= n_pieces) {
            return Err(damaged());
        }
        let scale = floats(&bytes[bytes.len() - 4 * n_names..]);
        Ok(Self { of_skill: of_skill.to_vec(), language: language.to_vec(), pieces_of: pieces_of.to_vec(), pieces: pieces.to_vec(), scale })
    }
}

/// Whose names are compared together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NameGroup {
    /// Names in English.
    English,
    /// Names in the text's own language.
    Own,
    /// Names in any other language.
    Other,
}

/// Cosine of a text with the nearest names of a skill; 0 for a group without any.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Nearest {
    /// In English.
    pub english: f32,
    /// In the text's own language; nothing where the skill has no name in it.
    pub own: Option<f32>,
    /// In any other language.
    pub other: f32,
}

/// Products of one text's vector with rows of the encoder's table, each computed once.
pub struct PieceProducts<'a> {
    encoder: &'a Encoder,
    vector: &'a Fixed,
    known: FxHashMap<u32, f32>,
}

impl<'a> PieceProducts<'a> {
    /// For a vector `[dim]`.
    pub fn new(encoder: &'a Encoder, vector: &'a Fixed) -> Self {
        Self { encoder, vector, known: FxHashMap::with_capacity_and_hasher(PIECES_USUAL, FxBuildHasher) }
    }

    fn get(&mut self, piece: u32) -> f32 {
        let (encoder, vector) = (self.encoder, self.vector);
        *self.known.entry(piece).or_insert_with(|| encoder.product(piece, vector))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::esco::Skill;

    #[test]
    fn each_group_of_languages_has_its_own_nearest_name() {
        let labels = |(language, preferred): &(&str, &str)| Labels {
            language: (*language).into(),
            preferred: (*preferred).into(),
            ..Labels::default()
        };
        let skill = |names: &[(&str, &str)]| Skill { labels: names.iter().map(labels).collect(), ..Skill::default() };
        let skills = vec![skill(&[("da", "svejsning"), ("de", "Schweißen"), ("en", "welding")]), skill(&[("en", "welding")])];
        let esco = Esco { languages: ["da", "de", "en"].map(str::to_owned).to_vec(), skills, ..Esco::default() };
        let encoder = Encoder::carried().unwrap();
        let names = Names::build(encoder, &esco);
        let mut vector = vec![0.0; encoder.dim()];
        encoder.tokens("Schweißen").iter().for_each(|token| encoder.add(token, &mut vector));
        normalise(&mut vector);
        let vector = Fixed::new(&vector);
        let nearest = |skill, groups: [Option<NameGroup>; 3]| {
            names.nearest(SkillId(skill), &mut PieceProducts::new(encoder, &vector), |language| groups[language as usize])
        };
        let [english, own, other] = [NameGroup::English, NameGroup::Own, NameGroup::Other].map(Some);
        let all = nearest(0, [other, own, english]);
        assert!(all.own.is_some_and(|own| own > 0.99) && 0.0 < all.other && all.other < 0.99, "{all:?}");
        assert_eq!(nearest(0, [None, own, english]), Nearest { other: 0.0, ..all });
        assert_eq!(nearest(1, [other, own, english]), Nearest { own: None, other: 0.0, ..all });
    }
}
