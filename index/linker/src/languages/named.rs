//! Which languages does a text name with a level, and what is done in them? Ads and outcomes are read the same way: by the names of languages in ten languages,
//! and a level of the Framework close by.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::{LEVEL_REACH, RANGE_REACH, cefr_rank};
use crate::word_groups::WordGroups;
use skillgap_esco::languages::{Part, english, part_and_name};
use skillgap_esco::text::{Word, words};
use skillgap_esco::{Esco, Skill};

/// How sure it is that a language is meant which is named with a level.
pub const NAMED_CONFIDENCE: f64 = 0.95;

/// Words that join two things, in the languages of the cue lists, folded.
const JOINING: [&str; 29] = [
    "and",
    "or",
    "und",
    "oder",
    "et",
    "ou",
    "y",
    "en",
    "og",
    "och",
    "eller",
    "i",
    "e",
    "oraz",
    "ja",
    "sowie",
    "samt",
    "nebst",
    "beziehungsweise",
    "bzw",
    "evenals",
    "alsmede",
    "seka",
    "tai",
    "lub",
    "albo",
    "nonche",
    "oppure",
    "ed",
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

static NAMES: LazyLock<WordGroups> = LazyLock::new(|| WordGroups::parse(include_str!("names.txt")));
/// Words for a mother tongue.
static NATIVE: LazyLock<WordGroups> =
    LazyLock::new(|| WordGroups::parse(include_str!("native.txt")));
static USES: LazyLock<WordGroups> = LazyLock::new(|| WordGroups::parse(include_str!("uses.txt")));
/// Words that stand with the name of a language.
static AROUND: LazyLock<WordGroups> =
    LazyLock::new(|| WordGroups::parse(include_str!("around.txt")));
/// Parts of compounds with the name of a language that say that it is known.
const KNOWN: [&str; 4] = ["kenntnis", "kunskap", "kundskab", "taito"];
/// What a language learned at school begins with: *Schulenglisch*, *skolengelska*.
const SCHOOL: [&str; 5] = ["schul", "skole", "skol", "school", "koulu"];

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
    /// Bytes of the words that state the level.
    pub stated: Range<usize>,
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
    named(&word.folded).is_some()
}

/// The language of which a folded word is the name: by itself, or behind a word for school.
pub(crate) fn named(folded: &str) -> Option<&'static str> {
    let learned = || SCHOOL.iter().find_map(|school| folded.strip_prefix(school));
    NAMES
        .group_of(folded)
        .or_else(|| NAMES.group_of(learned()?))
}

/// Whether a word stands with the name of a language where one says who speaks it, and how.
pub(crate) fn is_around_language(word: &Word) -> bool {
    AROUND.group_of(&word.folded).is_some() || is_native(word)
}

/// Whether a word is one for a mother tongue.
pub(crate) fn is_native(word: &Word) -> bool {
    NATIVE.group_of(&word.folded).is_some()
}

/// Whether a word says that a language is spoken, written or known; by itself or as part of the language's name: *Englischkenntnisse*.
pub(crate) fn speaks(word: &Word) -> bool {
    let in_name = || KNOWN.iter().any(|known| word.folded.contains(known)) && is_language(word);
    AROUND.group_of(&word.folded) == Some("speaking") || is_learned_at_school(word) || in_name()
}

/// Whether a word is the name of a language as school teaches it.
pub(crate) fn is_learned_at_school(word: &Word) -> bool {
    NAMES.group_of(&word.folded).is_none() && is_language(word)
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
    languages_marked(text, words, &[])
}

