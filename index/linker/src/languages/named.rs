//! Which languages does a text name with a level, and what is done in them? Ads and outcomes are read the same way: by the names of languages in ten languages,
//! and a level of the Framework close by.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::{LEVEL_REACH, cefr_rank};
use skillgap_esco::languages::{Part, english, part_and_name};
use skillgap_esco::text::{Word, fold, words};
use skillgap_esco::{Esco, Skill};

/// How sure it is that a language is meant which is named with a level.
pub const NAMED_CONFIDENCE: f64 = 0.95;

/// Words near which `B1` or `C1` is a class of driving licence.
const DRIVING: [&str; 16] = [
    "licen",
    "führerschein",
    "fahrerlaubnis",
    "permis",
    "rijbewijs",
    "körkort",
    "kørekort",
    "carnet",
    "patente",
    "prawo jazdy",
    "carta de condu",
    "driver",
    "klasse",
    "class ",
    "category",
    "kategorie",
];

pub(super) static NAMES: LazyLock<Table> =
    LazyLock::new(|| Table::parse(include_str!("names.txt")));
static USES: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("uses.txt")));

/// A language that a text names with a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name that ESCO uses.
    pub language: &'static str,
    /// The level, 1 (A1) to 6 (C2).
    pub level: u8,
    /// Bytes of the name.
    pub range: Range<usize>,
}

/// Whether a text speaks of driving licences, whose classes look like levels.
pub fn is_about_driving(text: &str) -> bool {
    let lower = text.to_lowercase();
    DRIVING.iter().any(|word| lower.contains(word))
}

/// Whether two signs that make a level stand together; cheaper than cutting the text into words, and most texts have none.
fn may_have_levels(text: &str) -> bool {
    text.as_bytes()
        .windows(2)
        .any(|signs| matches!(signs, [b'A'..=b'C', b'1' | b'2']))
}

/// Languages with the level that stands nearest to the name and not far from it, in order.
pub fn languages_at_levels(text: &str) -> Vec<Named> {
    if !may_have_levels(text) {
        return Vec::new();
    }
    languages_among(text, &words(text))
}

/// The same of a text with its words.
pub(crate) fn languages_among(text: &str, words: &[Word]) -> Vec<Named> {
    let levels: Vec<(&Word, u8)> = words
        .iter()
        .filter_map(|word| Some((word, cefr_rank(&text[word.range.clone()])?)))
        .collect();
    if levels.is_empty() || is_about_driving(text) {
        return Vec::new();
    }
    let named = words
        .iter()
        .filter_map(|word| Some((word, NAMES.group_of(&word.folded)?)));
    let apart = |a: &Word, b: &Word| {
        a.range
            .start
            .saturating_sub(b.range.end)
            .max(b.range.start.saturating_sub(a.range.end))
    };
    let at_level = named.filter_map(|(word, language)| {
        let (nearest, level) = levels.iter().min_by_key(|(level, _)| apart(level, word))?;
        (apart(nearest, word) <= LEVEL_REACH).then(|| Named {
            language,
            level: *level,
            range: word.range.clone(),
        })
    });
    at_level.collect()
}

/// Skills of the languages that are known by name: label → URI.
pub struct LanguageSkills<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> LanguageSkills<'a> {
    /// Reads the English labels. Cost: one look at each skill.
    pub fn of(esco: &'a Esco) -> Self {
        let name = |skill: &'a Skill| {
            part_and_name(skill).map_or_else(|| english(skill), |(_, name)| Some(name))
        };
        let skills = esco
            .skills
            .iter()
            .filter(|skill| name(skill).is_some_and(|name| NAMES.groups.contains(&name)));
        Self(
            skills
                .filter_map(|skill| Some((english(skill)?, skill.uri.as_str())))
                .collect(),
        )
    }

    /// Links an outcome to the languages that it names with a level: to the parts that it speaks of where it speaks of one kind of use only, and the title of its
    /// course names no such language; else to the language as a whole, since a level is one of all its parts. Where there is no skill for the whole, to speaking it
    /// and to the parts that are named.
    pub fn links(&self, titles: &[&str], outcome: &str) -> Vec<&'a str> {
        let uses = uses_in(outcome);
        let titled: Vec<Named> = titles
            .iter()
            .flat_map(|title| languages_at_levels(title))
            .collect();
        let mut uris: Vec<&'a str> = Vec::new();
        for named in languages_at_levels(outcome) {
            let is_titled = titled.iter().any(|title| title.language == named.language);
            let parts: Vec<Part> = match uses.as_slice() {
                [one] if !is_titled => parts_of(one).to_vec(),
                several => match self.skill(Part::Whole, named.language) {
                    Some(_) => vec![Part::Whole],
                    None => several
                        .iter()
                        .flat_map(|one| parts_of(one))
                        .copied()
                        .chain([Part::Speak])
                        .collect(),
                },
            };
            uris.extend(
                parts
                    .into_iter()
                    .filter_map(|part| self.skill(part, named.language)),
            );
        }
        uris.sort_unstable();
        uris.dedup();
        uris
    }

    /// Whether a skill is about a language that is known by name.
    pub fn contains(&self, uri: &str) -> bool {
        self.0.values().any(|known| *known == uri)
    }

    fn skill(&self, part: Part, language: &str) -> Option<&'a str> {
        let label = match part {
            Part::Whole => language.to_owned(),
            Part::Write => format!("write {language}"),
            Part::Read => format!("understand written {language}"),
            Part::Speak => format!("interact verbally in {language}"),
            Part::Hear => format!("understand spoken {language}"),
        };
        self.0.get(label.as_str()).copied()
    }
}

