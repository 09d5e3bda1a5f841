//! Which one credential brings a person nearest to each occupation of a page? Postings of what would add something bound what each can add; the best few are
//! looked at closely.

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::schema::id_hash;
use skillgap_catalogue::{Facts, Filter, Place};
use skillgap_esco::SkillId;

use super::{Needed, Reachable, Standing, needed};
use crate::error::Result;
use crate::gap::{Coverage, Profile};

/// A credential must raise the readiness by at least this much to be named.
const GAIN_MIN: f64 = 0.03;

/// The credential that brings a person nearest to an occupation.
#[derive(Clone, Debug, PartialEq)]
pub struct Lift {
    /// What is known of the credential.
    pub facts: Facts,
    /// Readiness for the occupation once the credential is held.
    pub readiness: f64,
    /// Whether it states skills or credentials that must be held before and that the profile does not show.
    pub asks_for_more: bool,
    /// The occupation's skills that it covers further than they are held, and how far; sorted by skill.
    covers: Vec<(SkillId, f64)>,
}

impl Lift {
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
pub fn lifts(
    catalogue: &Catalogue,
    standing: &Standing,
    page: &[Reachable],
    profile: &Profile,
    filter: &Filter,
) -> Result<Vec<Option<Lift>>> {
    let gains = Gains::of(catalogue, standing, page);
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
    let best = catalogue.credentials.most_teaching(
        &gains.bounds(page.len()),
        filter,
        GAIN_MIN,
        &exactly,
    )?;
    let addresses: Vec<Place> = best.iter().flatten().map(|(_, address)| *address).collect();
    let mut facts = catalogue.credentials.facts(&addresses)?.into_iter();
    let lift = |(at, found): (usize, Option<(f64, Place)>)| {
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
        Some(Lift {
            readiness: (page[at].readiness + gain).min(1.0),
            asks_for_more,
            covers,
            facts,
        })
    };
    Ok(best.into_iter().enumerate().map(lift).collect())
}

/// What a taught skill would add, for all occupations of a page at once.
struct Gains {
    /// The skills of each occupation that are not wholly held, each with its share of the occupation's weight.
    open: Vec<Vec<(Needed, f64)>>,
    /// Taught skill → where its entries begin; one more than there are skills.
    starts: Vec<u32>,
    /// (position of the occupation, position in `open`, coverage), by taught skill.
    entries: Vec<(u32, u32, f64)>,
}

impl Gains {
    fn of(catalogue: &Catalogue, standing: &Standing, page: &[Reachable]) -> Self {
        let open: Vec<Vec<(Needed, f64)>> = page
            .iter()
            .map(|reachable| {
                let needed = needed(catalogue, reachable.occupation, standing);
                let all: f64 = needed.iter().map(Needed::weight).sum();
                needed
                    .into_iter()
                    .filter(|needed| needed.held < 1.0)
                    .map(|needed| (needed, needed.weight() / all))
                    .collect()
            })
            .collect();
        let mut demanded: Vec<SkillId> = open
            .iter()
            .flatten()
            .map(|(needed, _)| needed.skill)
            .collect();
        demanded.sort_unstable();
        demanded.dedup();
        let coverage = Coverage::of(catalogue, &demanded);
        let mut of_taught: Vec<(SkillId, (u32, u32, f64))> = Vec::new();
        for (at, open) in open.iter().enumerate() {
            for (position, (needed, _)) in open.iter().enumerate() {
                let covers = demanded
                    .binary_search(&needed.skill)
                    .map_or(&[][..], |found| coverage.covers(found));
                let further = covers.iter().filter(|cover| cover.coverage > needed.held);
                of_taught.extend(
                    further
                        .map(|cover| (cover.skill, (at as u32, position as u32, cover.coverage))),
                );
            }
        }
        of_taught.sort_by_key(|(skill, (at, position, _))| (*skill, *at, *position));
        let mut starts = vec![0; catalogue.esco.skills.len() + 1];
        of_taught
            .iter()
            .for_each(|(skill, _)| starts[skill.row() + 1] += 1);
        (1..starts.len()).for_each(|row| starts[row] += starts[row - 1]);
        Self {
            open,
            starts,
            entries: of_taught.into_iter().map(|(_, entry)| entry).collect(),
        }
    }

    /// For each occupation, every skill that would add something, and how much it would add if it were taught for sure.
    fn bounds(&self, n_occupations: usize) -> Vec<Vec<(SkillId, f64)>> {
        let mut bounds: Vec<Vec<(SkillId, f64)>> = vec![Vec::new(); n_occupations];
        for row in 0..self.starts.len().saturating_sub(1) {
            let skill = SkillId(row as u32);
            for entry in self.entries(skill) {
                let of_occupation = &mut bounds[entry.0 as usize];
                match of_occupation.last_mut() {
                    Some((last, bound)) if *last == skill => *bound += self.gain(*entry, 1.0),
                    _ => of_occupation.push((skill, self.gain(*entry, 1.0))),
                }
            }
        }
        bounds
    }

    fn entries(&self, taught: SkillId) -> &[(u32, u32, f64)] {
        match (
            self.starts.get(taught.row()),
            self.starts.get(taught.row() + 1),
        ) {
            (Some(from), Some(to)) => &self.entries[*from as usize..*to as usize],
            _ => &[],
        }
    }

    /// What an entry adds to the readiness of its occupation, if the skill is taught with this confidence.
    fn gain(&self, (at, position, coverage): (u32, u32, f64), confidence: f64) -> f64 {
        let (needed, share) = &self.open[at as usize][position as usize];
        share * (coverage * confidence - needed.held).max(0.0)
    }

    /// What these taught skills together do for one occupation: (skill, coverage, gain), each skill by its best cover; sorted by skill.
    fn exactly(&self, at: usize, taught: &[(SkillId, f64)]) -> Vec<(SkillId, f64, f64)> {
        let entries = taught.iter().flat_map(|(skill, confidence)| {
            self.entries(*skill)
                .iter()
                .map(move |entry| (*entry, *confidence))
        });
        let mut of_occupation: Vec<(SkillId, f64, f64)> = entries
            .filter(|(entry, _)| entry.0 as usize == at)
            .map(|(entry, confidence)| {
                (
                    self.open[at][entry.1 as usize].0.skill,
                    entry.2 * confidence,
                    self.gain(entry, confidence),
                )
            })
            .filter(|(_, _, gain)| *gain > 0.0)
            .collect();
        of_occupation.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)));
        of_occupation.dedup_by_key(|(skill, ..)| *skill);
        of_occupation
    }
}
