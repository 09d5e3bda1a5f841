//! Which occupations are within a person's reach? Every occupation's skills against all that is held; what is missing, and the one credential
//! that helps most.
//!
//! Readiness = Σ weight · held / Σ weight over an occupation's skills, essential 1, optional 0.3 (design, section 6): the same number that a gap analysis
//! of that occupation gives.

mod about;
mod lift;

use skillgap_catalogue::Catalogue;
use skillgap_esco::{Occupation, OccupationId, SkillId};

pub use about::{About, Signals, about, signals};
pub use lift::{Lift, lifts};

use crate::demand::{OPTIONAL_WEIGHT, Requirement};
use crate::gap::{Profile, covered_by};

/// Held at least so far, a skill of an occupation does not count as missing.
const HALF: f64 = 0.5;
/// Shares of the essential skills that are not missing, from which an occupation is ready, within reach, a longer way.
const READY: f64 = 0.9;
const WITHIN_REACH: f64 = 0.6;
const LONGER_WAY: f64 = 0.3;
/// Held skills that are named as the reason for an occupation.
const SHARED_MAX: usize = 5;

/// What an occupation must fulfil to be shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Beginnings of ISCO-08 codes, one of which suffices; all if empty.
    pub isco_groups: Vec<String>,
    /// Occupations that are not shown, sorted.
    pub excluded: Vec<OccupationId>,
    /// Least readiness.
    pub readiness_min: f64,
}

impl Wanted {
    fn admits(&self, id: OccupationId, occupation: &Occupation) -> bool {
        let in_group = self.isco_groups.is_empty()
            || self
                .isco_groups
                .iter()
                .any(|group| occupation.isco_group.starts_with(group.as_str()));
        in_group && self.excluded.binary_search(&id).is_err()
    }
}

/// How far each skill is held, by row: by equality or by what covers it.
pub struct Standing {
    held: Vec<f64>,
}

impl Standing {
    /// Everything that the profile covers. Cost: one look at the neighbours of each held skill.
    pub fn of(catalogue: &Catalogue, profile: &Profile) -> Self {
        let mut skills: Vec<SkillId> = profile.held.iter().map(|held| held.skill).collect();
        skills.dedup();
        let mut held = vec![0.0_f64; catalogue.esco.skills.len()];
        for (skill, covered) in skills.iter().zip(covered_by(catalogue, &skills)) {
            let certainty = profile.certainty(*skill);
            for cover in covered {
                let value = &mut held[cover.skill.row()];
                *value = value.max(cover.coverage * certainty);
            }
        }
        Self { held }
    }

    /// How far a skill is held, in [0, 1].
    pub fn held(&self, skill: SkillId) -> f64 {
        self.held.get(skill.row()).copied().unwrap_or_default()
    }
}

/// One occupation against a person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reachable {
    /// The occupation.
    pub occupation: OccupationId,
    /// Share of its skills' weight that is held, in [0, 1].
    pub readiness: f64,
}

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

/// A skill that an occupation needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Needed {
    /// The skill.
    pub skill: SkillId,
    /// Essential or optional for the occupation.
    pub requirement: Requirement,
    /// How far it is held, in [0, 1].
    pub held: f64,
}

impl Needed {
    /// 1 for an essential skill, [`OPTIONAL_WEIGHT`] for an optional one.
    pub fn weight(&self) -> f64 {
        weight(self.requirement)
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
    pub lift: Option<Lift>,
}

/// All occupations that are wanted and have skills, most ready first; ties by row. Cost: one look at each skill of each occupation.
pub fn reach(catalogue: &Catalogue, standing: &Standing, wanted: &Wanted) -> Vec<Reachable> {
    let ids = (0..catalogue.esco.occupations.len() as u32).map(OccupationId);
    let admitted = ids
        .zip(&catalogue.esco.occupations)
        .filter(|(id, occupation)| wanted.admits(*id, occupation));
    let mut reachable: Vec<Reachable> = admitted
        .filter_map(|(id, occupation)| {
            Some(Reachable {
                occupation: id,
                readiness: readiness(occupation, standing)?,
            })
        })
        .filter(|reachable| reachable.readiness >= wanted.readiness_min)
        .collect();
    reachable.sort_by(|a, b| {
        b.readiness
            .total_cmp(&a.readiness)
            .then(a.occupation.cmp(&b.occupation))
    });
    reachable
}

/// Adds to a page of occupations what is missing, and how realistic each is with its lift, which is by position.
pub fn describe(
    catalogue: &Catalogue,
    standing: &Standing,
    page: &[Reachable],
    lifts: Vec<Option<Lift>>,
) -> Vec<Reached> {
    page.iter()
        .zip(lifts)
        .map(|(reachable, lift)| reached(catalogue, standing, *reachable, lift))
        .collect()
}

fn reached(
    catalogue: &Catalogue,
    standing: &Standing,
    reachable: Reachable,
    lift: Option<Lift>,
) -> Reached {
    let needed = needed(catalogue, reachable.occupation, standing);
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

/// The skills of an occupation, essential ones first.
fn needed(catalogue: &Catalogue, occupation: OccupationId, standing: &Standing) -> Vec<Needed> {
    let Some(occupation) = catalogue.esco.occupations.get(occupation.row()) else {
        return Vec::new();
    };
    skills(occupation)
        .map(|(skill, requirement)| Needed {
            skill,
            requirement,
            held: standing.held(skill),
        })
        .collect()
}

/// The skills of an occupation, essential ones first.
fn skills(occupation: &Occupation) -> impl Iterator<Item = (SkillId, Requirement)> + '_ {
    let essential = occupation
        .essential
        .iter()
        .map(|skill| (*skill, Requirement::Essential));
    essential.chain(
        occupation
            .optional
            .iter()
            .map(|skill| (*skill, Requirement::Optional)),
    )
}

fn weight(requirement: Requirement) -> f64 {
    match requirement {
        Requirement::Essential => 1.0,
        Requirement::Optional => OPTIONAL_WEIGHT,
    }
}

/// Σ weight · held / Σ weight; nothing for an occupation without skills.
fn readiness(occupation: &Occupation, standing: &Standing) -> Option<f64> {
    let (mut held, mut all) = (0.0, 0.0);
    for (skill, requirement) in skills(occupation) {
        held += weight(requirement) * standing.held(skill);
        all += weight(requirement);
    }
    (all > 0.0).then(|| (held / all).clamp(0.0, 1.0))
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
