//! Which rows of a matrix are near a vector, without looking at all of every row? The first columns matter most, so they decide what is looked at.
//!
//! The encoder's columns are sorted by how much they tell skills apart (`index/encoder/rotate.py`). A product with the first [`COARSE_DIM`] of them
//! is enough to find candidates, and bounds the whole product where the result must be exact.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

/// Columns that are looked at first.
pub const COARSE_DIM: usize = 96;
/// Rows of one block; a block's columns stay in the cache of one core.
const BLOCK_ROWS: usize = 1024;

/// Vectors of skills, `[n_skills, dim]`, with their first columns kept apart.
pub struct Vectors {
    all: Array2<f32>,
    /// `[n_skills, COARSE_DIM]`.
    first: Array2<f32>,
    /// Length of each row's other columns.
    rest: Vec<f32>,
}

impl Vectors {
    /// Keeps the first columns apart.
    pub fn new(all: Array2<f32>) -> Self {
        let dim = COARSE_DIM.min(all.ncols());
        let (first, others) = all.view().split_at(Axis(1), dim);
        let rest = others.rows().into_iter().map(length).collect();
        Self { first: first.to_owned(), rest, all }
    }

    /// All columns, `[n_skills, dim]`.
    pub fn all(&self) -> &Array2<f32> {
        &self.all
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.all.nrows()
    }

    /// Products of each query with each row over the first columns only, `[n_queries, n_rows]`. Cost: `n_queries · n_rows · COARSE_DIM`, on all cores.
    pub fn coarse(&self, queries: ArrayView2<'_, f32>) -> Array2<f32> {
        let (queries, _) = queries.split_at(Axis(1), self.first.ncols());
        let mut scores = Array2::zeros((queries.nrows(), self.n_rows()));
        let blocks = scores
            .axis_chunks_iter_mut(Axis(1), BLOCK_ROWS)
            .into_par_iter()
            .zip(self.first.axis_chunks_iter(Axis(0), BLOCK_ROWS).into_par_iter());
        blocks.for_each(|(mut scores, rows)| general_mat_mul(1.0, &queries, &rows.t(), 0.0, &mut scores));
        scores
    }

    /// For each of some rows, every row whose product with it is at least `least`, with the product, by row. Exact: the first columns and the
    /// lengths of the others bound the product from above (Cauchy-Schwarz), and what the bound admits is computed whole.
    pub fn near(&self, rows: &[usize], least: f32) -> Vec<Vec<(usize, f32)>> {
        let queries = self.all.select(Axis(0), rows);
        let coarse = self.coarse(queries.view());
        let near_one = |(at, coarse): (usize, ArrayView1<'_, f32>)| {
            let (query, query_rest) = (queries.row(at), self.rest[rows[at]]);
            let may_be_near = |(row, coarse): &(usize, &f32)| *coarse + query_rest * self.rest[*row] >= least - 1e-4;
            let products = coarse.iter().enumerate().filter(may_be_near).map(|(row, _)| (row, query.dot(&self.all.row(row))));
            products.filter(|(_, product)| *product >= least).collect()
        };
        coarse.axis_iter(Axis(0)).into_par_iter().enumerate().map(near_one).collect()
    }
}

fn length(vector: ArrayView1<'_, f32>) -> f32 {
    vector.dot(&vector).sqrt()
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
                ["staff", "vehicles", "musical instruments", "shop windows", "bread", "data", "roofs"].map(|noun| format!("{verb} {noun}"))
            })
            .collect();
        Vectors::new(Encoder::carried().unwrap().encode_all(&texts))
    }

    #[test]
    fn near_finds_what_the_whole_product_finds() {
        let vectors = vectors();
        let rows: Vec<usize> = (0..vectors.n_rows()).collect();
        let whole = vectors.all().dot(&vectors.all().t());
        for least in [0.3_f32, 0.6, 0.95] {
            for (near, whole) in vectors.near(&rows, least).iter().zip(whole.rows()) {
                let expected: Vec<usize> = whole.iter().enumerate().filter(|(_, product)| **product >= least).map(|(row, _)| row).collect();
                assert_eq!(near.iter().map(|(row, _)| *row).collect::<Vec<_>>(), expected, "{least}");
            }
        }
    }

    #[test]
    fn the_first_columns_tell_most() {
        let vectors = vectors();
        let all: f32 = vectors.all().iter().map(|value| value * value).sum();
        let first: f32 = vectors.first.iter().map(|value| value * value).sum();
        let even = COARSE_DIM as f32 / vectors.all().ncols() as f32;
        assert!(first / all > 1.3 * even, "{} of the length in {} of the columns: is the table rotated?", first / all, even);
    }
}
