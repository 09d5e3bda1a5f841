//! What else might a person prefer? Pathways that cost less, take less time, are trusted more or have fewer steps, where none is beaten by another.

use super::problem::{Item, Means, Problem, Task};
use super::{Pathway, SAME};

/// An alternative closes at least this share of what the best pathway closes; less is no alternative but another goal.
const CLOSURE_MIN: f64 = 0.5;
/// Shares of what the best pathway takes that others are tried with.
const LESS: [f64; 4] = [0.0, 0.25, 0.5, 0.75];
/// Shares of the pool, most trusted first, that others are tried with.
const TRUSTED: [f64; 3] = [0.1, 0.25, 0.5];

/// Alternatives beside the pathway itself.
const OTHERS_MAX: usize = 4;

/// What a pathway is best at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// Closes most of the gap, or within 7 % of it, as surely as possible. The pathway itself.
    Surest,
    /// Closes most of the gap.
    ClosesMost,
    /// Costs least, as far as costs are stated.
    Cheapest,
    /// Takes fewest hours, as far as hours are stated.
    Fastest,
    /// Has the highest mean trust.
    MostTrusted,
    /// Has the fewest steps.
    FewestSteps,
}

impl Label {
    /// All labels, in the order in which pathways are listed.
    pub const ALL: [Self; 6] = [
        Self::Surest,
        Self::ClosesMost,
        Self::Cheapest,
        Self::Fastest,
        Self::MostTrusted,
        Self::FewestSteps,
    ];

    /// The word used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Surest => "surest",
            Self::ClosesMost => "closes_most",
            Self::Cheapest => "cheapest",
            Self::Fastest => "fastest",
            Self::MostTrusted => "most_trusted",
            Self::FewestSteps => "fewest_steps",
        }
    }
}

/// The pathways that are worth showing.
pub(super) struct Front {
    /// The pathway, or one that beats it and is as sure.
    pub(super) best: Pathway,
    /// The others, in the order of their labels.
    pub(super) others: Vec<Pathway>,
}

/// What people weigh a pathway by.
#[derive(Clone, Debug)]
struct Worth {
    set: Vec<usize>,
    closure: f64,
    /// Share of the gap closed by teaching the demanded skills themselves.
    exact: f64,
    /// Steps whose cost is not stated or not comparable, and the sum of the others.
    cost: (usize, f64),
    /// The same for hours.
    hours: (usize, f64),
    trust: f64,
}

/// The best pathway and those that are better than it in something else. Deterministic; ties go to the set found first.
pub(super) fn front(task: &Task<'_>, best: &Pathway, closest: &[usize]) -> Front {
    let first: Vec<usize> = best.steps.iter().map(|step| step.at).collect();
    if first.is_empty() {
        return Front {
            best: best.clone(),
            others: Vec::new(),
        };
    }
    let mut found: Vec<Worth> = Vec::new();
    for set in tried(task, &first, closest) {
        let worth = Worth::of(task.problem, set);
        let new = found
            .iter()
            .all(|known| sorted(&known.set) != sorted(&worth.set));
        if new && !worth.set.is_empty() && worth.closure >= CLOSURE_MIN * best.closure {
            found.push(worth);
        }
    }
    let main = main_of(&found);
    // What beats the pathway and is less sure is left out; the pathway stays.
    found.retain(|worth| worth.set == main.set || !worth.beats(&main));
    let kept: Vec<&Worth> = found
        .iter()
        .filter(|worth| !found.iter().any(|other| other.beats(worth)))
        .collect();
    let mut shown: Vec<(&Worth, Vec<Label>)> = Vec::new();
    for label in Label::ALL {
        let winner = kept
            .iter()
            .copied()
            .reduce(|a, b| if better_at(label, b, a) { b } else { a });
        let Some(winner) = winner
            .filter(|_| label != Label::Surest)
            .or_else(|| kept.iter().copied().find(|worth| worth.set == main.set))
        else {
            continue;
        };
        match shown.iter_mut().find(|(worth, _)| worth.set == winner.set) {
            Some((_, labels)) => labels.push(label),
            None => shown.push((winner, vec![label])),
        }
    }
    let mut pathways = shown.into_iter().map(|(worth, labels)| Pathway {
        labels,
        closure_upper_bound: best.closure_upper_bound.max(worth.closure),
        ..task.pathway(worth.set.clone())
    });
    Front {
        best: pathways.next().unwrap_or_else(|| best.clone()),
        others: pathways.take(OTHERS_MAX).collect(),
    }
}

