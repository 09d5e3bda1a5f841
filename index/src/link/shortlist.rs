//! Which few of all skills are worth a closer look? The best by rough meaning and spelling together, the best by spelling alone, and all that are named.

use crate::int8::{Fixed, Int8Rows};
use crate::model::esco::SkillId;

use super::fuse::{Fusion, Prior};

/// What the shortlist is drawn up from.
pub(super) struct Shortlist<'a> {
    /// `[n_skills, ROUGH_DIM]`.
    pub rough: &'a Int8Rows,
    /// The text's vector.
    pub vector: &'a Fixed,
    /// Shared letters, `[n_skills]`.
    pub spelled: &'a [f32],
    pub fusion: &'a Fusion,
    /// `[n_skills]`, where a prior counts.
    pub priors: Option<&'a [Prior]>,
    /// Skills found by meaning and spelling together, at least; and half as many by spelling alone.
    pub n_min: usize,
}

impl Shortlist<'_> {
    /// At least `top` skills (or all), sorted by row. Cost: one product with the first columns of every skill.
    pub fn with(&self, named: impl Iterator<Item = SkillId>, top: usize) -> Vec<SkillId> {
        let n = top.max(self.n_min);
        let vector = self.vector.first(self.rough.dim());
        let prior = |row: usize| self.priors.map_or(0.0, |priors| priors[row].score);
        let meant = self.rough.products(&vector);
        let score = |(row, (meant, spelled)): (usize, (&f32, &f32))| self.fusion.rough(*meant, *spelled) + prior(row);
        let rough = best_rows(meant.iter().zip(self.spelled).enumerate().map(score), n);
        let lexical = best_rows(self.spelled.iter().copied(), n / 2);
        let mut skills: Vec<SkillId> = rough.into_iter().chain(lexical).map(|row| SkillId(row as u32)).chain(named).collect();
        skills.sort_unstable();
        skills.dedup();
        skills
    }
}

/// The rows of the `n` highest scores, in no order; ties go to the lower row.
fn best_rows(scores: impl Iterator<Item = f32>, n: usize) -> Vec<usize> {
    let better_first = |a: &(f32, usize), b: &(f32, usize)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    let mut kept: Vec<(f32, usize)> = Vec::with_capacity(4 * n);
    let mut least = f32::MIN;
    for (row, score) in scores.enumerate() {
        if score <= least {
            continue;
        }
        kept.push((score, row));
        if kept.len() == 4 * n {
            let (_, last, _) = kept.select_nth_unstable_by(n - 1, better_first);
            least = last.0;
            kept.truncate(n);
        }
    }
    if n < kept.len() {
        kept.select_nth_unstable_by(n, better_first);
        kept.truncate(n);
    }
    kept.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_are_kept_and_of_equals_the_first() {
        let scores: Vec<f32> = (0..5000).map(|at| ((at * 7919) % 613) as f32).collect();
        for n in [1, 5, 48, 700] {
            let mut kept = best_rows(scores.iter().copied(), n);
            kept.sort_unstable();
            let mut expected: Vec<usize> = (0..scores.len()).collect();
            expected.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
            expected.truncate(n);
            expected.sort_unstable();
            assert_eq!(kept, expected, "{n}");
        }
    }

    #[test]
    fn fewer_rows_than_wanted_are_all_kept() {
        assert_eq!(best_rows([1.0, 2.0].into_iter(), 10).len(), 2);
    }
}
