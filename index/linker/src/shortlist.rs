//! Which few of all skills are worth a closer look? The best by rough meaning and spelling together, the best by spelling alone, and all that are named.
//!
//! The one idea: the first columns of a vector tell most (`index/encoder/rotate.py`), so those of all skills fit a core's cache and are compared with a few
//! texts at once.

use crate::int8::{Int8Rows, QuantisedQuery};
use crate::products::{INTERLEAVED, Pairs, interleaved_products};
use skillgap_esco::SkillId;
use skillgap_esco::error::Result;

use super::fuse::Fusion;

/// Shape of the groups in which the highest scores are looked for.
const LANES: usize = 16;
const ROWS: usize = 8;

/// Label, alternatives and description of each skill as one vector, weighed as the score does; finds candidates.
pub(super) struct Rough {
    /// Pairs of columns of [`INTERLEAVED`] skills after each other, `[n_skills / INTERLEAVED, dim / 2]`; zeros after the last skill and the last column.
    packed: Vec<Pairs>,
    /// `[n_skills]`.
    scale: Vec<f32>,
    dim: usize,
}

impl Rough {
    /// Takes `[n_skills, dim]`.
    pub fn new(rows: &Int8Rows) -> Self {
        let (n_skills, dim) = (rows.n_rows(), rows.dim());
        let n_pairs = dim.div_ceil(2);
        let mut packed = vec![[0; 2 * INTERLEAVED]; n_skills.div_ceil(INTERLEAVED) * n_pairs];
        for at in 0..n_skills {
            let block = &mut packed[at / INTERLEAVED * n_pairs..];
            rows.row(at).iter().enumerate().for_each(|(column, value)| {
                block[column / 2][at % INTERLEAVED * 2 + column % 2] = *value
            });
        }
        Self {
            packed,
            scale: rows.scales().to_vec(),
            dim,
        }
    }

    /// The rows as they were taken.
    ///
    /// # Errors
    /// None for rows that [`Self::new`] took.
    pub fn rows(&self) -> Result<Int8Rows> {
        let n_pairs = self.dim.div_ceil(2);
        let value = |at: usize, column: usize| {
            self.packed[at / INTERLEAVED * n_pairs + column / 2][at % INTERLEAVED * 2 + column % 2]
        };
        let values: Vec<u8> = (0..self.scale.len())
            .flat_map(|at| (0..self.dim).map(move |column| value(at, column)))
            .collect();
        Int8Rows::new("rough vectors", values.into(), self.scale.clone(), self.dim)
    }

    /// Bytes in memory.
    pub fn n_bytes(&self) -> usize {
        self.packed.as_flattened().len() + 4 * self.scale.len()
    }

    /// Products of up to [`BATCH`](crate::products::BATCH) vectors of at least `dim` numbers with every skill, `[n_skills]` each; the same on every machine.
    pub fn products(&self, vectors: &[&QuantisedQuery]) -> Vec<Vec<f32>> {
        let values: Vec<&[i16]> = vectors.iter().map(|vector| vector.values()).collect();
        let sums = interleaved_products(&self.packed, self.dim.div_ceil(2), &values);
        let scaled = |(vector, sums): (&&QuantisedQuery, Vec<[i32; INTERLEAVED]>)| {
            let sums = sums.as_flattened().iter().zip(&self.scale);
            sums.map(|(sum, scale)| *sum as f32 * (scale * vector.scale()))
                .collect()
        };
        vectors.iter().zip(sums).map(scaled).collect()
    }
}

/// What the shortlist of one text is drawn up from.
pub(super) struct Shortlist<'a> {
    /// The text's products with every skill's rough vector, `[n_skills]`.
    pub meant: &'a [f32],
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
        let rough = |(meant, spelled): (&f32, &f32)| self.fusion.rough(*meant, *spelled);
        let mut scores: Vec<f32> = self.meant.iter().zip(self.spelled).map(rough).collect();
        if let Some(priors) = self.priors {
            scores
                .iter_mut()
                .zip(priors)
                .for_each(|(score, prior)| *score += prior);
        }
        let (rough, lexical) = (best_rows(&scores, n), best_rows(self.spelled, n / 2));
        let mut skills: Vec<SkillId> = rough
            .into_iter()
            .chain(lexical)
            .map(|row| SkillId(row as u32))
            .chain(named)
            .collect();
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
    let groups = maxima
        .iter()
        .enumerate()
        .filter(|(_, max)| **max >= least)
        .map(|(group, _)| group);
    let rows = groups.flat_map(|group| {
        (0..ROWS).map(move |row| (group / LANES * ROWS + row) * LANES + group % LANES)
    });
    let mut kept: Vec<(f32, usize)> = rows
        .filter_map(|row| Some((*scores.get(row)?, row)))
        .filter(|(score, _)| *score >= least)
        .collect();
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
    use ndarray::Array2;

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
    fn products_are_those_of_the_rows() {
        let rows = Array2::from_shape_fn((37, 20), |(row, column)| {
            ((row * 31 + column * 17) % 29) as f32 / 29.0 - 0.5
        });
        let vectors: Vec<Vec<f32>> = (0..3)
            .map(|text| (0..24).map(|at| ((at + 5 * text) as f32).sin()).collect())
            .collect();
        let small = Int8Rows::quantise(&rows);
        let rough = Rough::new(&small);
        assert_eq!(rough.rows().unwrap(), small);
        let vectors: Vec<QuantisedQuery> = vectors
            .iter()
            .map(|vector| QuantisedQuery::new(vector))
            .collect();
        let products = rough.products(&vectors.iter().collect::<Vec<_>>());
        assert_eq!(products.len(), 3);
        for (products, vector) in products.iter().zip(&vectors) {
            let each = (0..37).map(|row| small.product(row, vector));
            assert!(
                products.len() == 37
                    && products
                        .iter()
                        .zip(each)
                        .all(|(product, exact)| (product - exact).abs() < 0.01)
            );
        }
    }

    #[test]
    fn fewer_rows_than_wanted_are_all_kept() {
        assert_eq!(best_rows(&[1.0, 2.0], 10), [0, 1]);
    }
}
