//! The gap: each demanded skill against everything that the person holds (met, partly met or missing), and what is left of its weight.

mod coverage;
mod level;
mod past_jobs;
mod profile;

use skillgap_catalogue::Catalogue;
use skillgap_esco::SkillId;

pub use coverage::{Cover, Coverage, Road, covered_by};
pub use level::course_factor;
pub use past_jobs::{JobName, PastJob, job_names};
pub use profile::{Held, HeldSource, Profile, ProfileParts, Relinked, gather};

use crate::demand::{Demand, Demanded, Level};
use level::level_factor;

/// At least this much held counts as met.
const MET: f64 = 0.95;

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

/// How far a licence or certificate that is asked for is there to be shown, where no held credential gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The person's text says that they have it.
    Claimed,
    /// Only the skill is held.
    SkillOnly,
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
    /// How sure it is that it is asked for, in [0, 1].
    pub confidence: f64,
    /// The demanded level, if one is asked for.
    pub level: Option<Level>,
    /// The held skill that covers it best, and where that comes from; nothing if `held` is 0. Ties by row.
    pub nearest: Option<(SkillId, HeldSource)>,
    /// How that skill comes to count; nothing if `held` is 0.
    pub by: Option<By>,
    /// Of a licence or certificate that must be shown: what stands for it. Nothing where none is asked for, a held credential covers it, or `held` is 0.
    pub shown: Option<Shown>,
}

/// How a held skill comes to count for a demanded one: `held` = coverage · certainty · level.
#[derive(Clone, Debug, PartialEq)]
pub struct By {
    /// By which road.
    pub road: Road,
    /// How far the held skill stands for the demanded one, in (0, 1].
    pub coverage: f64,
    /// How sure it is that it is held, in (0, 1].
    pub certainty: f64,
    /// How far its level satisfies the demanded one, in (0, 1]; 1 where none is demanded.
    pub level_factor: f64,
    /// The level that counted, if one is stated.
    pub level: Option<Level>,
    /// Every source of the held skill, the one that counted among them; most certain kind first.
    pub sources: Vec<Held>,
    /// Whether the person states a level of this skill that counts less than the source that counted, which states none: to be asked.
    pub level_in_doubt: bool,
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

    /// Share of the weight that is held, in [0, 1]; nothing where nothing is asked for.
    pub fn readiness(&self) -> Option<f64> {
        let weight = self.weight();
        (weight > 0.0).then(|| (1.0 - self.remaining() / weight).clamp(0.0, 1.0))
    }
}

/// Compares a demand with a profile: held(d) = max over held h of certainty(h) · level(h, d) · cover(h → d). Keeps what covers each demanded skill.
///
/// One more held skill never lowers `held`, because it is a maximum.
pub fn analyse(catalogue: &Catalogue, demand: &Demand, profile: &Profile) -> Gap {
    let skills: Vec<SkillId> = demand
        .skills
        .iter()
        .map(|demanded| demanded.skill)
        .collect();
    with(Coverage::of(catalogue, &skills), demand, profile)
}

/// As [`analyse`], with the same items, for callers that do not look for credentials: [`Gap::coverage`] holds the held skills only. Cost: one product of two
/// vectors for each pair of a demanded and a held skill.
pub fn analyse_held(catalogue: &Catalogue, demand: &Demand, profile: &Profile) -> Gap {
    let skills: Vec<SkillId> = demand
        .skills
        .iter()
        .map(|demanded| demanded.skill)
        .collect();
    let mut held: Vec<SkillId> = profile.held.iter().map(|held| held.skill).collect();
    held.dedup();
    with(Coverage::among(catalogue, &skills, &held), demand, profile)
}

/// The same demand against another profile.
pub fn analyse_again(gap: &Gap, demand: &Demand, profile: &Profile) -> Gap {
    with(gap.coverage.clone(), demand, profile)
}

fn with(coverage: Coverage, demand: &Demand, profile: &Profile) -> Gap {
    let items = demand
        .skills
        .iter()
        .enumerate()
        .map(|(at, demanded)| item(demanded, coverage.covers(at), profile))
        .collect();
    Gap { items, coverage }
}

fn item(demanded: &Demanded, covers: &[Cover], profile: &Profile) -> GapItem {
    let mut best: Option<(f64, &Cover, &Held)> = None;
    let mut shown = Some(Shown::SkillOnly).filter(|_| demanded.must_be_shown);
    for (cover, held) in covers.iter().flat_map(|cover| {
        profile
            .of(cover.skill)
            .iter()
            .map(move |held| (cover, held))
    }) {
        shown = shown_by(shown, cover, held);
        let value = coverage_of(cover, held)
            * held.certainty
            * level_factor(held.level, held.source, demanded.level);
        if value > best.map_or(0.0, |(known, ..)| known) {
            best = Some((value, cover, held));
        }
    }
    GapItem {
        skill: demanded.skill,
        weight: demanded.weight,
        confidence: demanded.confidence,
        level: demanded.level,
        held: best.map_or(0.0, |(value, ..)| value.min(1.0)),
        nearest: best.map(|(_, _, held)| (held.skill, held.source)),
        by: best.map(|(_, cover, held)| by(demanded, cover, held, profile)),
        shown: shown.filter(|_| best.is_some()),
    }
}

/// What stands for a licence, with one more held skill: a credential gives it, a text claims it, if they are about it and not about something near.
fn shown_by(so_far: Option<Shown>, cover: &Cover, held: &Held) -> Option<Shown> {
    match held.source {
        _ if cover.coverage < MET => so_far,
        HeldSource::Credential => None,
        HeldSource::Text if held.claims_proof => so_far.map(|_| Shown::Claimed),
        _ => so_far,
    }
}

/// A language as a whole covers each of its parts where a level is stated: a level is one of speaking, reading and writing alike.
fn coverage_of(cover: &Cover, held: &Held) -> f64 {
    if cover.road == (Road::Language { whole: true }) && held.level.is_some() {
        1.0
    } else {
        cover.coverage
    }
}

fn by(demanded: &Demanded, cover: &Cover, held: &Held, profile: &Profile) -> By {
    let factor =
        |held: &Held| held.certainty * level_factor(held.level, held.source, demanded.level);
    let sources = profile.of(held.skill);
    let stated_less = |other: &Held| {
        other.source == HeldSource::Stated && other.level.is_some() && factor(other) < factor(held)
    };
    By {
        road: cover.road,
        coverage: coverage_of(cover, held),
        certainty: held.certainty,
        level_factor: level_factor(held.level, held.source, demanded.level),
        level: held.level,
        level_in_doubt: held.level.is_none() && sources.iter().any(stated_less),
        sources: sources.to_vec(),
    }
}
