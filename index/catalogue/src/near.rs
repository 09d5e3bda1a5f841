//! Which credentials are worded like a text? Those whose signs differ least: one pass over a few words of memory a credential, and constraints for
//! those alone that it finds.

use std::ops::Range;

use rayon::prelude::*;
use tantivy::columnar::ColumnValues;
use tantivy::{DocAddress, DocId};

use super::credentials::CredentialIndex;
use super::facts::Filter;
use super::segment::Segment;
use crate::error::Result;
use crate::meaning::{Meanings, Vector};
use skillgap_linker::encoder::Encoder;

/// Credentials that are held against the constraints, for each one that is wanted; and how many times as many, again and again, where too few pass.
const LOOKED_AT: usize = 4;
const FURTHER: usize = 4;

impl CredentialIndex {
    /// The `limit` credentials whose whole text is nearest to a vector by its signs and that pass the filter, nearest first; ties by id.
    /// Cost: about 5 ns a credential.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn near(&self, vector: &Vector, filter: &Filter, limit: usize) -> Result<Vec<DocAddress>> {
        let wanted = vector.signs();
        let distances: Vec<Vec<u16>> = self
            .segments
            .par_iter()
            .map(|segment| segment.signs.distances(&wanted))
            .collect();
        let (n_all, mut n) = (
            distances.iter().map(Vec::len).sum::<usize>(),
            LOOKED_AT * limit,
        );
        let mut nearest = loop {
            let mut nearest = within(&distances, radius(&distances, n));
            let n_looked_at = nearest.len();
            self.retain_passing(&mut nearest, filter)?;
            if nearest.len() >= limit || n_looked_at == n_all {
                break nearest;
            }
            n = n.saturating_mul(FURTHER);
        };
        let distance = |at: &DocAddress| distances[at.segment_ord as usize][at.doc_id as usize];
        let order = |a: &DocAddress, b: &DocAddress| {
            let by_distance = distance(a).cmp(&distance(b));
            by_distance.then_with(|| self.id(*a).cmp(self.id(*b)))
        };
        if nearest.len() > limit && limit > 0 {
            nearest.select_nth_unstable_by(limit - 1, order);
        }
        nearest.truncate(limit);
        nearest.sort_unstable_by(order);
        Ok(nearest)
    }

    /// The meanings of some credentials in context, in their order; no vectors for one that has none.
    ///
    /// # Errors
    /// What the encoder says.
    pub fn meanings(&self, addresses: &[DocAddress]) -> Result<Meanings> {
        let dim = Encoder::carried()?.dim();
        let runs: Vec<Codes<'_>> = addresses
            .iter()
            .map(|address| Codes::of(self.segment(*address), address.doc_id))
            .collect();
        runs.iter().for_each(Codes::touch);
        let mut meanings = Meanings::default();
        let mut codes = Vec::new();
        for run in &runs {
            run.read(&mut codes);
            meanings.push_codes(&codes, dim);
        }
        Ok(meanings)
    }
}

/// The distance within which at least `n` documents lie.
fn radius(distances: &[Vec<u16>], n: usize) -> u16 {
    let mut n_at = vec![
        0;
        1 + distances
            .iter()
            .flatten()
            .copied()
            .max()
            .unwrap_or_default() as usize
    ];
    distances
        .iter()
        .flatten()
        .for_each(|distance| n_at[usize::from(*distance)] += 1);
    let mut n_within = 0;
    let enough = n_at.iter().position(|here| {
        n_within += here;
        n_within >= n
    });
    enough.map_or(u16::MAX, |distance| distance as u16)
}

/// All documents within a distance, in the order of the catalogue.
fn within(distances: &[Vec<u16>], radius: u16) -> Vec<DocAddress> {
    let of_segment = |(segment, distances): (usize, &Vec<u16>)| {
        let near = distances
            .iter()
            .enumerate()
            .filter(|(_, distance)| **distance <= radius);
        near.map(|(document, _)| DocAddress::new(segment as u32, document as DocId))
            .collect::<Vec<_>>()
    };
    distances.iter().enumerate().flat_map(of_segment).collect()
}

/// Codes in one line of a processor's cache.
const LINE: usize = 8;

/// The codes of one credential in a file that is mapped into memory.
struct Codes<'a> {
    values: &'a dyn ColumnValues<u64>,
    rows: Range<u32>,
}

impl<'a> Codes<'a> {
    fn of(segment: &'a Segment, document: DocId) -> Self {
        Self {
            values: &*segment.meaning.values,
            rows: segment.meaning.index.value_row_ids(document),
        }
    }

    /// Looks at each line without waiting for it, so that the lines of several credentials are fetched from memory side by side.
    fn touch(&self) {
        let lines = self.rows.clone().step_by(LINE);
        std::hint::black_box(lines.fold(0, |all, row| all ^ self.values.get_val(row)));
    }

    /// Reads them into `codes`, in place of what stood there.
    fn read(&self, codes: &mut Vec<u64>) {
        codes.resize(self.rows.len(), 0);
        self.values.get_range(u64::from(self.rows.start), codes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_radius_takes_in_enough_and_no_more() {
        let distances = [vec![3, 1, 2], vec![2, 9]];
        for (n, expected) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 9), (6, u16::MAX)] {
            assert_eq!(radius(&distances, n), expected, "{n}");
        }
        assert_eq!(within(&distances, 2).len(), 3);
        assert_eq!(radius(&[], 1), u16::MAX);
    }
}
