//! Which few of all skills are worth a closer look? The best by rough meaning and spelling together, the best by spelling alone, and all that are named.
//!
//! The one idea: the first columns of a vector tell most (`index/encoder/rotate.py`), so half of the rough vector finds some hundreds of skills, for
//! several texts at once, and the whole of it the best of those.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use crate::int8::{Fixed, Int8Rows};
use crate::model::esco::SkillId;

use super::fuse::Fusion;

/// Columns that are compared first.
const FIRST_DIM: usize = 48;
/// Skills that are compared whole for each one that is wanted.
const WHOLE_FOR_EACH: usize = 16;
/// Rows of one block of skills; its columns stay in the cache of one core.
const BLOCK_ROWS: usize = 1024;
/// Shape of the groups in which the highest scores are looked for.
const LANES: usize = 16;
const ROWS: usize = 8;

/// Label, alternatives and description of each skill as one vector, weighed as the score does; finds candidates.
pub(super) struct Rough {
    /// `[n_skills, ROUGH_DIM]`.
    rows: Int8Rows,
    /// `[n_skills, FIRST_DIM]`.
    first: Array2<f32>,
}

impl Rough {
    /// Keeps the first columns apart.
    pub fn new(rows: Int8Rows) -> Self {
        let all: Vec<usize> = (0..rows.n_rows()).collect();
        let first = rows.select(&all).view().split_at(Axis(1), FIRST_DIM.min(rows.dim())).0.as_standard_layout().into_owned();
        Self { first, rows }
    }

    /// All columns, `[n_skills, ROUGH_DIM]`.
    pub fn rows(&self) -> &Int8Rows {
        &self.rows
    }

    /// Bytes in memory.
    pub fn n_bytes(&self) -> usize {
        self.rows.n_bytes() + 4 * self.first.len()
    }

    /// Products of some vectors, `[n_texts, dim]`, with each skill over the first columns, `[n_texts, n_skills]`.
    pub fn first_products(&self, vectors: ArrayView2<'_, f32>) -> Array2<f32> {
        let (queries, _) = vectors.split_at(Axis(1), self.first.ncols());
        let mut products = Array2::zeros((queries.nrows(), self.first.nrows()));
        let blocks = products
            .axis_chunks_iter_mut(Axis(1), BLOCK_ROWS)
            .into_par_iter()
            .zip(self.first.axis_chunks_iter(Axis(0), BLOCK_ROWS).into_par_iter());
        blocks.for_each(|(mut products, rows)| general_mat_mul(1.0, &queries, &rows.t(), 0.0, &mut products));
        products
    }
}

/// What the shortlist of one text is drawn up from.
pub(super) struct Shortlist<'a> {
    pub rough: &'a Rough,
    /// The text's vector.
    pub vector: &'a Fixed,
    /// Its products with the first columns, `[n_skills]`.
    pub first: &'a [f32],
    /// Shared letters, `[n_skills]`.
    pub spelled: &'a [f32],
    pub fusion: &'a Fusion,
    /// What is added to each score, `[n_skills]`, where a prior counts.
    pub priors: Option<&'a [f32]>,
    /// Skills found by meaning and spelling together, at least; and half as many by spelling alone.
    pub n_min: usize,
}

impl Shortlist<'_> {
    /// At least `top` skills (or all), sorted by row.
    pub fn with(&self, named: impl Iterator<Item = SkillId>, top: usize) -> Vec<SkillId> {
        let n = top.max(self.n_min);
        let mut scores: Vec<f32> =
            self.first.iter().zip(self.spelled).map(|(meant, spelled)| self.fusion.rough(*meant, *spelled)).collect();
        if let Some(priors) = self.priors {
            scores.iter_mut().zip(priors).for_each(|(score, prior)| *score += prior);
        }
        let looked_at = best_rows(&scores, WHOLE_FOR_EACH * n);
        let vector = self.vector.first(self.rough.rows.dim());
        // The prior and the spelling are in the score; the rest of the columns is what is missing.
        let whole = |row: &usize| scores[*row] - self.first[*row] + self.rough.rows.product(*row, &vector);
        let whole: Vec<f32> = looked_at.iter().map(whole).collect();
        let rough = best_rows(&whole, n).into_iter().map(|at| looked_at[at]);
        let lexical = best_rows(self.spelled, n / 2);
        let mut skills: Vec<SkillId> = rough.chain(lexical).map(|row| SkillId(row as u32)).chain(named).collect();
        skills.sort_unstable();
        skills.dedup();
        skills
    }
}

/// The rows of the `n` highest scores, sorted; ties go to the lower row.
///
/// The one idea: of groups of rows, the `n`-th highest maximum is no higher than the `n`-th highest score, so only groups that reach it are looked into.
fn best_rows(scores: &[f32], n: usize) -> Vec<usize> {
    let maxima = maxima(scores);
    let mut sorted = maxima.clone();
    let least = match n.checked_sub(1).filter(|at| *at < sorted.len()) {
        Some(at) => *sorted.select_nth_unstable_by(at, |a, b| b.total_cmp(a)).1,
        None => f32::MIN,
    };
    let groups = maxima.iter().enumerate().filter(|(_, max)| **max >= least).map(|(group, _)| group);
    let rows = groups.flat_map(|group| (0..ROWS).map(move |row| (group / LANES * ROWS + row) * LANES + group % LANES));
    let mut kept: Vec<(f32, usize)> = rows.filter_map(|row| Some((*scores.get(row)?, row))).filter(|(score, _)| *score >= least).collect();
    if n < kept.len() {
        kept.select_nth_unstable_by(n, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        kept.truncate(n);
    }
    let mut rows: Vec<usize> = kept.into_iter().map(|(_, row)| row).collect();
    rows.sort_unstable();
    rows
}

/// The highest score of each group of [`ROWS`] rows that lie [`LANES`] apart, which a processor compares [`LANES`] at once.
fn maxima(scores: &[f32]) -> Vec<f32> {
    let mut maxima = Vec::with_capacity(scores.len() / ROWS + LANES);
    for block in scores.chunks(LANES * ROWS) {
        let mut highest = [f32::MIN; LANES];
        for lanes in block.chunks(LANES) {
            for (highest, score) in highest.iter_mut().zip(lanes) {
                *highest = if *score > *highest { *score } else { *highest };
            }
        }
        maxima.extend(highest);
    }
    maxima
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_are_kept_and_of_equals_the_first() {
        let scores: Vec<f32> = (0..5000).map(|at| ((at * 7919) % 613) as f32).collect();
        for n in [1, 5, 48, 700] {
            let mut expected: Vec<usize> = (0..scores.len()).collect();
            expected.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
            expected.truncate(n);
            expected.sort_unstable();
            assert_eq!(best_rows(&scores, n), expected, "{n}");
        }
    }

    #[test]
    fn fewer_rows_than_wanted_are_all_kept() {
        assert_eq!(best_rows(&[1.0, 2.0], 10), [0, 1]);
    }
}
