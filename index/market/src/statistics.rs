//! Shares and their changes, with intervals. Ads of one employer are copies of one template, so that employers are what is independent.
//!
//! A share is a ratio of sums over clusters; its variance is that of the jackknife which leaves out one employer at a time (Wolter, Introduction to
//! Variance Estimation, 4), with the t of as many degrees of freedom as there are employers of equal size, less one. It is never less than if all
//! jobs were independent.

use crate::students_t::StudentsT;

/// Probability that an interval does not hold the truth.
const MISSED: f64 = 0.05;
/// Expected jobs below which the variance of a share is that of one with a job more on either side (Agresti and Caffo 2000).
const JOBS_FEW: f64 = 5.0;
/// Share of false discoveries among those that are shown (Benjamini and Hochberg 1995): less than the twentieth that is promised, since with few
/// employers the variance is estimated a little too low (docs/market.md).
const FALSE_DISCOVERIES: f64 = 0.04;

/// What one employer asks for, now and before.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cluster {
    /// Its jobs.
    pub n: [f64; 2],
    /// Those expected to ask for the skill: the sum of probabilities, and of their squares.
    pub sum: [f64; 2],
    pub squares: [f64; 2],
}

/// A share with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Share {
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

/// The difference of two shares, now less before, with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Difference {
    pub before: f64,
    pub difference: f64,
    pub low: f64,
    pub high: f64,
    /// Probability of a difference as large if there is none.
    pub p: f64,
}

/// Totals of all clusters in one of the periods.
struct Totals {
    n: f64,
    share: f64,
    /// Variance of the share if jobs were independent.
    variance: f64,
}

impl Totals {
    fn of(clusters: &[Cluster], at: usize) -> Option<Self> {
        let total =
            |of: fn(&Cluster) -> &[f64; 2]| clusters.iter().map(|cluster| of(cluster)[at]).sum();
        let n: f64 = total(|cluster| &cluster.n);
        let (sum, squares): (f64, f64) = (
            total(|cluster| &cluster.sum),
            total(|cluster| &cluster.squares),
        );
        if n < 2.0 {
            return None;
        }
        let share = sum / n;
        let variance = match sum < JOBS_FEW || n - sum < JOBS_FEW {
            true => {
                let share = (sum + 1.0) / (n + 2.0);
                share * (1.0 - share) / (n + 2.0)
            }
            false => (squares / n - share * share).max(0.0) / (n - 1.0),
        };
        Some(Self { n, share, variance })
    }

    /// By how much the share would be less without a cluster.
    fn change_without(&self, cluster: &Cluster, at: usize) -> f64 {
        let left = (self.n - cluster.n[at]).max(1.0);
        (cluster.sum[at] - self.share * cluster.n[at]) / left
    }
}

/// The variance of the jackknife, from how much the estimate changes without each cluster.
fn variance_between(changes: impl Iterator<Item = f64>) -> f64 {
    let (n, squares) = changes.fold((0.0, 0.0), |(n, sum), of| (n + 1.0, sum + of * of));
    match n > 1.0 {
        true => squares * (n - 1.0) / n,
        false => f64::INFINITY,
    }
}

/// The t of an estimate from so many clusters of equal size; nothing for too few.
fn students_t(n_effective: f64) -> Option<StudentsT> {
    (n_effective >= 2.0).then(|| StudentsT::new(n_effective - 1.0))
}

/// How many clusters of equal size say as much (Kish).
pub(crate) fn n_effective(weights: impl Iterator<Item = f64>) -> f64 {
    let (sum, squares) = weights.fold((0.0, 0.0), |(sum, squares), weight| {
        (sum + weight, squares + weight * weight)
    });
    if squares > 0.0 {
        sum * sum / squares
    } else {
        0.0
    }
}

/// The share in the first period, with a Wilson interval (1927) for as many jobs as say as much.
pub(crate) fn share(clusters: &[Cluster]) -> Option<Share> {
    let totals = Totals::of(clusters, 0)?;
    let here = || clusters.iter().filter(|cluster| cluster.n[0] > 0.0);
    let t = students_t(n_effective(here().map(|cluster| cluster.n[0])))?;
    let t = t.beyond(MISSED);
    let change = |cluster: &Cluster| totals.change_without(cluster, 0);
    let variance = variance_between(here().map(change)).max(totals.variance);
    let p = totals.share.clamp(0.0, 1.0);
    let n = match p > 0.0 && p < 1.0 {
        true => (p * (1.0 - p) / variance).min(totals.n),
        false => totals.n,
    };
    let (z2, scale) = (t * t, 1.0 + t * t / n);
    let middle = (p + z2 / (2.0 * n)) / scale;
    let half = t * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / scale;
    Some(Share {
        share: p,
        low: (middle - half).clamp(0.0, p),
        high: (middle + half).clamp(p, 1.0),
    })
}

