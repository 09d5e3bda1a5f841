//! `most_teaching`: the one credential that adds most, for several purposes at once. Postings of the skills bound what each could add; only those that could be
//! the best are read.

use tantivy::{DocAddress, DocId};

use super::CredentialIndex;
use super::facts::Filter;
use super::skill_postings::SkillPostings;
use crate::error::Result;
use skillgap_esco::SkillId;

/// What a credential adds for the purpose at a position: from its hashed id, and the skills that it teaches, each with its confidence, sorted by row.
pub type Adds<'a> = &'a dyn Fn(usize, u64, &[(SkillId, f64)]) -> f64;

/// What the best credential adds, and where it lies.
type Best = Option<(f64, DocAddress)>;

impl CredentialIndex {
    /// For each purpose, the credential that passes the filter and `adds` most, more than `least`; ties by id.
    ///
    /// `bounds` has, for each purpose, every skill that adds something and the most that it can add alone; `adds` must never exceed the sum of a credential's
    /// bounds. Cost: the postings of all these skills, and one read of each credential that could be the best.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn most_teaching(
        &self,
        bounds: &[Vec<(SkillId, f64)>],
        filter: &Filter,
        least: f64,
        adds: Adds<'_>,
    ) -> Result<Vec<Best>> {
        let mut best: Vec<Best> = vec![None; bounds.len()];
        for (segment, columns) in self.segments.iter().enumerate() {
            let passing = self.passing(segment, filter)?;
            let mut sums = vec![0.0; passing.n_documents()];
            for (at, (bounds, best)) in bounds.iter().zip(&mut best).enumerate() {
                for (bound, document) in promising(&columns.postings, bounds, least, &mut sums) {
                    // A little room, since sums in another order differ in the last bits.
                    if best.is_some_and(|(most, _)| bound < most - 1e-9) {
                        break;
                    }
                    if !passing.has(document) {
                        continue;
                    }
                    let taught: Vec<(SkillId, f64)> = columns
                        .postings
                        .of(document)
                        .iter()
                        .map(|taught| taught.link())
                        .collect();
                    let value = adds(
                        at,
                        columns.id_hash.first(document).unwrap_or_default(),
                        &taught,
                    );
                    let address = DocAddress::new(segment as u32, document);
                    let is_better = best.is_none_or(|(most, at)| {
                        value > most || value == most && self.id(address) < self.id(at)
                    });
                    if value > least && is_better {
                        *best = Some((value, address));
                    }
                }
            }
        }
        Ok(best)
    }
}

/// The documents that could add more than `least`, with the sum of their bounds, highest first. `sums` is all zero, before and after.
fn promising(
    postings: &SkillPostings,
    bounds: &[(SkillId, f64)],
    least: f64,
    sums: &mut [f64],
) -> Vec<(f64, DocId)> {
    let mut touched = Vec::new();
    for (skill, bound) in bounds {
        for document in postings.documents(*skill) {
            let sum = &mut sums[*document as usize];
            if *sum == 0.0 {
                touched.push(*document);
            }
            *sum += bound;
        }
    }
    let taken = touched
        .into_iter()
        .map(|document| (std::mem::take(&mut sums[document as usize]), document));
    let mut promising: Vec<(f64, DocId)> = taken.filter(|(sum, _)| *sum > least).collect();
    promising.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    promising
}
