//! How does one come near the best set quickly? Greedy, by what a credential and its missing prerequisites add; then exchange.
//!
//! Greedy is lazy: what a credential adds never grows as others are taken (submodularity), so that an old value below the best of this round
//! needs no second look (Minoux 1978). It runs once by gain and once by gain for what the scarcest budget loses, and the better counts (Leskovec et al. 2007).

use super::SAME;
use super::problem::Task;

/// Rounds of exchange; each ends with a better set.
const ROUNDS_MAX: usize = 12;
/// Steps and credentials up to which pairs are exchanged, too.
const PAIRS_UP_TO: usize = 6;
const PAIRS_OF_UP_TO: usize = 128;

/// The share of the closure that a surer set must reach.
const NEARLY: f64 = 0.93;

/// What greedy looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// What a step adds.
    Gain,
    /// What it adds for each share of the scarcest budget.
    Density,
}

impl Task<'_> {
    /// A good set: the better of two greedy ones, bettered by exchange.
    pub(super) fn heuristic(&self) -> Vec<usize> {
        let by = self
            .ways()
            .iter()
            .map(|by| self.filled(Vec::new(), *by))
            .reduce(|a, b| self.better(a, b));
        self.exchanged(by.unwrap_or_default())
    }

    /// What greedy looks at: without a budget of hours or cost, density is gain.
    fn ways(&self) -> &'static [By] {
        if self.means.hours.is_finite() || self.means.cost.is_finite() {
            &[By::Gain, By::Density]
        } else {
            &[By::Gain]
        }
    }

    /// The set that closes more; the first of equals, unless the second scores higher.
    fn better(&self, a: Vec<usize>, b: Vec<usize>) -> Vec<usize> {
        let (closure_a, closure_b) = (self.problem.closure(&a), self.problem.closure(&b));
        let score = |set: &[usize]| {
            set.iter()
                .map(|at| self.problem.items[*at].score)
                .sum::<f64>()
                / set.len().max(1) as f64
        };
        let same = (closure_a - closure_b).abs() <= SAME;
        if closure_b > closure_a + SAME
            || same && (b.len() < a.len() || b.len() == a.len() && score(&b) > score(&a) + SAME)
        {
            b
        } else {
            a
        }
    }

    /// Adds to a set, one credential with its missing prerequisites after the other, as long as each course adds enough.
    fn filled(&self, mut set: Vec<usize>, by: By) -> Vec<usize> {
        let items = &self.problem.items;
        let mut best = self.problem.best(&set);
        let (mut hours, mut cost) = set.iter().fold((0.0, 0.0), |(hours, cost), at| {
            (hours + items[*at].hours, cost + items[*at].cost)
        });
        let mut known = vec![f64::INFINITY; items.len()];
        while set.len() < self.means.count {
            let mut next: Option<(f64, usize, Vec<usize>)> = None;
            for at in 0..items.len() {
                let item = &items[at];
                let beaten = |value: f64| {
                    next.as_ref().is_some_and(|(known, other, _)| {
                        value < *known - SAME
                            || value <= *known + SAME && item.score <= items[*other].score
                    })
                };
                if beaten(known[at]) || set.contains(&at) {
                    continue;
                }
                if item.simple
                    && (hours + item.hours > self.means.hours || cost + item.cost > self.means.cost)
                {
                    known[at] = f64::NEG_INFINITY;
                    continue;
                }
                let Some(bundle) = self.missing(at, &set) else {
                    continue;
                };
                let gain = self.added(&bundle, &best);
                if gain < self.problem.least * bundle.len() as f64 {
                    known[at] = if item.simple {
                        f64::NEG_INFINITY
                    } else {
                        f64::INFINITY
                    };
                    continue;
                }
                let value = match by {
                    By::Gain => gain / bundle.len() as f64,
                    By::Density => {
                        gain / self
                            .problem
                            .load(&bundle, self.means)
                            .max(f64::MIN_POSITIVE)
                    }
                };
                // A bundle may shrink as its prerequisites are taken, so only what stands alone keeps its value.
                known[at] = if item.simple { value } else { f64::INFINITY };
                if !beaten(value) && (item.simple || self.fits(&joined(&set, &bundle))) {
                    next = Some((value, at, bundle));
                }
            }
            let Some((.., bundle)) = next else { break };
            for at in bundle {
                items[at]
                    .gains
                    .iter()
                    .for_each(|(skill, gain)| best[*skill] = best[*skill].max(*gain));
                (hours, cost) = (hours + items[at].hours, cost + items[at].cost);
                set.push(at);
            }
        }
        set
    }

    /// What must be added to a set to take this item: itself, after what it lacks. Nothing if it cannot be taken.
    fn missing(&self, at: usize, set: &[usize]) -> Option<Vec<usize>> {
        let item = &self.problem.items[at];
        if item.simple || self.problem.ready(at, set) {
            return Some(vec![at]);
        }
        let bundle = item.bundle.as_ref()?;
        Some(
            bundle
                .iter()
                .copied()
                .filter(|member| !set.contains(member))
                .collect(),
        )
    }

    fn added(&self, bundle: &[usize], best: &[f64]) -> f64 {
        match bundle {
            [at] => self.problem.marginal(*at, best),
            _ => {
                let mut with = best.to_vec();
                bundle
                    .iter()
                    .flat_map(|at| &self.problem.items[*at].gains)
                    .for_each(|(skill, gain)| with[*skill] = with[*skill].max(*gain));
                with.iter()
                    .zip(best)
                    .map(|(with, without)| with - without)
                    .sum()
            }
        }
    }

    /// Takes one or two out and fills up again, as long as that helps.
    pub(super) fn exchanged(&self, mut set: Vec<usize>) -> Vec<usize> {
        for _ in 0..ROUNDS_MAX {
            let singles = (0..set.len()).map(|out| vec![out]);
            let pairs = (0..set.len())
                .flat_map(|b| (0..b).map(move |a| vec![a, b]))
                .filter(|_| set.len() <= PAIRS_UP_TO && self.problem.items.len() <= PAIRS_OF_UP_TO);
            let tries = singles
                .chain(pairs)
                .flat_map(|out| self.ways().iter().map(move |by| (out.clone(), *by)));
            let better = tries
                .map(|(out, by)| self.filled(self.without(&set, &out), by))
                .find(|other| self.is_better(other, &set));
            match better {
                Some(other) => set = other,
                None => break,
            }
        }
        set
    }

    fn is_better(&self, other: &[usize], than: &[usize]) -> bool {
        self.allows(other) && self.better(than.to_vec(), other.to_vec()) == other && other != than
    }

    /// A set that closes nearly as much ([`NEARLY`]) and more of it by teaching the demanded skills themselves: that a near skill will do is a guess.
    pub(super) fn surer(&self, mut set: Vec<usize>) -> Vec<usize> {
        let enough = NEARLY * self.problem.closure(&set);
        for _ in 0..ROUNDS_MAX {
            let mut best: (f64, Option<Vec<usize>>) = (self.problem.exact(&set) + SAME, None);
            for out in (0..set.len()).map(Some).chain([None]) {
                let rest: Vec<usize> = set
                    .iter()
                    .enumerate()
                    .filter(|(nth, _)| Some(*nth) != out)
                    .map(|(_, at)| *at)
                    .collect();
                let (reached, exact) = (self.problem.best(&rest), self.problem.best_exact(&rest));
                let (closure, sure): (f64, f64) = (reached.iter().sum(), exact.iter().sum());
                for at in (0..self.problem.items.len())
                    .filter(|at| self.problem.items[*at].simple && !set.contains(at))
                {
                    let more = |gains: &[(usize, f64)], best: &[f64]| {
                        gains
                            .iter()
                            .map(|(skill, gain)| (gain - best[*skill]).max(0.0))
                            .sum::<f64>()
                    };
                    let item = &self.problem.items[at];
                    if sure + more(&item.exact, &exact) <= best.0
                        || closure + more(&item.gains, &reached) < enough
                    {
                        continue;
                    }
                    let other = joined(&rest, &[at]);
                    if self.allows(&other) {
                        best = (self.problem.exact(&other), Some(other));
                    }
                }
            }
            match best.1 {
                Some(other) => set = other,
                None => break,
            }
        }
        set
    }

    /// A set without the members at some positions, and without what then lacks a prerequisite.
    fn without(&self, set: &[usize], out: &[usize]) -> Vec<usize> {
        let mut rest: Vec<usize> = set
            .iter()
            .enumerate()
            .filter(|(nth, _)| !out.contains(nth))
            .map(|(_, at)| *at)
            .collect();
        while !self.problem.can_be_ordered(&rest) {
            let kept: Vec<usize> = rest
                .iter()
                .copied()
                .filter(|at| self.problem.ready(*at, &rest))
                .collect();
            if kept.len() == rest.len() {
                return Vec::new();
            }
            rest = kept;
        }
        rest
    }
}

fn joined(set: &[usize], bundle: &[usize]) -> Vec<usize> {
    set.iter().chain(bundle).copied().collect()
}
