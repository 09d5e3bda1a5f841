//! Which candidates add nothing to what they require? A refresher for holders of a licence teaches what the licence taught; who has no licence needs that one, and who
//! has just got it needs no refresher.

use std::collections::BTreeMap;

use super::{Candidate, Had};

/// Nearness in wording that differs by less is the same: *refresher for licence holders* is a little nearer to a licence than the licence. Chosen on the judged
/// development half, of 0 and 0.1.
const NEAR_SAME: f64 = 0.1;

/// Leaves out what requires a candidate that is not had and that does all that it does: covers each demanded skill as far, and is nearly as near in wording.
/// The order of the others stays.
pub fn without_sequels(candidates: Vec<Candidate>, had: &Had) -> Vec<Candidate> {
    if candidates
        .iter()
        .all(|candidate| candidate.facts.prerequisites.is_empty())
    {
        return candidates;
    }
    let places: BTreeMap<u64, usize> = candidates
        .iter()
        .enumerate()
        .map(|(at, candidate)| (candidate.facts.id_hash, at))
        .collect();
    let required = |candidate: &Candidate| {
        let open = candidate
            .facts
            .prerequisites
            .iter()
            .filter(|id| had.ids.binary_search(id).is_err());
        open.filter_map(|id| places.get(id))
            .copied()
            .collect::<Vec<_>>()
    };
    let is_sequel = |candidate: &Candidate| {
        required(candidate)
            .into_iter()
            .any(|at| does_all_of(&candidates[at], candidate))
    };
    let keeps: Vec<bool> = candidates
        .iter()
        .map(|candidate| !is_sequel(candidate))
        .collect();
    candidates
        .into_iter()
        .zip(keeps)
        .filter(|(_, keeps)| *keeps)
        .map(|(candidate, _)| candidate)
        .collect()
}

/// Whether one candidate does all that another does that requires it; not where each requires the other.
fn does_all_of(required: &Candidate, candidate: &Candidate) -> bool {
    let covers = |at: usize| {
        required
            .covers
            .iter()
            .find(|covered| covered.at == at)
            .map_or(0.0, |covered| covered.coverage)
    };
    !required
        .facts
        .prerequisites
        .contains(&candidate.facts.id_hash)
        && required.near.value + NEAR_SAME >= candidate.near.value
        && candidate
            .covers
            .iter()
            .all(|covered| covers(covered.at) >= covered.coverage)
}
