//! [`SkillPostings`]: which documents of a segment teach a skill, and what each teaches. Both ways in memory, because every request walks through thousands of
//! them.

use skillgap_esco::groups::Groups;

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
pub(super) struct SkillPostings {
    /// Document → what it teaches, sorted by row; see [`teach_code`](crate::schema::codes::teach_code).
    taught: Groups<Taught>,
    /// Row of a skill → the documents that teach it, in order.
    documents: Groups<DocId>,
}

impl SkillPostings {
    /// Cost: two passes over the column.
    pub(super) fn read(column: &Column<u64>, n_documents: u32) -> Self {
        let mut taught = Groups::default();
        (0..n_documents)
            .for_each(|document| taught.push(column.values_for_doc(document).map(Taught)));
        Self::new(taught)
    }

    fn new(taught: Groups<Taught>) -> Self {
        let rows = taught.items().iter().map(|taught| taught.skill().row() + 1);
        let n_skills = rows.max().unwrap_or_default();
        let pairs = (0..taught.n_rows()).flat_map(|document| {
            let skills = taught.of(document).iter();
            skills.map(move |taught| (taught.skill().0, document as DocId))
        });
        Self {
            documents: Groups::by_row(n_skills, pairs),
            taught,
        }
    }

    /// What a document teaches, sorted by row.
    pub(super) fn of(&self, document: DocId) -> &[Taught] {
        self.taught.of(document as usize)
    }

    /// The documents that teach a skill, in order.
    pub(super) fn documents(&self, skill: SkillId) -> &[DocId] {
        self.documents.of(skill.row())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::codes::teach_code;

    #[test]
    fn documents_are_found_by_their_skills_and_skills_by_their_documents() {
        let code = |row| Taught(teach_code(SkillId(row), 0.5, 0));
        let mut taught = Groups::default();
        taught.push([code(1), code(4)]);
        taught.push([]);
        taught.push([code(4)]);
        let postings = SkillPostings::new(taught);
        assert_eq!(
            [0, 1, 2].map(|document| postings.of(document).to_vec()),
            [vec![code(1), code(4)], vec![], vec![code(4)]]
        );
        let documents = |row| postings.documents(SkillId(row)).to_vec();
        assert_eq!(
            [4, 1, 0, 99].map(documents),
            [vec![0, 2], vec![0], vec![], vec![]]
        );
    }
}