/// The same with levels in words: their bytes and ranks.
pub(crate) fn languages_marked(
    text: &str,
    words: &[Word],
    worded: &[(Range<usize>, u8)],
) -> Vec<Named> {
    let marks = marks(text, words, worded);
    if marks.is_empty() {
        return Vec::new();
    }
    let named: Vec<(usize, &Word, &'static str)> = words
        .iter()
        .enumerate()
        .filter_map(|(at, word)| Some((at, word, named(&word.folded)?)))
        .collect();
    let reach = |mark: &Mark, word: &Word| {
        Some(Apart::of(text, &mark.range, &word.range)).filter(|apart| apart.bytes <= LEVEL_REACH)
    };
    // A level that stands with one name is not that of another beyond a comma.
    let is_free = |mark: &Mark| {
        let own = |(_, word, _): &(usize, &Word, &str)| {
            reach(mark, word).is_some_and(|apart| !apart.is_parted)
        };
        !named.iter().any(own)
    };
    let free: Vec<bool> = marks.iter().map(is_free).collect();
    let at_level = named.iter().filter_map(|(at, word, language)| {
        // In *English B2 and good German* the first level is that of the name before it, the second of the name behind it.
        let is_of_other = |mark: &Mark| {
            let stands_with = |other: &Word| {
                !Apart::of(text, &mark.range, &other.range).is_parted
                    && !has_joint(text, &mark.range, &other.range)
            };
            let mut others = named.iter().map(|(_, other, _)| *other);
            has_joint(text, &mark.range, &word.range)
                && match mark.range.start < word.range.start {
                    true => others.rfind(|other| other.range.end <= mark.range.start),
                    false => others.find(|other| other.range.start >= mark.range.end),
                }
                .is_some_and(stands_with)
        };
        let within_reach = marks
            .iter()
            .zip(&free)
            .filter_map(|(mark, is_free)| Some((reach(mark, word)?, mark, *is_free)));
        let own = within_reach.filter(|(apart, mark, is_free)| {
            !apart.is_parted
                || *is_free
                || mark.is_native && heads_list(text, words, &mark.range, *at)
        });
        let (_, mark, _) = own
            .filter(|(_, mark, _)| !is_of_other(mark))
            .min_by_key(|(apart, ..)| *apart)?;
        Some(Named {
            language,
            level: mark.level,
            is_native: mark.is_native,
            range: word.range.clone(),
            stated: mark.range.clone(),
        })
    });
    at_level.collect()
}

/// What states a level.
struct Mark {
    range: Range<usize>,
    level: u8,
    is_native: bool,
}

/// What states levels in a text: the Framework's levels, of a range the lower one; words for a mother tongue; and other words.
fn marks(text: &str, words: &[Word], worded: &[(Range<usize>, u8)]) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let on_framework = |word: &Word| cefr_rank(text[word.range.clone()].trim_end_matches('+'));
    for word in words.iter().filter(|_| !is_about_driving(text)) {
        let Some(level) = on_framework(word) else {
            continue;
        };
        let goes_on = |last: &&mut Mark| {
            let between = &text[last.range.end..word.range.start];
            between.len() <= RANGE_REACH
                && !between.trim().is_empty()
                && !between.contains([',', ';', '|', '(', ')'])
        };
        match marks.last_mut().filter(goes_on) {
            Some(last) => {
                (last.level, last.range.end) = (last.level.min(level), word.range.end);
            }
            None => marks.push(Mark {
                range: word.range.clone(),
                level,
                is_native: false,
            }),
        }
    }
    let natives = words.iter().filter(|word| is_native(word));
    marks.extend(natives.map(|word| Mark {
        range: word.range.clone(),
        level: NATIVE_LEVEL,
        is_native: true,
    }));
    for (range, level) in worded {
        let overlaps = |mark: &Mark| mark.range.start < range.end && range.start < mark.range.end;
        if !marks.iter().any(overlaps) {
            marks.push(Mark {
                range: range.clone(),
                level: *level,
                is_native: false,
            });
        }
    }
    marks
}

/// Whether a word that joins two things stands between two words.
fn has_joint(text: &str, a: &Range<usize>, b: &Range<usize>) -> bool {
    let between = text.get(a.end.min(b.end)..a.start.max(b.start));
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

/// What a mark before a name stands further off than one behind it.
const BEFORE_BYTES: usize = 2;

impl Apart {
    fn of(text: &str, mark: &Range<usize>, name: &Range<usize>) -> Self {
        let is_before = mark.start < name.start;
        let (left, right) = if is_before {
            (mark, name)
        } else {
            (name, mark)
        };
        let between = text.get(left.end..right.start).unwrap_or_default();
        Self {
            is_parted: between.contains([',', ';', '.', '|', '/', '•'])
                || is_before && between.contains(')'),
            bytes: between.len() + if is_before { BEFORE_BYTES } else { 0 },
        }
    }
}

/// Whether a word stands before a list of names of which the one at a position is one: `Mother tongue(s): English, Igbo`. A name that more is said of is none of it.
fn heads_list(text: &str, words: &[Word], mark: &Range<usize>, at: usize) -> bool {
    let Some(first) = words[..at]
        .iter()
        .rposition(|word| word.range == *mark)
        .map(|mark| mark + 1)
    else {
        return false;
    };
    let is_name = is_language;
    // The `s` of `tongue(s)`, and words that join two names.
    let is_joint = |word: &Word| word.folded.chars().count() <= 3;
    let has_colon = text[mark.end..words[at].range.start].contains(':');
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
            .filter(|skill| name(skill).is_some_and(|name| NAMES.groups().contains(&name)));
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