/// What an outcome says that is done in a language: `speak`, `write`, `understand`, `use`; each once.
fn uses_in(outcome: &str) -> Vec<&'static str> {
    let mut uses: Vec<&str> = words(outcome)
        .iter()
        .filter_map(|word| USES.group_of(&word.folded))
        .collect();
    uses.sort_unstable();
    uses.dedup();
    uses
}

/// The parts of a language that a kind of use needs.
fn parts_of(kind: &str) -> &'static [Part] {
    match kind {
        "speak" => &[Part::Speak],
        "write" => &[Part::Write],
        "understand" => &[Part::Read, Part::Hear],
        _ => &[Part::Whole],
    }
}

/// Words by group.
pub(super) struct Table {
    groups: Vec<&'static str>,
    /// Folded word → position of its group.
    whole: BTreeMap<String, usize>,
    /// Folded beginnings of words, with the positions of their groups.
    beginnings: Vec<(String, usize)>,
}

impl Table {
    /// Reads `[group]` lines, then a word a line; a `*` at its end lets the word go on.
    fn parse(list: &'static str) -> Self {
        let mut table = Self {
            groups: Vec::new(),
            whole: BTreeMap::new(),
            beginnings: Vec::new(),
        };
        for line in list
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            if let Some(name) = line
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
            {
                table.groups.push(name);
                continue;
            }
            let Some(group) = table.groups.len().checked_sub(1) else {
                continue;
            };
            match line.strip_suffix('*') {
                Some(beginning) => table.beginnings.push((fold(beginning), group)),
                None => drop(table.whole.insert(fold(line), group)),
            }
        }
        table
    }

    pub(super) fn group_of(&self, folded: &str) -> Option<&'static str> {
        let begun = || {
            self.beginnings
                .iter()
                .find(|(beginning, _)| folded.starts_with(beginning.as_str()))
                .map(|(_, group)| group)
        };
        self.whole
            .get(folded)
            .or_else(begun)
            .map(|group| self.groups[*group])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_esco::Labels;

    #[test]
    fn a_language_has_the_level_that_stands_nearest() {
        let found = |text: &str| {
            languages_at_levels(text)
                .iter()
                .map(|named| (named.language, named.level))
                .collect::<Vec<_>>()
        };
        for (text, expected) in [
            ("German B1 required", &[("German", 3)][..]),
            (
                "Deutschkenntnisse mindestens B2, Englisch A2",
                &[("German", 4), ("English", 2)],
            ),
            ("allemand (niveau C1)", &[("German", 5)]),
            (
                "Understand and use simple everyday Polish (CEFR A1)",
                &[("Polish", 1)],
            ),
            ("driving licence C1, German customers", &[]),
            ("German customers", &[]),
            ("B1", &[]),
            (
                "German is spoken by all of our many customers, colleagues and suppliers, B1",
                &[],
            ),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn an_outcome_is_linked_to_what_it_says_is_done_in_the_language() {
        let labels = [
            "German",
            "write German",
            "understand written German",
            "understand spoken German",
            "interact verbally in Czech",
            "write Czech",
        ];
        let skill = |label: &&str| Skill {
            uri: (*label).into(),
            labels: vec![Labels {
                language: "en".into(),
                preferred: (*label).into(),
                alternatives: Vec::new(),
            }],
            ..Skill::default()
        };
        let esco = Esco {
            skills: labels.iter().map(skill).collect(),
            ..Esco::default()
        };
        let skills = LanguageSkills::of(&esco);
        for (title, outcome, expected) in [
            ("", "German B1 speaking and writing", &["German"][..]),
            (
                "Deutsch im Büro",
                "Briefe auf Deutsch schreiben (B1)",
                &["write German"],
            ),
            ("German B1", "Write letters in German (B1)", &["German"]),
            (
                "",
                "Understand German at level A2",
                &["understand spoken German", "understand written German"],
            ),
            (
                "",
                "Understand and use simple everyday German (CEFR A1)",
                &["German"],
            ),
            ("", "Deutsch B1", &["German"]),
            ("", "Czech A2", &["interact verbally in Czech"]),
            (
                "",
                "Write e-mails and hold meetings in Czech (A2)",
                &["interact verbally in Czech", "write Czech"],
            ),
            ("", "Talk to colleagues in Danish at B2", &[]),
            ("German B1", "Talk to customers in German", &[]),
        ] {
            let links = skills.links(&[title], outcome);
            assert_eq!(links, expected, "{outcome}");
        }
    }
}
