//! What is chosen from, and what may be chosen together? Numbers only: gains, sizes, prerequisites as positions, parts within wholes.

use skillgap_catalogue::Facts;
use skillgap_credentials::credential::Money;
use skillgap_credentials::rates::{Rates, amount_in};
use skillgap_esco::SkillId;

use super::pool::{Need, Pool};
use super::{
    Budgets, LINK_SURE_MIN, Pathway, Planning, SAME, STEP_ESTIMATED_MIN, STEP_GAP_MIN,
    STEP_SHARE_MIN, Step, UNLOCKS_MAX,
};

/// What a set may take in all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Means {
    pub(super) count: usize,
    /// Infinite without a budget.
    pub(super) hours: f64,
    /// Infinite without a budget.
    pub(super) cost: f64,
}

impl Means {
    pub(super) fn of(budgets: &Budgets) -> Self {
        let cost = budgets
            .cost_max
            .as_ref()
            .map_or(f64::INFINITY, |most| most.amount);
        Self {
            count: budgets.count_max,
            hours: budgets.hours_max.unwrap_or(f64::INFINITY),
            cost,
        }
    }
}

/// One credential as the search sees it.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    /// Its kind in the field; nothing for what closes nothing, and for what can be recognised, which counts as if it closed nothing.
    pub(super) kind: Option<usize>,
    /// (position in the demand, share of the gap), in the order of the demand.
    pub(super) gains: Vec<(usize, f64)>,
    /// The same, of those demanded skills that it teaches themselves, not something near.
    pub(super) exact: Vec<(usize, f64)>,
    /// The same, by links that the provider declares, or of which we are as good as sure.
    pub(super) sure: Vec<(usize, f64)>,
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
    pub(super) simple: bool,
}

/// What some steps have reached of each demanded skill.
struct Reached {
    all: Vec<f64>,
    /// By sure links.
    sure: Vec<f64>,
}

/// What one more step adds.
struct Added {
    all: f64,
    sure: f64,
}

impl Reached {
    fn none(problem: &Problem) -> Self {
        Self {
            all: vec![0.0; problem.n_demanded],
            sure: vec![0.0; problem.n_demanded],
        }
    }

    fn add(&mut self, item: &Item) -> Added {
        Added {
            all: lift(&mut self.all, &item.gains),
            sure: lift(&mut self.sure, &item.sure),
        }
    }
}

/// Lifts what is reached by the gains of one item, and tells by how much.
fn lift(reached: &mut [f64], gains: &[(usize, f64)]) -> f64 {
    let mut added = 0.0;
    for (skill, gain) in gains {
        added += (gain - reached[*skill]).max(0.0);
        reached[*skill] = reached[*skill].max(*gain);
    }
    added
}

impl Added {
    /// A step is worth taking if it adds enough; where that rests on our estimates, much more.
    fn is_worth_a_step(&self, least: f64) -> bool {
        self.all >= least && (self.sure >= least || self.all >= STEP_ESTIMATED_MIN)
    }
}

/// All credentials that may be steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Problem {
    pub(super) items: Vec<Item>,
    pub(super) n_demanded: usize,
    /// The least share of the gap that is worth a step.
    pub(super) least: f64,
}

