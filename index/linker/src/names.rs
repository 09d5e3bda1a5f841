//! How near is a text to the nearest name of a skill? Names are kept as word pieces; a product with a name is the sum of products with its pieces.
//!
//! The one idea: 100,000 names as vectors would take 100 MB, as pieces they take 2 MB, and one text meets few different pieces.

use rayon::prelude::*;

use crate::encoder::{Encoder, normalise};
use crate::int8::{Int8Rows, QuantisedQuery, floats};
use skillgap_esco::error::{DataError, Result};
use skillgap_esco::{Esco, Labels, SkillId};

/// Names of one skill in one language that are looked at.
const NAMES_MAX: usize = 24;

/// Different pieces that the names of a shortlist usually have.
const PIECES_USUAL: usize = 600;

/// A common word as alternative label of a skill that takes several words to name says less than the skill: `rust` for removing it from vehicles,
/// `communication` for teaching it. Names with a capital letter or a digit are kept.
fn is_too_general(name: &str, preferred: &str) -> bool {
    name.chars().all(|c| c.is_lowercase() || c == '-') && preferred.split_whitespace().count() > 2
}

/// The names of a skill in one language that say enough.
pub fn telling_names(labels: &Labels) -> impl Iterator<Item = &String> {
    let telling = |name: &&String| !name.is_empty() && !is_too_general(name, &labels.preferred);
    std::iter::once(&labels.preferred)
        .chain(&labels.alternatives)
        .filter(telling)
        .take(NAMES_MAX)
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
    /// Positions in `distinct`.
    pieces: Vec<u32>,
    /// The pieces that stand in some name, sorted, and their rows: together, because others lie between them in the encoder's table.
    distinct: Vec<u32>,
    rows: Int8Rows,
    /// One over the length of each name's sum of rows.
    scale: Vec<f32>,
}

impl Names {
    /// Cuts all names in all languages into pieces.
    pub fn build(encoder: &Encoder, esco: &Esco) -> Self {
        let position = |language: &str| {
            esco.languages
                .iter()
                .position(|known| known == language)
                .unwrap_or_default() as u32
        };
        let names_of = |labels: &Labels| {
            let language = position(&labels.language);
            telling_names(labels)
                .map(|name| {
                    (
                        language,
                        encoder
                            .tokens(name)
                            .into_iter()
                            .flat_map(|token| token.pieces)
                            .collect(),
                    )
                })
                .collect::<Vec<(u32, Vec<u32>)>>()
        };
        let by_skill: Vec<Vec<(u32, Vec<u32>)>> = esco
            .skills
            .par_iter()
            .map(|skill| skill.labels.iter().flat_map(names_of).collect())
            .collect();
        let mut names = Self {
            of_skill: vec![0],
            pieces_of: vec![0],
            ..Self::default()
        };
        let mut sum = vec![0.0; encoder.dim()];
        for of_skill in by_skill {
            for (language, pieces) in of_skill
                .into_iter()
                .filter(|(_, pieces)| !pieces.is_empty())
            {
                sum.fill(0.0);
                pieces
                    .iter()
                    .for_each(|piece| encoder.add_piece(*piece, &mut sum));
                names.scale.push(1.0 / normalise(&mut sum).max(1e-9));
                names.language.push(language);
                names.pieces.extend(pieces);
                names.pieces_of.push(names.pieces.len() as u32);
            }
            names.of_skill.push(names.language.len() as u32);
        }
        names.numbered(encoder)
    }

    /// Numbers the pieces by themselves: names are made of few of those that the encoder knows.
    fn numbered(mut self, encoder: &Encoder) -> Self {
        let n_pieces = encoder.n_pieces();
        let mut number = vec![0_u32; n_pieces];
        self.pieces
            .iter()
            .for_each(|piece| number[*piece as usize] = 1);
        self.distinct = (0..n_pieces as u32)
            .filter(|piece| number[*piece as usize] > 0)
            .collect();
        self.distinct
            .iter()
            .enumerate()
            .for_each(|(at, piece)| number[*piece as usize] = at as u32);
        self.pieces
            .iter_mut()
            .for_each(|piece| *piece = number[*piece as usize]);
        self.rows = encoder.rows_of(&self.distinct);
        self
    }

    /// Cosine of a text with the nearest name of a skill in each group; `group_of` tells the group of a language by its position, and nothing where
    /// its names do not count. `products` are those of this skill's names among others.
    pub fn nearest(
        &self,
        skill: SkillId,
        products: &PieceProducts,
        group_of: impl Fn(u32) -> Option<NameGroup>,
    ) -> Nearest {
        let names = self.of_skill[skill.row()] as usize..self.of_skill[skill.row() + 1] as usize;
        let mut nearest = Nearest::default();
        for name in names {
            let best = match group_of(self.language[name]) {
                Some(NameGroup::English) => &mut nearest.english,
                Some(NameGroup::Own) => nearest.own.get_or_insert(0.0),
                Some(NameGroup::Other) => &mut nearest.other,
                None => continue,
            };
            let pieces =
                &self.pieces[self.pieces_of[name] as usize..self.pieces_of[name + 1] as usize];
            *best = best.max(
                pieces
                    .iter()
                    .map(|piece| products.of_piece[*piece as usize])
                    .sum::<f32>()
                    * self.scale[name],
            );
        }
        nearest
    }

