//! Which skills have a label near that of a skill? Found when first asked for, then kept.
//!
//! Looking through all skills takes a tenth of a millisecond each; the answer never changes and is short (one skill in two has a neighbour
//! at 0.7), so it is kept beside the vectors instead of being computed by every request, or for all skills at every start.

use std::sync::OnceLock;

use rayon::prelude::*;

use crate::int8::Int8Rows;
use skillgap_esco::SkillId;

/// Similarity of labels from which two skills are neighbours. What counts as coverage is the caller's matter, above this.
pub const NEAR_MIN: f32 = 0.7;

/// A skill with a near label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// The skill.
    pub skill: SkillId,
    /// Cosine of the labels' vectors, at least [`NEAR_MIN`].
    pub similarity: f32,
}

/// The neighbours found so far.
#[derive(Debug, Default)]
pub struct Neighbours {
    /// One slot a skill, in the order of rows.
    found: Vec<OnceLock<Box<[Near]>>>,
}

impl Neighbours {
    /// Nothing found yet, for so many skills.
    pub fn new(n_skills: usize) -> Self {
        Self {
            found: (0..n_skills).map(|_| OnceLock::new()).collect(),
        }
    }

    /// The neighbours of each skill, itself among them, by row; none for a skill without label. `labels` is always the same matrix.
    /// Cost: one product of the skills that are new with all skills.
    pub fn of<'a>(&'a self, labels: &Int8Rows, skills: &[SkillId]) -> Vec<&'a [Near]> {
        let mut new: Vec<usize> = skills
            .iter()
            .map(|skill| skill.row())
            .filter(|row| *row < self.found.len() && self.at(*row).is_none())
            .collect();
        new.sort_unstable();
        new.dedup();
        let all: Vec<usize> = (0..labels.n_rows()).collect();
        new.into_par_iter().for_each(|row| {
            let near = labels.products_of_row(row, &all).into_iter().enumerate();
            let near = near.filter(|(_, similarity)| *similarity >= NEAR_MIN);
            let near = near.map(|(row, similarity)| Near {
                skill: SkillId(row as u32),
                similarity,
            });
            // Another request may have been faster, with the same result.
            let _ = self.found[row].set(near.collect());
        });
        skills
            .iter()
            .map(|skill| self.at(skill.row()).map_or(&[][..], |near| near))
            .collect()
    }

    /// Finds the neighbours of all skills.
    pub fn find_all(&self, labels: &Int8Rows) {
        let all: Vec<SkillId> = (0..self.found.len() as u32).map(SkillId).collect();
        self.of(labels, &all);
    }

    fn at(&self, row: usize) -> Option<&[Near]> {
        self.found.get(row)?.get().map(|near| &**near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::Encoder;

    #[test]
    fn neighbours_are_the_same_when_asked_again_and_in_any_company() {
        let labels = [
            "bake bread",
            "bake some bread",
            "bake breads",
            "repair roofs",
            "mend roofs",
            "read law",
        ];
        let vectors = Int8Rows::quantise(&Encoder::carried().unwrap().encode_all(&labels));
        let skills: Vec<SkillId> = (0..labels.len() as u32).map(SkillId).collect();
        let (alone, together) = (Neighbours::new(labels.len()), Neighbours::new(labels.len()));
        let all = together.of(&vectors, &skills);
        assert!(all[0].len() >= 2 && all[5].len() == 1, "{all:?}");
        for (skill, expected) in skills.iter().zip(&all) {
            assert_eq!(&alone.of(&vectors, &[*skill, *skill])[1], expected);
        }
        assert_eq!(together.of(&vectors, &skills), all);
    }
}
