//! The best credential for each occupation of a page: the one that brings a person nearest to it. Postings of what would add something bound what each
//! credential can add; the best few are looked at closely.

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::schema::id_hash;
use skillgap_catalogue::{Facts, Filter, Place};
use skillgap_esco::SkillId;

use super::readiness::{HeldCoverage, Needed, Reachable, needed};
use crate::error::Result;
use crate::gap::{Coverage, Profile};

/// A credential must raise the readiness by at least this much to be named.
const GAIN_MIN: f64 = 0.03;

/// The credential that brings a person nearest to an occupation.
#[derive(Clone, Debug, PartialEq)]
pub struct BestCredential {
    /// What is known of the credential.
    pub facts: Facts,
    /// Readiness for the occupation once the credential is held.
    pub readiness: f64,
    /// Whether it states skills or credentials that must be held before and that the profile does not show.
    pub asks_for_more: bool,
    /// The occupation's skills that it covers further than they are held, and how far; sorted by skill.
    covers: Vec<(SkillId, f64)>,
}

impl BestCredential {
    /// How far it covers a skill of the occupation, where that is further than it is held; else 0.
    pub fn covers(&self, skill: SkillId) -> f64 {
        self.covers
            .binary_search_by_key(&skill, |(skill, _)| *skill)
            .map_or(0.0, |at| self.covers[at].1)
    }
}

/// The best credential for each occupation of the page, by position: the one that raises readiness most, ties by id. Nothing where none that passes the filter
/// and is not held raises it by three hundredths: less is one transversal skill, which every course teaches somehow.
///
/// # Errors
/// What the catalogue says.
pub fn best_credentials(
    catalogue: &Catalogue,
    held_coverage: &HeldCoverage,
    page: &[Reachable],
    profile: &Profile,
    filter: &Filter,
) -> Result<Vec<Option<BestCredential>>> {
    let gains = Gains::of(catalogue, held_coverage, page);
    let held: Vec<u64> = profile.credentials.iter().map(|id| id_hash(id)).collect();
    let exactly = |at: usize, id: u64, taught: &[(SkillId, f64)]| {
        if held.contains(&id) {
            0.0
        } else {
            gains
                .exactly(at, taught)
                .iter()
                .map(|(_, _, gain)| gain)
                .sum()
        }
    };
    let best = catalogue
        .credentials
        .most_teaching(&gains.bounds(), filter, GAIN_MIN, &exactly)?;
    let addresses: Vec<Place> = best.iter().flatten().map(|(_, address)| *address).collect();
    let mut facts = catalogue.credentials.facts(&addresses, filter)?.into_iter();
    let found = |(at, found): (usize, Option<(f64, Place)>)| {
        let (gain, facts) = found.and_then(|(gain, _)| Some((gain, facts.next()?)))?;
        let covers = gains
            .exactly(at, &facts.teaches)
            .into_iter()
            .map(|(skill, coverage, _)| (skill, coverage))
            .collect();
        let asks_for_more = facts.prerequisites.iter().any(|id| !held.contains(id))
            || facts
                .required
                .iter()
                .any(|skill| profile.certainty(*skill) <= 0.0);
        Some(BestCredential {
            readiness: (page[at].readiness + gain).min(1.0),
            asks_for_more,
            covers,
            facts,
        })
    };
    Ok(best.into_iter().enumerate().map(found).collect())
}

/// What a taught skill would do for one skill of an occupation.
struct Gain {
    taught: SkillId,
    skill: SkillId,
    /// How far the skill is held, and its share of the occupation's weight.
    held: f64,
    share: f64,
    /// How far the taught skill covers it.
    coverage: f64,
}

impl Gain {
    /// What it adds to the readiness, if the skill is taught with this confidence.
    fn adds(&self, confidence: f64) -> f64 {
        self.share * (self.coverage * confidence - self.held).max(0.0)
    }
}

/// What taught skills would do for each occupation of a page, by position; each sorted by taught skill.
struct Gains(Vec<Vec<Gain>>);

impl Gains {
    fn of(catalogue: &Catalogue, held_coverage: &HeldCoverage, page: &[Reachable]) -> Self {
        let needed = |one: &Reachable| needed(catalogue, one.occupation, held_coverage);
        let needed: Vec<Vec<Needed>> = page.iter().map(needed).collect();
        let open = |of: &&Needed| of.held < 1.0;
        let mut demanded: Vec<SkillId> = needed
            .iter()
            .flatten()
            .filter(open)
            .map(|of| of.skill)
            .collect();
        demanded.sort_unstable();
        demanded.dedup();
        let coverage = Coverage::of(catalogue, &demanded);
        let covers = |skill| {
            demanded
                .binary_search(&skill)
                .map_or(&[][..], |at| coverage.covers(at))
        };
        let of_occupation = |needed: &Vec<Needed>| {
            let all: f64 = needed.iter().map(Needed::weight).sum();
            let by = |of: &Needed| {
                let (skill, held, share) = (of.skill, of.held, of.weight() / all);
                let further = covers(skill)
                    .iter()
                    .filter(move |cover| cover.coverage > held);
                further.map(move |cover| Gain {
                    taught: cover.skill,
                    coverage: cover.coverage,
                    skill,
                    held,
                    share,
                })
            };
            let mut gains: Vec<Gain> = needed.iter().filter(open).flat_map(by).collect();
            gains.sort_by_key(|gain| gain.taught);
            gains
        };
        Self(needed.iter().map(of_occupation).collect())
    }

    /// For each occupation, every skill that would add something, and how much it would add if it were taught for sure.
    fn bounds(&self) -> Vec<Vec<(SkillId, f64)>> {
        let bound = |gains: &[Gain]| {
            (
                gains[0].taught,
                gains.iter().map(|gain| gain.adds(1.0)).sum(),
            )
        };
        let of_occupation = |gains: &Vec<Gain>| {
            gains
                .chunk_by(|a, b| a.taught == b.taught)
                .map(bound)
                .collect()
        };
        self.0.iter().map(of_occupation).collect()
    }

    /// What these taught skills together do for one occupation: (skill, coverage, gain), each skill by its best cover; sorted by skill.
    fn exactly(&self, at: usize, taught: &[(SkillId, f64)]) -> Vec<(SkillId, f64, f64)> {
        let mut by_skill: Vec<(SkillId, f64, f64)> = Vec::new();
        for (taught, confidence) in taught {
            let from = self.0[at].partition_point(|gain| gain.taught < *taught);
            let gains = self.0[at][from..]
                .iter()
                .take_while(|gain| gain.taught == *taught);
            let adding = gains.filter(|gain| gain.adds(*confidence) > 0.0);
            by_skill.extend(adding.map(|gain| {
                (
                    gain.skill,
                    gain.coverage * confidence,
                    gain.adds(*confidence),
                )
            }));
        }
        by_skill.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)));
        by_skill.dedup_by_key(|(skill, ..)| *skill);
        by_skill
    }
}
