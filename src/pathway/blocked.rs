//! The blocked credential: it would help, and what it requires before cannot be had.

use std::collections::BTreeSet;

use skillgap_catalogue::{Filter, Place};

use super::pool::{Planning, StepPool, named};
use super::problem::{CLOSES, Problem};
use crate::error::Result;

/// Credentials that cannot be taken, of which it is told why.
const BLOCKED_MAX: usize = 5;

/// Why a credential cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A prerequisite is not in the catalogue, and not held.
    Unknown,
    /// A prerequisite does not fulfil the constraints.
    Constraints,
    /// Its prerequisites need each other, or what they need cannot be had.
    Circle,
}

/// A credential that would help and cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blocked {
    /// Where it lies.
    pub place: Place,
    /// Why.
    pub why: Why,
}

/// What would help and cannot be taken, and why; at most [`BLOCKED_MAX`], in the order of the pool.
pub(super) fn blocked(
    pool: &StepPool<'_>,
    planning: &Planning<'_>,
    problem: &Problem,
) -> Result<Vec<Blocked>> {
    let helps = |at: &usize| problem.total(&[*at], CLOSES) >= problem.least;
    let stuck = (0..pool.len()).filter(|at| problem.items[*at].bundle.is_none() && helps(at));
    let blocked = |at| {
        Ok(Blocked {
            place: pool.facts(at).address,
            why: why(pool, planning, at)?,
        })
    };
    stuck.take(BLOCKED_MAX).map(blocked).collect()
}

fn why(pool: &StepPool<'_>, planning: &Planning<'_>, at: usize) -> Result<Why> {
    let here = pool.ids();
    let absent: BTreeSet<u64> = named(pool.facts(at))
        .filter(|id| !here.contains(id) && !planning.held.contains(*id))
        .collect();
    if absent.is_empty() {
        return Ok(Why::Circle);
    }
    let ids: Vec<u64> = absent.into_iter().collect();
    let index = &planning.catalogue.credentials;
    let elsewhere = index.with_ids(&ids, &Filter::default())?.len();
    Ok(if elsewhere < ids.len() {
        Why::Unknown
    } else {
        Why::Constraints
    })
}
