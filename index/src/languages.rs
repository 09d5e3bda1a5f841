//! Which skills are about one human language? The language as a whole, and writing, reading, speaking and hearing it.
//!
//! ESCO has five skills for most languages (`German`, `write German`, `understand written German`, `interact verbally in German`,
//! `understand spoken German`), told apart by their English labels only.

mod named;
mod polish;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::credential::Credential;
use crate::model::esco::{Collection, Esco, Skill, SkillId};
use crate::text::words;

pub use named::{LanguageSkills, NAMED_CONFIDENCE, Named, is_about_driving, languages_at_levels};
pub use polish::{is_about_polishing, polish};

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

/// Whether a skill is about a language: ESCO's collection says so, or its English label is that of a part, or one word that is a name.
fn names_language(skill: &Skill) -> bool {
    let is_name = |label: &str| {
        label.starts_with(char::is_uppercase)
            && label.chars().all(char::is_alphabetic)
            && label.contains(char::is_lowercase)
    };
    skill.collections.contains(Collection::Language)
        || part_and_name(skill).is_some()
        || english(skill).is_some_and(is_name)
}

/// Levels of the Common European Framework of Reference for Languages, lowest first.
const CEFR: [&str; 6] = ["A1", "A2", "B1", "B2", "C1", "C2"];
/// The rank of a level of the Framework, 1 (A1) to 6 (C2), in capitals; nothing for other words.
pub fn cefr_rank(word: &str) -> Option<u8> {
    CEFR.iter()
        .position(|level| *level == word)
        .map(|at| at as u8 + 1)
}

/// Bytes between a language and the level that is its own.
const LEVEL_REACH: usize = 40;
/// Bytes between the levels of a range: ` bis `.
const RANGE_REACH: usize = 5;

/// The level of the Framework, 1 to 6, that a text names for a language: the only one, else the one that stands nearest to one of the names; 0 where it names none,
/// or several and none near a name.
fn level_in(text: &str, names: &[&str]) -> u8 {
    // A range of levels (`A1-B2`) is one place, and leads to its highest.
    let mut places: Vec<(u8, Range<usize>)> = Vec::new();
    for word in words(text) {
        let Some(level) = cefr_rank(&text[word.range.clone()]) else {
            continue;
        };
        match places.last_mut() {
            Some((highest, at)) if word.range.start - at.end <= RANGE_REACH => {
                (*highest, at.end) = (level.max(*highest), word.range.end)
            }
            _ => places.push((level, word.range)),
        }
    }
    let Some(((first, _), rest)) = places.split_first() else {
        return 0;
    };
    if rest.iter().all(|(level, _)| level == first) {
        return *first;
    }
    let named = names
        .iter()
        .flat_map(|name| text.match_indices(name))
        .map(|(at, name)| at..at + name.len());
    // A level after its language before one that stands in front of it.
    let apart = |name: &Range<usize>, at: &Range<usize>| {
        if at.start >= name.end {
            at.start - name.end
        } else {
            LEVEL_REACH / 2 + name.start.saturating_sub(at.end)
        }
    };
    let nearest = named
        .flat_map(|name| {
            places
                .iter()
                .map(move |(level, at)| (apart(&name, at), *level))
        })
        .min();
    nearest
        .filter(|(apart, _)| *apart <= LEVEL_REACH)
        .map_or(0, |(_, level)| level)
}

/// Up to which level of the Framework a credential teaches a language, 1 to 6, as the outcomes that are linked to the skill say, else the title; 0 where they do
/// not, and for skills that are about no language.
pub fn level_taught(credential: &Credential, skill: &Skill) -> u8 {
    if !names_language(skill) {
        return 0;
    }
    // `write German` and `German`: the last word is the name.
    let names: Vec<&str> = skill
        .labels
        .iter()
        .filter_map(|labels| labels.preferred.rsplit(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    let linked = credential
        .outcomes
        .iter()
        .filter(|outcome| outcome.skills.iter().any(|link| link.uri == skill.uri));
    let stated = linked
        .flat_map(|outcome| &outcome.text)
        .map(|text| level_in(&text.text, &names))
        .max()
        .unwrap_or_default();
    if stated > 0 {
        stated
    } else {
        credential
            .title
            .iter()
            .map(|text| level_in(&text.text, &names))
            .max()
            .unwrap_or_default()
    }
}

fn english(skill: &Skill) -> Option<&str> {
    skill
        .labels
        .iter()
        .find(|labels| labels.language == "en")
        .map(|labels| labels.preferred.as_str())
}

/// `write German` is (Write, German); `write dissertations` is no name and so no language.
fn part_and_name(skill: &Skill) -> Option<(Part, &str)> {
    let label = english(skill)?;
    let found = BEGINNINGS
        .iter()
        .find_map(|(part, beginning)| Some((*part, label.strip_prefix(beginning)?)));
    found.filter(|(_, name)| name.starts_with(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::credential::{LinkOrigin, Outcome, SkillLink};
    use crate::model::esco::{Labels, Text};

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
    fn the_level_of_a_course_is_read_from_its_outcome_before_its_title() {
        let skill = |label: &str| Skill {
            uri: "s".into(),
            labels: vec![Labels {
                language: "en".into(),
                preferred: label.into(),
                alternatives: Vec::new(),
            }],
            ..Skill::default()
        };
        let text = |text: &str| {
            vec![Text {
                language: "de".into(),
                text: text.into(),
            }]
        };
        let link = SkillLink {
            uri: "s".into(),
            origin: LinkOrigin::Declared,
            confidence: 1.0,
        };
        let course = |title: &str, outcome: &str| Credential {
            title: text(title),
            outcomes: vec![Outcome {
                text: text(outcome),
                skills: vec![link.clone()],
            }],
            ..Credential::default()
        };
        for (title, outcome, level) in [
            ("Deutsch B1", "Briefe schreiben", 3),
            ("Deutsch B1-B2", "auf A2 sprechen", 2),
            ("Deutsch B1 bis B2", "", 4),
            ("Deutsch", "reden", 0),
            ("Deutsch b1", "", 0),
            ("", "German at level A2 and English at level C1", 2),
            ("", "C1 English, A2 German", 2),
            ("German A1, first step towards C1", "", 1),
            ("Deutsch A2 und Englisch C1", "", 0),
        ] {
            assert_eq!(
                level_taught(
                    &course(title, outcome),
                    &skill("interact verbally in German")
                ),
                level,
                "{title}, {outcome}"
            );
        }
        assert_eq!(
            level_taught(&course("Licence C1", ""), &skill("drive lorries")),
            0
        );
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
