//! The problem: items with gains, sizes, prerequisites as positions and parts within wholes; which sets of them are pathways, and what they close.

use skillgap_catalogue::Facts;
use skillgap_credentials::credential::Money;
use skillgap_credentials::rates::{Rates, amount_in};
use skillgap_esco::SkillId;

use super::budget::Budget;
use super::pool::{Planning, StepPool};
use super::relations::{Need, Relations, relations};
use super::steps::{Pathway, Step};

/// A step must add at least this share of what all credentials together could close, or unlock a later one; less is not worth a course.
pub const STEP_SHARE_MIN: f64 = 0.01;
/// And at least this share of the gap.
pub const STEP_GAP_MIN: f64 = 0.001;
/// A step that adds that little by sure links must add at least this share of the gap in all: one skill of a demand of ten, half surely taught. Below
/// that the gain is smaller than what an estimate may be wrong by (`docs/decisions/0024-small-steps-must-be-sure.md`).
pub const STEP_ESTIMATED_MIN: f64 = 0.05;
/// From this confidence on a link is as good as declared.
const LINK_SURE_MIN: f64 = 0.8;
/// What a gain is worth that comes by a skill near to the demanded one: that the near one will do is a guess.
const NEAR_WORTH: f64 = 0.75;
/// Closures that differ by less are the same.
pub(super) const EPSILON: f64 = 1e-9;
/// Most steps and credentials that one step is said to unlock.
const UNLOCKS_MAX: usize = 5;

/// What an item does for one demanded skill.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gain {
    /// Position in the demand.
    pub(super) skill: usize,
    /// Share of the gap that it closes.
    pub(super) closes: f64,
    /// What that is worth: less where something near is taught, not the skill itself.
    pub(super) worth: f64,
    /// Whether the provider declares the link, or we are as good as sure of it.
    pub(super) is_sure: bool,
}

/// How a gain counts.
pub(super) type Measure = fn(&Gain) -> f64;

/// As the share of the gap that is closed.
pub(super) const CLOSES: Measure = |gain| gain.closes;
/// As what that is worth: the one objective of the search.
pub(super) const WORTH: Measure = |gain| gain.worth;

/// One credential as the search sees it.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    /// Its class in the candidate pool; nothing for what closes nothing, and for what can be recognised or is hardly of use, which counts as if it closed nothing.
    pub(super) class: Option<usize>,
    /// In the order of the demand.
    pub(super) gains: Vec<Gain>,
    /// Hours and cost; 0 where they are not stated or not comparable.
    pub(super) hours: f64,
    pub(super) cost: f64,
    /// Whether hours and cost are stated and comparable.
    pub(super) states: [bool; 2],
    pub(super) score: f64,
    pub(super) trust: f64,
    /// What must be had before, as far as it is not held.
    pub(super) needs: Vec<Need>,
    /// Positions of what it contains, at any depth.
    pub(super) contains: Vec<usize>,
    /// The shortest list found that ends with it and lacks no prerequisite; nothing if there is none, so that it cannot be taken.
    pub(super) bundle: Option<Vec<usize>>,
    /// Whether it has no prerequisites, contains nothing and is contained in nothing.
    pub(super) stands_alone: bool,
}

/// All credentials that may be steps.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) items: Vec<Item>,
    pub(super) n_demanded: usize,
    /// The least share of the gap that is worth a step.
    pub(super) least: f64,
    pub(super) budget: Budget,
    /// Whether every prerequisite that could be had is among the items.
    pub(super) is_complete: bool,
    /// How likely a step is of use at least.
    pub(super) usefulness_min: f64,
}

