//! Which skills are about one human language? The language as a whole, and writing, reading, speaking and hearing it.
//!
//! ESCO has five skills for most languages (`German`, `write German`, `understand written German`, `interact verbally in German`,
//! `understand spoken German`), told apart by their English labels only.

use std::collections::BTreeMap;

use crate::model::{Esco, Skill, SkillId};

/// What a language skill is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The language as a whole: `German`.
    Whole,
    /// `write German`.
    Write,
    /// `understand written German`.
    Read,
    /// `interact verbally in German`.
    Speak,
    /// `understand spoken German`.
    Hear,
}

/// How the labels of the parts begin.
const BEGINNINGS: [(Part, &str); 4] = [
    (Part::Write, "write "),
    (Part::Read, "understand written "),
    (Part::Speak, "interact verbally in "),
    (Part::Hear, "understand spoken "),
];

/// The skills of each language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Languages {
    /// One entry a language, each sorted by skill.
    families: Vec<Vec<(SkillId, Part)>>,
    /// Skill → (position of its language, part).
    of: BTreeMap<SkillId, (usize, Part)>,
}

impl Languages {
    /// Reads the English labels. A language counts if its whole and a part are there, or two parts: an excerpt of ESCO may lack the whole.
    pub fn new(esco: &Esco) -> Self {
        let mut by_name: BTreeMap<&str, Vec<(SkillId, Part)>> = BTreeMap::new();
        for (row, skill) in esco.skills.iter().enumerate() {
            if let Some((part, name)) = part_and_name(skill) {
                by_name
                    .entry(name)
                    .or_default()
                    .push((SkillId(row as u32), part));
            }
        }
        for (row, skill) in esco.skills.iter().enumerate() {
            if let Some(family) = english(skill).and_then(|label| by_name.get_mut(label)) {
                family.push((SkillId(row as u32), Part::Whole));
            }
        }
        let is_language =
            |family: &Vec<(SkillId, Part)>| family.iter().any(|(_, part)| *part != family[0].1);
        let mut families: Vec<Vec<(SkillId, Part)>> =
            by_name.into_values().filter(is_language).collect();
        families
            .iter_mut()
            .for_each(|family| family.sort_unstable());
        let of = families
            .iter()
            .enumerate()
            .flat_map(|(at, family)| {
                family
                    .iter()
                    .map(move |(skill, part)| (*skill, (at, *part)))
            })
            .collect();
        Self { families, of }
    }

    /// What a skill is about, and all skills of its language, itself included, by row; nothing for a skill that is about no language.
    pub fn family(&self, skill: SkillId) -> Option<(Part, &[(SkillId, Part)])> {
        let (at, part) = self.of.get(&skill)?;
        Some((*part, &self.families[*at]))
    }
}

/// The preferred English label of a skill.
pub fn english(skill: &Skill) -> Option<&str> {
    skill
        .labels
        .iter()
        .find(|labels| labels.language == "en")
        .map(|labels| labels.preferred.as_str())
}

/// What a skill is about by its English label: `write German` is (Write, German); `write dissertations` is no name and so no language.
pub fn part_and_name(skill: &Skill) -> Option<(Part, &str)> {
    let label = english(skill)?;
    let found = BEGINNINGS
        .iter()
        .find_map(|(part, beginning)| Some((*part, label.strip_prefix(beginning)?)));
    found.filter(|(_, name)| name.starts_with(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Labels;

    fn languages(labels: &[&str]) -> Languages {
        let skill = |label: &&str| Skill {
            labels: vec![Labels {
                language: "en".into(),
                preferred: (*label).into(),
                alternatives: Vec::new(),
            }],
            ..Skill::default()
        };
        Languages::new(&Esco {
            skills: labels.iter().map(skill).collect(),
            ..Esco::default()
        })
    }

    #[test]
    fn the_parts_of_a_language_find_each_other() {
        let languages = languages(&[
            "write German",
            "bake bread",
            "German",
            "understand spoken German",
            "understand spoken Welsh",
        ]);
        let family = [
            (SkillId(0), Part::Write),
            (SkillId(2), Part::Whole),
            (SkillId(3), Part::Hear),
        ];
        assert_eq!(
            languages.family(SkillId(0)),
            Some((Part::Write, family.as_slice()))
        );
        assert_eq!(
            languages.family(SkillId(2)),
            Some((Part::Whole, family.as_slice()))
        );
        assert_eq!(languages.family(SkillId(1)), None);
    }

    #[test]
    fn a_part_without_its_whole_and_writing_of_other_things_are_no_language() {
        let languages = languages(&[
            "write Latin",
            "write dissertations",
            "dissertations",
            "write SQL",
            "write Czech",
            "understand spoken Czech",
        ]);
        assert!((0..4).all(|row| languages.family(SkillId(row)).is_none()));
        assert!(
            (4..6).all(|row| languages
                .family(SkillId(row))
                .is_some_and(|(_, family)| family.len() == 2)),
            "two parts are one"
        );
    }
}
