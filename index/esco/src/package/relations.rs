//! How are the concepts related? Files of URI pairs become pairs of rows; an end that no file names is reported, never invented.

use std::collections::HashMap;
use std::io::Read;

use super::concepts::required;
use super::table::{Table, Width, quoted};
use crate::error::Result;
use crate::report::ReadReport;
use crate::{Collection, Collections, Esco, NodeId, OccupationId, SkillId};

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

    /// Reads a `broaderRelationsSkillPillar.csv`.
    pub(super) fn read_broader(
        &mut self,
        file: &str,
        input: Box<dyn Read + '_>,
        report: &mut ReadReport,
    ) -> Result<()> {
        let table = Table::open(file, input, &["conceptUri", "broaderUri"], Width::Exact)?;
        let (narrower, broader) = (table.column("conceptUri"), table.column("broaderUri"));
        table.for_each_row(report, |row| {
            let pair = (
                self.node(row.cell(narrower), "conceptUri")?,
                self.node(row.cell(broader), "broaderUri")?,
            );
            if pair.0 == pair.1 {
                return Err(format!(
                    "{} is broader than itself",
                    quoted(row.cell(narrower))
                ));
            }
            self.broader.push(pair);
            Ok(())
        })
    }

    /// Reads an `occupationSkillRelations.csv`.
    pub(super) fn read_occupation_skill(
        &mut self,
        file: &str,
        input: Box<dyn Read + '_>,
        report: &mut ReadReport,
    ) -> Result<()> {
        let table = Table::open(
            file,
            input,
            &["occupationUri", "relationType", "skillUri"],
            Width::Exact,
        )?;
        let (occupation, relation, skill) = (
            table.column("occupationUri"),
            table.column("relationType"),
            table.column("skillUri"),
        );
        table.for_each_row(report, |row| {
            let uri = required(row.cell(occupation), "occupationUri")?;
            let occupation = self
                .occupations
                .get(uri)
                .ok_or_else(|| format!("unknown occupationUri {}", quoted(uri)))?;
            let pair = (*occupation, self.skill(row.cell(skill), "skillUri")?);
            self.occupation_skill
                .add(requirement_of(row.cell(relation))?, pair);
            Ok(())
        })
    }

    /// Reads a `skillSkillRelations.csv`.
    pub(super) fn read_skill_skill(
        &mut self,
        file: &str,
        input: Box<dyn Read + '_>,
        report: &mut ReadReport,
    ) -> Result<()> {
        let table = Table::open(
            file,
            input,
            &["originalSkillUri", "relationType", "relatedSkillUri"],
            Width::Exact,
        )?;
        let (original, relation, related) = (
            table.column("originalSkillUri"),
            table.column("relationType"),
            table.column("relatedSkillUri"),
        );
        table.for_each_row(report, |row| {
            let pair = (
                self.skill(row.cell(original), "originalSkillUri")?,
                self.skill(row.cell(related), "relatedSkillUri")?,
            );
            if pair.0 == pair.1 {
                return Err(format!(
                    "{} is related to itself",
                    quoted(row.cell(original))
                ));
            }
            self.skill_skill
                .add(requirement_of(row.cell(relation))?, pair);
            Ok(())
        })
    }

    /// Reads a collection: a list of skills.
    pub(super) fn read_collection(
        &mut self,
        collection: Collection,
        file: &str,
        input: Box<dyn Read + '_>,
        report: &mut ReadReport,
    ) -> Result<()> {
        let table = Table::open(file, input, &["conceptUri"], Width::Exact)?;
        let uri = table.column("conceptUri");
        table.for_each_row(report, |row| {
            let skill = self.skill(row.cell(uri), "conceptUri")?;
            self.collections[skill.row()].insert(collection);
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

    /// The row of a skill or group.
    fn node(&self, uri: &str, column: &str) -> std::result::Result<NodeId, String> {
        let uri = required(uri, column)?;
        self.nodes
            .get(uri)
            .copied()
            .ok_or_else(|| format!("unknown {column} {}", quoted(uri)))
    }

    /// The row of a skill.
    fn skill(&self, uri: &str, column: &str) -> std::result::Result<SkillId, String> {
        let node = self.node(uri, column)?;
        if node.0 as usize >= self.n_skills {
            return Err(format!("{column} {} is a group, not a skill", quoted(uri)));
        }
        Ok(SkillId(node.0))
    }
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
