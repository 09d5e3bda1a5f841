//! The alternatives of a pathway: sets that cost less, take less time, are trusted more or have fewer steps, where none is beaten by another.
//!
//! They are what greedy finds by other objectives, and the beginnings of these and of the pathway itself.

use super::problem::{CLOSES, EPSILON, Item, Problem};
use super::search::Objective;
use super::steps::{Label, Pathway};

/// An alternative closes at least this share of what the best pathway closes; less is no alternative but another goal.
const CLOSURE_MIN: f64 = 0.5;
/// Alternatives beside the pathway itself.
const OTHERS_MAX: usize = 4;
/// What greedy looks at beside the objective of the pathway.
const OBJECTIVES: [Objective; 4] = [
    Objective::Closure,
    Objective::PerCost,
    Objective::PerHour,
    Objective::Trusted,
];

/// What people weigh a pathway by.
#[derive(Clone, Debug)]
struct Merits {
    set: Vec<usize>,
    closure: f64,
    /// Steps whose cost is not stated or not comparable, and the sum of the others.
    cost: (usize, f64),
    /// The same for hours.
    hours: (usize, f64),
    trust: f64,
}

/// Those that are better than the best pathway in something, in the order of their labels; the best one gets its own. Ties go to the set found first.
pub(super) fn alternatives(problem: &Problem, best: &mut Pathway) -> Vec<Pathway> {
    let first: Vec<usize> = best.steps.iter().map(|step| step.at).collect();
    if first.is_empty() {
        return Vec::new();
    }
    let main = Merits::of(problem, first.clone());
    let mut found = vec![main.clone()];
    for set in tried(problem, first) {
        let is_new = found.iter().all(|known| sorted(&known.set) != sorted(&set));
        let merits = Merits::of(problem, set);
        // What beats the pathway only looks better by guesses, and is left out.
        if is_new && merits.closure >= CLOSURE_MIN * best.closure && !merits.beats(&main) {
            found.push(merits);
        }
    }
    let is_beaten = |merits: &&Merits| found.iter().any(|other| other.beats(merits));
    let kept: Vec<&Merits> = found.iter().filter(|merits| !is_beaten(merits)).collect();
    let mut shown: Vec<(&Merits, Vec<Label>)> = vec![(&main, vec![Label::Surest])];
    for label in Label::ALL
        .into_iter()
        .filter(|label| *label != Label::Surest)
    {
        let better = |a, b| if better_at(label, b, a) { b } else { a };
        let may = kept
            .iter()
            .copied()
            .filter(|merits| may_bear(label, merits));
        let Some(winner) = may.reduce(better) else {
            continue;
        };
        match shown
            .iter_mut()
            .find(|(merits, _)| merits.set == winner.set)
        {
            Some((_, labels)) => labels.push(label),
            None => shown.push((winner, vec![label])),
        }
    }
    best.labels = shown.remove(0).1;
    let shown = shown.into_iter().take(OTHERS_MAX);
    let pathway = |(merits, labels): (&Merits, Vec<Label>)| Pathway {
        labels,
        closure_upper_bound: best.closure_upper_bound.max(merits.closure),
        ..problem.pathway(merits.set.clone())
    };
    shown.map(pathway).collect()
}

/// Ordered sets to choose from: the pathway and what greedy finds by other objectives, whole and in their beginnings.
fn tried(problem: &Problem, first: Vec<usize>) -> Vec<Vec<usize>> {
    let greedy = |objective| problem.settled(problem.greedy(Vec::new(), objective, None));
    let whole: Vec<Vec<usize>> = std::iter::once(first)
        .chain(OBJECTIVES.map(greedy))
        .collect();
    let beginnings = |set: &Vec<usize>| {
        let beginning = |n: usize| problem.settled(set[..n].to_vec());
        (1..set.len()).rev().map(beginning).collect::<Vec<_>>()
    };
    let all = whole
        .iter()
        .cloned()
        .chain(whole.iter().flat_map(beginnings));
    all.collect()
}

impl Merits {
    fn of(problem: &Problem, set: Vec<usize>) -> Self {
        let items = || set.iter().map(|at| &problem.items[*at]);
        let sum = |nth: usize, size: fn(&Item) -> f64| {
            let stated = items().filter(|item| item.states[nth]);
            let n_stated = stated.clone().count();
            (set.len() - n_stated, stated.map(size).sum())
        };
        Self {
            closure: problem.total(&set, CLOSES),
            hours: sum(0, |item| item.hours),
            cost: sum(1, |item| item.cost),
            trust: problem.trust(&set),
            set,
        }
    }

    /// Whether it is as good in everything and better in something. What is not stated is worse than any number.
    fn beats(&self, other: &Self) -> bool {
        let merits = |of: &Self| {
            let (no_cost, no_hours) = (of.cost.0 as f64, of.hours.0 as f64);
            [
                of.closure,
                of.trust,
                -no_cost,
                -of.cost.1,
                -no_hours,
                -of.hours.1,
            ]
        };
        let (ours, theirs) = (merits(self), merits(other));
        let pairs = || ours.iter().zip(&theirs);
        pairs().all(|(ours, theirs)| *ours >= theirs - EPSILON)
            && pairs().any(|(ours, theirs)| *ours > theirs + EPSILON)
    }
}

/// Whether `a` is better at something than `b`; of equals, the one that closes more.
fn better_at(label: Label, a: &Merits, b: &Merits) -> bool {
    let less = |a: (usize, f64), b: (usize, f64)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1));
    let by_closure = b.closure.total_cmp(&a.closure);
    let order = match label {
        Label::Surest | Label::ClosesMost => by_closure,
        Label::Cheapest => less(a.cost, b.cost),
        Label::Fastest => less(a.hours, b.hours),
        Label::MostTrusted => b.trust.total_cmp(&a.trust),
        Label::FewestSteps => a.set.len().cmp(&b.set.len()),
    };
    order.then(by_closure).is_lt()
}

/// Whether it can be said of a set: of one that does not state all costs nobody knows whether it costs least.
fn may_bear(label: Label, merits: &Merits) -> bool {
    match label {
        Label::Cheapest => merits.cost.0 == 0,
        Label::Fastest => merits.hours.0 == 0,
        _ => true,
    }
}

fn sorted(set: &[usize]) -> Vec<usize> {
    let mut set = set.to_vec();
    set.sort_unstable();
    set
}
