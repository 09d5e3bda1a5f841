//! The pool of steps: the ranked candidates, some of each class that they lack, and what these require before.

use std::collections::BTreeSet;

use skillgap_catalogue::{Catalogue, Facts, Filter, Place};

use super::Budgets;
use crate::candidates::{self, CandidatePool, HeldClosure};
use crate::error::Result;
use crate::rank::{Ranked, Ranking, rank};

/// Credentials of classes that the ranked list lacks, and classes that are looked at.
const FURTHER_MAX: usize = 16;
const CLASSES_MAX: usize = 12;
/// Prerequisites that are looked up for one plan, and how deep.
const PREREQUISITES_MAX: usize = 256;
const DEPTH_MAX: usize = 8;
/// Credentials that contain others and are looked up for one plan.
const RELATIVES_MAX: usize = 1_024;

/// What planning looks at.
pub struct Planning<'a> {
    /// The snapshot, for prerequisites and for what the ranked list does not hold.
    pub catalogue: &'a Catalogue,
    /// What is missing, what is held, and whose priorities count.
    pub ranking: &'a Ranking<'a>,
    /// What each step must fulfil.
    pub filter: &'a Filter,
    /// What is had without a step.
    pub held: &'a HeldClosure,
    /// The best candidates, ranked.
    pub ranked: &'a [Ranked],
    /// Everything that helps.
    pub pool: &'a CandidatePool,
    /// How likely a step is of use at least, in [0, 1]; what is less likely counts for nothing, and is a step only before others.
    pub usefulness_min: f64,
    /// What a pathway may take.
    pub budgets: &'a Budgets,
}

/// Everything that may be a step. A credential is meant by its position: first the ranked ones, then the extras.
pub(super) struct StepPool<'a> {
    ranked: &'a [Ranked],
    extras: Vec<Ranked>,
    /// Whether every prerequisite that could be had is here.
    pub(super) is_complete: bool,
    /// What contains some of these, and is no step itself.
    relatives: Vec<Facts>,
}

impl<'a> StepPool<'a> {
    pub(super) fn of(planning: &Planning<'a>) -> Result<Self> {
        let mut pool = Self {
            ranked: planning.ranked,
            extras: Vec::new(),
            is_complete: true,
            relatives: Vec::new(),
        };
        pool.append(planning, further(planning))?;
        pool.add_prerequisites(planning)?;
        pool.add_relatives(planning)?;
        Ok(pool)
    }

    pub(super) fn len(&self) -> usize {
        self.ranked.len() + self.extras.len()
    }

    pub(super) fn get(&self, at: usize) -> &Ranked {
        let extra = || &self.extras[at - self.ranked.len()];
        self.ranked.get(at).unwrap_or_else(extra)
    }

    pub(super) fn facts(&self, at: usize) -> &Facts {
        &self.get(at).candidate.facts
    }

    /// The hashed ids of all steps.
    pub(super) fn ids(&self) -> BTreeSet<u64> {
        (0..self.len()).map(|at| self.facts(at).id_hash).collect()
    }

    pub(super) fn into_extras(self) -> Vec<Ranked> {
        self.extras
    }

    fn append(&mut self, planning: &Planning<'_>, places: Vec<Place>) -> Result<()> {
        let candidates = candidates::at(
            planning.catalogue,
            planning.ranking.needs,
            &places,
            planning.filter,
        )?;
        self.extras.extend(rank(candidates, planning.ranking));
        Ok(())
    }

    /// Looks up what gives the prerequisites, theirs, and so on: the credentials that are named, and what contains them.
    fn add_prerequisites(&mut self, planning: &Planning<'_>) -> Result<()> {
        let mut asked: BTreeSet<u64> = BTreeSet::new();
        for _ in 0..DEPTH_MAX {
            let new = |id: &u64| !asked.contains(id) && !planning.held.contains(*id);
            let named = (0..self.len()).flat_map(|at| named(self.facts(at)));
            let wanted: BTreeSet<u64> = named.filter(new).collect();
            if wanted.is_empty() {
                return Ok(());
            }
            if asked.len() + wanted.len() > PREREQUISITES_MAX {
                break;
            }
            let Some(givers) = self.above(planning, &wanted, PREREQUISITES_MAX)? else {
                break;
            };
            asked.extend(wanted);
            let new: Vec<u64> = givers.difference(&self.ids()).copied().collect();
            let index = &planning.catalogue.credentials;
            self.append(planning, index.with_ids(&new, planning.filter)?)?;
        }
        self.is_complete = false;
        Ok(())
    }

