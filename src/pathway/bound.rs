//! What could no set close more than? Prices for the demanded skills, the hours and the money, under which every set is worth at most what the
//! prices and the few best credentials come to.
//!
//! For any prices u ≥ 0 of the skills, λ ≥ 0 of all hours and μ ≥ 0 of all money, a set S within the budgets closes
//! Σ_d max_{c ∈ S} g(c,d) ≤ Σ_d u(d) + Σ_{c ∈ S} Σ_d max(0, g(c,d) − u(d)), and adding λ(1 − hours(S)/H) + μ(1 − cost(S)/C) ≥ 0 only raises it. So
//! Σ u + λ + μ + the sum of the K largest v(c) = Σ_d max(0, g(c,d) − u(d)) − λ·hours(c)/H − μ·cost(c)/C, as far as above 0, bounds every set
//! (Lagrangian relaxation of facility location: Cornuéjols, Fisher and Nemhauser 1977). The prices are found by Polyak's subgradient steps.
//! A credential that cannot lift the sum above what is reached when it is forced in is in no better set, and is put aside; what is left is bounded again.
//! Of credentials that add and take the same, a set without the second closes as much and takes less: each kind counts once.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::SAME;
use super::pool::Complete;
use super::problem::{Means, Problem, Task};
use crate::candidates::Field;

/// Steps of the search for prices: on the candidates, and on the most valuable kinds of the whole field, some times over.
const STEPS: usize = 60;
const FURTHER_STEPS: usize = 25;
const ROUNDS: usize = 4;
const MOST_VALUABLE: usize = 256;
/// Kinds from which on several threads weigh them.
const SIDE_BY_SIDE: usize = 4_096;
/// After so many steps without progress, steps are halved.
const PATIENCE: usize = 4;
/// What is lost in rounding sums is less.
const ROUNDING: f64 = 1e-12;

/// What skills and budgets are worth, in shares of the gap.
#[derive(Clone, Debug)]
pub(super) struct Prices {
    /// By position in the demand.
    pub(super) skills: Vec<f64>,
    /// Of all hours.
    pub(super) hours: f64,
    /// Of all money.
    pub(super) cost: f64,
}

/// What can still matter, and what nothing can exceed.
pub(super) struct Outlook<'f> {
    field: &'f Field,
    means: Means,
    prices: Prices,
    /// Kinds that may be in a set that closes more than what is reached, in order.
    pub(super) open: Vec<usize>,
    reached: f64,
    bound: f64,
}

/// The worth of some kinds under some prices.
struct Worth {
    /// One entry a kind.
    each: Vec<f64>,
    /// Positions of the most valuable kinds with a worth above 0, best first.
    top: Vec<usize>,
    /// The bound: prices and top together.
    bound: f64,
}

impl<'f> Outlook<'f> {
    /// Looks for good prices on the candidates first, then on what they leave of the field. A kind of which none can be taken is left out if the pool is
    /// `complete`.
    pub(super) fn of(
        field: &'f Field,
        task: &Task<'_>,
        chosen: &[usize],
        complete: Complete,
    ) -> Self {
        let problem = task.problem;
        let prices = Prices {
            skills: problem.best(chosen),
            hours: 0.0,
            cost: 0.0,
        };
        let reached = problem.closure(chosen);
        let mut outlook = Self {
            field,
            means: task.means,
            prices,
            open: Vec::new(),
            reached,
            bound: 1.0,
        };
        let mut takeable = problem.kinds(|item| item.bundle.is_some());
        takeable.dedup();
        takeable.retain(|kind| outlook.fits(*kind));
        outlook.search(takeable, STEPS);
        // Each place stands once in the pool.
        let blocked = problem.kinds(|item| complete == Complete::Yes && item.bundle.is_none());
        let blocked: BTreeSet<usize> = blocked
            .chunk_by(|a, b| a == b)
            .filter(|of| of.len() == field.n_of(of[0]))
            .map(|of| of[0])
            .collect();
        outlook.open = (0..field.n_kinds())
            .filter(|kind| outlook.fits(*kind) && !blocked.contains(kind))
            .collect();
        outlook.bound = 1.0;
        let mut worth = outlook.narrow();
        if outlook.open.len() > ROUNDS * MOST_VALUABLE {
            let mut looked_at: BTreeSet<usize> = BTreeSet::new();
            for _ in 0..ROUNDS {
                let Some(lower) = outlook.lower(&worth, &mut looked_at) else {
                    break;
                };
                worth = lower;
            }
        } else {
            let open = std::mem::take(&mut outlook.open);
            outlook.open = outlook.search(open, FURTHER_STEPS);
        }
        outlook
    }

