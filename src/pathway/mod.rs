//! The pathway: which few credentials together close most of the gap, in what order, and what no others within the budgets could exceed.
//!
//! What a set closes is monotone and submodular (each demanded skill counts by its best coverage), so greedy and exchange come near the best set
//! (Nemhauser, Wolsey and Fisher 1978), and prices for the demanded skills bound what any set of the whole catalogue could close (`bound`).
//! Where few credentials can still matter, all sets of them are searched (`exact`). See `docs/decisions/0065-one-objective-one-bound.md`.

mod alternatives;
mod blocked;
mod bound;
mod budget;
mod exact;
mod pool;
mod problem;
mod relations;
mod search;
mod steps;
mod towards;

pub use blocked::{Blocked, Why};
pub use budget::Budgets;
pub use pool::Planning;
pub use problem::{STEP_ESTIMATED_MIN, STEP_GAP_MIN, STEP_SHARE_MIN};
pub use steps::{Label, Pathway, Step};
pub use towards::{Towards, towards};

use crate::error::Result;
use crate::rank::Ranked;
use bound::LagrangianBound;
use pool::StepPool;
use problem::{CLOSES, Problem, WORTH};

/// A pathway, and what it was chosen from.
pub struct Plan {
    /// The pathway that closes most; see [`Label::Surest`].
    pub best: Pathway,
    /// Credentials that would help and cannot be taken, because their prerequisites cannot be had; at most five.
    pub blocked: Vec<Blocked>,
    /// Whether a qualification or a part of one was among what was chosen from: a whole counts for what it states itself, and never stands beside its part.
    pub has_parts: bool,
    /// Credentials beyond the ranked ones: prerequisites, and some of each class that the ranked list lacks.
    extras: Vec<Ranked>,
    problem: Problem,
}

impl Plan {
    /// The credential at a position of this plan. `ranked` is the list that it was planned with.
    pub fn credential<'a>(&'a self, ranked: &'a [Ranked], at: usize) -> &'a Ranked {
        ranked
            .get(at)
            .unwrap_or_else(|| &self.extras[at - ranked.len()])
    }

    /// Other pathways that a person may prefer: cheapest, fastest, most trusted, fewest steps. With the best one they are a Pareto front
    /// over closure, cost, hours and trust: none of them is beaten in one and equalled in all others. At most four. The best one gets its labels.
    pub fn alternatives(&mut self) -> Vec<Pathway> {
        alternatives::alternatives(&self.problem, &mut self.best)
    }
}

/// Plans the pathway that closes most of the gap within the budgets. Ties go to what is ranked better.
///
/// # Errors
/// What the catalogue says.
pub fn plan(planning: &Planning<'_>) -> Result<Plan> {
    let pool = StepPool::of(planning)?;
    let problem = Problem::of(&pool, planning);
    let mut chosen = problem.search();
    let bound = LagrangianBound::of(planning.pool, &problem, &chosen);
    let (most, is_proven) = exact::search(&problem, planning.pool, &bound, chosen.clone());
    let closure = if is_proven {
        problem.total(&most, CLOSES)
    } else {
        bound.closure
    };
    if problem.total(&most, WORTH) > problem.total(&chosen, WORTH) {
        chosen = most;
    }
    let mut best = problem.pathway(problem.settled(chosen));
    best.closure_upper_bound = closure.max(best.closure);
    Ok(Plan {
        best,
        blocked: blocked::blocked(&pool, planning, &problem)?,
        has_parts: pool.has_parts(planning),
        extras: pool.into_extras(),
        problem,
    })
}
