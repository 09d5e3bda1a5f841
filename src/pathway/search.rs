//! The search for a good set: greedy, by what a credential and its missing prerequisites add, then exchange of one for others.
//!
//! Greedy runs once by gain and, where hours or money are short, once by gain for what the scarcest budget loses; the better counts (Leskovec et al. 2007).

use super::problem::{CLOSES, EPSILON, Measure, Problem, WORTH};

/// Rounds of exchange; each ends with a better set.
const ROUNDS_MAX: usize = 12;

/// What greedy looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Objective {
    /// What a step is worth.
    Worth,
    /// The same for each share of the scarcest budget.
    Density,
    /// What a step closes, by near skills as by the demanded ones.
    Closure,
    /// What a step is worth for each unit of money; nothing where a cost is not stated.
    PerCost,
    /// What a step is worth for each hour; nothing where hours are not stated.
    PerHour,
    /// What a step is worth, times how far it is trusted.
    Trusted,
}

impl Objective {
    fn measure(self) -> Measure {
        if self == Self::Closure { CLOSES } else { WORTH }
    }
}

impl Problem {
    /// A good set: the better of two greedy ones, bettered by exchange. Its order says nothing.
    pub(super) fn search(&self) -> Vec<usize> {
        let greedy = self
            .ways()
            .iter()
            .map(|way| self.greedy(Vec::new(), *way, None));
        let better = |a: Vec<usize>, b: Vec<usize>| {
            let is_better = self.total(&b, WORTH) > self.total(&a, WORTH) + EPSILON;
            if is_better { b } else { a }
        };
        self.exchanged(greedy.reduce(better).unwrap_or_default())
    }

    /// What greedy looks at: without a budget of hours or cost, density is gain.
    fn ways(&self) -> &'static [Objective] {
        if self.budget.hours.is_finite() || self.budget.cost.is_finite() {
            &[Objective::Worth, Objective::Density]
        } else {
            &[Objective::Worth]
        }
    }

    /// Adds to a set, one credential with its missing prerequisites after the other, as long as each course adds enough; never what is barred.
    pub(super) fn greedy(
        &self,
        mut set: Vec<usize>,
        objective: Objective,
        barred: Option<usize>,
    ) -> Vec<usize> {
        let mut reached = self.best(&set, objective.measure());
        while set.len() < self.budget.count {
            let Some(bundle) = self.next(&set, &reached, objective, barred) else {
                break;
            };
            for at in bundle {
                self.raise(&mut reached, at, objective.measure());
                set.push(at);
            }
        }
        set
    }

    /// What to add next; ties go to what is ranked better.
    fn next(
        &self,
        set: &[usize],
        reached: &[f64],
        objective: Objective,
        barred: Option<usize>,
    ) -> Option<Vec<usize>> {
        // Rate, gain and score, which are compared in this order.
        let mut best: Option<([f64; 3], Vec<usize>)> = None;
        let open = |at: &usize| !set.contains(at) && barred != Some(*at);
        for at in (0..self.items.len()).filter(open) {
            let item = &self.items[at];
            let missing;
            let bundle = if item.stands_alone {
                std::slice::from_ref(&at)
            } else {
                missing = self.missing(at, set);
                &missing
            };
            let gain = self.added(bundle, reached, objective.measure());
            if bundle.is_empty() || gain < self.least * bundle.len() as f64 {
                continue;
            }
            let rate = self.rate(gain, bundle, objective);
            let merits = [rate, gain, item.score];
            let is_better = best
                .as_ref()
                .is_none_or(|(known, _)| is_more(&merits, known));
            if rate > 0.0 && is_better && self.fits(&[set, bundle].concat()) {
                best = Some((merits, bundle.to_vec()));
            }
        }
        best.map(|(.., bundle)| bundle)
    }

    /// What must be added to a set to take this item: itself, after what it lacks. Empty if it cannot be taken.
    fn missing(&self, at: usize, set: &[usize]) -> Vec<usize> {
        if self.is_ready(at, set) {
            return vec![at];
        }
        let bundle = self.items[at].bundle.iter().flatten().copied();
        bundle.filter(|member| !set.contains(member)).collect()
    }

    fn added(&self, bundle: &[usize], reached: &[f64], measure: Measure) -> f64 {
        if let [at] = bundle {
            return self.marginal(*at, reached, measure);
        }
        let mut with = reached.to_vec();
        bundle
            .iter()
            .for_each(|at| self.raise(&mut with, *at, measure));
        with.iter().sum::<f64>() - reached.iter().sum::<f64>()
    }

    /// How good an addition is by an objective.
    fn rate(&self, gain: f64, bundle: &[usize], objective: Objective) -> f64 {
        let items = || bundle.iter().map(|at| &self.items[*at]);
        let of_each = gain / bundle.len() as f64;
        match objective {
            Objective::Worth | Objective::Closure => of_each,
            Objective::Density => gain / self.load(bundle).max(f64::MIN_POSITIVE),
            Objective::PerCost if items().any(|item| !item.states[1]) => 0.0,
            Objective::PerCost => gain / (1.0 + items().map(|item| item.cost).sum::<f64>()),
            Objective::PerHour if items().any(|item| !item.states[0]) => 0.0,
            Objective::PerHour => gain / (1.0 + items().map(|item| item.hours).sum::<f64>()),
            Objective::Trusted => of_each * self.trust(bundle),
        }
    }

    /// Takes one out and fills up with others, as long as that helps.
    fn exchanged(&self, mut set: Vec<usize>) -> Vec<usize> {
        for _ in 0..ROUNDS_MAX {
            let worth = self.total(&set, WORTH) + EPSILON;
            let tries =
                (0..set.len()).flat_map(|nth| self.ways().iter().map(move |way| (nth, *way)));
            let exchanged = |(nth, way): (usize, Objective)| {
                self.greedy(self.without(&set, nth), way, Some(set[nth]))
            };
            match tries
                .map(exchanged)
                .find(|other| self.total(other, WORTH) > worth)
            {
                Some(other) => set = other,
                None => break,
            }
        }
        set
    }

    /// A set without the member at a position, and without what then lacks a prerequisite.
    fn without(&self, set: &[usize], nth: usize) -> Vec<usize> {
        self.ordered(&[&set[..nth], &set[nth + 1..]].concat())
    }
}

/// Whether some merits are more than others, the first that differ counting.
fn is_more(merits: &[f64], than: &[f64]) -> bool {
    let differs = |(a, b): &(&f64, &f64)| (*a - *b).abs() > EPSILON;
    merits
        .iter()
        .zip(than)
        .find(differs)
        .is_some_and(|(a, b)| a > b)
}
