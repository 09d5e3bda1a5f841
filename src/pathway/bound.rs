//! The Lagrangian bound: prices for the demanded skills, the hours and the money, under which no set closes more than the prices and the few best
//! credentials come to.
//!
//! For any prices u ≥ 0 of the skills, λ ≥ 0 of all hours and μ ≥ 0 of all money, a set S within the budgets closes
//! Σ_d max_{c ∈ S} g(c,d) ≤ Σ_d u(d) + Σ_{c ∈ S} Σ_d max(0, g(c,d) − u(d)), and adding λ(1 − hours(S)/H) + μ(1 − cost(S)/C) ≥ 0 only raises it. So
//! Σ u + λ + μ + the sum of the K largest v(c) = Σ_d max(0, g(c,d) − u(d)) − λ·hours(c)/H − μ·cost(c)/C, as far as above 0, bounds every set
//! (Lagrangian relaxation of facility location: Cornuéjols, Fisher and Nemhauser 1977). The first prices are what the chosen set reaches, which gives
//! the bound of Leskovec et al. (2007); better ones are found by Polyak's subgradient steps.
//! A class that cannot lift the sum above what is reached when it is forced in is in no better set, and is put aside.
//! Of credentials that add and take the same, a set without the second closes as much and takes less: each class counts once.

use std::collections::BTreeSet;

use super::problem::{CLOSES, EPSILON, Item, Problem};
use crate::candidates::CandidatePool;

/// Steps of the search for prices.
const STEPS: usize = 60;
/// After so many steps without progress, steps are halved.
const PATIENCE: usize = 4;
/// The shortest steps, as shares of Polyak's.
const LENGTH_MIN: f64 = 1e-3;
/// What is lost in rounding sums is less.
const ROUNDING: f64 = 1e-12;

/// What skills and budgets are worth, in shares of the gap.
#[derive(Clone, Debug)]
pub(super) struct Prices {
    /// By position in the demand.
    pub(super) skills: Vec<f64>,
    /// Of all hours and of all money.
    pub(super) sizes: [f64; 2],
}

/// What no set can exceed, and what can still matter.
pub(super) struct LagrangianBound {
    /// No set within the budgets closes more, in [0, 1]; at least what the chosen set closes.
    pub(super) closure: f64,
    pub(super) prices: Prices,
    /// Classes that may be in a set that closes more than the chosen one, in order.
    pub(super) open: Vec<usize>,
}

/// What classes add beyond some prices.
struct ReducedGains {
    /// One entry a class, in the order that was asked for.
    each: Vec<f64>,
    /// The classes that add most, best first, none that adds nothing.
    top: Vec<usize>,
    /// No set of these classes closes more.
    bound: f64,
    /// What a class adds less than which, beside the others at their best, is in no set above what is reached.
    last: f64,
}

/// What the search for prices looks at.
struct Search<'a> {
    pool: &'a CandidatePool,
    problem: &'a Problem,
    /// Share of the gap that is reached.
    reached: f64,
}

impl LagrangianBound {
    /// Looks for the prices with the lowest bound, first where the chosen set stands.
    pub(super) fn of(pool: &CandidatePool, problem: &Problem, chosen: &[usize]) -> Self {
        let reached = problem.total(chosen, CLOSES);
        let search = Search {
            pool,
            problem,
            reached,
        };
        let mut bound = Self {
            closure: f64::INFINITY,
            prices: Prices {
                skills: problem.best(chosen, CLOSES),
                sizes: [0.0; 2],
            },
            open: search.takeable(),
        };
        search.lower(&mut bound);
        bound.closure = bound.closure.max(reached).min(1.0);
        bound
    }
}