    /// The pieces of all names of a skill.
    fn pieces_of_skill(&self, skill: SkillId) -> &[u32] {
        let names = [skill.row(), skill.row() + 1].map(|at| self.of_skill[at] as usize);
        &self.pieces[self.pieces_of[names[0]] as usize..self.pieces_of[names[1]] as usize]
    }

    /// The names as little-endian bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = [
            self.of_skill.len() as u32,
            self.language.len() as u32,
            self.pieces.len() as u32,
        ];
        let pieces: Vec<u32> = self
            .pieces
            .iter()
            .map(|piece| self.distinct[*piece as usize])
            .collect();
        let parts = [
            &head[..],
            &self.of_skill,
            &self.language,
            &self.pieces_of,
            &pieces,
        ];
        let numbers = parts
            .into_iter()
            .flatten()
            .copied()
            .chain(self.scale.iter().map(|scale| scale.to_bits()));
        numbers.flat_map(u32::to_le_bytes).collect()
    }

    /// Reads what [`Self::to_bytes`] wrote, for `n_skills` skills and the same encoder.
    ///
    /// # Errors
    /// [`DataError::Damaged`] with `file` if the bytes are no such names.
    pub fn from_bytes(
        file: &str,
        bytes: &[u8],
        n_skills: usize,
        encoder: &Encoder,
    ) -> Result<Self> {
        let damaged = || DataError::damaged(file, "lengths do not fit");
        let numbers: Vec<u32> = bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|chunk| u32::from_le_bytes(*chunk))
            .collect();
        let (&[n_starts, n_names, n_in_pieces], rest) =
            numbers.split_first_chunk().ok_or_else(damaged)?;
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
        let starts_fit = |starts: &[u32], n: usize| {
            starts.first() == Some(&0) && starts.last() == Some(&(n as u32)) && starts.is_sorted()
        };
        if !starts_fit(of_skill, n_names)
            || !starts_fit(pieces_of, n_in_pieces)
            || pieces
                .iter()
                .any(|piece| *piece as usize >= encoder.n_pieces())
        {
            return Err(damaged());
        }
        let scale = floats(&bytes[bytes.len() - 4 * n_names..]);
        let names = Self {
            of_skill: of_skill.to_vec(),
            language: language.to_vec(),
            pieces_of: pieces_of.to_vec(),
            pieces: pieces.to_vec(),
            scale,
            ..Self::default()
        };
        Ok(names.numbered(encoder))
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

/// Products of one text's vector with the rows of the encoder's table that some names are made of, each computed once.
pub struct PieceProducts {
    /// By the position of a piece among those of all names; not a number where none of these names has it.
    of_piece: Vec<f32>,
}

impl PieceProducts {
    /// For a vector `[dim]` and the names of some skills.
    pub fn of(vector: &QuantisedQuery, names: &Names, skills: &[SkillId]) -> Self {
        let mut of_piece = vec![f32::NAN; names.distinct.len()];
        let mut pieces: Vec<usize> = Vec::with_capacity(PIECES_USUAL);
        for piece in skills
            .iter()
            .flat_map(|skill| names.pieces_of_skill(*skill))
            .map(|piece| *piece as usize)
        {
            if of_piece[piece].is_nan() {
                of_piece[piece] = 0.0;
                pieces.push(piece);
            }
        }
        let products = names.rows.products_of(&pieces, vector);
        pieces
            .into_iter()
            .zip(products)
            .for_each(|(piece, product)| of_piece[piece] = product);
        Self { of_piece }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_esco::Skill;

    #[test]
    fn each_group_of_languages_has_its_own_nearest_name() {
        let labels = |(language, preferred): &(&str, &str)| Labels {
            language: (*language).into(),
            preferred: (*preferred).into(),
            ..Labels::default()
        };
        let skill = |names: &[(&str, &str)]| Skill {
            labels: names.iter().map(labels).collect(),
            ..Skill::default()
        };
        let skills = vec![
            skill(&[("da", "svejsning"), ("de", "Schweißen"), ("en", "welding")]),
            skill(&[("en", "welding")]),
        ];
        let esco = Esco {
            languages: ["da", "de", "en"].map(str::to_owned).to_vec(),
            skills,
            ..Esco::default()
        };
        let encoder = Encoder::carried().unwrap();
        let names = Names::build(encoder, &esco);
        let mut vector = vec![0.0; encoder.dim()];
        encoder
            .tokens("Schweißen")
            .iter()
            .for_each(|token| encoder.add(token, &mut vector));
        normalise(&mut vector);
        let vector = QuantisedQuery::new(&vector);
        let nearest = |skill, groups: [Option<NameGroup>; 3]| {
            let products = PieceProducts::of(&vector, &names, &[SkillId(skill)]);
            names.nearest(SkillId(skill), &products, |language| {
                groups[language as usize]
            })
        };
        let [english, own, other] =
            [NameGroup::English, NameGroup::Own, NameGroup::Other].map(Some);
        let all = nearest(0, [other, own, english]);
        assert!(
            all.own.is_some_and(|own| own > 0.99) && 0.0 < all.other && all.other < 0.99,
            "{all:?}"
        );
        assert_eq!(
            nearest(0, [None, own, english]),
            Nearest { other: 0.0, ..all }
        );
        assert_eq!(
            nearest(1, [other, own, english]),
            Nearest {
                own: None,
                other: 0.0,
                ..all
            }
        );
    }
}