    /// Looks up what contains one of these, at any depth; only to know what contains what.
    fn add_relatives(&mut self, planning: &Planning<'_>) -> Result<()> {
        let ids = self.ids();
        let above = self.above(planning, &ids, ids.len() + RELATIVES_MAX)?;
        self.is_complete &= above.is_some();
        Ok(())
    }

    /// Some hashed ids or names, with those of all that contains one of them at any depth; nothing if that is more than `most`. A whole lists its parts, or
    /// a part says what it belongs to, so that the way up finds all. What lies on it is kept, whether it fulfils the constraints or not.
    fn above(
        &mut self,
        planning: &Planning<'_>,
        ids: &BTreeSet<u64>,
        most: usize,
    ) -> Result<Option<BTreeSet<u64>>> {
        let index = &planning.catalogue.credentials;
        let mut read: BTreeSet<u64> = self.known().map(|facts| facts.id_hash).collect();
        let (mut all, mut open) = (ids.clone(), ids.clone());
        for _ in 0..DEPTH_MAX {
            let unread: Vec<u64> = open.difference(&read).copied().collect();
            let mut places = index.wholes_of(&open.iter().copied().collect::<Vec<_>>())?;
            places.extend(index.with_ids(&unread, &Filter::default())?);
            if all.len() + places.len() > most {
                return Ok(None);
            }
            let facts = index.facts(&places, planning.filter)?.into_iter();
            self.relatives
                .extend(facts.filter(|facts| read.insert(facts.id_hash)));
            let mut next = Vec::new();
            for facts in self.known() {
                if open.contains(&facts.id_hash) {
                    next.extend(&facts.part_of);
                }
                if facts.parts.iter().any(|part| open.contains(part)) {
                    next.push(facts.id_hash);
                }
            }
            open = next.into_iter().filter(|id| all.insert(*id)).collect();
            if open.is_empty() {
                return Ok(Some(all));
            }
        }
        Ok(None)
    }

    /// What is known of everything that was read.
    pub(super) fn known(&self) -> impl Iterator<Item = &Facts> {
        let steps = (0..self.len()).map(|at| self.facts(at));
        steps.chain(&self.relatives)
    }

    /// Whether a whole or a part was among what was chosen from: among what was read, or maybe among what only the bound looked at.
    pub(super) fn has_parts(&self, planning: &Planning<'_>) -> bool {
        let related = |facts: &Facts| !facts.parts.is_empty() || !facts.part_of.is_empty();
        let here = |at: &usize| planning.pool.class(self.facts(*at).address).is_some();
        let is_all_read = || (0..self.len()).filter(here).count() == planning.pool.len();
        planning.catalogue.credentials.states_parts()
            && (self.known().any(related) || !is_all_read())
    }
}

/// Credentials of the classes that a pathway would want, where the ranked list has none of them that requires nothing before: 256 credentials
/// that close most may all be of one class. As many of each class, first by id.
fn further(planning: &Planning<'_>) -> Vec<Place> {
    let pool = planning.pool;
    let stands_alone = |facts: &&Facts| {
        named(facts).next().is_none() && facts.parts.is_empty() && facts.part_of.is_empty()
    };
    let facts = || planning.ranked.iter().map(|ranked| &ranked.candidate.facts);
    let represented: BTreeSet<usize> = facts()
        .filter(stands_alone)
        .filter_map(|facts| pool.class(facts.address))
        .collect();
    let mut wanted = pool.greedy(CLASSES_MAX, planning.usefulness_min);
    wanted.retain(|class| !represented.contains(class));
    if wanted.is_empty() {
        return Vec::new();
    }
    let known: BTreeSet<Place> = facts().map(|facts| facts.address).collect();
    let (index, of_each) = (&planning.catalogue.credentials, FURTHER_MAX / wanted.len());
    let first = |mut places: Vec<Place>| {
        places.retain(|place| !known.contains(place));
        if of_each < places.len() {
            places.select_nth_unstable_by(of_each, |a, b| index.id(*a).cmp(index.id(*b)));
            places.truncate(of_each);
        }
        places.sort_unstable();
        places
    };
    pool.places_of(&wanted)
        .into_iter()
        .flat_map(first)
        .collect()
}

/// The hashed ids that a credential names as prerequisites, in any way.
pub(super) fn named(facts: &Facts) -> impl Iterator<Item = u64> + '_ {
    let groups = facts.prerequisite_groups.iter().flat_map(|(_, of)| of);
    facts.prerequisites.iter().chain(groups).copied()
}