/// The pathway itself, which is found first, unless another beats it and is as sure.
fn main_of(found: &[Worth]) -> Worth {
    let mut main = found[0].clone();
    while let Some(better) = found
        .iter()
        .find(|other| other.beats(&main) && other.exact >= main.exact - SAME)
    {
        main = better.clone();
    }
    main
}

/// Ordered sets to choose from: the best, its beginnings, and the best with less money, less time or only what is trusted most.
fn tried(task: &Task<'_>, first: &[usize], closest: &[usize]) -> Vec<Vec<usize>> {
    let problem = task.problem;
    let mut sets: Vec<Vec<usize>> = vec![first.to_vec(), closest.to_vec()];
    sets.extend(
        (1..first.len())
            .rev()
            .map(|n| task.settled(first[..n].to_vec())),
    );
    let mut search = |means: Means, keep: &dyn Fn(&Item) -> bool| {
        let narrowed = narrowed(problem, keep);
        sets.push(task.settled(Task::new(&narrowed, means).heuristic()));
    };
    let total = Worth::of(problem, first.to_vec());
    for share in LESS {
        search(
            Means {
                cost: (total.cost.1 * share).min(task.means.cost),
                ..task.means
            },
            &|item| item.states[1],
        );
        search(
            Means {
                hours: (total.hours.1 * share).min(task.means.hours),
                ..task.means
            },
            &|item| item.states[0],
        );
    }
    search(task.means, &|item| item.states[0] && item.states[1]);
    let mut trust: Vec<f64> = problem.items.iter().map(|item| item.trust).collect();
    trust.sort_by(|a, b| b.total_cmp(a));
    for share in TRUSTED {
        let least = trust
            .get((trust.len() as f64 * share) as usize)
            .copied()
            .unwrap_or_default();
        search(task.means, &|item| item.trust >= least);
    }
    sets
}

/// The problem with only some items to be taken; positions stay.
fn narrowed(problem: &Problem, keep: &dyn Fn(&Item) -> bool) -> Problem {
    let mut narrowed = problem.clone();
    let barred: Vec<bool> = problem.items.iter().map(|item| !keep(item)).collect();
    for (at, item) in narrowed.items.iter_mut().enumerate() {
        let lacks = item
            .bundle
            .as_ref()
            .is_none_or(|bundle| bundle.iter().any(|member| barred[*member]));
        if barred[at] || lacks {
            item.gains.clear();
            item.bundle = None;
        }
    }
    narrowed
}

impl Worth {
    fn of(problem: &Problem, set: Vec<usize>) -> Self {
        let items = || set.iter().map(|at| &problem.items[*at]);
        let trust = items().map(|item| item.trust).sum::<f64>() / set.len().max(1) as f64;
        let sum = |nth: usize, size: fn(&Item) -> f64| {
            (
                items().filter(|item| !item.states[nth]).count(),
                items().filter(|item| item.states[nth]).map(size).sum(),
            )
        };
        Self {
            closure: problem.closure(&set),
            exact: problem.exact(&set),
            hours: sum(0, |item| item.hours),
            cost: sum(1, |item| item.cost),
            trust,
            set,
        }
    }

    /// Whether it is as good in everything and better in something. What is not stated is worse than any number.
    fn beats(&self, other: &Self) -> bool {
        let no_more = |a: (usize, f64), b: (usize, f64)| a.0 <= b.0 && a.1 <= b.1 + SAME;
        let less =
            |a: (usize, f64), b: (usize, f64)| no_more(a, b) && (a.0 < b.0 || a.1 < b.1 - SAME);
        let as_good = self.closure >= other.closure - SAME
            && self.trust >= other.trust - SAME
            && no_more(self.cost, other.cost)
            && no_more(self.hours, other.hours);
        let better = self.closure > other.closure + SAME
            || self.trust > other.trust + SAME
            || less(self.cost, other.cost)
            || less(self.hours, other.hours);
        as_good && better
    }
}

/// Whether `a` is better at something than `b`; of equals, the one that closes more.
fn better_at(label: Label, a: &Worth, b: &Worth) -> bool {
    let less = |a: (usize, f64), b: (usize, f64)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1));
    let order = match label {
        Label::Surest | Label::ClosesMost => b.closure.total_cmp(&a.closure),
        Label::Cheapest => less(a.cost, b.cost),
        Label::Fastest => less(a.hours, b.hours),
        Label::MostTrusted => b.trust.total_cmp(&a.trust),
        Label::FewestSteps => a.set.len().cmp(&b.set.len()),
    };
    order.then(b.closure.total_cmp(&a.closure)).is_lt()
}

fn sorted(set: &[usize]) -> Vec<usize> {
    let mut set = set.to_vec();
    set.sort_unstable();
    set
}
