//! Which rows of a matrix are near one of its rows, without looking at all of every row? The first columns matter most, so they decide what is looked at.
//!
//! The encoder's columns are sorted by how much they tell skills apart (`index/encoder/rotate.py`). A product with the first [`COARSE_DIM`] of them
//! bounds the whole product, so the result is exact.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView1, Axis};
use rayon::prelude::*;

use crate::int8::Int8Rows;

/// Columns that are looked at first.
pub const COARSE_DIM: usize = 64;
/// Rows of one block; a block's columns stay in the cache of one core.
const BLOCK_ROWS: usize = 1024;

/// Vectors of skills, `[n_skills, dim]`, with their first columns kept apart.
pub struct Vectors {
    rows: Int8Rows,
    /// `[n_skills, COARSE_DIM]`.
    first: Array2<f32>,
    /// Length of each row's other columns.
    rest: Vec<f32>,
}

impl Vectors {
    /// Keeps the first columns apart.
    pub fn new(rows: Int8Rows) -> Self {
        let dim = COARSE_DIM.min(rows.dim());
        let (mut first, mut rest) = (
            Array2::zeros((rows.n_rows(), dim)),
            Vec::with_capacity(rows.n_rows()),
        );
        let mut whole = vec![0.0; rows.dim()];
        for (row, mut first) in first.rows_mut().into_iter().enumerate() {
            whole.fill(0.0);
            rows.add(row, &mut whole);
            first
                .iter_mut()
                .zip(&whole)
                .for_each(|(first, value)| *first = *value);
            rest.push(
                whole[dim..]
                    .iter()
                    .map(|value| value * value)
                    .sum::<f32>()
                    .sqrt(),
            );
        }
        Self { rows, first, rest }
    }

    /// All columns, `[n_skills, dim]`.
    pub fn rows(&self) -> &Int8Rows {
        &self.rows
    }

    /// Bytes in memory.
    pub fn n_bytes(&self) -> usize {
        self.rows.n_bytes() + 4 * (self.first.len() + self.rest.len())
    }

    /// For each of some rows, every row whose product with it is at least `least`, with the product, by row. Exact: the first columns and the
    /// lengths of the others bound the product from above (Cauchy-Schwarz), and what the bound admits is computed whole.
    /// Cost: `rows.len() · n_rows · COARSE_DIM`, on all cores.
    pub fn near(&self, rows: &[usize], least: f32) -> Vec<Vec<(usize, f32)>> {
        let coarse = self.coarse(rows);
        let near_one = |(at, coarse): (usize, ArrayView1<'_, f32>)| {
            let (query, query_rest) = (rows[at], self.rest[rows[at]]);
            let may_be_near = |(row, coarse): &(usize, &f32)| {
                *coarse + query_rest * self.rest[*row] >= least - 1e-4
            };
            let products = coarse
                .iter()
                .enumerate()
                .filter(may_be_near)
                .map(|(row, _)| (row, self.rows.between(query, row)));
            products.filter(|(_, product)| *product >= least).collect()
        };
        coarse
            .axis_iter(Axis(0))
            .into_par_iter()
            .enumerate()
            .map(near_one)
            .collect()
    }

    /// Products of some rows with each row over the first columns only, `[rows.len(), n_rows]`.
    fn coarse(&self, rows: &[usize]) -> Array2<f32> {
        let queries = self.first.select(Axis(0), rows);
        let mut scores = Array2::zeros((queries.nrows(), self.first.nrows()));
        let blocks = scores
            .axis_chunks_iter_mut(Axis(1), BLOCK_ROWS)
            .into_par_iter()
            .zip(
                self.first
                    .axis_chunks_iter(Axis(0), BLOCK_ROWS)
                    .into_par_iter(),
            );
        blocks.for_each(|(mut scores, rows)| {
            general_mat_mul(1.0, &queries, &rows.t(), 0.0, &mut scores)
        });
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::Encoder;

    /// Label-like vectors of the carried encoder.
    fn vectors() -> Vectors {
        let texts: Vec<String> = ["manage", "clean", "repair", "sell"]
            .iter()
            .flat_map(|verb| {
                [
                    "staff",
                    "vehicles",
                    "musical instruments",
                    "shop windows",
                    "bread",
                    "data",
                    "roofs",
                ]
                .map(|noun| format!("{verb} {noun}"))
            })
            .collect();
        Vectors::new(Int8Rows::quantise(
            &Encoder::carried().unwrap().encode_all(&texts),
        ))
    }

    #[test]
    fn near_finds_what_all_products_find() {
        let vectors = vectors();
        let rows: Vec<usize> = (0..vectors.rows.n_rows()).collect();
        for least in [0.3_f32, 0.6, 0.95] {
            for (at, near) in vectors.near(&rows, least).iter().enumerate() {
                let expected: Vec<usize> = rows
                    .iter()
                    .copied()
                    .filter(|row| vectors.rows.between(at, *row) >= least)
                    .collect();
                assert_eq!(
                    near.iter().map(|(row, _)| *row).collect::<Vec<_>>(),
                    expected,
                    "{least}"
                );
            }
        }
    }

    #[test]
    fn the_first_columns_tell_most() {
        let vectors = vectors();
        let rest: f32 = vectors.rest.iter().map(|length| length * length).sum();
        let first: f32 = vectors.first.iter().map(|value| value * value).sum();
        let even = COARSE_DIM as f32 / vectors.rows.dim() as f32;
        assert!(
            first / (first + rest) > 1.3 * even,
            "{} of the length in {even} of the columns: is the table rotated?",
            first / (first + rest)
        );
    }
}
