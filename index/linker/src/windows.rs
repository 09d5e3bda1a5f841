//! Which few words of a text are nearest to a skill? Every run of 1, 2, 3, 4, 6 and 8 tokens against the labels of the shortlist.
//!
//! The one idea: a run's vector is a sum of tokens, so its product with a label is a difference of two running sums of products.

use std::ops::Range;

use ndarray::{Array2, Axis};

use crate::encoder::{Encoder, Token};
use crate::grams::Tongue;
use crate::int8::{Int8Rows, QuantisedQuery};

/// Lengths of the windows, in tokens; the same as in training.
pub const WINDOW_LENGTHS: [usize; 6] = [1, 2, 3, 4, 6, 8];

/// All windows of one text against some skills.
pub(super) struct Windows<'a> {
    tokens: &'a [Token],
    /// First token, one past the last, and one over the length of the sum, shortest windows first.
    spans: Vec<(usize, usize, f32)>,
    /// Running sums of products of tokens with labels, `[n_tokens + 1, n_skills]`.
    sums: Array2<f32>,
}

impl<'a> Windows<'a> {
    /// `vectors` is `[n_tokens, dim]`, as [`token_vectors`] gives it; `rows` are those of the skills in `labels`, `[n_skills, dim]`, of length one.
    pub fn new(
        tokens: &'a [Token],
        vectors: &Array2<f32>,
        labels: &Int8Rows,
        rows: &[usize],
    ) -> Self {
        let of_tokens: Vec<QuantisedQuery> = vectors
            .rows()
            .into_iter()
            .filter_map(|vector| Some(QuantisedQuery::new(vector.as_slice()?)))
            .collect();
        let mut sums = Array2::zeros((tokens.len() + 1, rows.len()));
        let products = labels.table_of(&of_tokens, rows);
        sums.iter_mut()
            .skip(rows.len())
            .zip(products)
            .for_each(|(sum, product)| *sum = product);
        sums.accumulate_axis_inplace(Axis(0), |before, here| *here += before);
        Self {
            tokens,
            spans: spans(vectors),
            sums,
        }
    }

    /// Cosine of the nearest window with each skill's label, in the order of the skills.
    pub fn best(&self) -> Vec<f32> {
        let mut best = vec![f32::MIN; self.sums.ncols()];
        for (from, to, scale) in &self.spans {
            let (Some(before), Some(after)) = (
                self.sums.row(*from).to_slice(),
                self.sums.row(*to).to_slice(),
            ) else {
                continue;
            };
            for (best, (before, after)) in best.iter_mut().zip(before.iter().zip(after)) {
                let similarity = (after - before) * scale;
                *best = if similarity > *best {
                    similarity
                } else {
                    *best
                };
            }
        }
        best
    }

    /// Bytes of the window nearest to the skill at position `at`; of equals the shortest, then the first.
    pub fn range(&self, at: usize) -> Range<usize> {
        let similarity = |(from, to, scale): &(usize, usize, f32)| {
            (self.sums[[*to, at]] - self.sums[[*from, at]]) * scale
        };
        let better =
            |best: (usize, f32), one: (usize, f32)| if one.1 > best.1 { one } else { best };
        let (nearest, _) = self
            .spans
            .iter()
            .map(similarity)
            .enumerate()
            .fold((0, f32::MIN), better);
        let (from, to, _) = self.spans[nearest];
        self.tokens[from].range.start..self.tokens[to - 1].range.end
    }
}

/// Sums of each token's rows in its language, `[n_tokens, dim]`.
pub(super) fn token_vectors(encoder: &Encoder, tokens: &[Token], tongue: Tongue) -> Array2<f32> {
    let mut vectors = Array2::zeros((tokens.len(), encoder.dim()));
    for (token, mut row) in tokens.iter().zip(vectors.rows_mut()) {
        if let Some(row) = row.as_slice_mut() {
            encoder.add_in(token, tongue, row);
        }
    }
    vectors
}

/// First token, one past the last, and one over the length of the sum, for each window. A text shorter than a window has none of that length.
fn spans(vectors: &Array2<f32>) -> Vec<(usize, usize, f32)> {
    let n = vectors.nrows();
    let products = vectors.dot(&vectors.t());
    let length = |from: usize, to: usize| {
        let square: f32 = (from..to)
            .map(|a| (from..to).map(|b| products[[a, b]]).sum::<f32>())
            .sum();
        square.max(0.0).sqrt().max(1e-9)
    };
    let of_length = |size: usize| (0..=n - size).map(move |at| (at, at + size));
    let spans = WINDOW_LENGTHS
        .into_iter()
        .filter(|size| *size == 1 || *size <= n)
        .flat_map(of_length);
    spans
        .map(|(from, to)| (from, to, 1.0 / length(from, to)))
        .collect()
}