    /// No set closes more than this.
    pub(super) fn bound(&self) -> f64 {
        self.bound.max(self.reached)
    }

    /// What has been reached is more now.
    pub(super) fn raise(&mut self, reached: f64) {
        self.reached = self.reached.max(reached);
        self.narrow();
    }

    pub(super) fn prices(&self) -> &Prices {
        &self.prices
    }

    /// The most valuable open kinds that the pool does not represent.
    pub(super) fn further(&self, problem: &Problem, most: usize) -> Vec<usize> {
        let new = self.unrepresented(problem);
        let worth = self.worth(&new, &self.prices);
        let mut best: Vec<(f64, usize)> = worth.each.into_iter().zip(new).collect();
        best.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        best.into_iter().take(most).map(|(_, kind)| kind).collect()
    }

    /// The open kinds of which the pool has neither one that stands alone, for which any other can be exchanged, nor all.
    pub(super) fn unrepresented(&self, problem: &Problem) -> Vec<usize> {
        let (alone, all) = (problem.kinds(|item| item.simple), problem.kinds(|_| true));
        let n_of = |kind: usize| {
            all.partition_point(|other| *other <= kind) - all.partition_point(|other| *other < kind)
        };
        let is_represented =
            |kind: usize| alone.binary_search(&kind).is_ok() || n_of(kind) == self.field.n_of(kind);
        self.open
            .iter()
            .copied()
            .filter(|kind| !is_represented(*kind))
            .collect()
    }

    /// Whether one of a kind alone is within the budgets.
    fn fits(&self, kind: usize) -> bool {
        let (hours, cost) = self.field.sizes(kind);
        self.means.count > 0 && hours <= self.means.hours && cost <= self.means.cost
    }

    /// Looks for better prices on the kinds that were most valuable so far, since the bound speaks of no others, and weighs all by them. `worth` is that of
    /// the open kinds under the prices at hand; returns that under the new ones, or nothing where these do not lower the bound.
    fn lower(&mut self, worth: &[f64], looked_at: &mut BTreeSet<usize>) -> Option<Vec<f64>> {
        let (prices, bound) = (self.prices.clone(), self.bound);
        if bound <= self.reached + SAME || self.open.len() <= MOST_VALUABLE {
            return None;
        }
        let mut best: Vec<usize> = (0..self.open.len()).collect();
        best.select_nth_unstable_by(MOST_VALUABLE, |a, b| {
            worth[*b].total_cmp(&worth[*a]).then(a.cmp(b))
        });
        looked_at.extend(best[..MOST_VALUABLE].iter().map(|at| self.open[*at]));
        self.search(looked_at.iter().copied().collect(), FURTHER_STEPS);
        self.bound = bound;
        let worth = self.narrow();
        if self.bound >= bound - ROUNDING {
            (self.prices, self.bound) = (prices, bound);
            return None;
        }
        Some(worth)
    }

    /// Puts aside what cannot be in a better set, under the prices at hand. Returns the worth of what is left.
    fn narrow(&mut self) -> Vec<f64> {
        let worth = self.worth(&self.open, &self.prices);
        self.bound = self.bound.min(worth.bound);
        let matters = self.mattering(&worth);
        let kinds = std::mem::take(&mut self.open)
            .into_iter()
            .zip(worth.each)
            .filter(|(_, each)| matters(*each));
        let (open, worth) = kinds.unzip();
        self.open = open;
        worth
    }

    /// Tells by its worth whether a kind may be in a set that closes more than what is reached: with this one in, and the others at their best.
    fn mattering(&self, worth: &Worth) -> impl Fn(f64) -> bool + use<> {
        let last = if worth.top.len() < self.means.count {
            0.0
        } else {
            worth.top.last().map_or(0.0, |at| worth.each[*at])
        };
        let (others, enough) = (worth.bound - last, self.reached + SAME / 2.0);
        move |each| others + each > enough
    }

