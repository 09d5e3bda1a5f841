//! Prior learning: credentials that a person could have recognised instead of taking them, because the profile covers their outcomes, with the evidence.

use std::collections::BTreeMap;

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Facts, Filter, Place, Sizes};
use skillgap_esco::SkillId;

use super::held::HeldClosure;
use super::stated::{attains_levels, attains_taught};
use crate::demand::{Cefr, Demand, Demanded, Level};
use crate::error::Result;
use crate::gap::{self, Gap, GapItem, Profile};

/// From this share of what it teaches on, a credential is listed for recognition.
pub const SHARE_MIN: f64 = 0.8;
/// Most credentials that are listed.
const LISTED_MAX: usize = 5;
/// Credentials whose share is worked out with the whole maths of the gap, and the least share that the first look must give them. That look
/// sees what is held itself, or through something narrower; the maths also sees levels, relations and similarity.
const LOOKED_AT_MAX: usize = 8;
const FIRST_LOOK_MIN: f64 = 0.7;
/// Steps of the hierarchy from a held skill up to what it stands for.
const STEPS_UP: u32 = 2;

/// A credential that the person may have recognised.
#[derive(Clone, Debug, PartialEq)]
pub struct Prior {
    /// What its columns say.
    pub facts: Facts,
    /// Share of what it teaches that is held: Σ confidence · held / Σ confidence, in [0.8, 1].
    pub share: f64,
    /// Share of the demand's weight that it attests, in (0, 1].
    pub relevance: f64,
    /// One entry a taught skill, by row.
    pub evidence: Vec<Evidence>,
}

/// A taught skill, and how far what is held covers it: `item.nearest` is the held skill with where it comes from.
pub type Evidence = GapItem;

/// Lists what the person may have recognised: credentials that attest something that is asked for, and whose outcomes the profile covers to
/// [`SHARE_MIN`] at least. Most relevant first, then by share, then by id. What is held is left out, and
/// what names a level of a language that the profile does not state, what leads to less than the level that is asked for, and what requires another credential
/// that the person does not have. Hours and cost do not restrict, since no course is taken.
///
/// # Errors
/// What the catalogue says.
pub fn prior_learning(
    catalogue: &Catalogue,
    gap: &Gap,
    profile: &Profile,
    had: &HeldClosure,
    filter: &Filter,
) -> Result<Vec<Prior>> {
    let held = at_first_look(catalogue, profile);
    let asked = asked_for(gap);
    let skills: Vec<SkillId> = held
        .keys()
        .filter(|skill| asked.contains_key(skill))
        .copied()
        .collect();
    if skills.is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter {
        hours_max: None,
        cost_max: None,
        ..filter.clone()
    };
    let seen = catalogue.credentials.fold_teaching(
        &skills,
        &filter,
        &Sizes::default(),
        Vec::new,
        |seen, teaching| {
            let taught = || teaching.taught.iter().map(|taught| taught.link());
            let share = share_of(taught(), |skill| {
                held.get(&skill).copied().unwrap_or_default()
            });
            if share >= FIRST_LOOK_MIN && !had.holds(teaching.address) {
                seen.push((relevance(taught(), &asked, gap), share, teaching.address));
            }
        },
    )?;
    let mut seen: Vec<(f64, f64, Place)> = seen.concat();
    let id = |place| catalogue.credentials.id(place);
    seen.sort_by(|a, b| {
        let by_share = b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1));
        by_share.then_with(|| id(a.2).cmp(id(b.2)))
    });
    seen.truncate(LOOKED_AT_MAX);
    let places: Vec<Place> = seen.iter().map(|(.., place)| *place).collect();
    let mut listed = Vec::new();
    for prior in with_evidence(
        catalogue,
        profile,
        catalogue.credentials.facts(&places, &filter)?,
        &seen,
    ) {
        let lacks = |id: &u64| !had.contains(*id);
        if prior.facts.prerequisites.iter().any(lacks) || leads_to_less(gap, &prior.facts) {
            continue;
        }
        let record = catalogue.credentials.record(prior.facts.address)?;
        if attains_levels(catalogue, profile, &record)
            && attains_taught(catalogue, profile, &prior.facts.levels)
        {
            listed.push(prior);
        }
    }
    listed.sort_by(|a, b| {
        b.relevance
            .total_cmp(&a.relevance)
            .then(b.share.total_cmp(&a.share))
            .then_with(|| a.facts.id.cmp(&b.facts.id))
    });
    listed.truncate(LISTED_MAX);
    Ok(listed)
}

