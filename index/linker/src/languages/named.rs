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

/// Words that join two things, in the languages of the cue lists.
const JOINING: [&str; 15] = [
    "and", "or", "und", "oder", "et", "ou", "y", "en", "og", "och", "eller", "i", "e", "oraz", "ja",
];

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
/// Words for a mother tongue.
static NATIVE: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("native.txt")));
static USES: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("uses.txt")));

/// A language that a text names with a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name that ESCO uses.
    pub language: &'static str,
    /// The level, 1 (A1) to 6 (C2).
    pub level: u8,
    /// Whether it is a mother tongue, which has the highest level.
    pub is_native: bool,
    /// Bytes of the name.
    pub range: Range<usize>,
}

/// Whether a text speaks of driving licences, whose classes look like levels.
pub fn is_about_driving(text: &str) -> bool {
    let lower = text.to_lowercase();
    DRIVING.iter().any(|word| lower.contains(word))
}

/// Whether a word joins two things.
pub(crate) fn is_joint(word: &Word) -> bool {
    JOINING.contains(&word.folded.as_str())
}

/// Whether a word is the name of a language.
pub(crate) fn is_language(word: &Word) -> bool {
    NAMES.group_of(&word.folded).is_some()
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

/// The same of a text with its words; a mother tongue has the highest level.
pub(crate) fn languages_among(text: &str, words: &[Word]) -> Vec<Named> {
    let levels: Vec<(&Word, u8)> = match is_about_driving(text) {
        true => Vec::new(),
        false => words
            .iter()
            .filter_map(|word| Some((word, cefr_rank(&text[word.range.clone()])?)))
            .collect(),
    };
    let natives: Vec<&Word> = words
        .iter()
        .filter(|word| NATIVE.group_of(&word.folded).is_some())
        .collect();
    if levels.is_empty() && natives.is_empty() {
        return Vec::new();
    }
    let named: Vec<(usize, &Word, &'static str)> = words
        .iter()
        .enumerate()
        .filter_map(|(at, word)| Some((at, word, NAMES.group_of(&word.folded)?)))
        .collect();
    // A level that stands with one name is not that of another beyond a comma.
    let is_free = |mark: &Word| {
        let own = |(_, word, _): &(usize, &Word, &str)| {
            let apart = Apart::of(text, mark, word);
            !apart.is_parted && apart.bytes <= LEVEL_REACH
        };
        !named.iter().any(own)
    };
    let at_level = named.iter().filter_map(|(at, word, language)| {
        let reach = |mark: &Word| {
            Some(Apart::of(text, mark, word)).filter(|apart| apart.bytes <= LEVEL_REACH)
        };
        // In *English B2 and good German* the level is that of the name before it.
        let is_of_other = |mark: &Word| {
            mark.range.start < word.range.start && has_joint(text, mark, word) && {
                let before = named[..]
                    .iter()
                    .rfind(|(_, other, _)| other.range.end <= mark.range.start);
                before.is_some_and(|(_, other, _)| {
                    !Apart::of(text, mark, other).is_parted && !has_joint(text, other, mark)
                })
            }
        };
        let by_level = levels
            .iter()
            .filter(|(mark, _)| !is_of_other(mark))
            .filter_map(|(mark, level)| Some((reach(mark)?, *level, false, *mark)))
            .filter(|(apart, _, _, mark)| !apart.is_parted || is_free(mark))
            .map(|(apart, level, is_native, _)| (apart, level, is_native));
        let by_birth = natives.iter().filter_map(|mark| {
            let apart = reach(mark)?;
            (!apart.is_parted || heads_list(text, words, mark, *at)).then_some((
                apart,
                NATIVE_LEVEL,
                true,
            ))
        });
        let (_, level, is_native) = by_level.chain(by_birth).min_by_key(|(apart, ..)| *apart)?;
        Some(Named {
            language,
            level,
            is_native,
            range: word.range.clone(),
        })
    });
    at_level.collect()
}

/// Whether a word that joins two things stands between two words.
fn has_joint(text: &str, left: &Word, right: &Word) -> bool {
    let between = text.get(left.range.end..right.range.start);
    between.is_some_and(|between| words(between).iter().any(is_joint))
}

/// The level of a mother tongue: C2.
const NATIVE_LEVEL: u8 = 6;

/// How far a mark stands from a name: first whether a sign between parts them (`German (C1), English (B2)`), then the bytes between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Apart {
    is_parted: bool,
    bytes: usize,
}

impl Apart {
    fn of(text: &str, mark: &Word, name: &Word) -> Self {
        let (left, right) = if mark.range.start < name.range.start {
            (mark, name)
        } else {
            (name, mark)
        };
        let between = text
            .get(left.range.end..right.range.start)
            .unwrap_or_default();
        Self {
            is_parted: between.contains([',', ';', '.', '|', '/', '•']),
            bytes: between.len(),
        }
    }
}

/// Whether a word stands before a list of names of which the one at a position is one: `Mother tongue(s): English, Igbo`. A name that more is said of is none of it.
fn heads_list(text: &str, words: &[Word], mark: &Word, at: usize) -> bool {
    let Some(first) = words[..at]
        .iter()
        .rposition(|word| word.range == mark.range)
        .map(|mark| mark + 1)
    else {
        return false;
    };
    let is_name = |word: &Word| NAMES.group_of(&word.folded).is_some();
    // The `s` of `tongue(s)`, and words that join two names.
    let is_joint = |word: &Word| word.folded.chars().count() <= 3;
    let has_colon = text[mark.range.end..words[at].range.start].contains(':');
    let goes_on = words.get(at + 1).is_some_and(|next| {
        let gap = &text[words[at].range.end..next.range.start];
        gap.trim().is_empty() && !is_joint(next)
    });
    has_colon
        && !goes_on
        && words[first..at]
            .iter()
            .all(|word| is_name(word) || is_joint(word))
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
    fn each_of_several_languages_has_its_own_level_and_a_mother_tongue_the_highest() {
        let found = |text: &str| {
            let named = languages_among(text, &words(text));
            named
                .iter()
                .map(|named| (named.language, named.level))
                .collect::<Vec<_>>()
        };
        for (text, expected) in [
            (
                "Spanish: C1, English: B2",
                &[("Spanish", 5), ("English", 4)][..],
            ),
            (
                "English (C1), German (A2), French (B1)",
                &[("English", 5), ("German", 2), ("French", 3)],
            ),
            (
                "C1 in English and A2 in German",
                &[("English", 5), ("German", 2)],
            ),
            (
                "English (mother tongue), German A2",
                &[("English", 6), ("German", 2)],
            ),
            (
                "Mother tongue(s): English, Danish",
                &[("English", 6), ("Danish", 6)],
            ),
            ("Mother tongue: English, German fluent", &[("English", 6)]),
            (
                "Langue maternelle : anglais. Allemand : B2",
                &[("English", 6), ("German", 4)],
            ),
            ("Native English speaker, fluent German", &[("English", 6)]),
            ("Polnisch (Muttersprache)", &[("Polish", 6)]),
            ("Język ojczysty: polski", &[("Polish", 6)]),
            (
                "Deutsch und Türkisch sind meine Muttersprachen",
                &[("German", 6), ("Turkish", 6)],
            ),
        ] {
            let known: Vec<_> = expected.to_vec();
            assert_eq!(found(text), known, "{text}");
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
