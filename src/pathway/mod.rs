//! Which few credentials together close most of the gap, in what order, and could any others within the budgets close more?
//!
//! Closure of a set is monotone and submodular (each demanded skill counts by its best coverage), so greedy and exchange come near the best set
//! (Nemhauser, Wolsey and Fisher 1978); prices for the demanded skills bound what any set of the whole catalogue could close (`bound`), and where few
//! credentials can still matter, all sets of them are searched (`exact`). See `docs/decisions/0013-pathway-search-and-bound.md`.

mod alternatives;
mod bound;
mod exact;
mod pool;
mod problem;
mod search;
mod towards;

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Filter, Sizes};
use skillgap_credentials::credential::Money;
use skillgap_credentials::rates::Rates;

pub use alternatives::Label;
pub use pool::{Blocked, Why};
pub use towards::{Towards, towards};

use crate::candidates::{Field, Had};
use crate::error::Result;
use crate::rank::{Ranked, Ranking};
use bound::Outlook;
use pool::Pool;
use problem::{Means, Problem, Task};

/// A step must add at least this share of what all credentials together could close, or unlock a later one; less is not worth a course.
pub const STEP_SHARE_MIN: f64 = 0.01;
/// And at least this share of the gap.
pub const STEP_GAP_MIN: f64 = 0.001;
/// A step that adds that little by sure links must add at least this share of the gap in all: one skill of a demand of ten, half surely taught. Below
/// that the gain is smaller than what an estimate may be wrong by (`docs/decisions/0024-small-steps-must-be-sure.md`).
pub const STEP_ESTIMATED_MIN: f64 = 0.05;
/// From this confidence on a link is as good as declared.
const LINK_SURE_MIN: f64 = 0.8;
/// Closures that differ by less are the same.
const SAME: f64 = 1e-9;
/// Credentials beyond the ranked ones that are looked at because the prices say that their kinds could matter.
const FURTHER_MAX: usize = 12;
/// Most steps and credentials that one step is said to unlock.
const UNLOCKS_MAX: usize = 5;

/// What a pathway may take in all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budgets {
    /// Most credentials.
    pub count_max: usize,
    /// Most hours. Hours that are not stated count as none.
    pub hours_max: Option<f64>,
    /// Most cost. Costs that are not stated, or in a currency that no table of rates has, count as none.
    pub cost_max: Option<Money>,
}

impl Budgets {
    /// The sizes that a field must hold for the bound. `rates` make costs in other currencies comparable.
    pub fn sizes<'a>(&'a self, rates: Option<&'a Rates>) -> Sizes<'a> {
        Sizes {
            hours: self.hours_max.is_some(),
            currency: self.cost_max.as_ref().map(|most| most.currency.as_str()),
            rates,
        }
    }
}

/// One step of a pathway.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// Position in the plan; see [`Plan::credential`].
    pub at: usize,
    /// Share of the gap that it adds to the steps before it, in [0, 1].
    pub marginal: f64,
    /// Whether it adds too little itself, and is there for what comes after.
    pub for_later: bool,
    /// Positions of what can be taken once this step is done and could not before: later steps first, then other credentials that help.
    pub unlocks: Vec<usize>,
}

/// An ordered set of credentials.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pathway {
    /// In order: each after its prerequisites.
    pub steps: Vec<Step>,
    /// Share of the gap that all steps close together.
    pub closure: f64,
    /// No set of credentials that fulfil the constraints closes more within the budgets.
    pub closure_upper_bound: f64,
    /// Mean trust of the steps, in [0, 1]; 0 without steps.
    pub trust: f64,
    /// What it is best at, among the pathway and its alternatives.
    pub labels: Vec<Label>,
}

/// What planning looks at.
pub struct Planning<'a> {
    /// The snapshot, for prerequisites and for what the ranked list does not hold.
    pub catalogue: &'a Catalogue,
    /// What is missing, what is held, and whose priorities count.
    pub ranking: &'a Ranking<'a>,
    /// What each step must fulfil.
    pub filter: &'a Filter,
    /// What is had without a step.
    pub had: &'a Had,
    /// The best candidates, ranked.
    pub ranked: &'a [Ranked],
    /// Everything that helps.
    pub field: &'a Field,
    /// What a pathway may take.
    pub budgets: &'a Budgets,
}

/// A pathway, and what it was chosen from.
pub struct Plan {
    /// The pathway that closes most, or nearly most and that more surely.
    pub best: Pathway,
    /// Credentials that would help and cannot be taken, because their prerequisites cannot be had; at most five.
    pub blocked: Vec<Blocked>,
    /// Whether a qualification or a part of one was among what was chosen from: a whole counts for what it states itself, and never stands beside its part.
    pub has_parts: bool,
    /// Credentials beyond the ranked ones: prerequisites, and what the bound asked for.
    extras: Vec<Ranked>,
    problem: Problem,
    means: Means,
    /// The set that closes most, in order; the best pathway may be another that closes nearly as much and teaches more of it exactly.
    closest: Vec<usize>,
}

impl Plan {
    /// The credential at a position of this plan. `ranked` is the list that it was planned with.
    pub fn credential<'a>(&'a self, ranked: &'a [Ranked], at: usize) -> &'a Ranked {
        ranked
            .get(at)
            .unwrap_or_else(|| &self.extras[at - ranked.len()])
    }

    /// Other pathways that a person may prefer: cheapest, fastest, most trusted, fewest steps. With the best one they are a Pareto front
    /// over closure, cost, hours and trust: none of them is beaten in one and equalled in all others. At most four. The best one is replaced by another
    /// that beats it and is as sure, if the search for alternatives comes across one.
    pub fn alternatives(&mut self) -> Vec<Pathway> {
        let task = Task::new(&self.problem, self.means);
        let front = alternatives::front(&task, &self.best, &self.closest);
        self.best = front.best;
        front.others
    }
}

/// Plans the pathway that closes most, or within 7 % of it, with as much of that as possible by teaching the demanded skills themselves. Ties go
/// to what is ranked better.
///
/// # Errors
/// What the catalogue says.
pub fn plan(planning: &Planning<'_>) -> Result<Plan> {
    let mut pool = Pool::of(planning)?;
    let means = Means::of(planning.budgets);
    let mut problem = Problem::of(&pool, planning, means);
    let mut chosen = Task::new(&problem, means).heuristic();
    let mut outlook = Outlook::of(
        planning.field,
        &Task::new(&problem, means),
        &chosen,
        pool.complete,
    );
    let further = outlook.further(&problem, FURTHER_MAX);
    if !further.is_empty() {
        pool.add(planning, &further, FURTHER_MAX)?;
        problem = Problem::of(&pool, planning, means);
        let again = Task::new(&problem, means).exchanged(chosen.clone());
        if problem.closure(&again) > problem.closure(&chosen) {
            chosen = again;
            outlook.raise(problem.closure(&chosen));
        }
    }
    let task = Task::new(&problem, means);
    let (chosen, proven) = exact::search(&task, &outlook, pool.complete, chosen);
    let reached = problem.closure(&chosen);
    let bound = if proven {
        reached
    } else {
        outlook.bound().max(reached).min(1.0)
    };
    let (blocked, has_parts) = (
        pool.blocked(planning, &problem)?,
        pool.has_parts(planning, &problem),
    );
    let closest = task.settled(chosen.clone());
    let mut best = task.pathway(task.settled(task.surer(chosen)));
    best.closure_upper_bound = bound.max(best.closure);
    Ok(Plan {
        best,
        blocked,
        has_parts,
        closest,
        extras: pool.into_extras(),
        problem,
        means,
    })
}
