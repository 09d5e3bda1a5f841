//! How well does a ranking agree with the judgements? nDCG@5, coverage@3, and how sure that is.

use std::collections::{BTreeMap, BTreeSet};

use crate::cases::Need;

/// Resamples of a bootstrap interval.
const RESAMPLES: usize = 2000;

/// Normalised discounted cumulative gain of the first `k`: gain 2^grade - 1, discount log2(rank + 1), against the best order of the judgements
/// (Järvelin and Kekäläinen 2002, gains of Burges et al. 2005). In [0, 1]; what is not graded has grade 0.
pub fn ndcg_at(k: usize, ranked: &[String], grades: &BTreeMap<String, u8>) -> f64 {
    let dcg = |grades: &mut dyn Iterator<Item = u8>| -> f64 {
        grades
            .take(k)
            .enumerate()
            .map(|(at, grade)| (2_f64.powi(grade.into()) - 1.0) / (at as f64 + 2.0).log2())
            .sum()
    };
    let mut best: Vec<u8> = grades.values().copied().collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    dcg(&mut ranked
        .iter()
        .map(|id| grades.get(id).copied().unwrap_or_default()))
        / dcg(&mut best.into_iter())
}

/// Weight of the judged needs (core 1, extra 0.3, as in a demand) that the first `k` close together, against the most that any `k` credentials close.
/// In [0, 1]. A need is closed by one credential wholly; degrees are what the grades are for.
pub fn coverage_at(k: usize, ranked: &[String], needs: &[Need]) -> f64 {
    let closed = |ids: &[&String]| -> f64 {
        let closed = needs
            .iter()
            .filter(|need| ids.iter().any(|id| need.closed_by.contains(id)));
        closed.map(|need| if need.core { 1.0 } else { 0.3 }).sum()
    };
    let closers: Vec<&String> = needs
        .iter()
        .flat_map(|need| &need.closed_by)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    closed(&ranked.iter().take(k).collect::<Vec<_>>())
        / best_of(k, &closers, &mut Vec::new(), &closed)
}

/// The highest value of any `k` of `from` added to `chosen`.
fn best_of<'a>(
    k: usize,
    from: &[&'a String],
    chosen: &mut Vec<&'a String>,
    value: &dyn Fn(&[&String]) -> f64,
) -> f64 {
    let mut best = value(chosen);
    if k > 0 {
        for (at, id) in from.iter().enumerate() {
            chosen.push(id);
            best = best.max(best_of(k - 1, &from[at + 1..], chosen, value));
            chosen.pop();
        }
    }
    best
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// From, to.
pub struct Interval(pub f64, pub f64);

/// The 95 % interval of the mean: bootstrap over cases, percentiles of [`RESAMPLES`] means, fixed seed.
pub fn interval(values: &[f64]) -> Interval {
    let mut state = 20_261_122_u64;
    let mut draw = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        values[(state >> 33) as usize % values.len()]
    };
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| (0..values.len()).map(|_| draw()).sum::<f64>() / values.len() as f64)
        .collect();
    means.sort_by(f64::total_cmp);
    Interval(means[RESAMPLES / 40], means[RESAMPLES - 1 - RESAMPLES / 40])
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn the_best_order_has_ndcg_1_and_a_worse_one_less() {
    let grades = [("a", 3), ("b", 2), ("c", 0)]
        .map(|(id, grade)| (id.to_owned(), grade))
        .into();
    assert_eq!(ndcg_at(5, &ids(&["a", "b", "x"]), &grades), 1.0);
    let swapped = (3.0 + 7.0 / 3_f64.log2()) / (7.0 + 3.0 / 3_f64.log2());
    assert!((ndcg_at(5, &ids(&["b", "a"]), &grades) - swapped).abs() < 1e-12);
    assert_eq!(ndcg_at(1, &ids(&["c", "a"]), &grades), 0.0);
    assert_eq!(ndcg_at(5, &[], &grades), 0.0);
}

#[test]
fn coverage_counts_each_need_once_and_against_what_can_be_reached() {
    let need = |core, closed_by: &[&str]| Need {
        need: "n".into(),
        core,
        closed_by: ids(closed_by),
    };
    let needs = [
        need(true, &["a", "b"]),
        need(true, &["c"]),
        need(false, &["d"]),
        need(true, &["e"]),
    ];
    assert_eq!(
        coverage_at(3, &ids(&["a", "b", "x", "c"]), &needs),
        1.0 / 3.0
    );
    assert_eq!(coverage_at(3, &ids(&["e", "c", "b"]), &needs), 1.0);
    assert!((coverage_at(3, &ids(&["d", "c", "a"]), &needs) - 2.3 / 3.0).abs() < 1e-12);
}

#[test]
fn the_interval_holds_the_mean_and_narrows_with_more_cases() {
    let values: Vec<f64> = (0..40).map(|at| f64::from(at % 2)).collect();
    let Interval(low, high) = interval(&values);
    assert!(low < 0.5 && 0.5 < high);
    let Interval(low_more, high_more) = interval(&values.repeat(10));
    assert!(high_more - low_more < high - low);
}