impl Problem {
    pub(super) fn of(pool: &StepPool<'_>, planning: &Planning<'_>) -> Self {
        let currency = currency(pool, planning);
        let relations = relations(pool, planning).into_iter().enumerate();
        let mut items: Vec<Item> = relations
            .map(|(at, relations)| item(pool, planning, currency.as_deref(), at, relations))
            .collect();
        let contained: Vec<usize> = items
            .iter()
            .flat_map(|item| item.contains.clone())
            .collect();
        for at in contained {
            items[at].stands_alone = false;
        }
        let mut problem = Self {
            items,
            n_demanded: planning.ranking.needs.n_items(),
            least: (STEP_SHARE_MIN * planning.pool.closure_of_all()).max(STEP_GAP_MIN),
            budget: Budget::of(planning.budgets),
            is_complete: pool.is_complete,
            usefulness_min: planning.usefulness_min,
        };
        problem.bundle_all();
        problem
    }

    /// Finds for each item the shortest list that ends with it and lacks nothing: first those without prerequisites, then what these unlock, and
    /// so on. What is in a circle, or needs what is not there, is never reached.
    fn bundle_all(&mut self) {
        loop {
            let open = (0..self.items.len()).filter(|at| self.items[*at].bundle.is_none());
            let found: Vec<(usize, Vec<usize>)> = open
                .filter_map(|at| Some((at, self.bundle_of(at)?)))
                .collect();
            if found.is_empty() {
                return;
            }
            for (at, bundle) in found {
                self.items[at].bundle = Some(bundle);
            }
        }
    }

    fn bundle_of(&self, at: usize) -> Option<Vec<usize>> {
        let mut bundle: Vec<usize> = Vec::new();
        let load = |bundle: &[usize]| self.load(bundle);
        for need in &self.items[at].needs {
            let shortest = |way: &Vec<usize>| {
                let known = way
                    .iter()
                    .filter_map(|giver| self.items[*giver].bundle.as_ref());
                known.min_by(|a, b| load(a).total_cmp(&load(b)).then(a.cmp(b)))
            };
            let mut ways: Vec<&Vec<usize>> = need.ways.iter().filter_map(shortest).collect();
            if ways.len() < need.at_least {
                return None;
            }
            ways.sort_by(|a, b| {
                let by_length = a.len().cmp(&b.len());
                by_length.then(load(a).total_cmp(&load(b))).then(a.cmp(b))
            });
            for member in ways.into_iter().take(need.at_least).flatten() {
                if !bundle.contains(member) {
                    bundle.push(*member);
                }
            }
        }
        bundle.push(at);
        Some(bundle)
    }

    /// How much of the scarcest budget a list takes.
    pub(super) fn load(&self, set: &[usize]) -> f64 {
        let (hours, cost) = self.sizes(set);
        let [hours, cost] = self.budget.shares(hours, cost);
        (set.len() as f64 / self.budget.count.max(1) as f64)
            .max(hours)
            .max(cost)
    }

    /// Hours and cost of a set.
    pub(super) fn sizes(&self, set: &[usize]) -> (f64, f64) {
        let items = || set.iter().map(|at| &self.items[*at]);
        let hours = items().map(|item| item.hours).sum();
        (hours, items().map(|item| item.cost).sum())
    }

    /// The best gain of each demanded skill by a set.
    pub(super) fn best(&self, set: &[usize], measure: Measure) -> Vec<f64> {
        let mut best = vec![0.0; self.n_demanded];
        set.iter()
            .for_each(|at| self.raise(&mut best, *at, measure));
        best
    }

    /// Adds an item to the best gains so far.
    pub(super) fn raise(&self, best: &mut [f64], at: usize, measure: Measure) {
        for gain in &self.items[at].gains {
            best[gain.skill] = best[gain.skill].max(measure(gain));
        }
    }

    /// What a set comes to: the share of the gap that it closes, or what that is worth.
    pub(super) fn total(&self, set: &[usize], measure: Measure) -> f64 {
        self.best(set, measure).into_iter().sum::<f64>().min(1.0) + 0.0
    }

    /// What some gains of an item add to the best gains so far.
    pub(super) fn marginal(&self, at: usize, best: &[f64], measure: Measure) -> f64 {
        let added = |gain: &Gain| (measure(gain) - best[gain.skill]).max(0.0);
        self.items[at].gains.iter().map(added).sum()
    }

