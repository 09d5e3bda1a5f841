//! What is missing? Each demanded skill against everything that the person holds: met, partly met or missing, and what is left of its weight.

mod coverage;
mod profile;

use skillgap_index::Catalogue;
use skillgap_index::model::esco::SkillId;

pub use coverage::{Cover, Coverage};
pub use profile::{Held, HeldSource, Profile, ProfileParts, gather};

use crate::demand::{Demand, Demanded, Level};

/// At least this much held counts as met.
const MET: f64 = 0.95;
/// Coverage where the demand states a level and the held skill does not: what is not known is not taken for granted.
const LEVEL_NOT_STATED: f64 = 0.75;
/// Most coverage where the held level is below the demanded one.
const LEVEL_BELOW_MAX: f64 = 0.8;

/// How one demanded skill stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Held, as far as one can tell.
    Met,
    /// Held in part, or something near is held.
    Partly,
    /// Nothing held covers it.
    Missing,
}

/// One demanded skill against a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct GapItem {
    /// The demanded skill.
    pub skill: SkillId,
    /// Its weight in the demand.
    pub weight: f64,
    /// How far it is held, in [0, 1].
    pub held: f64,
    /// How far a skill whose level is not stated satisfies the demanded level, in [0, 1]; 1 where none is demanded.
    pub level_not_stated: f64,
    /// The held skill that covers it best, and where that comes from; nothing if `held` is 0. Ties by row.
    pub nearest: Option<(SkillId, HeldSource)>,
}

impl GapItem {
    /// What is left of the weight: weight · (1 − held).
    pub fn remaining(&self) -> f64 {
        self.weight * (1.0 - self.held)
    }

    /// Met, partly met or missing.
    pub fn state(&self) -> State {
        match self.held {
            held if held >= MET => State::Met,
            held if held > 0.0 => State::Partly,
            _ => State::Missing,
        }
    }
}

/// All demanded skills against a profile, in the order of the demand.
#[derive(Clone, Debug)]
pub struct Gap {
    /// One item a demanded skill.
    pub items: Vec<GapItem>,
    /// What covers each demanded skill.
    pub coverage: Coverage,
}

impl Gap {
    /// Sum of all weights.
    pub fn weight(&self) -> f64 {
        self.items.iter().map(|item| item.weight).sum()
    }

    /// Sum of what is left.
    pub fn remaining(&self) -> f64 {
        self.items.iter().map(GapItem::remaining).sum()
    }

    /// Share of the weight that is held, in [0, 1]; 1 where nothing is asked for.
    pub fn readiness(&self) -> f64 {
        let weight = self.weight();
        if weight > 0.0 { (1.0 - self.remaining() / weight).clamp(0.0, 1.0) } else { 1.0 }
    }
}

/// Compares a demand with a profile: held(d) = max over held h of certainty(h) · level(h, d) · cover(h → d).
///
/// One more held skill never lowers `held`, because it is a maximum. Cost: one matrix product of the demand with all skills.
pub fn analyse(catalogue: &Catalogue, demand: &Demand, profile: &Profile) -> Gap {
    let skills: Vec<SkillId> = demand.skills.iter().map(|demanded| demanded.skill).collect();
    let coverage = Coverage::of(catalogue, &skills);
    let items = demand.skills.iter().enumerate().map(|(at, demanded)| item(demanded, coverage.covers(at), profile)).collect();
    Gap { items, coverage }
}

fn item(demanded: &Demanded, covers: &[Cover], profile: &Profile) -> GapItem {
    let mut best: Option<(f64, &Held)> = None;
    for held in &profile.held {
        let Ok(at) = covers.binary_search_by_key(&held.skill, |cover| cover.skill) else { continue };
        let value = covers[at].coverage * held.certainty * level_factor(held.level, demanded.level);
        let better = best.is_none_or(|(known, by)| value > known || value == known && (held.skill, held.source) < (by.skill, by.source));
        if value > 0.0 && better {
            best = Some((value, held));
        }
    }
    GapItem {
        skill: demanded.skill,
        weight: demanded.weight,
        level_not_stated: level_factor(None, demanded.level),
        held: best.map_or(0.0, |(value, _)| value.min(1.0)),
        nearest: best.map(|(_, held)| (held.skill, held.source)),
    }
}

/// How far a held level satisfies a demanded one: 1 if it does or none is demanded; below it, the ratio of the ranks, at most
/// [`LEVEL_BELOW_MAX`]; [`LEVEL_NOT_STATED`] where the held level is not stated or on another scale.
fn level_factor(held: Option<Level>, demanded: Option<Level>) -> f64 {
    let Some(demanded) = demanded else { return 1.0 };
    let Some(held) = held else { return LEVEL_NOT_STATED };
    match held.meets(demanded) {
        Some(true) => 1.0,
        Some(false) => (f64::from(held.rank().1) / f64::from(demanded.rank().1)).min(LEVEL_BELOW_MAX),
        None => LEVEL_NOT_STATED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b1_does_not_meet_b2() {
        let level = |text| Level::parse(text);
        assert_eq!(level_factor(level("B2"), level("B2")), 1.0);
        assert_eq!(level_factor(level("C1"), level("B2")), 1.0);
        assert_eq!(level_factor(level("B1"), level("B2")), 0.75);
        assert_eq!(level_factor(level("C1"), level("C2")), LEVEL_BELOW_MAX);
        assert_eq!(level_factor(None, level("B2")), LEVEL_NOT_STATED);
        assert_eq!(level_factor(None, None), 1.0);
    }
}
