//! Is there a better set at all? Where few credentials can still matter, every set of them is looked at or shown to close too little.
//!
//! Branch and bound: sets grow by one credential at a time, most valuable first; a set is not grown further where the prices of the bound, with what the set
//! already reaches, show that nothing above it closes more than the best set so far (Land and Doig 1960).

use super::SAME;
use super::bound::Outlook;
use super::pool::Complete;
use super::problem::Task;

/// Credentials that may be combined, and looks at one of them, before the search gives up.
const ITEMS_MAX: usize = 300;
const LOOKS_MAX: usize = 20_000;

/// The search so far.
struct Search<'a> {
    task: &'a Task<'a>,
    outlook: &'a Outlook<'a>,
    best: Vec<usize>,
    reached: f64,
    looks: usize,
}

/// Looks for a set that closes more than `chosen`. Returns the best that was found, and whether it is proven that no set of the whole field closes
/// more.
pub(super) fn search(
    task: &Task<'_>,
    outlook: &Outlook<'_>,
    complete: Complete,
    chosen: Vec<usize>,
) -> (Vec<usize>, bool) {
    let reached = task.problem.closure(&chosen);
    if outlook.bound() <= reached + SAME {
        return (chosen, true);
    }
    let items = worth_combining(task, outlook);
    if items.len() > ITEMS_MAX {
        return (chosen, false);
    }
    let mut search = Search {
        task,
        outlook,
        best: chosen,
        reached,
        looks: 0,
    };
    search.grow(&mut Vec::new(), &items);
    let proven = complete == Complete::Yes
        && search.looks <= LOOKS_MAX
        && outlook.unrepresented(task.problem).is_empty();
    (search.best, proven)
}

/// Positions that may be in a better set: those that the bound left open, and what adds nothing but may be needed before. Of two that stand
/// alone, one that adds no more and takes no less than the other is left out, unless something requires it.
fn worth_combining(task: &Task<'_>, outlook: &Outlook<'_>) -> Vec<usize> {
    let items = &task.problem.items;
    let matters = |at: &usize| {
        items[*at].bundle.is_some()
            && items[*at]
                .kind
                .is_none_or(|kind| outlook.open.binary_search(&kind).is_ok())
    };
    let open: Vec<usize> = (0..items.len()).filter(matters).collect();
    let beats = |a: usize, b: usize| {
        let (with, without) = (&items[a], &items[b]);
        let no_larger = with.hours <= without.hours && with.cost <= without.cost;
        let adds = |skill: usize| {
            with.gains
                .iter()
                .find(|(at, _)| *at == skill)
                .map_or(0.0, |(_, gain)| *gain)
        };
        no_larger
            && without
                .gains
                .iter()
                .all(|(skill, gain)| adds(*skill) >= *gain)
    };
    if open.len() > 2 * ITEMS_MAX {
        return open;
    }
    let required: std::collections::BTreeSet<usize> = items
        .iter()
        .flat_map(|item| &item.needs)
        .flat_map(|need| need.ways.iter().flatten().copied())
        .collect();
    let beaten = |at: usize| {
        items[at].simple
            && !required.contains(&at)
            && open.iter().any(|other| {
                *other != at
                    && items[*other].simple
                    && beats(*other, at)
                    && (*other < at || !beats(at, *other))
            })
    };
    open.iter().copied().filter(|at| !beaten(*at)).collect()
}

impl Search<'_> {
    /// Tries every set of `from` above `set`.
    fn grow(&mut self, set: &mut Vec<usize>, from: &[usize]) {
        self.looks += from.len() + 1;
        if self.looks > LOOKS_MAX || set.len() >= self.task.means.count {
            return;
        }
        let (problem, means, prices) = (self.task.problem, self.task.means, self.outlook.prices());
        let best = problem.best(set);
        let skills: Vec<f64> = prices
            .skills
            .iter()
            .zip(&best)
            .map(|(price, best)| price.max(*best))
            .collect();
        let (hours, cost) = set.iter().fold((0.0, 0.0), |(hours, cost), at| {
            (
                hours + problem.items[*at].hours,
                cost + problem.items[*at].cost,
            )
        });
        let share = |size: f64, most: f64| {
            if size > 0.0 && most.is_finite() {
                size / most
            } else {
                0.0
            }
        };
        let left = prices.hours * (1.0 - share(hours, means.hours))
            + prices.cost * (1.0 - share(cost, means.cost));
        let worth = |at: usize| {
            let item = &problem.items[at];
            let above: f64 = item
                .gains
                .iter()
                .map(|(skill, gain)| (gain - skills[*skill]).max(0.0))
                .sum();
            above
                - prices.hours * share(item.hours, means.hours)
                - prices.cost * share(item.cost, means.cost)
        };
        let within = |at: &usize| {
            hours + problem.items[*at].hours <= means.hours
                && cost + problem.items[*at].cost <= means.cost
        };
        let apart = |at: &usize| set.iter().all(|other| !problem.overlap(*at, *other));
        let mut next: Vec<(f64, usize)> = from
            .iter()
            .copied()
            .filter(|at| within(at) && apart(at))
            .map(|at| (worth(at), at))
            .collect();
        next.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let base = skills.iter().sum::<f64>() + left;
        let free = means.count - set.len();
        for nth in 0..next.len() {
            // The most that a set with this one and only later ones can close.
            let (value, at) = next[nth];
            let others: f64 = next[nth + 1..]
                .iter()
                .take(free - 1)
                .map(|(value, _)| value.max(0.0))
                .sum();
            if base + value + others <= self.reached + SAME {
                break;
            }
            set.push(at);
            self.weigh(set);
            let later: Vec<usize> = next[nth + 1..].iter().map(|(_, at)| *at).collect();
            self.grow(set, &later);
            set.pop();
        }
    }

    fn weigh(&mut self, set: &[usize]) {
        let closure = self.task.problem.closure(set);
        if closure > self.reached + SAME && self.task.allows(set) {
            (self.reached, self.best) = (closure, set.to_vec());
        }
    }
}
