//! Which skills stand above, below and beside a skill? ESCO's hierarchy and relations as compact adjacency, by row.

use crate::groups::Groups;
use crate::languages::{Languages, Part};
use crate::{Esco, NodeId, SkillId};

/// Neighbours of each of `n_nodes` nodes, sorted, from (from, to) pairs. Pairs beyond the last node are left out.
fn neighbours(n_nodes: usize, pairs: impl IntoIterator<Item = (u32, u32)>) -> Groups<u32> {
    let mut pairs: Vec<(u32, u32)> = pairs.into_iter().collect();
    pairs.sort_unstable();
    pairs.dedup();
    Groups::by_row(n_nodes, pairs.into_iter())
}

/// ESCO's relations between skills, by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkillGraph {
    n_skills: u32,
    /// Node → directly broader nodes.
    broader: Groups<u32>,
    /// Node → directly narrower nodes.
    narrower: Groups<u32>,
    /// Skill → skills that are essential for it.
    essential: Groups<u32>,
    /// Skill → skills that are optional for it.
    optional: Groups<u32>,
    /// Skill → skills for which it is essential.
    essential_to: Groups<u32>,
    /// Skill → skills for which it is optional.
    optional_to: Groups<u32>,
    /// Skills of one language.
    languages: Languages,
    /// Skill → (occupations for which it is essential, optional).
    occupations: Vec<(u32, u32)>,
}

impl SkillGraph {
    /// Sorts ESCO's relations by both ends.
    pub fn new(esco: &Esco) -> Self {
        let (n_skills, n_nodes) = (esco.skills.len(), esco.skills.len() + esco.groups.len());
        let mut occupations = vec![(0, 0); n_skills];
        for occupation in &esco.occupations {
            occupation
                .essential
                .iter()
                .filter_map(|skill| Some(skill.row()).filter(|row| *row < n_skills))
                .for_each(|row| occupations[row].0 += 1);
            occupation
                .optional
                .iter()
                .filter_map(|skill| Some(skill.row()).filter(|row| *row < n_skills))
                .for_each(|row| occupations[row].1 += 1);
        }
        let pairs = |relation: &[(SkillId, SkillId)]| {
            relation
                .iter()
                .map(|(from, to)| (from.0, to.0))
                .collect::<Vec<_>>()
        };
        let reversed = |relation: &[(SkillId, SkillId)]| {
            relation
                .iter()
                .map(|(from, to)| (to.0, from.0))
                .collect::<Vec<_>>()
        };
        Self {
            n_skills: n_skills as u32,
            broader: neighbours(
                n_nodes,
                esco.broader
                    .iter()
                    .map(|(narrow, broad)| (narrow.0, broad.0)),
            ),
            narrower: neighbours(
                n_nodes,
                esco.broader
                    .iter()
                    .map(|(narrow, broad)| (broad.0, narrow.0)),
            ),
            essential: neighbours(n_skills, pairs(&esco.essential)),
            optional: neighbours(n_skills, pairs(&esco.optional)),
            essential_to: neighbours(n_skills, reversed(&esco.essential)),
            optional_to: neighbours(n_skills, reversed(&esco.optional)),
            languages: Languages::new(esco),
            occupations,
        }
    }

    /// Directly broader nodes.
    pub fn broader(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.broader
            .of(node.0 as usize)
            .iter()
            .map(|node| NodeId(*node))
    }

    /// Directly narrower nodes.
    pub fn narrower(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.narrower
            .of(node.0 as usize)
            .iter()
            .map(|node| NodeId(*node))
    }

    /// The skill that a node is; nothing for a skill group.
    pub fn as_skill(&self, node: NodeId) -> Option<SkillId> {
        (node.0 < self.n_skills).then_some(SkillId(node.0))
    }