/// Whether a credential leads to a lower level of a language than is asked for: nobody who wants to show B1 has A1 recognised.
fn leads_to_less(gap: &Gap, facts: &Facts) -> bool {
    let asked = gap
        .items
        .iter()
        .enumerate()
        .filter_map(|(at, item)| Some((at, item.level?)));
    let less = |at: usize, wanted: Level| {
        let taught = |skill: SkillId| {
            facts
                .levels
                .iter()
                .find(|(of, _)| *of == skill)
                .and_then(|(_, level)| Cefr::at(*level))
        };
        let covers = gap
            .coverage
            .covers(at)
            .iter()
            .filter_map(|cover| taught(cover.skill));
        covers
            .map(Level::Cefr)
            .any(|level| level.meets(wanted) == Some(false))
    };
    asked.into_iter().any(|(at, wanted)| less(at, wanted))
}

/// How surely each skill is held, itself or through a narrower one.
fn at_first_look(catalogue: &Catalogue, profile: &Profile) -> BTreeMap<SkillId, f64> {
    let mut sure: BTreeMap<SkillId, f64> = BTreeMap::new();
    for held in &profile.held {
        let broader = catalogue
            .graph
            .ancestors(held.skill, STEPS_UP)
            .into_iter()
            .map(|(skill, _)| skill);
        for skill in std::iter::once(held.skill).chain(broader) {
            let known = sure.entry(skill).or_default();
            *known = known.max(held.certainty);
        }
    }
    sure
}

/// Every skill that covers something asked for, with what it covers: (position in the demand, coverage).
fn asked_for(gap: &Gap) -> BTreeMap<SkillId, Vec<(usize, f64)>> {
    let mut asked: BTreeMap<SkillId, Vec<(usize, f64)>> = BTreeMap::new();
    for at in 0..gap.items.len() {
        gap.coverage.covers(at).iter().for_each(|cover| {
            asked
                .entry(cover.skill)
                .or_default()
                .push((at, cover.coverage))
        });
    }
    asked
}

/// Σ confidence · value / Σ confidence over what is taught; 0 where nothing is.
fn share_of(taught: impl Iterator<Item = (SkillId, f64)>, value: impl Fn(SkillId) -> f64) -> f64 {
    let (part, all) = taught.fold((0.0, 0.0), |(part, all), (skill, confidence)| {
        (part + confidence * value(skill), all + confidence)
    });
    if all > 0.0 { part / all } else { 0.0 }
}

/// Share of the demand's weight that a credential attests, whether it is held or not.
fn relevance(
    taught: impl Iterator<Item = (SkillId, f64)>,
    asked: &BTreeMap<SkillId, Vec<(usize, f64)>>,
    gap: &Gap,
) -> f64 {
    let mut best: BTreeMap<usize, f64> = BTreeMap::new();
    for (skill, confidence) in taught {
        for (at, coverage) in asked.get(&skill).into_iter().flatten() {
            let known = best.entry(*at).or_default();
            *known = known.max(coverage * confidence);
        }
    }
    let attested: f64 = best
        .into_iter()
        .map(|(at, coverage)| gap.items[at].weight * coverage)
        .sum();
    if gap.weight() > 0.0 {
        attested / gap.weight()
    } else {
        0.0
    }
}

/// Asks the gap stage how far the profile covers what is taught; keeps those that are covered far enough.
fn with_evidence(
    catalogue: &Catalogue,
    profile: &Profile,
    facts: Vec<Facts>,
    seen: &[(f64, f64, Place)],
) -> Vec<Prior> {
    let mut skills: Vec<SkillId> = facts
        .iter()
        .flat_map(|facts| &facts.teaches)
        .map(|(skill, _)| *skill)
        .collect();
    skills.sort_unstable();
    skills.dedup();
    let against = gap::analyse(
        catalogue,
        &Demand::of_skills(skills.into_iter().map(Demanded::essential).collect()),
        profile,
    );
    let items: BTreeMap<SkillId, &GapItem> = against
        .items
        .iter()
        .map(|item| (item.skill, item))
        .collect();
    let prior = facts.into_iter().zip(seen).map(|(facts, (relevance, ..))| {
        let share = share_of(facts.teaches.iter().copied(), |skill| {
            items.get(&skill).map_or(0.0, |item| item.held)
        });
        let evidence = facts
            .teaches
            .iter()
            .filter_map(|(skill, _)| Some((*items.get(skill)?).clone()))
            .collect();
        Prior {
            share: share.min(1.0),
            relevance: relevance.min(1.0),
            evidence,
            facts,
        }
    });
    prior.filter(|prior| prior.share >= SHARE_MIN).collect()
}