impl Problem {
    pub(super) fn of(pool: &Pool<'_>, planning: &Planning<'_>, means: Means) -> Self {
        let (needs, currency, rates) = (
            planning.ranking.needs,
            pool.currency(planning),
            planning.filter.rates.as_deref(),
        );
        let relations = pool.relations(planning);
        let mut items: Vec<Item> = Vec::with_capacity(pool.len());
        for (at, (needs_of, contains)) in relations.into_iter().enumerate() {
            let ranked = pool.get(at);
            let facts = &ranked.candidate.facts;
            let cost = facts
                .cost
                .as_ref()
                .and_then(|cost| comparable(cost, currency.as_deref(), rates));
            let kind = planning.field.kind(facts.address);
            let covers = || {
                let covers = ranked.candidate.covers.iter().filter(|_| kind.is_some());
                covers.map(|covered| {
                    (
                        covered,
                        (covered.at, needs.gain(covered.at, covered.coverage)),
                    )
                })
            };
            items.push(Item {
                kind,
                exact: covers()
                    .filter(|(covered, _)| covered.taught == needs.demanded(covered.at))
                    .map(|(_, gain)| gain)
                    .collect(),
                sure: covers()
                    .filter(|(covered, _)| is_sure(facts, covered.taught))
                    .map(|(_, gain)| gain)
                    .collect(),
                gains: covers().map(|(_, gain)| gain).collect(),
                hours: facts.hours.unwrap_or_default(),
                cost: cost.unwrap_or_default(),
                states: [facts.hours.is_some(), cost.is_some()],
                score: ranked.score(),
                trust: ranked.trust.score,
                simple: needs_of.is_empty() && contains.is_empty(),
                needs: needs_of,
                contains,
                bundle: None,
            });
        }
        let contained: Vec<usize> = items
            .iter()
            .flat_map(|item| item.contains.iter().copied())
            .collect();
        contained
            .into_iter()
            .for_each(|at| items[at].simple = false);
        let least = (STEP_SHARE_MIN * planning.field.closure_of_all()).max(STEP_GAP_MIN);
        let mut problem = Self {
            items,
            n_demanded: needs.n_items(),
            least,
        };
        problem.bundle_all(means);
        problem
    }

    /// Finds for each item the shortest list that ends with it and lacks nothing: first those without prerequisites, then what these unlock, and
    /// so on. What is in a circle, or needs what is not there, is never reached.
    fn bundle_all(&mut self, means: Means) {
        for (at, item) in self
            .items
            .iter_mut()
            .enumerate()
            .filter(|(_, item)| item.needs.is_empty())
        {
            item.bundle = Some(vec![at]);
        }
        loop {
            let open = (0..self.items.len()).filter(|at| self.items[*at].bundle.is_none());
            let found: Vec<(usize, Vec<usize>)> = open
                .filter_map(|at| Some((at, self.bundle_of(at, means)?)))
                .collect();
            if found.is_empty() {
                return;
            }
            found
                .into_iter()
                .for_each(|(at, bundle)| self.items[at].bundle = Some(bundle));
        }
    }

