//! Which documents of a segment teach a skill, and what does each teach? Both ways in memory, because every request walks through thousands of them.

use tantivy::DocId;
use tantivy::columnar::Column;

use crate::schema::codes::{level_decode, teach_decode};
use skillgap_esco::SkillId;

/// A skill that a credential teaches, as it is kept: equal ones are the same skill, taught as surely and up to the same level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Taught(u64);

impl Taught {
    /// The skill.
    pub fn skill(self) -> SkillId {
        teach_decode(self.0).0
    }

    /// The skill, and how sure it is that the credential teaches it, in [0, 1].
    pub fn link(self) -> (SkillId, f64) {
        teach_decode(self.0)
    }

    /// The level of the language, 1 (A1) to 6 (C2), if it is one and the level is stated.
    pub fn level(self) -> Option<u8> {
        level_decode(self.0).map(|(_, level)| level)
    }
}

/// What the documents of a segment teach. Memory: 12 bytes a link.
pub(super) struct Teaches {
    /// What document `i` teaches stands from `starts[i]` to `starts[i + 1]`; see [`teach_code`](crate::schema::codes::teach_code).
    starts: Vec<u32>,
    taught: Vec<Taught>,
    /// The documents that teach the skill in row `i` are those from `skill_starts[i]` to `skill_starts[i + 1]`, in order.
    skill_starts: Vec<u32>,
    documents: Vec<DocId>,
}

impl Teaches {
    /// Cost: two passes over the column.
    pub(super) fn read(column: &Column<u64>, n_documents: u32) -> Self {
        let (mut starts, mut taught) = (vec![0], Vec::new());
        for document in 0..n_documents {
            taught.extend(column.values_for_doc(document).map(Taught));
            starts.push(taught.len() as u32);
        }
        Self::new(starts, taught)
    }

    fn new(starts: Vec<u32>, taught: Vec<Taught>) -> Self {
        let row = |taught: &Taught| taught.skill().row();
        let n_rows = taught
            .iter()
            .map(|taught| row(taught) + 1)
            .max()
            .unwrap_or_default();
        let mut skill_starts = vec![0_u32; n_rows + 1];
        taught
            .iter()
            .for_each(|taught| skill_starts[row(taught) + 1] += 1);
        (0..n_rows).for_each(|at| skill_starts[at + 1] += skill_starts[at]);
        let (mut next, mut documents) = (skill_starts.clone(), vec![0; taught.len()]);
        for (document, ends) in (0..).zip(starts.windows(2)) {
            for taught in &taught[ends[0] as usize..ends[1] as usize] {
                let at = &mut next[row(taught)];
                documents[*at as usize] = document;
                *at += 1;
            }
        }
        Self {
            starts,
            taught,
            skill_starts,
            documents,
        }
    }

    /// What a document teaches, sorted by row.
    pub(super) fn of(&self, document: DocId) -> &[Taught] {
        &self.taught
            [self.starts[document as usize] as usize..self.starts[document as usize + 1] as usize]
    }

    /// For each document whether it teaches one of some skills. Cost: one step for each of their links.
    pub(super) fn teaching(&self, skills: &[SkillId]) -> Vec<bool> {
        let mut teaching = vec![false; self.starts.len() - 1];
        for skill in skills {
            if let Some(ends) = self.skill_starts.get(skill.row()..skill.row() + 2) {
                let documents = &self.documents[ends[0] as usize..ends[1] as usize];
                documents
                    .iter()
                    .for_each(|document| teaching[*document as usize] = true);
            }
        }
        teaching
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::codes::teach_code;

    #[test]
    fn documents_are_found_by_their_skills_and_skills_by_their_documents() {
        let code = |row| Taught(teach_code(SkillId(row), 0.5, 0));
        let teaches = Teaches::new(vec![0, 2, 2, 3], vec![code(1), code(4), code(4)]);
        assert_eq!(
            [0, 1, 2].map(|document| teaches.of(document).to_vec()),
            [vec![code(1), code(4)], vec![], vec![code(4)]]
        );
        let teaching = |rows: &[u32]| {
            teaches.teaching(&rows.iter().map(|row| SkillId(*row)).collect::<Vec<_>>())
        };
        assert_eq!(teaching(&[4]), [true, false, true]);
        assert_eq!(teaching(&[0, 1, 99]), [true, false, false]);
        assert_eq!(
            Teaches::new(vec![0], Vec::new()).teaching(&[SkillId(0)]),
            [false; 0]
        );
    }
}
