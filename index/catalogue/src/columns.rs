//! What do columns say of credentials, without reading them whole? All that teach one of some skills, one by one, and the facts of a few.

use rayon::prelude::*;
use tantivy::query::{BooleanQuery, EnableScoring, Query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED, TantivyError, Term};

use super::credentials::CredentialIndex;
use super::facts::{Facts, Filter};
use super::skill_postings::Taught;
use crate::error::Result;
use crate::schema::codes::letters_code;
use skillgap_credentials::rates::{Rates, amount_in, to_cent};
use skillgap_esco::SkillId;

/// Runs for each thread in which credentials are read, and how many a run has at least.
const RUNS: usize = 2;
const TOGETHER: usize = 1_024;

/// What is read of each credential that teaches one of the wanted skills.
#[derive(Clone, Copy, Debug)]
pub struct Teaching<'a> {
    /// Where the credential lies in the snapshot.
    pub address: DocAddress,
    /// All that it teaches, sorted by row.
    pub taught: &'a [Taught],
    /// Most hours, if stated.
    pub hours: Option<f64>,
    /// Cost in the currency asked for, if it is stated and comparable; see [`amount_in`](skillgap_credentials::rates::amount_in).
    pub cost: Option<f64>,
}

/// Which sizes are read beside the taught skills; each costs a column.
#[derive(Clone, Debug, Default)]
pub struct Sizes<'a> {
    /// Read the hours.
    pub hours: bool,
    /// Read costs, in this currency.
    pub currency: Option<&'a str>,
    /// What other currencies are worth; costs in them are not read without.
    pub rates: Option<&'a Rates>,
}

impl Sizes<'_> {
    /// Codes of the currencies that can be compared, with what one unit is worth; nothing as worth where it is the currency asked for.
    fn worths(&self) -> Vec<(u64, Option<f64>)> {
        let Some(wanted) = self.currency else {
            return Vec::new();
        };
        let others = self
            .rates
            .into_iter()
            .flat_map(Rates::currencies)
            .filter(|code| *code != wanted);
        let worth =
            |code: &str| Some((letters_code(code), Some(self.rates?.factor(code, wanted)?)));
        std::iter::once((letters_code(wanted), None))
            .chain(others.filter_map(worth))
            .collect()
    }
}

impl CredentialIndex {
    /// Adds every credential that teaches one of `skills` and passes the filter to what `start` makes, in the order of the catalogue: one sum for each
    /// run of them, in order, since runs are read side by side.
    ///
    /// Cost: one step for each link to one of the skills, and for each link of what is added.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn fold_teaching<T: Send>(
        &self,
        skills: &[SkillId],
        filter: &Filter,
        sizes: &Sizes<'_>,
        start: impl Fn() -> T + Sync,
        add: impl Fn(&mut T, Teaching<'_>) + Sync,
    ) -> Result<Vec<T>> {
        let worths = sizes.worths();
        let mut sums = Vec::new();
        for (segment, columns) in self.segments.iter().enumerate() {
            let hours = sizes.hours.then_some(&columns.hours);
            let cost = |document: DocId| {
                let (_, worth) = worths
                    .iter()
                    .find(|(code, _)| columns.currency.first(document) == Some(*code))?;
                let amount = columns.cost.first(document)?;
                Some(worth.map_or(amount, |worth| to_cent(amount * worth)))
            };
            let cost = |document: DocId| {
                if !columns.has_offers(document) {
                    return cost(document);
                }
                let wanted = sizes.currency?;
                amount_in(&columns.cost_of(document, filter)?, wanted, sizes.rates)
            };
            let found = self.teaching(segment, skills, filter)?;
            let of_run = |documents: &[DocId]| {
                let mut sum = start();
                for document in documents.iter().copied() {
                    let teaching = Teaching {
                        address: DocAddress::new(segment as u32, document),
                        taught: columns.postings.of(document),
                        hours: hours.and_then(|hours| hours.first(document)),
                        cost: if worths.is_empty() {
                            None
                        } else {
                            cost(document)
                        },
                    };
                    add(&mut sum, teaching);
                }
                sum
            };
            let together = found
                .len()
                .div_ceil(RUNS * rayon::current_num_threads())
                .max(TOGETHER);
            sums.par_extend(found.par_chunks(together).map(of_run));
        }
        Ok(sums)
    }

    /// The documents of a segment that teach one of some skills and pass the filter, in order.
    fn teaching(&self, segment: usize, skills: &[SkillId], filter: &Filter) -> Result<Vec<DocId>> {
        let (postings, passing) = (
            &self.segments[segment].postings,
            self.passing(segment, filter)?,
        );
        let mut teaching = vec![false; passing.n_documents()];
        for document in skills.iter().flat_map(|skill| postings.documents(*skill)) {
            teaching[*document as usize] = true;
        }
        let teaches = |document: &DocId| teaching[*document as usize] && passing.has(*document);
        Ok((0..teaching.len() as DocId).filter(teaches).collect())
    }