impl Search<'_> {
    /// The classes that may be in a set: those that fit the budget alone, and of which some credential can be taken and is likely enough of use.
    fn takeable(&self) -> Vec<usize> {
        let budget = &self.problem.budget;
        let blocked = |item: &&Item| self.problem.is_complete && item.bundle.is_none();
        let mut blocked: Vec<usize> = self
            .problem
            .items
            .iter()
            .filter(blocked)
            .filter_map(|item| item.class)
            .collect();
        blocked.sort_unstable();
        let of_items: BTreeSet<usize> =
            (self.problem.items.iter().filter_map(|item| item.class)).collect();
        // What was not scored is as likely as its class.
        let is_likely = |class: usize| {
            self.pool.likely(class) >= self.problem.usefulness_min || of_items.contains(&class)
        };
        let n_blocked = |class: usize| blocked.iter().filter(|of| **of == class).count();
        let fits = |class: &usize| {
            let (hours, cost) = self.pool.sizes(*class);
            budget.count > 0
                && budget.admits(hours, cost)
                && is_likely(*class)
                && n_blocked(*class) < self.pool.n_of(*class)
        };
        (0..self.pool.n_classes()).filter(fits).collect()
    }

    /// Walks towards the prices with the lowest bound, putting classes aside on the way. Any set of these closes no more than what is reached, so
    /// that the bound holds for all.
    fn lower(&self, bound: &mut LagrangianBound) {
        let (mut prices, mut length, mut idle) = (bound.prices.clone(), 1.0, 0);
        for _ in 0..STEPS {
            if bound.open.is_empty() {
                bound.closure = self.reached;
                return;
            }
            let reduced = self.reduced_gains(&bound.open, &prices);
            if reduced.bound < bound.closure - ROUNDING {
                (bound.closure, bound.prices, idle) = (reduced.bound, prices.clone(), 0);
                let mut each = reduced.each.iter();
                bound
                    .open
                    .retain(|_| each.next().is_some_and(|each| *each > reduced.last));
            } else {
                idle += 1;
                if idle == PATIENCE {
                    (prices, length, idle) = (bound.prices.clone(), length / 2.0, 0);
                    continue;
                }
            }
            if bound.closure <= self.reached + EPSILON || length < LENGTH_MIN {
                return;
            }
            self.step(&mut prices, &reduced, length);
        }
    }

    /// One step down the slope: what more than one of the top adds beyond its price gets dearer, what none adds gets cheaper.
    fn step(&self, prices: &mut Prices, reduced: &ReducedGains, length: f64) {
        let mut slope = vec![1.0_f64; prices.skills.len()];
        let mut of_sizes = [1.0_f64; 2];
        for class in &reduced.top {
            let shares = self.shares(*class);
            of_sizes = std::array::from_fn(|size| of_sizes[size] - shares[size]);
            for (skill, gain) in self.pool.gains(*class) {
                if f64::from(*gain) > prices.skills[*skill as usize] {
                    slope[*skill as usize] -= 1.0;
                }
            }
        }
        let budget = &self.problem.budget;
        if budget.hours.is_infinite() {
            of_sizes[0] = 0.0;
        }
        if budget.cost.is_infinite() {
            of_sizes[1] = 0.0;
        }
        let all = || {
            prices
                .skills
                .iter()
                .chain(&prices.sizes)
                .zip(slope.iter().chain(&of_sizes))
        };
        let squares: f64 = all()
            .filter(|(price, slope)| **price > 0.0 || **slope < 0.0)
            .map(|(_, slope)| slope * slope)
            .sum();
        if squares <= 0.0 {
            return;
        }
        let far = length * (reduced.bound - self.reached).max(0.0) / squares;
        let prices = prices.skills.iter_mut().chain(&mut prices.sizes);
        for (price, slope) in prices.zip(slope.iter().chain(&of_sizes)) {
            *price = (*price - far * slope).max(0.0);
        }
    }

    fn shares(&self, class: usize) -> [f64; 2] {
        let (hours, cost) = self.pool.sizes(class);
        self.problem.budget.shares(hours, cost)
    }

    fn reduced_gains(&self, classes: &[usize], prices: &Prices) -> ReducedGains {
        let count = self.problem.budget.count;
        let reduced = |class: &usize| {
            let gains = self.pool.gains(*class).iter();
            let above: f64 = gains
                .map(|(skill, gain)| (f64::from(*gain) - prices.skills[*skill as usize]).max(0.0))
                .sum();
            let [hours, cost] = self.shares(*class);
            above - prices.sizes[0] * hours - prices.sizes[1] * cost
        };
        let each: Vec<f64> = classes.iter().map(reduced).collect();
        let mut top: Vec<(f64, usize)> = Vec::with_capacity(count + 1);
        for (each, class) in each.iter().zip(classes).filter(|(each, _)| **each > 0.0) {
            if top.len() < count || top.last().is_some_and(|(last, _)| each > last) {
                top.insert(
                    top.partition_point(|(other, _)| other >= each),
                    (*each, *class),
                );
                top.truncate(count);
            }
        }
        let base: f64 = prices.skills.iter().chain(&prices.sizes).sum();
        let bound = base + top.iter().map(|(each, _)| each).sum::<f64>() + ROUNDING;
        let displaced = top
            .get(count.wrapping_sub(1))
            .map_or(0.0, |(each, _)| *each);
        ReducedGains {
            each,
            bound,
            last: self.reached + EPSILON / 2.0 - (bound - displaced),
            top: top.into_iter().map(|(_, class)| class).collect(),
        }
    }
}
