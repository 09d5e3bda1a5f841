//! Proper names: the skills that ESCO calls by a name, such as a product, and which of their names are common words, too. Whether a word is common is read from
//! ESCO itself: it stands in other labels in lower case, as in *provide access* and *make puppets*.

use rustc_hash::{FxHashMap, FxHashSet};
use skillgap_esco::languages::english;
use skillgap_esco::text::words;
use skillgap_esco::{Esco, Skill, SkillId};

use crate::languages::names_language;

/// Labels in which a word must stand in lower case to be a common one; one may be a slip.
const COMMON_MIN: usize = 2;
/// Names that ESCO 1.1.1 writes in lower case at least twice, but too seldom in labels: in descriptions, which are not kept in memory.
const DESCRIBED: [&str; 8] = [
    "absorb", "canvas", "chef", "salt", "scratch", "solidity", "swift", "unity",
];

/// Names of products and their like; not of languages.
#[derive(Debug, Default)]
pub struct ProperNames {
    /// Folded name of one word → the skills that it names, with how it is written.
    names: FxHashMap<String, Vec<(SkillId, String)>>,
    /// First words of names, folded.
    first: FxHashMap<SkillId, String>,
    common: FxHashSet<String>,
}

/// A label without what it has in brackets.
fn core(label: &str) -> &str {
    label.split(" (").next().unwrap_or(label).trim()
}

/// Whether each word of a label is written as a name.
fn is_proper(label: &str) -> bool {
    let is_name = |word: &str| {
        word.starts_with(char::is_uppercase)
            || word.contains(|c: char| c.is_uppercase() || c.is_ascii_digit())
    };
    core(label).split_whitespace().all(is_name)
}

impl ProperNames {
    /// Reads the English labels. Cost: all their words.
    pub(crate) fn build(esco: &Esco) -> Self {
        let is_named =
            |skill: &Skill| english(skill).is_some_and(is_proper) && !names_language(skill);
        let mut read = Self::default();
        for (skill, row) in esco.skills.iter().zip(0..) {
            if !is_named(skill) {
                continue;
            }
            let labels = skill.labels.iter().filter(|labels| labels.language == "en");
            let labels = labels
                .flat_map(|labels| std::iter::once(&labels.preferred).chain(&labels.alternatives));
            for label in labels {
                let said = words(core(label));
                if let Some(first) = said.first() {
                    read.first
                        .entry(SkillId(row))
                        .or_insert(first.folded.clone());
                }
                if let [word] = said.as_slice() {
                    let named = read.names.entry(word.folded.clone()).or_default();
                    named.push((SkillId(row), core(label)[word.range.clone()].to_owned()));
                }
            }
        }
        let others = esco.skills.iter().filter(|skill| !is_named(skill));
        let of_skills = others.flat_map(|skill| &skill.labels);
        let of_occupations = esco
            .occupations
            .iter()
            .flat_map(|occupation| &occupation.labels);
        let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
        for labels in of_skills
            .chain(of_occupations)
            .filter(|labels| labels.language == "en")
        {
            for label in std::iter::once(&labels.preferred).chain(&labels.alternatives) {
                for word in label.split(|c: char| !c.is_alphanumeric()) {
                    if word.starts_with(char::is_lowercase)
                        && let Some((name, _)) = read.names.get_key_value(word)
                    {
                        *counts.entry(name).or_default() += 1;
                    }
                }
            }
        }
        read.common = counts
            .into_iter()
            .filter(|(_, n)| *n >= COMMON_MIN)
            .map(|(name, _)| name.to_owned())
            .chain(DESCRIBED.map(str::to_owned))
            .collect();
        read
    }

    /// Whether ESCO calls a skill by a proper name.
    pub fn has(&self, skill: SkillId) -> bool {
        self.first.contains_key(&skill)
    }

    /// How a skill's name is written of which a folded word is the whole; nothing for other words.
    pub fn spelling(&self, skill: SkillId, folded: &str) -> Option<&str> {
        let mut named = self.names.get(folded)?.iter();
        named
            .find(|(of, _)| *of == skill)
            .map(|(_, spelling)| spelling.as_str())
    }

    /// Whether a folded word is the first of a skill's name: *Oracle*, *Adobe*.
    pub fn begins(&self, skill: SkillId, folded: &str) -> bool {
        self.first.get(&skill).is_some_and(|first| first == folded)
    }

    /// Whether a folded name is a common word, too.
    pub fn is_common(&self, folded: &str) -> bool {
        self.common.contains(folded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_esco::Labels;

    #[test]
    fn a_name_is_common_where_other_labels_write_it_small() {
        let skill = |(preferred, alternatives): &(&str, &[&str])| Skill {
            labels: vec![Labels {
                language: "en".into(),
                preferred: (*preferred).into(),
                alternatives: alternatives.iter().map(|label| (*label).into()).collect(),
            }],
            ..Skill::default()
        };
        let labels: [(&str, &[&str]); 5] = [
            ("Microsoft Access", &["Access"]),
            ("Python (computer programming)", &[]),
            ("ensure access to sites", &["give access to sites"]),
            ("CAD software", &[]),
            ("handle python snakes", &[]),
        ];
        let names = ProperNames::build(&Esco {
            skills: labels.iter().map(skill).collect(),
            ..Esco::default()
        });
        assert!(names.is_common("access") && !names.is_common("python"));
        assert_eq!(names.spelling(SkillId(0), "access"), Some("Access"));
        assert_eq!(names.spelling(SkillId(1), "access"), None);
        assert!(names.begins(SkillId(0), "microsoft"));
        assert!([0, 1].map(SkillId).iter().all(|skill| names.has(*skill)));
        assert!(![2, 3].map(SkillId).iter().any(|skill| names.has(*skill)));
    }
}
