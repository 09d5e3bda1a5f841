//! Which credentials are worded like a text? Those whose signs differ least, found by one pass over a column of four words a credential.

use std::collections::BinaryHeap;

use tantivy::query::{BooleanQuery, EnableScoring, Occur, Query};
use tantivy::{DocAddress, DocId};

use super::credentials::{CredentialIndex, Filter};
use crate::encoder::Encoder;
use crate::error::Result;
use crate::meaning::{Meaning, Vector, distance};
use crate::schema::HERE;

impl CredentialIndex {
    /// The `limit` credentials whose whole text is nearest to a vector by its signs and that pass the filter, nearest first; ties in the order of
    /// the catalogue. Cost: one pass over a column, about 20 ns a credential.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn near(&self, vector: &Vector, filter: &Filter, limit: usize) -> Result<Vec<DocAddress>> {
        let wanted = vector.signs();
        let mut clauses = self.filter_clauses(filter);
        // Marks of deleted credentials have no signs.
        clauses.push((Occur::Must, self.term(self.fields.state, HERE)));
        let weight = BooleanQuery::new(clauses).weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        let mut nearest: BinaryHeap<(u32, DocAddress)> = BinaryHeap::new();
        for (segment, reader) in self.searcher.segment_readers().iter().enumerate() {
            let column = reader.fast_fields().u64("signs")?;
            let mut signs = Vec::with_capacity(wanted.len());
            weight.for_each_no_score(reader, &mut |documents: &[DocId]| {
                for document in documents.iter().copied().filter(|document| !reader.is_deleted(*document)) {
                    signs.clear();
                    signs.extend(column.values_for_doc(document));
                    let one = (distance(&signs, &wanted), DocAddress::new(segment as u32, document));
                    if nearest.len() < limit {
                        nearest.push(one);
                    } else if nearest.peek().is_some_and(|furthest| one < *furthest) {
                        nearest.pop();
                        nearest.push(one);
                    }
                }
            })?;
        }
        Ok(nearest.into_sorted_vec().into_iter().map(|(_, address)| address).collect())
    }

    /// The meanings of some credentials, in their order; nothing for one that has none.
    ///
    /// # Errors
    /// What tantivy or the encoder says.
    pub fn meanings(&self, addresses: &[DocAddress]) -> Result<Vec<Option<Meaning>>> {
        let dim = Encoder::carried()?.dim();
        let readers = self.searcher.segment_readers().iter();
        let columns = readers.map(|reader| Ok(reader.fast_fields().u64("meaning")?)).collect::<Result<Vec<_>>>()?;
        let codes = |address: &DocAddress| columns[address.segment_ord as usize].values_for_doc(address.doc_id).collect::<Vec<u64>>();
        Ok(addresses.iter().map(|address| Meaning::from_codes(&codes(address), dim)).collect())
    }
}
