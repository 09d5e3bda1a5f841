//! How good is a ranking, a selection, a probability? Measures of the literature, each with an interval.

/// Resamples of a bootstrap.
const RESAMPLES: usize = 2_000;

/// A mean over texts in percent, with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl std::fmt::Display for Mean {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} ({:.0} to {:.0})", self.value, self.low, self.high)
    }
}

/// Mean of one value in [0, 1] a text, in percent; the interval is the 2.5th to 97.5th percentile of 2,000 resamples of the texts (Efron 1979), fixed seed.
pub fn mean(values: &[f64]) -> Mean {
    ratio(&values.iter().map(|value| (*value, 1.0)).collect::<Vec<_>>())
}

/// The sum of numerators over the sum of denominators, one pair a text, in percent; with an interval as [`mean`].
pub fn ratio(pairs: &[(f64, f64)]) -> Mean {
    let of = |sums: (f64, f64)| {
        if sums.1 > 0.0 {
            100.0 * sums.0 / sums.1
        } else {
            0.0
        }
    };
    let add = |sums: (f64, f64), pair: &(f64, f64)| (sums.0 + pair.0, sums.1 + pair.1);
    let mut random = SplitMix(17);
    let mut resampled: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            of((0..pairs.len())
                .map(|_| &pairs[random.below(pairs.len())])
                .fold((0.0, 0.0), add))
        })
        .collect();
    resampled.sort_by(f64::total_cmp);
    let at = |share: f64| {
        resampled
            .get((share * RESAMPLES as f64) as usize)
            .copied()
            .unwrap_or_default()
    };
    Mean {
        value: of(pairs.iter().fold((0.0, 0.0), add)),
        low: at(0.025),
        high: at(0.975),
    }
}

/// Hits among the first `k`, of those that could be there.
pub fn recall_precision(hits: &[bool], n_gold: usize, k: usize) -> f64 {
    hits.iter().take(k).filter(|hit| **hit).count() as f64 / k.min(n_gold).max(1) as f64
}

/// One by the rank of the first hit.
pub fn reciprocal_rank(hits: &[bool]) -> f64 {
    hits.iter()
        .position(|hit| *hit)
        .map_or(0.0, |at| 1.0 / (at + 1) as f64)
}

/// Whether there is a hit among the first `k`.
pub fn hit(hits: &[bool], k: usize) -> f64 {
    f64::from(u8::from(hits.iter().take(k).any(|hit| *hit)))
}

/// One bin of a reliability plot.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// Links in it.
    pub n: usize,
    /// Sum of their probabilities.
    pub said: f64,
    /// How many of them are right.
    pub right: f64,
}

/// Sorts links, as (probability, right), into bins that end at `ends`, ascending, the last at 1.
pub fn reliability(links: &[(f64, bool)], ends: &[f64]) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); ends.len()];
    for (said, right) in links {
        let at = ends
            .iter()
            .position(|end| said <= end)
            .unwrap_or(ends.len() - 1);
        bins[at] = Bin {
            n: bins[at].n + 1,
            said: bins[at].said + said,
            right: bins[at].right + f64::from(u8::from(*right)),
        };
    }
    bins
}

/// Expected calibration error in percent: the mean over links of the difference between what their bin says and how much of it is right
/// (Naeini et al. 2015).
pub fn calibration_error(bins: &[Bin]) -> f64 {
    let n: usize = bins.iter().map(|bin| bin.n).sum();
    100.0
        * bins
            .iter()
            .map(|bin| (bin.said - bin.right).abs())
            .sum::<f64>()
        / n.max(1) as f64
}

/// A small generator of numbers (Steele et al. 2014), so that intervals are the same on every machine.
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % n.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_those_of_the_literature() {
        assert_eq!(recall_precision(&[false, true, true], 2, 1), 0.0);
        assert_eq!(recall_precision(&[false, true, true], 4, 3), 2.0 / 3.0);
        assert_eq!(recall_precision(&[true], 1, 5), 1.0);
        assert_eq!(reciprocal_rank(&[false, true]), 0.5);
        assert_eq!(reciprocal_rank(&[false]), 0.0);
        assert_eq!([hit(&[false, true], 1), hit(&[false, true], 2)], [0.0, 1.0]);
    }

    #[test]
    fn intervals_hold_the_value_and_are_the_same_each_time() {
        let values: Vec<f64> = (0..200)
            .map(|at| f64::from(u8::from(at % 3 == 0)))
            .collect();
        let interval = mean(&values);
        assert!(
            interval.low < interval.value
                && interval.value < interval.high
                && interval.high - interval.low < 15.0,
            "{interval}"
        );
        assert_eq!(interval, mean(&values));
        assert_eq!(mean(&[]).value, 0.0);
    }

    #[test]
    fn calibration_error_is_the_gap_between_said_and_right() {
        let links = [
            (0.2, false),
            (0.2, false),
            (0.2, true),
            (0.2, false),
            (0.9, true),
        ];
        let bins = reliability(&links, &[0.5, 1.0]);
        assert_eq!((bins[0].n, bins[1].n), (4, 1));
        assert!((calibration_error(&bins) - 100.0 * (0.2 + 0.1) / 5.0).abs() < 1e-9);
    }
}