    fn bundle_of(&self, at: usize, means: Means) -> Option<Vec<usize>> {
        let mut bundle: Vec<usize> = Vec::new();
        for need in &self.items[at].needs {
            let way = |way: &Vec<usize>| {
                let known = way
                    .iter()
                    .filter_map(|provider| self.items[*provider].bundle.as_ref());
                known.min_by(|a, b| {
                    self.load(a, means)
                        .total_cmp(&self.load(b, means))
                        .then(a.cmp(b))
                })
            };
            let mut ways: Vec<&Vec<usize>> = need.ways.iter().filter_map(way).collect();
            ways.sort_by(|a, b| {
                a.len()
                    .cmp(&b.len())
                    .then(self.load(a, means).total_cmp(&self.load(b, means)))
                    .then(a.cmp(b))
            });
            if ways.len() < need.at_least {
                return None;
            }
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
    pub(super) fn load(&self, set: &[usize], means: Means) -> f64 {
        let share = |size: f64, most: f64| if size <= 0.0 { 0.0 } else { size / most };
        let hours = share(
            set.iter().map(|at| self.items[*at].hours).sum(),
            means.hours,
        );
        let cost = share(set.iter().map(|at| self.items[*at].cost).sum(), means.cost);
        share(set.len() as f64, means.count as f64)
            .max(hours)
            .max(cost)
    }

    /// The kinds of some items, sorted, one entry for each item.
    pub(super) fn kinds(&self, is_wanted: impl Fn(&Item) -> bool) -> Vec<usize> {
        let mut kinds: Vec<usize> = self
            .items
            .iter()
            .filter(|item| is_wanted(item))
            .filter_map(|item| item.kind)
            .collect();
        kinds.sort_unstable();
        kinds
    }

    /// The best gain of each demanded skill by a set.
    pub(super) fn best(&self, set: &[usize]) -> Vec<f64> {
        let mut best = vec![0.0_f64; self.n_demanded];
        set.iter()
            .flat_map(|at| &self.items[*at].gains)
            .for_each(|(skill, gain)| best[*skill] = best[*skill].max(*gain));
        best
    }

    /// Share of the gap that a set closes.
    pub(super) fn closure(&self, set: &[usize]) -> f64 {
        self.best(set).into_iter().sum::<f64>().min(1.0) + 0.0
    }

    /// Share of the gap that a set closes by teaching the demanded skills themselves.
    pub(super) fn exact(&self, set: &[usize]) -> f64 {
        self.best_exact(set).into_iter().sum()
    }

    /// The best gain of each demanded skill by a set, by teaching it itself.
    pub(super) fn best_exact(&self, set: &[usize]) -> Vec<f64> {
        let mut best = vec![0.0_f64; self.n_demanded];
        set.iter()
            .flat_map(|at| &self.items[*at].exact)
            .for_each(|(skill, gain)| best[*skill] = best[*skill].max(*gain));
        best
    }

    /// What an item adds to the best gains so far.
    pub(super) fn marginal(&self, at: usize, best: &[f64]) -> f64 {
        self.items[at]
            .gains
            .iter()
            .map(|(skill, gain)| (gain - best[*skill]).max(0.0))
            .sum()
    }

    /// Whether what an item needs is among these.
    pub(super) fn ready(&self, at: usize, had: &[usize]) -> bool {
        self.items[at].needs.iter().all(|need| need.is_met(had))
    }

    /// Whether one contains the other, so that taking both would pay twice.
    pub(super) fn overlap(&self, a: usize, b: usize) -> bool {
        !self.items[a].simple
            && !self.items[b].simple
            && (self.items[a].contains.contains(&b) || self.items[b].contains.contains(&a))
    }

    /// Whether every member of a set can be taken after its prerequisites within the set.
    pub(super) fn can_be_ordered(&self, set: &[usize]) -> bool {
        if set.iter().all(|at| self.items[*at].needs.is_empty()) {
            return true;
        }
        let mut had: Vec<usize> = Vec::with_capacity(set.len());
        loop {
            let before = had.len();
            let ready: Vec<usize> = set
                .iter()
                .copied()
                .filter(|at| !had.contains(at) && self.ready(*at, &had))
                .collect();
            had.extend(ready);
            if had.len() == set.len() || had.len() == before {
                return had.len() == set.len();
            }
        }
    }
}

/// One search: what is chosen from, and within which means.
#[derive(Clone, Copy)]
pub(super) struct Task<'p> {
    pub(super) problem: &'p Problem,
    pub(super) means: Means,
}

impl<'p> Task<'p> {
    pub(super) fn new(problem: &'p Problem, means: Means) -> Self {
        Self { problem, means }
    }

    /// Whether a set is within the means, and pays for nothing twice.
    pub(super) fn fits(&self, set: &[usize]) -> bool {
        let items = &self.problem.items;
        set.len() <= self.means.count
            && set.iter().map(|at| items[*at].hours).sum::<f64>() <= self.means.hours
            && set.iter().map(|at| items[*at].cost).sum::<f64>() <= self.means.cost
            && set.iter().enumerate().all(|(nth, a)| {
                set[..nth]
                    .iter()
                    .all(|b| a != b && !self.problem.overlap(*a, *b))
            })
    }

    /// Whether a set is a pathway in some order.
    pub(super) fn allows(&self, set: &[usize]) -> bool {
        self.fits(set) && self.problem.can_be_ordered(set)
    }

    /// Leaves out what adds too little and unlocks nothing, and puts the rest in order.
    pub(super) fn settled(&self, mut set: Vec<usize>) -> Vec<usize> {
        loop {
            let order = self.ordered(&set);
            let mut reached = Reached::none(self.problem);
            let mut least: Option<(f64, usize)> = None;
            for at in order.iter().copied() {
                let added = reached.add(&self.problem.items[at]);
                let rest: Vec<usize> = order.iter().copied().filter(|other| *other != at).collect();
                let small = !added.is_worth_a_step(self.problem.least)
                    && least.is_none_or(|(known, _)| added.all < known);
                if small && self.problem.can_be_ordered(&rest) {
                    least = Some((added.all, at));
                }
            }
            match least {
                Some((_, at)) => set.retain(|other| *other != at),
                None => return order,
            }
        }
    }

