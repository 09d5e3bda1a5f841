//! The exact search: where few credentials can still matter, every set of them is looked at or shown to close too little.
//!
//! Branch and bound: sets grow by one credential at a time, most valuable first; a set is not grown further where the prices of the bound, with what the set
//! already reaches, show that nothing above it closes more than the best set so far (Land and Doig 1960).

use std::collections::BTreeSet;

use super::bound::LagrangianBound;
use super::problem::{CLOSES, EPSILON, Gain, Problem};
use crate::candidates::CandidatePool;

/// Credentials that may be combined, and looks at one of them, before the search gives up.
const ITEMS_MAX: usize = 300;
const LOOKS_MAX: usize = 20_000;

/// The search so far.
struct Search<'a> {
    problem: &'a Problem,
    bound: &'a LagrangianBound,
    best: Vec<usize>,
    reached: f64,
    looks: usize,
}

/// Looks for a set that closes more than `chosen`. Returns the best that was found, and whether it is proven that no set of the whole pool closes
/// more.
pub(super) fn search(
    problem: &Problem,
    pool: &CandidatePool,
    bound: &LagrangianBound,
    chosen: Vec<usize>,
) -> (Vec<usize>, bool) {
    let reached = problem.total(&chosen, CLOSES);
    if bound.closure <= reached + EPSILON {
        return (chosen, true);
    }
    let items = mattering(problem, bound);
    if items.len() > ITEMS_MAX {
        return (chosen, false);
    }
    let mut search = Search {
        problem,
        bound,
        best: chosen,
        reached,
        looks: 0,
    };
    search.grow(&mut Vec::new(), &items);
    let is_whole = search.looks <= LOOKS_MAX && problem.is_complete;
    (
        search.best,
        is_whole && are_represented(problem, pool, &bound.open),
    )
}

/// Positions that may be in a better set: those that the bound left open, and what adds nothing but may be needed before. Of those of a class that
/// stand alone, one is enough, and what something requires.
fn mattering(problem: &Problem, bound: &LagrangianBound) -> Vec<usize> {
    let items = &problem.items;
    let needs = items.iter().flat_map(|item| &item.needs);
    let required: BTreeSet<usize> = needs
        .flat_map(|need| need.ways.iter().flatten().copied())
        .collect();
    let mut seen = BTreeSet::new();
    let mut matters = |at: &usize| {
        let Some(class) = items[*at].class else {
            return true;
        };
        let is_another = items[*at].stands_alone && !seen.insert(class) && !required.contains(at);
        !is_another && bound.open.binary_search(&class).is_ok()
    };
    let takeable = (0..items.len()).filter(|at| items[*at].bundle.is_some());
    takeable.filter(|at| matters(at)).collect()
}

/// Whether of each class the problem has one that stands alone, for which any other can be exchanged, or all.
fn are_represented(problem: &Problem, pool: &CandidatePool, classes: &[usize]) -> bool {
    let is_represented = |class: &usize| {
        let of_class = || {
            problem
                .items
                .iter()
                .filter(|item| item.class == Some(*class))
        };
        of_class().any(|item| item.stands_alone) || of_class().count() == pool.n_of(*class)
    };
    classes.iter().all(is_represented)
}

impl Search<'_> {
    /// Tries every set of `from` above `set`.
    fn grow(&mut self, set: &mut Vec<usize>, from: &[usize]) {
        self.looks += from.len() + 1;
        let (problem, budget, prices) = (self.problem, self.problem.budget, &self.bound.prices);
        if self.looks > LOOKS_MAX || set.len() >= budget.count {
            return;
        }
        let mut skills = prices.skills.clone();
        set.iter()
            .for_each(|at| problem.raise(&mut skills, *at, CLOSES));
        let price = |hours: f64, cost: f64| {
            let [hours, cost] = budget.shares(hours, cost);
            prices.sizes[0] * hours + prices.sizes[1] * cost
        };
        let value = |at: usize| {
            let item = &problem.items[at];
            let above = |gain: &Gain| (gain.closes - skills[gain.skill]).max(0.0);
            item.gains.iter().map(above).sum::<f64>() - price(item.hours, item.cost)
        };
        let fits = |at: &&usize| problem.fits(&[set.as_slice(), &[**at]].concat());
        let mut next: Vec<(f64, usize)> = from
            .iter()
            .filter(fits)
            .map(|at| (value(*at), *at))
            .collect();
        next.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let (hours, cost) = problem.sizes(set);
        let left = prices.sizes.iter().sum::<f64>() - price(hours, cost);
        let base = skills.iter().sum::<f64>() + left;
        for (nth, (value, at)) in next.iter().enumerate() {
            // The most that a set with this one and only later ones can close.
            let later = &next[nth + 1..];
            let others = later.iter().take(budget.count - set.len() - 1);
            let most = base + value + others.map(|(value, _)| value.max(0.0)).sum::<f64>();
            if most <= self.reached + EPSILON {
                break;
            }
            set.push(*at);
            let closure = problem.total(set, CLOSES);
            if closure > self.reached + EPSILON && problem.ordered(set).len() == set.len() {
                (self.reached, self.best) = (closure, set.clone());
            }
            self.grow(set, &later.iter().map(|(_, at)| *at).collect::<Vec<_>>());
            set.pop();
        }
    }
}
