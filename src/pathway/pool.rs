//! What may be a step? The ranked candidates, what these need before, and what the bound asks for; with prerequisites and parts as positions.

use std::collections::{BTreeMap, BTreeSet};

use skillgap_catalogue::{Facts, Filter, Place};

use super::Planning;
use super::problem::Problem;
use crate::candidates;
use crate::error::Result;
use crate::rank::{Ranked, rank};

/// Prerequisites that are looked up for one plan, and how deep.
const PREREQUISITES_MAX: usize = 256;
const DEPTH_MAX: usize = 8;
/// Credentials that contain others and are looked up for one plan.
const RELATIVES_MAX: usize = 1_024;
/// Credentials that cannot be taken, of which it is told why.
pub const BLOCKED_MAX: usize = 5;

/// Of some ways to meet a prerequisite, how many must be gone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Need {
    /// How many of them, at least 1.
    pub(super) at_least: usize,
    /// For each named credential, the positions that give it: itself, and what contains it.
    pub(super) ways: Vec<Vec<usize>>,
}

impl Need {
    /// Whether it is met by these positions.
    pub(super) fn is_met(&self, had: &[usize]) -> bool {
        self.ways
            .iter()
            .filter(|way| way.iter().any(|at| had.contains(at)))
            .count()
            >= self.at_least
    }
}

/// Why a credential cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A prerequisite is not in the catalogue, and not held.
    Unknown,
    /// A prerequisite does not fulfil the constraints.
    Constraints,
    /// Its prerequisites need each other, or what they need cannot be had.
    Circle,
}

/// A credential that would help and cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blocked {
    /// Where it lies.
    pub place: Place,
    /// Why.
    pub why: Why,
}

/// Whether every prerequisite that could be had is in the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Complete {
    Yes,
    No,
}

/// Everything that may be a step.
pub(super) struct Pool<'a> {
    ranked: &'a [Ranked],
    extras: Vec<Ranked>,
    pub(super) complete: Complete,
    /// What contains some of these, and is no step itself.
    relatives: Vec<Facts>,
}

impl<'a> Pool<'a> {
    pub(super) fn of(planning: &Planning<'a>) -> Result<Self> {
        let mut pool = Self {
            ranked: planning.ranked,
            extras: Vec::new(),
            complete: Complete::Yes,
            relatives: Vec::new(),
        };
        pool.add_prerequisites(planning)?;
        pool.add_relatives(planning)?;
        Ok(pool)
    }

    pub(super) fn len(&self) -> usize {
        self.ranked.len() + self.extras.len()
    }

    pub(super) fn get(&self, at: usize) -> &Ranked {
        self.ranked
            .get(at)
            .unwrap_or_else(|| &self.extras[at - self.ranked.len()])
    }

    fn facts(&self, at: usize) -> &Facts {
        &self.get(at).candidate.facts
    }

    pub(super) fn into_extras(self) -> Vec<Ranked> {
        self.extras
    }

    /// Adds credentials of some kinds that are not there yet, up to `most` in all and as many of each kind, first by id, and what they need before.
    pub(super) fn add(
        &mut self,
        planning: &Planning<'_>,
        kinds: &[usize],
        most: usize,
    ) -> Result<()> {
        let known: BTreeSet<Place> = (0..self.len()).map(|at| self.facts(at).address).collect();
        let (index, of_each) = (&planning.catalogue.credentials, most / kinds.len().max(1));
        let first = |mut places: Vec<Place>| {
            places.retain(|place| !known.contains(place));
            if of_each < places.len() {
                places.select_nth_unstable_by(of_each, |a, b| index.id(*a).cmp(index.id(*b)));
                places.truncate(of_each);
            }
            places.sort_unstable();
            places
        };
        let places = planning
            .field
            .places_of(kinds)
            .into_iter()
            .flat_map(first)
            .collect();
        self.append(planning, places)?;
        self.add_prerequisites(planning)?;
        self.add_relatives(planning)
    }

    fn append(&mut self, planning: &Planning<'_>, places: Vec<Place>) -> Result<()> {
        let candidates = candidates::at(planning.catalogue, planning.ranking.needs, &places)?;
        self.extras.extend(rank(candidates, planning.ranking));
        Ok(())
    }

