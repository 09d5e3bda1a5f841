//! How are the concepts related? Files of URI pairs become pairs of rows; an end that no file names is reported, never invented.

use std::collections::HashMap;
use std::io::Read;

use super::concepts::required;
use super::file_name::ReferenceKind;
use crate::error::Result;
use crate::report::ReadReport;
use crate::table::{Column, Table, Width, quoted};
use crate::{Collections, Esco, NodeId, OccupationId, SkillId};

/// How much one concept asks for a skill.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Requirement {
    Essential,
    Optional,
}

/// Pairs read so far, and the rows by URI that they refer to.
pub(super) struct Relations {
    n_skills: usize,
    /// Skills and, after them, groups.
    nodes: HashMap<String, NodeId>,
    occupations: HashMap<String, OccupationId>,
    broader: Vec<(NodeId, NodeId)>,
    occupation_skill: Pairs<OccupationId>,
    skill_skill: Pairs<SkillId>,
    collections: Vec<Collections>,
}

impl Relations {
    /// Starts with the rows of `esco` and the group pairs that the hierarchy files stated.
    pub(super) fn new(esco: &Esco, group_pairs: Vec<(String, String)>) -> Self {
        let skills = esco.skills.iter().map(|skill| &skill.uri);
        let node_uris = skills.chain(esco.groups.iter().map(|group| &group.uri));
        let nodes: HashMap<String, NodeId> = node_uris.cloned().zip((0..).map(NodeId)).collect();
        let occupation_uris = esco
            .occupations
            .iter()
            .map(|occupation| occupation.uri.clone());
        let node = |uri: &String| nodes.get(uri).copied();
        let broader = group_pairs
            .iter()
            .filter_map(|(narrower, broader)| Some((node(narrower)?, node(broader)?)))
            .collect();
        Self {
            n_skills: esco.skills.len(),
            nodes,
            occupations: occupation_uris.zip((0..).map(OccupationId)).collect(),
            broader,
            occupation_skill: Pairs::default(),
            skill_skill: Pairs::default(),
            collections: vec![Collections::default(); esco.skills.len()],
        }
    }

    /// Reads a file of one kind.
    pub(super) fn read(
        &mut self,
        kind: ReferenceKind,
        file: &str,
        input: Box<dyn Read + '_>,
        report: &mut ReadReport,
    ) -> Result<()> {
        let names: &[&str] = match kind {
            ReferenceKind::Broader => &["conceptUri", "broaderUri"],
            ReferenceKind::OccupationSkill => &["occupationUri", "relationType", "skillUri"],
            ReferenceKind::SkillSkill => &["originalSkillUri", "relationType", "relatedSkillUri"],
            ReferenceKind::Collection(_) => &["conceptUri"],
        };
        let table = Table::open(file, input, names, Width::Exact)?;
        let columns: Vec<Column> = names.iter().map(|name| table.column(name)).collect();
        table.for_each_row(report, |row| {
            let cell = |at: usize| (row.cell(columns[at]), names[at]);
            match kind {
                ReferenceKind::Broader => {
                    let pair = (self.node(cell(0))?, self.node(cell(1))?);
                    self.broader
                        .push(of_two(pair, cell(0).0, "is broader than")?);
                }
                ReferenceKind::OccupationSkill => {
                    let pair = (self.occupation(cell(0))?, self.skill(cell(2))?);
                    self.occupation_skill.add(requirement_of(cell(1).0)?, pair);
                }
                ReferenceKind::SkillSkill => {
                    let pair = (self.skill(cell(0))?, self.skill(cell(2))?);
                    let pair = of_two(pair, cell(0).0, "is related to")?;
                    self.skill_skill.add(requirement_of(cell(1).0)?, pair);
                }
                ReferenceKind::Collection(collection) => {
                    let skill = self.skill(cell(0))?;
                    self.collections[skill.row()].insert(collection);
                }
            }
            Ok(())
        })
    }

    /// Moves everything into `esco`, sorted and without duplicates.
    pub(super) fn store(mut self, esco: &mut Esco) {
        self.broader.sort_unstable();
        self.broader.dedup();
        esco.broader = self.broader;
        let skill_skill = self.skill_skill.settle();
        (esco.essential, esco.optional) = (skill_skill.essential, skill_skill.optional);
        let occupation_skill = self.occupation_skill.settle();
        for (occupation, skill) in occupation_skill.essential {
            esco.occupations[occupation.row()].essential.push(skill);
        }
        for (occupation, skill) in occupation_skill.optional {
            esco.occupations[occupation.row()].optional.push(skill);
        }
        for (skill, collections) in esco.skills.iter_mut().zip(self.collections) {
            skill.collections = collections;
        }
    }

    /// The row of a skill or group, from a cell with the name of its column.
    fn node(&self, (uri, column): (&str, &str)) -> std::result::Result<NodeId, String> {
        row_of(&self.nodes, uri, column)
    }

    /// The row of a skill, in the same way.
    fn skill(&self, (uri, column): (&str, &str)) -> std::result::Result<SkillId, String> {
        let node = self.node((uri, column))?;
        if node.0 as usize >= self.n_skills {
            return Err(format!("{column} {} is a group, not a skill", quoted(uri)));
        }
        Ok(SkillId(node.0))
    }

    /// The row of an occupation, in the same way.
    fn occupation(&self, (uri, column): (&str, &str)) -> std::result::Result<OccupationId, String> {
        row_of(&self.occupations, uri, column)
    }
}

fn row_of<T: Copy>(
    rows: &HashMap<String, T>,
    uri: &str,
    column: &str,
) -> std::result::Result<T, String> {
    let row = rows.get(required(uri, column)?);
    row.copied()
        .ok_or_else(|| format!("unknown {column} {}", quoted(uri)))
}

/// Refuses a pair of which both ends are the same.
fn of_two<T: PartialEq>(
    pair: (T, T),
    uri: &str,
    relation: &str,
) -> std::result::Result<(T, T), String> {
    if pair.0 == pair.1 {
        return Err(format!("{} {relation} itself", quoted(uri)));
    }
    Ok(pair)
}

/// Pairs by requirement; a pair may be added more than once and as both.
struct Pairs<T> {
    essential: Vec<(T, SkillId)>,
    optional: Vec<(T, SkillId)>,
}

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self {
            essential: Vec::new(),
            optional: Vec::new(),
        }
    }
}

impl<T: Ord> Pairs<T> {
    /// Adds a pair.
    fn add(&mut self, requirement: Requirement, pair: (T, SkillId)) {
        match requirement {
            Requirement::Essential => self.essential.push(pair),
            Requirement::Optional => self.optional.push(pair),
        }
    }

    /// Sorts the pairs, each once; a pair that is both is essential.
    fn settle(mut self) -> Self {
        self.essential.sort_unstable();
        self.essential.dedup();
        self.optional.sort_unstable();
        self.optional.dedup();
        self.optional
            .retain(|pair| self.essential.binary_search(pair).is_err());
        self
    }
}

/// ESCO's words for the type of a relation.
fn requirement_of(word: &str) -> std::result::Result<Requirement, String> {
    match word {
        "essential" => Ok(Requirement::Essential),
        "optional" => Ok(Requirement::Optional),
        "" => Err("empty relationType".to_owned()),
        other => Err(format!("unknown relationType {}", quoted(other))),
    }
}