/// How a share changed; nothing where there is too little of either period.
pub(crate) fn difference(clusters: &[Cluster]) -> Option<Difference> {
    let (now, before) = (Totals::of(clusters, 0)?, Totals::of(clusters, 1)?);
    let here = || {
        clusters
            .iter()
            .filter(|cluster| cluster.n[0] + cluster.n[1] > 0.0)
    };
    let weights = here().map(|cluster| cluster.n[0] / now.n + cluster.n[1] / before.n);
    let t = students_t(n_effective(weights))?;
    let change =
        |cluster: &Cluster| now.change_without(cluster, 0) - before.change_without(cluster, 1);
    let variance = variance_between(here().map(change)).max(now.variance + before.variance);
    let error = variance.sqrt();
    if !error.is_finite() {
        return None;
    }
    let difference = now.share - before.share;
    let half = t.beyond(MISSED) * error;
    Some(Difference {
        before: before.share,
        difference,
        low: difference - half,
        high: difference + half,
        // Where all ask for it alike, nothing is left to chance.
        p: match error > 0.0 {
            true => t.both_tails(difference / error),
            false => f64::from(u8::from(difference == 0.0)),
        },
    })
}

/// The probability up to which differences are taken for discoveries.
pub(crate) fn discovered_up_to(mut p: Vec<f64>) -> f64 {
    p.sort_by(f64::total_cmp);
    let n = p.len() as f64;
    let ranked = p.iter().enumerate().rev();
    let mut within = ranked.filter(|(at, p)| **p <= FALSE_DISCOVERIES * (at + 1) as f64 / n);
    within.next().map_or(-1.0, |(_, p)| *p)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(asks: bool, period: usize) -> Cluster {
        let mut cluster = Cluster::default();
        cluster.n[period] = 1.0;
        let of = f64::from(u8::from(asks));
        (cluster.sum[period], cluster.squares[period]) = (of, of);
        cluster
    }

    #[test]
    fn one_job_an_employer_is_the_textbook() {
        // Newcombe (1998), Statistics in Medicine 17, 857: 81 of 263 has the Wilson interval 0.2553 to 0.3662; t of 262 instead of z widens it a little.
        let jobs: Vec<Cluster> = (0..263).map(|at| job(at < 81, 0)).collect();
        let of = share(&jobs).unwrap();
        assert!(
            (of.low - 0.2553).abs() < 0.002 && (of.high - 0.3662).abs() < 0.002,
            "{of:?}"
        );
        let both: Vec<Cluster> = (0..200)
            .map(|at| job(at < 80, 0))
            .chain((0..200).map(|at| job(at < 50, 1)))
            .collect();
        let of = difference(&both).unwrap();
        // z = 0.15 / sqrt(0.4 · 0.6 / 200 + 0.25 · 0.75 / 200) = 3.24.
        assert!(
            (of.difference - 0.15).abs() < 1e-9 && (0.001..0.0016).contains(&of.p),
            "{of:?}"
        );
    }

    #[test]
    fn what_all_ask_for_is_steady() {
        let jobs: Vec<Cluster> = (0..100).map(|at| job(true, at % 2)).collect();
        let sure: Vec<Cluster> = jobs.iter().map(|of| of.likely(0.86)).collect();
        let of = difference(&sure).unwrap();
        assert!(of.difference.abs() < 1e-9 && of.p > 0.99, "{of:?}");
    }

    impl Cluster {
        fn likely(mut self, probability: f64) -> Self {
            self.sum = self.sum.map(|of| of * probability);
            self.squares = self.squares.map(|of| of * probability * probability);
            self
        }
    }

    #[test]
    fn copies_of_one_employer_say_little() {
        let chain = |n: f64, period: usize| {
            let mut cluster = Cluster::default();
            cluster.n[period] = n;
            (cluster.sum[period], cluster.squares[period]) = (n, n);
            cluster
        };
        let mut jobs: Vec<Cluster> = (0..100).map(|at| job(at < 20, at % 2)).collect();
        jobs.push(chain(100.0, 0));
        let of = difference(&jobs).unwrap();
        assert!(of.low < 0.0 && of.p > 0.05, "{of:?}");
        assert_eq!(difference(&jobs[..1]), None);
        assert_eq!(share(&[]), None);
    }

    #[test]
    fn discoveries_are_fewer_the_more_are_looked_for() {
        assert_eq!(discovered_up_to(vec![0.01, 0.02, 0.9]), 0.02);
        assert_eq!(discovered_up_to(vec![0.04, 0.5, 0.9]), -1.0);
        assert_eq!(discovered_up_to(vec![]), -1.0);
    }
}
