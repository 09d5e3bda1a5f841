//! Which credentials are worth scoring? Those that teach something that covers what is missing, and fulfil every constraint; the best few hundred.

use std::collections::BTreeMap;

use skillgap_index::Catalogue;
use skillgap_index::catalogue::{Facts, Filter};
use skillgap_index::model::esco::SkillId;
use skillgap_index::schema::id_hash;

use crate::error::Result;
use crate::gap::{Gap, Profile};

/// What one credential does for the gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What ranking needs to know of it.
    pub facts: Facts,
    /// The demanded skills that it covers further than they are held, in the order of the demand.
    pub covers: Vec<Covered>,
    /// Share of the gap's remaining weight that it closes, in (0, 1].
    pub closure: f64,
}

/// One demanded skill that a credential covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Covered {
    /// Position in the demand.
    pub at: usize,
    /// How far, in [0, 1]: coverage of the taught skill times the confidence that it is taught.
    pub coverage: f64,
    /// The taught skill that covers it best; ties by row.
    pub taught: SkillId,
}

/// All that is needed to say what a set of taught skills does for a gap, without touching the catalogue.
pub struct Needs {
    /// Taught skill → (position in the demand, coverage).
    by_taught: BTreeMap<SkillId, Vec<(usize, f64)>>,
    /// Position → (weight, held).
    items: Vec<(f64, f64)>,
    remaining: f64,
}

impl Needs {
    /// Turns the coverage of a gap round: from taught skills to what they cover further than it is held.
    pub fn of(gap: &Gap) -> Self {
        let mut by_taught: BTreeMap<SkillId, Vec<(usize, f64)>> = BTreeMap::new();
        for (at, item) in gap.items.iter().enumerate() {
            // A credential does not state to which level it teaches a skill, so it counts like a held skill without level.
            let covers = gap.coverage.covers(at).iter().map(|cover| (cover.skill, cover.coverage * item.level_not_stated));
            for (skill, coverage) in covers.filter(|(_, coverage)| *coverage > item.held) {
                by_taught.entry(skill).or_default().push((at, coverage));
            }
        }
        Self { by_taught, items: gap.items.iter().map(|item| (item.weight, item.held)).collect(), remaining: gap.remaining() }
    }

    /// The best coverage of each demanded skill by what is taught, where that is further than held. In the order of the demand.
    pub fn covered(&self, taught: &[(SkillId, f64)]) -> Vec<Covered> {
        let mut best: BTreeMap<usize, Covered> = BTreeMap::new();
        for (skill, confidence) in taught {
            for (at, coverage) in self.by_taught.get(skill).into_iter().flatten() {
                let covered = Covered { at: *at, coverage: coverage * confidence, taught: *skill };
                if covered.coverage > self.items[*at].1 {
                    best.entry(*at)
                        .and_modify(|known| {
                            if covered.coverage > known.coverage {
                                *known = covered
                            }
                        })
                        .or_insert(covered);
                }
            }
        }
        best.into_values().collect()
    }

    /// Share of the remaining weight that these covers close together: Σ weight · (coverage − held) / remaining. `coverage` is by position.
    pub fn closure(&self, covers: impl IntoIterator<Item = (usize, f64)>) -> f64 {
        if self.remaining <= 0.0 {
            return 0.0;
        }
        let closed: f64 = covers.into_iter().map(|(at, coverage)| self.items[at].0 * (coverage - self.items[at].1).max(0.0)).sum();
        (closed / self.remaining).min(1.0)
    }

    /// Positions in the demand.
    pub fn n_items(&self) -> usize {
        self.items.len()
    }

    /// How far the demanded skill at position `at` is held.
    pub fn held(&self, at: usize) -> f64 {
        self.items[at].1
    }

    /// Whether a taught skill covers anything that is missing, with any confidence.
    pub fn needs(&self, skill: SkillId) -> Option<f64> {
        self.by_taught.get(&skill).map(|covers| covers.iter().map(|(_, coverage)| *coverage).fold(0.0, f64::max))
    }
}

/// Finds the `limit` credentials that close most of the gap and are not held yet; ties by id. None where nothing is missing.
///
/// # Errors
/// What the catalogue says.
pub fn find(catalogue: &Catalogue, needs: &Needs, profile: &Profile, filter: &Filter, limit: usize) -> Result<Vec<Candidate>> {
    let skills: Vec<SkillId> = needs.by_taught.keys().copied().collect();
    if skills.is_empty() {
        return Ok(Vec::new());
    }
    let closure = |covers: &[Covered]| needs.closure(covers.iter().map(|covered| (covered.at, covered.coverage)));
    let facts = catalogue.credentials.candidates(&skills, filter, limit, &|taught| closure(&needs.covered(taught)))?;
    let held: Vec<u64> = profile.credentials.iter().map(|id| id_hash(id)).collect();
    let candidates = facts.into_iter().filter(|facts| !held.contains(&facts.id_hash)).map(|facts| {
        let covers = needs.covered(&facts.teaches);
        Candidate { closure: closure(&covers), covers, facts }
    });
    Ok(candidates.collect())
}
