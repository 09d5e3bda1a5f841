//! Which candidates add nothing to what they require? A refresher for holders of a licence teaches what the licence taught; who has no licence needs that one, and who
//! has just got it needs no refresher.

use std::collections::BTreeMap;

use super::{Candidate, Had};

/// Leaves out what requires a candidate that is not had and that does all that it does: covers each demanded skill as far, and is as near in wording.
/// The order of the others stays.
pub fn without_sequels(candidates: Vec<Candidate>, had: &Had) -> Vec<Candidate> {
    if candidates.iter().all(|candidate| candidate.facts.prerequisites.is_empty()) {
        return candidates;
    }
    let places: BTreeMap<u64, usize> = candidates.iter().enumerate().map(|(at, candidate)| (candidate.facts.id_hash, at)).collect();
    let required = |candidate: &Candidate| {
        let open = candidate.facts.prerequisites.iter().filter(|id| had.ids.binary_search(id).is_err());
        open.filter_map(|id| places.get(id)).copied().collect::<Vec<_>>()
    };
    let is_sequel = |candidate: &Candidate| required(candidate).into_iter().any(|at| does_all_of(&candidates[at], candidate));
    let keeps: Vec<bool> = candidates.iter().map(|candidate| !is_sequel(candidate)).collect();
    candidates.into_iter().zip(keeps).filter(|(_, keeps)| *keeps).map(|(candidate, _)| candidate).collect()
}

/// Whether one candidate does all that another does that requires it; not where each requires the other.
fn does_all_of(required: &Candidate, candidate: &Candidate) -> bool {
    let covers = |at: usize| required.covers.iter().find(|covered| covered.at == at).map_or(0.0, |covered| covered.coverage);
    !required.facts.prerequisites.contains(&candidate.facts.id_hash)
        && required.near.value >= candidate.near.value
        && candidate.covers.iter().all(|covered| covers(covered.at) >= covered.coverage)
}

#[cfg(test)]
mod tests {
    use skillgap_index::catalogue::Facts;
    use skillgap_index::model::esco::SkillId;

    use super::*;
    use crate::candidates::{Covered, Near};

    /// Id, what it requires, how far it covers the only demanded skill, and how near it is.
    fn candidate((id, requires, coverage, near): (u64, &[u64], f64, f64)) -> Candidate {
        let facts = Facts { id_hash: id, prerequisites: requires.to_vec(), ..Facts::default() };
        let covers = vec![Covered { at: 0, coverage, taught: SkillId(0) }];
        Candidate { facts, covers, closure: coverage, near: Near { value: near, best: None }, entry: None, known: 0.0 }
    }

    #[test]
    fn what_adds_nothing_to_what_it_requires_is_left_out() {
        let licence = (1, &[][..], 0.9, 0.5);
        for (candidates, had, kept) in [
            (vec![licence, (2, &[1], 0.9, 0.4)], vec![], vec![1]),
            (vec![licence, (2, &[1], 0.9, 0.4)], vec![1], vec![1, 2]),
            (vec![licence, (2, &[1], 1.0, 0.4)], vec![], vec![1, 2]),
            (vec![licence, (2, &[1], 0.9, 0.6)], vec![], vec![1, 2]),
            (vec![licence, (2, &[7], 0.9, 0.4)], vec![], vec![1, 2]),
            (vec![(1, &[2], 0.9, 0.5), (2, &[1], 0.9, 0.5)], vec![], vec![1, 2]),
        ] {
            let had = Had { ids: had, ..Had::default() };
            let left = without_sequels(candidates.into_iter().map(candidate).collect(), &had);
            assert_eq!(left.iter().map(|candidate| candidate.facts.id_hash).collect::<Vec<_>>(), kept);
        }
    }
}