    /// Walks towards the prices with the lowest bound, putting kinds aside on the way. Returns what is left of them; any set of others closes
    /// no more than what is reached, so that the bound holds for all.
    fn search(&mut self, mut kinds: Vec<usize>, steps: usize) -> Vec<usize> {
        let (mut prices, mut length, mut idle) = (self.prices.clone(), 1.0, 0);
        self.bound = 1.0_f64.min(self.worth(&kinds, &prices).bound);
        for _ in 0..steps {
            let worth = self.worth(&kinds, &prices);
            if worth.bound < self.bound - ROUNDING {
                (self.bound, self.prices, idle) = (worth.bound, prices.clone(), 0);
                let matters = self.mattering(&worth);
                kinds = kinds
                    .into_iter()
                    .zip(&worth.each)
                    .filter(|(_, each)| matters(**each))
                    .map(|(kind, _)| kind)
                    .collect();
                if kinds.is_empty() {
                    self.bound = self.reached;
                }
            } else {
                idle += 1;
                if idle == PATIENCE {
                    (prices, length, idle) = (self.prices.clone(), length / 2.0, 0);
                    continue;
                }
            }
            if self.bound <= self.reached + SAME || length < 1e-3 {
                break;
            }
            let worth = if kinds.len() == worth.each.len() {
                worth
            } else {
                self.worth(&kinds, &prices)
            };
            self.step(&mut prices, &kinds, &worth, length);
        }
        kinds
    }

    /// One step down the slope: what more than one of the top adds beyond its price gets dearer, what none adds gets cheaper.
    fn step(&self, prices: &mut Prices, kinds: &[usize], worth: &Worth, length: f64) {
        let mut slope = vec![1.0_f64; prices.skills.len()];
        let (mut hours, mut cost) = (1.0, 1.0);
        for at in &worth.top {
            let (share_hours, share_cost) = self.shares(kinds[*at]);
            (hours, cost) = (hours - share_hours, cost - share_cost);
            for (skill, gain) in self.field.gains(kinds[*at]) {
                if f64::from(*gain) > prices.skills[*skill as usize] {
                    slope[*skill as usize] -= 1.0;
                }
            }
        }
        let free = |price: f64, slope: f64| {
            if price <= 0.0 && slope > 0.0 {
                0.0
            } else {
                slope
            }
        };
        slope
            .iter_mut()
            .zip(&prices.skills)
            .for_each(|(slope, price)| *slope = free(*price, *slope));
        let of_hours = if self.means.hours.is_finite() {
            free(prices.hours, hours)
        } else {
            0.0
        };
        let of_cost = if self.means.cost.is_finite() {
            free(prices.cost, cost)
        } else {
            0.0
        };
        let squares: f64 = slope.iter().map(|slope| slope * slope).sum::<f64>()
            + of_hours * of_hours
            + of_cost * of_cost;
        if squares <= 0.0 {
            return;
        }
        let far = length * (worth.bound - self.reached).max(0.0) / squares;
        prices
            .skills
            .iter_mut()
            .zip(slope)
            .for_each(|(price, slope)| *price = (*price - far * slope).max(0.0));
        prices.hours = (prices.hours - far * of_hours).max(0.0);
        prices.cost = (prices.cost - far * of_cost).max(0.0);
    }

    /// Hours and cost of a kind as shares of the budgets; 0 without a budget, or where all of it is nothing.
    fn shares(&self, kind: usize) -> (f64, f64) {
        let (hours, cost) = self.field.sizes(kind);
        let share = |size: f64, most: f64| {
            if size > 0.0 && most.is_finite() {
                size / most
            } else {
                0.0
            }
        };
        (share(hours, self.means.hours), share(cost, self.means.cost))
    }

    fn worth(&self, kinds: &[usize], prices: &Prices) -> Worth {
        let worth = |kind: &usize| {
            let gains = self.field.gains(*kind).iter();
            let above: f64 = gains
                .map(|(skill, gain)| (f64::from(*gain) - prices.skills[*skill as usize]).max(0.0))
                .sum();
            let (hours, cost) = self.shares(*kind);
            above - prices.hours * hours - prices.cost * cost
        };
        let each: Vec<f64> = if kinds.len() < SIDE_BY_SIDE {
            kinds.iter().map(worth).collect()
        } else {
            kinds.par_iter().map(worth).collect()
        };
        let mut top: Vec<usize> = Vec::with_capacity(self.means.count + 1);
        for (at, worth) in each.iter().copied().enumerate() {
            let full = top.len() >= self.means.count;
            if worth > 0.0 && (!full || top.last().is_some_and(|last: &usize| worth > each[*last]))
            {
                let place = top.partition_point(|other| each[*other] >= worth);
                top.insert(place, at);
                top.truncate(self.means.count);
            }
        }
        let base: f64 = prices.skills.iter().sum::<f64>() + prices.hours + prices.cost;
        let bound = base + top.iter().map(|at| each[*at]).sum::<f64>();
        Worth {
            each,
            top,
            bound: bound + ROUNDING,
        }
    }
}