    /// Skills that ESCO says are essential for `skill`.
    pub fn essential_for(&self, skill: SkillId) -> impl Iterator<Item = SkillId> + '_ {
        self.essential
            .of(skill.0 as usize)
            .iter()
            .map(|row| SkillId(*row))
    }

    /// Skills that ESCO says are optional for `skill`.
    pub fn optional_for(&self, skill: SkillId) -> impl Iterator<Item = SkillId> + '_ {
        self.optional
            .of(skill.0 as usize)
            .iter()
            .map(|row| SkillId(*row))
    }

    /// Skills for which ESCO says that `skill` is essential.
    pub fn essential_to(&self, skill: SkillId) -> impl Iterator<Item = SkillId> + '_ {
        self.essential_to
            .of(skill.0 as usize)
            .iter()
            .map(|row| SkillId(*row))
    }

    /// Skills for which ESCO says that `skill` is optional.
    pub fn optional_to(&self, skill: SkillId) -> impl Iterator<Item = SkillId> + '_ {
        self.optional_to
            .of(skill.0 as usize)
            .iter()
            .map(|row| SkillId(*row))
    }

    /// What a language skill is about, and all skills of its language by row; nothing for other skills.
    pub fn language_family(&self, skill: SkillId) -> Option<(Part, &[(SkillId, Part)])> {
        self.languages.family(skill)
    }

    /// Number of occupations for which the skill is essential, and optional.
    pub fn occupation_counts(&self, skill: SkillId) -> (u32, u32) {
        self.occupations
            .get(skill.row())
            .copied()
            .unwrap_or_default()
    }

    /// Skills above `skill` with their distance in steps, nearest first, through skills only: a group is no skill that one could hold.
    /// Stops after `steps_max`; safe on cycles.
    pub fn ancestors(&self, skill: SkillId, steps_max: u32) -> Vec<(SkillId, u32)> {
        self.walk(skill, steps_max, &self.broader)
    }

    /// Skills below `skill` with their distance in steps, nearest first. Stops after `steps_max`; safe on cycles.
    pub fn descendants(&self, skill: SkillId, steps_max: u32) -> Vec<(SkillId, u32)> {
        self.walk(skill, steps_max, &self.narrower)
    }

    fn walk(&self, from: SkillId, steps_max: u32, along: &Groups<u32>) -> Vec<(SkillId, u32)> {
        let mut found: Vec<(SkillId, u32)> = vec![(from, 0)];
        let mut at = 0;
        while let Some(&(skill, steps)) = found.get(at) {
            at += 1;
            if steps == steps_max {
                continue;
            }
            for &next in along.of(skill.0 as usize) {
                if next < self.n_skills && !found.iter().any(|(seen, _)| seen.0 == next) {
                    found.push((SkillId(next), steps + 1));
                }
            }
        }
        found.remove(0);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Skill, SkillGroup};

    /// 0 ← 1 ← 2 and 3 ← 0 ← 3 (a cycle); group 4 above 0.
    fn graph() -> SkillGraph {
        let broader = [(1, 0), (2, 1), (0, 3), (3, 0), (0, 4)]
            .map(|(narrow, broad)| (NodeId(narrow), NodeId(broad)));
        SkillGraph::new(&Esco {
            skills: vec![Skill::default(); 4],
            groups: vec![SkillGroup::default()],
            broader: broader.to_vec(),
            ..Esco::default()
        })
    }

    #[test]
    fn ancestors_are_skills_with_their_distance() {
        assert_eq!(
            graph().ancestors(SkillId(2), 9),
            [(SkillId(1), 1), (SkillId(0), 2), (SkillId(3), 3)]
        );
        assert_eq!(graph().ancestors(SkillId(2), 1), [(SkillId(1), 1)]);
    }

    #[test]
    fn cycles_end() {
        assert_eq!(
            graph().descendants(SkillId(0), 9),
            [(SkillId(1), 1), (SkillId(3), 1), (SkillId(2), 2)]
        );
    }

    #[test]
    fn groups_are_nodes_but_no_skills() {
        let graph = graph();
        let nodes: Vec<_> = graph.broader(NodeId(0)).collect();
        assert_eq!(nodes, [NodeId(3), NodeId(4)]);
        assert_eq!(
            nodes
                .iter()
                .map(|node| graph.as_skill(*node))
                .collect::<Vec<_>>(),
            [Some(SkillId(3)), None]
        );
    }
}