    /// Looks up what gives the prerequisites, theirs, and so on: the credentials that are named, and what contains them.
    fn add_prerequisites(&mut self, planning: &Planning<'_>) -> Result<()> {
        let mut asked: BTreeSet<u64> = BTreeSet::new();
        for _ in 0..DEPTH_MAX {
            let new = |id: &u64| !asked.contains(id) && planning.had.ids.binary_search(id).is_err();
            let wanted: BTreeSet<u64> = (0..self.len())
                .flat_map(|at| named(self.facts(at)))
                .filter(new)
                .collect();
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
            let known: BTreeSet<u64> = (0..self.len()).map(|at| self.facts(at).id_hash).collect();
            let new: Vec<u64> = givers.difference(&known).copied().collect();
            let places = planning
                .catalogue
                .credentials
                .with_ids(&new, planning.filter)?;
            self.append(planning, places)?;
        }
        self.complete = Complete::No;
        Ok(())
    }

    /// Looks up what contains one of these, at any depth; only to know what contains what.
    fn add_relatives(&mut self, planning: &Planning<'_>) -> Result<()> {
        let ids: BTreeSet<u64> = (0..self.len()).map(|at| self.facts(at).id_hash).collect();
        if self
            .above(planning, &ids, ids.len() + RELATIVES_MAX)?
            .is_none()
        {
            self.complete = Complete::No;
        }
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
            self.relatives.extend(
                index
                    .facts(&places)?
                    .into_iter()
                    .filter(|facts| read.insert(facts.id_hash)),
            );
            let own = |facts: &Facts| {
                if open.contains(&facts.id_hash) {
                    facts.part_of.clone()
                } else {
                    Vec::new()
                }
            };
            let lists = |facts: &Facts| {
                facts
                    .parts
                    .iter()
                    .any(|part| open.contains(part))
                    .then_some(facts.id_hash)
            };
            let next: Vec<u64> = self
                .known()
                .flat_map(|facts| own(facts).into_iter().chain(lists(facts)))
                .collect();
            open = next.into_iter().filter(|id| all.insert(*id)).collect();
            if open.is_empty() {
                return Ok(Some(all));
            }
        }
        Ok(None)
    }

    /// What is known of everything that was read.
    fn known(&self) -> impl Iterator<Item = &Facts> {
        (0..self.len())
            .map(|at| self.facts(at))
            .chain(&self.relatives)
    }

    /// Whether a whole or a part was among what was chosen from: among what was read, or maybe among what only the bound looked at.
    pub(super) fn has_parts(&self, planning: &Planning<'_>, problem: &Problem) -> bool {
        let related = |facts: &Facts| !facts.parts.is_empty() || !facts.part_of.is_empty();
        let is_all_read = || problem.kinds(|_| true).len() == planning.field.len();
        planning.catalogue.credentials.states_parts()
            && (self.known().any(related) || !is_all_read())
    }

    /// For each position, what it needs before (beyond what is had), and what it contains.
    pub(super) fn relations(&self, planning: &Planning<'_>) -> Vec<(Vec<Need>, Vec<usize>)> {
        let facts = || (0..self.len()).map(|at| self.facts(at));
        let alone = |facts: &Facts| {
            facts.prerequisites.is_empty()
                && facts.prerequisite_groups.is_empty()
                && facts.part_of.is_empty()
                && facts.parts.is_empty()
        };
        if self.relatives.is_empty() && facts().all(alone) {
            return vec![Default::default(); self.len()];
        }
        let positions: BTreeMap<u64, usize> = facts()
            .enumerate()
            .map(|(at, facts)| (facts.id_hash, at))
            .collect();
        let contents = self.contents();
        // Who gives an id: the credential itself, and whatever contains it.
        let mut givers: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
        for (at, contents) in contents.iter().enumerate() {
            contents
                .iter()
                .copied()
                .chain([self.facts(at).id_hash])
                .for_each(|id| {
                    givers.entry(id).or_default().insert(at);
                });
        }
        let need = |at: usize, at_least: usize, of: &[u64]| {
            // Nothing is its own prerequisite; what it contains comes with it.
            let of: Vec<u64> = of
                .iter()
                .copied()
                .filter(|id| *id != self.facts(at).id_hash)
                .collect();
            let is_had = |id: &u64| {
                planning.had.ids.binary_search(id).is_ok()
                    || givers.get(id).is_some_and(|givers| givers.contains(&at))
            };
            let met = of.iter().filter(|id| is_had(id)).count();
            let ways = of
                .iter()
                .filter(|id| !is_had(id))
                .map(|id| givers.get(id).into_iter().flatten().copied().collect());
            (met < at_least).then(|| Need {
                at_least: at_least - met,
                ways: ways.collect(),
            })
        };
        let needs = |at: usize| {
            let facts = self.facts(at);
            let each = facts
                .prerequisites
                .iter()
                .filter_map(|id| need(at, 1, &[*id]));
            let groups = facts
                .prerequisite_groups
                .iter()
                .filter_map(|(at_least, of)| need(at, (*at_least).max(1), of));
            each.chain(groups).collect()
        };
        let within = |contents: &BTreeSet<u64>| {
            contents
                .iter()
                .filter_map(|id| positions.get(id))
                .copied()
                .collect()
        };
        contents
            .iter()
            .enumerate()
            .map(|(at, contents)| (needs(at), within(contents)))
            .collect()
    }

    /// What each position contains, at any depth: what it lists as parts, and what says to be a part of it, by hashed ids or names.
    fn contents(&self) -> Vec<BTreeSet<u64>> {
        let mut direct: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
        for facts in self.known() {
            facts.parts.iter().for_each(|part| {
                direct.entry(facts.id_hash).or_default().insert(*part);
            });
            facts.part_of.iter().for_each(|whole| {
                direct.entry(*whole).or_default().insert(facts.id_hash);
            });
        }
        let deep = |id: u64| {
            let (mut found, mut open) = (BTreeSet::new(), vec![id]);
            while let Some(next) = open.pop() {
                open.extend(
                    direct
                        .get(&next)
                        .into_iter()
                        .flatten()
                        .copied()
                        .filter(|part| *part != id && found.insert(*part)),
                );
            }
            found
        };
        (0..self.len())
            .map(|at| deep(self.facts(at).id_hash))
            .collect()
    }

    /// The currency that costs are compared in: the budget's, else the most frequent one; ties by name.
    pub(super) fn currency(&self, planning: &Planning<'_>) -> Option<String> {
        if let Some(most) = &planning.budgets.cost_max {
            return Some(most.currency.clone());
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let costs = (0..self.len()).filter_map(|at| self.facts(at).cost.as_ref());
        costs.for_each(|cost| *counts.entry(&cost.currency).or_default() += 1);
        counts
            .into_iter()
            .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0)))
            .map(|(currency, _)| currency.to_owned())
    }

    /// What would help and cannot be taken, and why.
    pub(super) fn blocked(
        &self,
        planning: &Planning<'_>,
        problem: &Problem,
    ) -> Result<Vec<Blocked>> {
        let helps = |at: &usize| self.get(*at).candidate.closure >= problem.least;
        let stuck: Vec<usize> = (0..self.len())
            .filter(|at| problem.items[*at].bundle.is_none() && helps(at))
            .take(BLOCKED_MAX)
            .collect();
        stuck
            .into_iter()
            .map(|at| {
                Ok(Blocked {
                    place: self.facts(at).address,
                    why: self.why(planning, at)?,
                })
            })
            .collect()
    }

    fn why(&self, planning: &Planning<'_>, at: usize) -> Result<Why> {
        let here: BTreeSet<u64> = (0..self.len()).map(|at| self.facts(at).id_hash).collect();
        let absent = |id: &u64| !here.contains(id) && planning.had.ids.binary_search(id).is_err();
        let absent: BTreeSet<u64> = named(self.facts(at)).filter(absent).collect();
        if absent.is_empty() {
            return Ok(Why::Circle);
        }
        let ids: Vec<u64> = absent.iter().copied().collect();
        let elsewhere = planning
            .catalogue
            .credentials
            .with_ids(&ids, &Filter::default())?
            .len();
        Ok(if elsewhere < absent.len() {
            Why::Unknown
        } else {
            Why::Constraints
        })
    }
}

/// The hashed ids that a credential names as prerequisites, in any way.
fn named(facts: &Facts) -> impl Iterator<Item = u64> + '_ {
    facts
        .prerequisites
        .iter()
        .chain(facts.prerequisite_groups.iter().flat_map(|(_, of)| of))
        .copied()
}
