//! The survey: one scan over everything that teaches something missing and passes the filter.

use skillgap_catalogue::{Catalogue, Filter, Place, Sizes};

use super::candidate::{Candidate, at};
use super::held::{HeldClosure, held_closure};
use super::needs::Needs;
use super::pool::{CandidatePool, PoolBuilder};
use crate::error::Result;
use crate::gap::Profile;

/// What a scan looks for.
#[derive(Clone, Debug)]
pub struct Survey<'a> {
    /// What each credential must fulfil.
    pub filter: &'a Filter,
    /// Most candidates.
    pub limit: usize,
    /// What is left out beside what is held: credentials that the person can have by recognition. Sorted.
    pub left_out: &'a [Place],
    /// The sizes that tell classes of the pool apart: those that a budget asks for.
    pub sizes: Sizes<'a>,
}

/// What a scan found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The best by closure; ties by id.
    pub candidates: Vec<Candidate>,
    /// Everything that helps, candidates included.
    pub pool: CandidatePool,
}

/// Finds the `limit` credentials that close most of the gap and are not held yet; ties by id. None where nothing is missing.
///
/// # Errors
/// What the catalogue says.
pub fn find(
    catalogue: &Catalogue,
    needs: &Needs,
    profile: &Profile,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<Candidate>> {
    let wanted = Survey {
        filter,
        limit,
        left_out: &[],
        sizes: Sizes::default(),
    };
    let held = held_closure(catalogue, profile)?;
    Ok(survey(catalogue, needs, &held, &wanted)?.candidates)
}

/// Scores one of each class of credentials that help and pass the filter, and keeps the best; and what a pathway's bound needs of all.
///
/// Cost: the postings of all skills that cover something missing, and a look at what each credential teaches that teaches one of them.
///
/// # Errors
/// What the catalogue says.
pub fn survey(
    catalogue: &Catalogue,
    needs: &Needs,
    held: &HeldClosure,
    survey: &Survey<'_>,
) -> Result<Found> {
    if needs.taught().is_empty() {
        return Ok(Found::default());
    }
    let left_out =
        |place: Place| held.holds(place) || survey.left_out.binary_search(&place).is_ok();
    let none_out = held.places.is_empty() && survey.left_out.is_empty();
    let builders = catalogue.credentials.fold_teaching(
        needs.taught(),
        survey.filter,
        &survey.sizes,
        PoolBuilder::default,
        |builder, teaching| {
            if none_out || !left_out(teaching.address) {
                builder.push(&teaching, needs);
            }
        },
    )?;
    let pool = PoolBuilder::joined(builders);
    let candidates = at(
        catalogue,
        needs,
        &best(catalogue, &pool, survey.limit),
        survey.filter,
    )?;
    Ok(Found { candidates, pool })
}

/// Where the credentials with the highest closures lie, best first; ties by id.
fn best(catalogue: &Catalogue, pool: &CandidatePool, limit: usize) -> Vec<Place> {
    let id = |place| catalogue.credentials.id(place);
    let best_first =
        |a: &(f64, Place), b: &(f64, Place)| b.0.total_cmp(&a.0).then_with(|| id(a.1).cmp(id(b.1)));
    let mut scored = pool.most_closing(limit);
    if limit < scored.len() {
        scored.select_nth_unstable_by(limit, best_first);
        scored.truncate(limit);
    }
    scored.sort_unstable_by(best_first);
    scored.into_iter().map(|(_, place)| place).collect()
}