    /// Whether an item is worth a step after what is reached: if it adds enough; where that rests on our estimates, much more.
    fn is_worth_a_step(&self, at: usize, reached: &[f64]) -> bool {
        let all = self.marginal(at, reached, CLOSES);
        let sure = self.marginal(
            at,
            reached,
            |gain| if gain.is_sure { gain.closes } else { 0.0 },
        );
        sure >= self.least || all >= self.least.max(STEP_ESTIMATED_MIN)
    }

    /// Whether what an item needs is among these.
    pub(super) fn is_ready(&self, at: usize, had: &[usize]) -> bool {
        self.items[at].needs.iter().all(|need| need.is_met(had))
    }

    /// Whether one contains the other, so that taking both would pay twice.
    fn overlap(&self, a: usize, b: usize) -> bool {
        self.items[a].contains.contains(&b) || self.items[b].contains.contains(&a)
    }

    /// Whether a set is within the budget, and pays for nothing twice.
    pub(super) fn fits(&self, set: &[usize]) -> bool {
        let (hours, cost) = self.sizes(set);
        let twice = |a: usize, b: usize| a == b || self.overlap(a, b);
        set.len() <= self.budget.count
            && self.budget.admits(hours, cost)
            && (0..set.len()).all(|nth| set[..nth].iter().all(|other| !twice(set[nth], *other)))
    }

    /// The members in the order in which they add most, each after its prerequisites; without those that lack one.
    pub(super) fn ordered(&self, set: &[usize]) -> Vec<usize> {
        let (mut order, mut reached) = (Vec::with_capacity(set.len()), vec![0.0; self.n_demanded]);
        let open = |order: &[usize], at: &usize| !order.contains(at) && self.is_ready(*at, order);
        loop {
            let next = set
                .iter()
                .copied()
                .filter(|at| open(&order, at))
                .max_by(|a, b| {
                    let marginal = |at: &usize| self.marginal(*at, &reached, CLOSES);
                    let by_score = self.items[*a].score.total_cmp(&self.items[*b].score);
                    marginal(a)
                        .total_cmp(&marginal(b))
                        .then(by_score)
                        .then(b.cmp(a))
                });
            let Some(next) = next else { return order };
            self.raise(&mut reached, next, CLOSES);
            order.push(next);
        }
    }

    /// Leaves out what adds too little and unlocks nothing, the least first, and puts the rest in order.
    pub(super) fn settled(&self, set: Vec<usize>) -> Vec<usize> {
        let mut order = self.ordered(&set);
        loop {
            let mut reached = vec![0.0; self.n_demanded];
            let mut least: Option<(f64, Vec<usize>)> = None;
            for at in &order {
                let added = self.marginal(*at, &reached, CLOSES);
                if !self.is_worth_a_step(*at, &reached)
                    && least.as_ref().is_none_or(|(known, _)| added < *known)
                {
                    let rest: Vec<usize> =
                        order.iter().copied().filter(|other| other != at).collect();
                    let ordered = self.ordered(&rest);
                    if ordered.len() == rest.len() {
                        least = Some((added, ordered));
                    }
                }
                self.raise(&mut reached, *at, CLOSES);
            }
            match least {
                Some((_, rest)) => order = rest,
                None => return order,
            }
        }
    }

    /// The pathway of an ordered set, without a bound.
    pub(super) fn pathway(&self, order: Vec<usize>) -> Pathway {
        let mut reached = vec![0.0; self.n_demanded];
        let mut steps: Vec<Step> = Vec::with_capacity(order.len());
        for (nth, at) in order.iter().copied().enumerate() {
            steps.push(Step {
                at,
                marginal: self.marginal(at, &reached, CLOSES),
                for_later: !self.is_worth_a_step(at, &reached),
                unlocks: self.unlocks(&order, nth),
            });
            self.raise(&mut reached, at, CLOSES);
        }
        Pathway {
            steps,
            closure: self.total(&order, CLOSES),
            trust: self.trust(&order),
            ..Pathway::default()
        }
    }