    /// The members in the order in which they add most, each after its prerequisites.
    fn ordered(&self, set: &[usize]) -> Vec<usize> {
        let (mut order, mut best) = (
            Vec::with_capacity(set.len()),
            vec![0.0; self.problem.n_demanded],
        );
        while order.len() < set.len() {
            let open = || set.iter().copied().filter(|at| !order.contains(at));
            let by_gain = |a: &usize, b: &usize| {
                let (gain_a, gain_b) = (
                    self.problem.marginal(*a, &best),
                    self.problem.marginal(*b, &best),
                );
                let items = &self.problem.items;
                gain_a
                    .total_cmp(&gain_b)
                    .then(items[*a].score.total_cmp(&items[*b].score))
                    .then(b.cmp(a))
            };
            let Some(mut next) = open().max_by(by_gain) else {
                break;
            };
            // What it needs comes first; of that, what adds most. Each is tried at most once, so that this ends.
            let mut tried = vec![next];
            while !self.problem.ready(next, &order) {
                let wanted: Vec<usize> = self.problem.items[next]
                    .needs
                    .iter()
                    .flat_map(|need| need.ways.iter().flatten().copied())
                    .collect();
                let Some(before) = open()
                    .filter(|at| wanted.contains(at) && !tried.contains(at))
                    .max_by(by_gain)
                else {
                    break;
                };
                tried.push(before);
                next = before;
            }
            if !self.problem.ready(next, &order) {
                let Some(any) = open().find(|at| self.problem.ready(*at, &order)) else {
                    break;
                };
                next = any;
            }
            self.problem.items[next]
                .gains
                .iter()
                .for_each(|(skill, gain)| best[*skill] = best[*skill].max(*gain));
            order.push(next);
        }
        order
    }

    /// The pathway of an ordered set, without a bound.
    pub(super) fn pathway(&self, order: Vec<usize>) -> Pathway {
        let mut reached = Reached::none(self.problem);
        let mut steps: Vec<Step> = Vec::with_capacity(order.len());
        for (nth, at) in order.iter().copied().enumerate() {
            let added = reached.add(&self.problem.items[at]);
            let for_later = !added.is_worth_a_step(self.problem.least);
            steps.push(Step {
                at,
                marginal: added.all,
                for_later,
                unlocks: self.unlocks(&order, nth),
            });
        }
        let trust = order
            .iter()
            .map(|at| self.problem.items[*at].trust)
            .sum::<f64>()
            / order.len().max(1) as f64
            + 0.0;
        Pathway {
            steps,
            closure: self.problem.closure(&order),
            trust,
            ..Pathway::default()
        }
    }

    /// What can be taken after the nth step and could not before it: later steps, then others that help, in the order of the pool.
    fn unlocks(&self, order: &[usize], nth: usize) -> Vec<usize> {
        let items = &self.problem.items;
        let helps = |at: &usize| items[*at].gains.iter().map(|(_, gain)| gain).sum::<f64>() > SAME;
        let others = (0..items.len()).filter(|at| !order.contains(at) && helps(at));
        let newly = |at: &usize| {
            !items[*at].needs.is_empty()
                && self.problem.ready(*at, &order[..=nth])
                && !self.problem.ready(*at, &order[..nth])
        };
        order[nth + 1..]
            .iter()
            .copied()
            .chain(others)
            .filter(newly)
            .take(UNLOCKS_MAX)
            .collect()
    }
}

/// Whether a credential teaches a skill as good as surely.
fn is_sure(facts: &Facts, skill: SkillId) -> bool {
    facts
        .teaches
        .iter()
        .any(|(taught, confidence)| *taught == skill && *confidence >= LINK_SURE_MIN)
}

/// A cost in the currency that is compared in; nothing where that cannot be said. Nothing to pay is nothing in any currency.
fn comparable(cost: &Money, currency: Option<&str>, rates: Option<&Rates>) -> Option<f64> {
    if cost.amount == 0.0 {
        Some(0.0)
    } else {
        amount_in(cost, currency?, rates)
    }
}
