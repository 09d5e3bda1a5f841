//! Which one credential adds most, for several purposes at once? Postings of the skills bound what each credential could add; only those that could be the best
//! are read.

use tantivy::query::{BooleanQuery, EnableScoring, Query};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED, TantivyError, Term};

use super::CredentialIndex;
use super::facts::Filter;
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
        for (segment, reader) in self.searcher.segment_readers().iter().enumerate() {
            let passes = self.passing(reader, filter)?;
            let columns = &self.segments[segment];
            let mut sums = vec![0.0; reader.max_doc() as usize];
            for (at, (bounds, best)) in bounds.iter().zip(&mut best).enumerate() {
                for (bound, document) in self.promising(reader, bounds, least, &mut sums)? {
                    // A little room, since sums in another order differ in the last bits.
                    if best.is_some_and(|(most, _)| bound < most - 1e-9) {
                        break;
                    }
                    if passes
                        .as_ref()
                        .is_some_and(|passes| !passes[document as usize])
                        || reader.is_deleted(document)
                    {
                        continue;
                    }
                    let taught: Vec<(SkillId, f64)> = columns
                        .teaches
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

    /// The credentials that could add more than `least`, with the sum of their bounds, highest first. `sums` is all zero, before and after.
    fn promising(
        &self,
        reader: &SegmentReader,
        bounds: &[(SkillId, f64)],
        least: f64,
        sums: &mut [f64],
    ) -> Result<Vec<(f64, DocId)>> {
        let index = reader.inverted_index(self.fields.taught)?;
        let mut touched = Vec::new();
        for (skill, bound) in bounds {
            let term = Term::from_field_u64(self.fields.taught, u64::from(skill.0));
            let Some(mut postings) = index
                .read_postings(&term, IndexRecordOption::Basic)
                .map_err(TantivyError::from)?
            else {
                continue;
            };
            while postings.doc() != TERMINATED {
                let sum = &mut sums[postings.doc() as usize];
                if *sum == 0.0 {
                    touched.push(postings.doc());
                }
                *sum += bound;
                postings.advance();
            }
        }
        let taken = touched
            .into_iter()
            .map(|document| (std::mem::take(&mut sums[document as usize]), document));
        let mut promising: Vec<(f64, DocId)> = taken.filter(|(sum, _)| *sum > least).collect();
        promising.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Ok(promising)
    }

    /// Which documents of a segment pass the filter; nothing where all do.
    fn passing(&self, reader: &SegmentReader, filter: &Filter) -> Result<Option<Vec<bool>>> {
        let clauses = self.filter_clauses(filter);
        if clauses.is_empty() {
            return Ok(None);
        }
        let mut passes = vec![false; reader.max_doc() as usize];
        let weight = BooleanQuery::new(clauses)
            .weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        weight.for_each_no_score(reader, &mut |documents: &[DocId]| {
            documents
                .iter()
                .for_each(|document| passes[*document as usize] = true)
        })?;
        Ok(Some(passes))
    }
}