    /// Mean trust of a set.
    pub(super) fn trust(&self, set: &[usize]) -> f64 {
        let sum: f64 = set.iter().map(|at| self.items[*at].trust).sum();
        sum / set.len().max(1) as f64 + 0.0
    }

    /// What can be taken after the nth step and could not before it: later steps, then others that help, in the order of the pool.
    fn unlocks(&self, order: &[usize], nth: usize) -> Vec<usize> {
        let helps = |at: &usize| self.total(&[*at], CLOSES) > EPSILON;
        let newly = |at: &usize| {
            !self.items[*at].needs.is_empty()
                && self.is_ready(*at, &order[..=nth])
                && !self.is_ready(*at, &order[..nth])
        };
        let others = (0..self.items.len()).filter(|at| !order.contains(at));
        let others = others.filter(newly).filter(helps);
        let later = order[nth + 1..].iter().copied().filter(newly);
        later.chain(others).take(UNLOCKS_MAX).collect()
    }
}

fn item(
    pool: &StepPool<'_>,
    planning: &Planning<'_>,
    currency: Option<&str>,
    at: usize,
    Relations { needs, contains }: Relations,
) -> Item {
    let ranked = pool.get(at);
    let facts = &ranked.candidate.facts;
    let rates = planning.filter.rates.as_deref();
    let cost = facts
        .cost
        .as_ref()
        .and_then(|cost| comparable(cost, currency, rates));
    let is_likely = ranked.candidate.usefulness.probability >= planning.usefulness_min;
    let class = planning.pool.class(facts.address).filter(|_| is_likely);
    let covers = ranked.candidate.covers.iter().filter(|_| class.is_some());
    let gains = covers.map(|covered| {
        let closes = planning.ranking.needs.gain(covered.at, covered.coverage);
        let is_same = covered.taught == planning.ranking.needs.demanded(covered.at);
        Gain {
            skill: covered.at,
            closes,
            worth: if is_same { closes } else { NEAR_WORTH * closes },
            is_sure: is_sure(facts, covered.taught),
        }
    });
    Item {
        class,
        gains: gains.collect(),
        hours: facts.hours.unwrap_or_default(),
        cost: cost.unwrap_or_default(),
        states: [facts.hours.is_some(), cost.is_some()],
        score: ranked.score(),
        trust: ranked.trust.score,
        stands_alone: needs.is_empty() && contains.is_empty(),
        needs,
        contains,
        bundle: None,
    }
}

/// The currency that costs are compared in: the budget's, else the most frequent one; ties by name.
fn currency(pool: &StepPool<'_>, planning: &Planning<'_>) -> Option<String> {
    if let Some(most) = &planning.budgets.cost_max {
        return Some(most.currency.clone());
    }
    let costs = (0..pool.len()).filter_map(|at| pool.facts(at).cost.as_ref());
    let mut currencies: Vec<&str> = costs.map(|cost| cost.currency.as_str()).collect();
    currencies.sort_unstable();
    let runs = currencies.chunk_by(|a, b| a == b);
    let most = runs.max_by(|a, b| a.len().cmp(&b.len()).then(b[0].cmp(a[0])));
    most.map(|run| run[0].to_owned())
}

/// Whether a credential teaches a skill as good as surely.
fn is_sure(facts: &Facts, skill: SkillId) -> bool {
    let mut teaches = facts.teaches.iter();
    teaches.any(|(taught, confidence)| *taught == skill && *confidence >= LINK_SURE_MIN)
}

/// A cost in the currency that is compared in; nothing where that cannot be said. Nothing to pay is nothing in any currency.
fn comparable(cost: &Money, currency: Option<&str>, rates: Option<&Rates>) -> Option<f64> {
    if cost.amount == 0.0 {
        Some(0.0)
    } else {
        amount_in(cost, currency?, rates)
    }
}