    /// Reads the columns of some credentials, in their order; each as the way has it that the filter makes it judged by.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn facts(&self, addresses: &[DocAddress], filter: &Filter) -> Result<Vec<Facts>> {
        Ok(addresses
            .iter()
            .map(|address| self.segment(*address).facts(*address, filter))
            .collect())
    }

    /// Where the credentials with these hashed ids lie that pass the filter, in the order of the catalogue. Ids that are not there are left out.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn with_ids(&self, hashes: &[u64], filter: &Filter) -> Result<Vec<DocAddress>> {
        self.addresses(self.fields.id_hash, hashes, filter)
    }

    /// Where the credentials lie that say of themselves to be a part of one of these qualifications (hashed ids or names).
    ///
    /// # Errors
    /// What tantivy says.
    pub fn parts_of(&self, hashes: &[u64]) -> Result<Vec<DocAddress>> {
        self.addresses(self.fields.part_of, hashes, &Filter::default())
    }

    /// Where the credentials lie that list one of these (hashed ids or names) among their parts, in the order of their ids.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn wholes_of(&self, hashes: &[u64]) -> Result<Vec<DocAddress>> {
        let mut found = Vec::new();
        for (segment, columns) in (0..).zip(&self.segments) {
            let documents = hashes.iter().flat_map(|id| columns.listing.of(*id));
            found.extend(documents.map(|document| DocAddress::new(segment, document)));
        }
        found.sort_unstable();
        found.dedup();
        self.retain_passing(&mut found, &Filter::default())?;
        found.sort_unstable_by(|a, b| self.id(*a).cmp(self.id(*b)));
        Ok(found)
    }

    /// Whether any credential states parts, or what it is a part of.
    pub fn states_parts(&self) -> bool {
        self.segments.iter().any(|columns| columns.states_parts())
    }

    fn addresses(&self, field: Field, values: &[u64], filter: &Filter) -> Result<Vec<DocAddress>> {
        let mut found = Vec::new();
        for (segment, reader) in self
            .searcher
            .segment_readers()
            .iter()
            .enumerate()
            .filter(|_| !values.is_empty())
        {
            let index = reader.inverted_index(field)?;
            for value in values {
                let postings = index.read_postings(
                    &Term::from_field_u64(field, *value),
                    IndexRecordOption::Basic,
                );
                let Some(mut postings) = postings.map_err(TantivyError::from)? else {
                    continue;
                };
                while postings.doc() != TERMINATED {
                    found.push(DocAddress::new(segment as u32, postings.doc()));
                    postings.advance();
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        self.retain_passing(&mut found, filter)?;
        Ok(found)
    }

    /// Leaves the credentials that are there and pass the filter. `places` must be sorted.
    ///
    /// # Errors
    /// What tantivy says.
    pub(super) fn retain_passing(
        &self,
        places: &mut Vec<DocAddress>,
        filter: &Filter,
    ) -> Result<()> {
        let readers = self.searcher.segment_readers();
        places.retain(|at| {
            !readers[at.segment_ord as usize].is_deleted(at.doc_id)
                && self.segment(*at).is_here(at.doc_id)
        });
        let clauses = self.filter_clauses(filter);
        if clauses.is_empty() {
            return Ok(());
        }
        let weight = BooleanQuery::new(clauses)
            .weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        let mut passing = Vec::with_capacity(places.len());
        for of_segment in places.chunk_by(|a, b| a.segment_ord == b.segment_ord) {
            let mut scorer = weight.scorer(&readers[of_segment[0].segment_ord as usize], 1.0)?;
            for place in of_segment {
                if scorer.doc() < place.doc_id {
                    scorer.seek(place.doc_id);
                }
                if scorer.doc() == place.doc_id {
                    passing.push(*place);
                }
            }
        }
        *places = passing;
        Ok(())
    }

    /// The documents of a segment that are there and pass a filter.
    ///
    /// # Errors
    /// What tantivy says.
    pub(super) fn passing(&self, segment: usize, filter: &Filter) -> Result<Passing<'_>> {
        let reader = self.searcher.segment_reader(segment as u32);
        let clauses = self.filter_clauses(filter);
        if clauses.is_empty() {
            return Ok(Passing {
                reader,
                marks: None,
            });
        }
        let mut marks = vec![false; reader.max_doc() as usize];
        let weight = BooleanQuery::new(clauses)
            .weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        weight.for_each_no_score(reader, &mut |documents: &[DocId]| {
            documents
                .iter()
                .for_each(|document| marks[*document as usize] = true)
        })?;
        Ok(Passing {
            reader,
            marks: Some(marks),
        })
    }
}

/// Which documents of a segment are not deleted and pass a filter.
pub(super) struct Passing<'a> {
    reader: &'a SegmentReader,
    /// One a document; nothing where the filter lets all pass.
    marks: Option<Vec<bool>>,
}

impl Passing<'_> {
    pub fn n_documents(&self) -> usize {
        self.reader.max_doc() as usize
    }

    pub fn has(&self, document: DocId) -> bool {
        let passes = |marks: &Vec<bool>| marks[document as usize];
        self.marks.as_ref().is_none_or(passes) && !self.reader.is_deleted(document)
    }
}
