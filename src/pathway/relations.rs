//! The relations of steps: what each requires before, and what each contains, as positions in the pool.

use std::collections::{BTreeMap, BTreeSet};

use skillgap_catalogue::Facts;

use super::pool::{Planning, StepPool, named};

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
        let gone = |way: &&Vec<usize>| way.iter().any(|at| had.contains(at));
        self.ways.iter().filter(gone).count() >= self.at_least
    }
}

/// What one step requires and contains.
#[derive(Clone, Debug, Default)]
pub(super) struct Relations {
    /// What must be had before, beyond what is held.
    pub(super) needs: Vec<Need>,
    /// What it contains, at any depth.
    pub(super) contains: Vec<usize>,
}

/// For each position, what it requires before and what it contains.
pub(super) fn relations(pool: &StepPool<'_>, planning: &Planning<'_>) -> Vec<Relations> {
    let related = |facts: &Facts| {
        named(facts).next().is_some() || !facts.part_of.is_empty() || !facts.parts.is_empty()
    };
    if !pool.known().any(related) {
        return vec![Relations::default(); pool.len()];
    }
    let all = (0..pool.len()).map(|at| (pool.facts(at).id_hash, at));
    let positions: BTreeMap<u64, usize> = all.collect();
    let contents = contents(pool);
    // Who gives an id: the credential itself, and whatever contains it.
    let mut givers: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (at, contents) in contents.iter().enumerate() {
        let own = std::iter::once(pool.facts(at).id_hash);
        for id in contents.iter().copied().chain(own) {
            givers.entry(id).or_default().push(at);
        }
    }
    let givers = |id: &u64| givers.get(id).map_or(&[][..], Vec::as_slice);
    let need = |at: usize, at_least: usize, of: &[u64]| {
        // Nothing is its own prerequisite; what it contains comes with it.
        let others = of.iter().filter(|id| **id != pool.facts(at).id_hash);
        let (had, open): (Vec<&u64>, Vec<&u64>) =
            others.partition(|id| planning.held.contains(**id) || givers(id).contains(&at));
        (had.len() < at_least).then(|| Need {
            at_least: at_least - had.len(),
            ways: open.into_iter().map(|id| givers(id).to_vec()).collect(),
        })
    };
    let of = |(at, contents): (usize, &BTreeSet<u64>)| {
        let facts = pool.facts(at);
        let each = facts.prerequisites.iter().map(|id| need(at, 1, &[*id]));
        let groups = facts.prerequisite_groups.iter();
        let groups = groups.map(|(at_least, of)| need(at, (*at_least).max(1), of));
        Relations {
            needs: each.chain(groups).flatten().collect(),
            contains: contents
                .iter()
                .filter_map(|id| positions.get(id).copied())
                .collect(),
        }
    };
    contents.iter().enumerate().map(of).collect()
}

/// What each position contains, at any depth: what it lists as parts, and what says to be a part of it, by hashed ids or names.
fn contents(pool: &StepPool<'_>) -> Vec<BTreeSet<u64>> {
    let mut direct: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for facts in pool.known() {
        for whole in &facts.part_of {
            direct.entry(*whole).or_default().insert(facts.id_hash);
        }
        direct
            .entry(facts.id_hash)
            .or_default()
            .extend(&facts.parts);
    }
    let deep = |id: u64| {
        let (mut found, mut open) = (BTreeSet::new(), vec![id]);
        while let Some(next) = open.pop() {
            let parts = direct.get(&next).into_iter().flatten().copied();
            open.extend(parts.filter(|part| *part != id && found.insert(*part)));
        }
        found
    };
    (0..pool.len())
        .map(|at| deep(pool.facts(at).id_hash))
        .collect()
}
