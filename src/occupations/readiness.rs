//! The readiness of a person for each occupation, by how far its skills are held.

use skillgap_catalogue::Catalogue;
use skillgap_esco::{Occupation, OccupationId, SkillId};

use crate::demand::{OPTIONAL_WEIGHT, Requirement};
use crate::gap::{Profile, covered_by};

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
pub struct HeldCoverage {
    held: Vec<f64>,
}

impl HeldCoverage {
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

/// All occupations that are wanted and have skills, most ready first; ties by row. Cost: one look at each skill of each occupation.
pub fn reachable(
    catalogue: &Catalogue,
    held_coverage: &HeldCoverage,
    wanted: &Wanted,
) -> Vec<Reachable> {
    let ids = (0..catalogue.esco.occupations.len() as u32).map(OccupationId);
    let admitted = ids
        .zip(&catalogue.esco.occupations)
        .filter(|(id, occupation)| wanted.admits(*id, occupation));
    let mut found: Vec<Reachable> = admitted
        .filter_map(|(id, occupation)| {
            Some(Reachable {
                occupation: id,
                readiness: readiness(occupation, held_coverage)?,
            })
        })
        .filter(|reachable| reachable.readiness >= wanted.readiness_min)
        .collect();
    found.sort_by(|a, b| {
        b.readiness
            .total_cmp(&a.readiness)
            .then(a.occupation.cmp(&b.occupation))
    });
    found
}

/// The skills of an occupation, essential ones first.
pub(super) fn needed(
    catalogue: &Catalogue,
    occupation: OccupationId,
    held_coverage: &HeldCoverage,
) -> Vec<Needed> {
    let Some(occupation) = catalogue.esco.occupations.get(occupation.row()) else {
        return Vec::new();
    };
    skills(occupation)
        .map(|(skill, requirement)| Needed {
            skill,
            requirement,
            held: held_coverage.held(skill),
        })
        .collect()
}

/// The skills of an occupation, essential ones first.
pub(super) fn skills(occupation: &Occupation) -> impl Iterator<Item = (SkillId, Requirement)> + '_ {
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

pub(super) fn weight(requirement: Requirement) -> f64 {
    match requirement {
        Requirement::Essential => 1.0,
        Requirement::Optional => OPTIONAL_WEIGHT,
    }
}

/// Σ weight · held / Σ weight; nothing for an occupation without skills.
fn readiness(occupation: &Occupation, held_coverage: &HeldCoverage) -> Option<f64> {
    let (mut held, mut all) = (0.0, 0.0);
    for (skill, requirement) in skills(occupation) {
        held += weight(requirement) * held_coverage.held(skill);
        all += weight(requirement);
    }
    (all > 0.0).then(|| (held / all).clamp(0.0, 1.0))
}
