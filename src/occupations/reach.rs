//! The reach of an occupation: how realistic it is, with what is missing and what is shared.

use skillgap_catalogue::Catalogue;
use skillgap_esco::SkillId;

use super::best_credential::BestCredential;
use super::readiness::{HeldCoverage, Needed, Reachable, needed};
use crate::demand::Requirement;

/// Held at least so far, a skill of an occupation does not count as missing.
const HALF: f64 = 0.5;
/// Shares of the essential skills that are not missing, from which an occupation is ready, within reach, a longer way.
const READY: f64 = 0.9;
const WITHIN_REACH: f64 = 0.6;
const LONGER_WAY: f64 = 0.3;
/// Held skills that are named as the reason for an occupation.
const SHARED_MAX: usize = 5;

/// How realistic an occupation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// At least nine in ten essential skills are at least half held.
    Ready,
    /// At least six in ten, or nine in ten with the one credential that helps most.
    WithinReach,
    /// At least three in ten, or six in ten with that credential.
    LongerWay,
    /// Less.
    Far,
}

impl Reach {
    /// By the shares of essential skills that are at least half held, now and with the credential that helps most. Without essential skills, of all skills.
    fn of(now: f64, with_credential: f64) -> Self {
        if now >= READY {
            Self::Ready
        } else if now >= WITHIN_REACH || with_credential >= READY {
            Self::WithinReach
        } else if now >= LONGER_WAY || with_credential >= WITHIN_REACH {
            Self::LongerWay
        } else {
            Self::Far
        }
    }
}

/// One occupation of an answer, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// The occupation and its readiness.
    pub reachable: Reachable,
    /// How realistic it is.
    pub reach: Reach,
    /// Essential skills in all, and those that are less than half held.
    pub n_essential: usize,
    /// Essential skills that are less than half held.
    pub n_essential_missing: usize,
    /// Skills that are less than half held: essential first, the least held first; ties by row.
    pub missing: Vec<Needed>,
    /// Some of the skills that are at least half held: essential first, those that the fewest occupations need first; ties by row.
    pub shared: Vec<SkillId>,
    /// The credential that helps most, if any does.
    pub lift: Option<BestCredential>,
}

/// Adds to a page of occupations what is missing, and how realistic each is with its best credential, which is by position.
pub fn describe(
    catalogue: &Catalogue,
    held_coverage: &HeldCoverage,
    page: &[Reachable],
    best: Vec<Option<BestCredential>>,
) -> Vec<Reached> {
    page.iter()
        .zip(best)
        .map(|(reachable, best)| reached(catalogue, held_coverage, *reachable, best))
        .collect()
}

fn reached(
    catalogue: &Catalogue,
    held_coverage: &HeldCoverage,
    reachable: Reachable,
    lift: Option<BestCredential>,
) -> Reached {
    let needed = needed(catalogue, reachable.occupation, held_coverage);
    let essential = needed
        .iter()
        .filter(|needed| needed.requirement == Requirement::Essential)
        .count();
    let counted = if essential > 0 {
        &needed[..essential]
    } else {
        &needed[..]
    };
    let share = |held: &dyn Fn(&Needed) -> f64| {
        counted.iter().filter(|needed| held(needed) >= HALF).count() as f64
            / counted.len().max(1) as f64
    };
    let with_lift = |needed: &Needed| {
        needed
            .held
            .max(lift.as_ref().map_or(0.0, |lift| lift.covers(needed.skill)))
    };
    let reach = Reach::of(share(&|needed| needed.held), share(&with_lift));
    let mut missing: Vec<Needed> = needed
        .iter()
        .filter(|needed| needed.held < HALF)
        .copied()
        .collect();
    missing.sort_by(|a, b| {
        b.weight()
            .total_cmp(&a.weight())
            .then(a.held.total_cmp(&b.held))
            .then(a.skill.cmp(&b.skill))
    });
    let rarity = |skill: SkillId| {
        let (essential, optional) = catalogue.graph.occupation_counts(skill);
        essential + optional
    };
    let mut shared: Vec<&Needed> = needed.iter().filter(|needed| needed.held >= HALF).collect();
    shared.sort_by_key(|needed| {
        (
            needed.requirement == Requirement::Optional,
            rarity(needed.skill),
            needed.skill,
        )
    });
    Reached {
        reachable,
        reach,
        n_essential: essential,
        n_essential_missing: missing
            .iter()
            .filter(|needed| needed.requirement == Requirement::Essential)
            .count(),
        shared: shared
            .into_iter()
            .take(SHARED_MAX)
            .map(|needed| needed.skill)
            .collect(),
        missing,
        lift,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_credential_counts_as_one_grade_at_most() {
        assert_eq!(Reach::of(0.9, 0.9), Reach::Ready);
        assert_eq!(Reach::of(0.6, 0.6), Reach::WithinReach);
        assert_eq!(Reach::of(0.2, 0.9), Reach::WithinReach);
        assert_eq!(Reach::of(0.3, 0.8), Reach::LongerWay);
        assert_eq!(Reach::of(0.1, 0.6), Reach::LongerWay);
        assert_eq!(Reach::of(0.29, 0.59), Reach::Far);
    }
}
