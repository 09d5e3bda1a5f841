//! The lexicon of cues: tagged phrases of ten languages, all found in one pass of one automaton over a lower-cased text.
//!
//! A list (`cues/*.txt`) has `[group]` lines, then a phrase a line; `#` begins a comment, a `*` at an end of a phrase lets
//! the word go on there, ` @pl fi` behind it says in which languages it is meant, and apostrophes are found in both forms.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::level::Level;
use super::section::Section;
use crate::word_groups::grouped;

/// A list of phrases. Of one list, a phrase within a longer one does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// Headings of ads.
    Headings,
    /// What an ad says of what it names: asked, welcome, not needed.
    Modality,
    /// What a person denies, wishes, or says of others.
    Claims,
    /// Levels in words.
    Levels,
    /// Licences and certificates.
    Proofs,
    /// What can be learned, and what cannot.
    Kinds,
    /// Everyday names of licences.
    Licences,
    /// What an ad begins with that asks for nothing.
    Asides,
    /// Everyday names of tools.
    Tools,
}

const LISTS: [(List, &str); 9] = [
    (List::Headings, include_str!("cues/headings.txt")),
    (List::Modality, include_str!("cues/modality.txt")),
    (List::Claims, include_str!("cues/disclaimers.txt")),
    (List::Levels, include_str!("cues/levels.txt")),
    (List::Proofs, include_str!("cues/proofs.txt")),
    (List::Kinds, include_str!("cues/kinds.txt")),
    (List::Licences, include_str!("cues/licences.txt")),
    (List::Asides, include_str!("cues/asides.txt")),
    (List::Tools, include_str!("cues/tools.txt")),
];

/// What a phrase says, by the group of its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// Opens a section; "alone" only where it is the whole heading.
    Heading {
        section: Section,
        alone: bool,
    },
    Essential,
    /// Speaks for what follows ("ideally ...").
    OptionalLead,
    /// Speaks for what precedes ("... is a plus").
    OptionalTrail,
    /// "without experience", "no previous knowledge": whole by itself, speaks for what follows.
    NegatedLead,
    /// "... is not required".
    NegatedTrail,
    /// "no", "keine": negates what stands between it and a `Need`.
    Negator,
    Need,
    /// Looks like a cue and is none: "not only", "no complaints".
    Ignored,
    /// Begins a new clause: "but", "aber".
    Turn,
    And,
    High,
    Low,
    /// Denies what follows it in its clause, and what is listed there.
    Denial(Tongue),
    /// The same, and what stands before the verb: *KNX habe ich noch nicht programmiert*.
    FrontingDenial(Tongue),
    /// The first, where it opens a clause.
    OpeningDenial(Tongue),
    /// The first, with a pronoun for what stands before it.
    ResumedDenial,
    /// What the clause names was had and is no more.
    Expired,
    Wish,
    Others,
    /// Others do what the clause names.
    ByOthers,
    /// Joins the last of several things.
    Or,
    OrInDutch,
    /// Denies and joins.
    Nor,
    /// Joins; the first of two denies.
    NorTwice,
    /// Opens a claim; "own" where the writer is surely the subject.
    Opening {
        own: bool,
    },
    /// States a level; "alone" only where nothing else is said.
    Level {
        level: Level,
        alone: bool,
    },
    /// A licence, a certificate.
    Proof,
    /// Words beside it that say nothing of what it is for.
    ProofFiller,
    /// Time, contract, character, small words.
    Idle,
    /// Experience, qualifications of years.
    Experience,
    /// First steps.
    Introductory,
    /// *Knowledge*, *course*: no subject.
    NoSubject,
    /// What the employer gives.
    Offer,
    /// Whom to ask.
    Contact,
    /// A licence for what ESCO calls so.
    Licence(&'static str),
    /// The everyday name of a tool, with the name that ESCO gives to using it; a common word counts only among others.
    Tool {
        skill: &'static str,
        among_others: bool,
    },
}

/// What the language of a denial says of how things are listed after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    German,
    Dutch,
    Other,
}

/// What the group of a list says; none for a name that is unknown.
fn cue_of(list: List, group: &'static str) -> Option<Cue> {
    Some(match (list, group) {
        (List::Headings, name) => {
            let (name, alone) = name
                .strip_suffix(" alone")
                .map_or((name, false), |name| (name, true));
            Cue::Heading {
                section: Section::named(name)?,
                alone,
            }
        }
        (List::Levels, name) => {
            let (level, place) = name.split_once(' ')?;
            Cue::Level {
                level: Level::in_words(level)?,
                alone: place == "alone",
            }
        }
        (List::Licences, skill) => Cue::Licence(skill),
        (List::Tools, "ignored") => Cue::Ignored,
        (List::Tools, name) => {
            let skill = name.strip_suffix(" among others");
            Cue::Tool {
                skill: skill.unwrap_or(name),
                among_others: skill.is_some(),
            }
        }
        (List::Asides, "offer") => Cue::Offer,
        (List::Asides, "contact") => Cue::Contact,
        (List::Proofs, "proof") => Cue::Proof,
        (List::Proofs, "filler") => Cue::ProofFiller,
        (List::Kinds, "idle") => Cue::Idle,
        (List::Kinds, "experience") => Cue::Experience,
        (List::Kinds, "introductory") => Cue::Introductory,
        (List::Kinds, "requires") => Cue::NoSubject,
        (List::Modality, "essential") => Cue::Essential,
        (List::Modality, "optional lead") => Cue::OptionalLead,
        (List::Modality, "optional trail") => Cue::OptionalTrail,
        (List::Modality, "negated lead") => Cue::NegatedLead,
        (List::Modality, "negated trail") => Cue::NegatedTrail,
        (List::Modality, "negator") => Cue::Negator,
        (List::Modality, "need") => Cue::Need,
        (List::Modality, "ignored") | (List::Claims, "claim") => Cue::Ignored,
        (List::Modality, "turn") | (List::Claims, "contrast") => Cue::Turn,
        (List::Modality | List::Claims, "and") => Cue::And,
        (List::Modality, "high") => Cue::High,
        (List::Modality, "low") => Cue::Low,
        (List::Claims, "denial") => Cue::Denial(Tongue::Other),
        (List::Claims, "denial german") => Cue::Denial(Tongue::German),
        (List::Claims, "denial dutch") => Cue::Denial(Tongue::Dutch),
        (List::Claims, "fronting denial german") => Cue::FrontingDenial(Tongue::German),
        (List::Claims, "fronting denial dutch") => Cue::FrontingDenial(Tongue::Dutch),
        (List::Claims, "fronting denial") => Cue::FrontingDenial(Tongue::Other),
        (List::Claims, "denial resumed") => Cue::ResumedDenial,
        (List::Claims, "expired") => Cue::Expired,
        (List::Claims, "by others") => Cue::ByOthers,
        (List::Claims, "opening denial") => Cue::OpeningDenial(Tongue::Other),
        (List::Claims, "opening denial german") => Cue::OpeningDenial(Tongue::German),
        (List::Claims, "opening denial dutch") => Cue::OpeningDenial(Tongue::Dutch),
        (List::Claims, "wish") => Cue::Wish,
        (List::Claims, "others") => Cue::Others,
        (List::Claims, "or") => Cue::Or,
        (List::Claims, "or dutch") => Cue::OrInDutch,
        (List::Claims, "nor") => Cue::Nor,
        (List::Claims, "nor twice") => Cue::NorTwice,
        (List::Claims, "opening") => Cue::Opening { own: false },
        (List::Claims, "opening own") => Cue::Opening { own: true },
        _ => return None,
    })
}

/// A phrase that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    pub(super) cue: Cue,
}

/// The phrases that stand in one text, by list, first to last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks([Vec<Mark>; LISTS.len()]);

impl Marks {
    /// Finds all phrases in lower-cased text ([`lower`]), whatever its language.
    pub(super) fn of(lower: &str) -> Self {
        Self::in_language(lower, None)
    }

    /// The same without those that are phrases of other languages only, where the language is known. Cost: linear.
    pub(super) fn in_language(lower: &str, language: Option<&str>) -> Self {
        let mut marks = Self::default();
        let Some(automaton) = &LEXICON.automaton else {
            return marks;
        };
        for found in automaton.find_overlapping_iter(lower) {
            let entry = &LEXICON.entries[found.pattern().as_usize()];
            if entry.is_of(language)
                && (entry.open_start || !joins(lower, found.start()))
                && (entry.open_end || !joins(lower, found.end()))
            {
                marks.0[entry.list as usize].push(Mark {
                    range: found.range(),
                    cue: entry.cue,
                });
            }
        }
        for marks in &mut marks.0 {
            marks.sort_by_key(|mark| (mark.range.start, usize::MAX - mark.range.end));
            let mut covered = 0;
            marks.retain(|mark| {
                let inside = mark.range.end <= covered;
                covered = covered.max(mark.range.end);
                !inside
            });
        }
        marks
    }

    /// The phrases of one list.
    pub(super) fn list(&self, list: List) -> &[Mark] {
        &self.0[list as usize]
    }

    /// Whether a tool is named at a place.
    pub(super) fn names_tool(&self, range: &Range<usize>) -> bool {
        let mut tools = self.list(List::Tools).iter();
        tools.any(|mark| matches!(mark.cue, Cue::Tool { .. }) && overlap(&mark.range, range))
    }

    /// Leaves out what stands in one of some ranges.
    pub(super) fn without(mut self, ranges: &[Range<usize>]) -> Self {
        let outside = |mark: &Mark| !ranges.iter().any(|range| overlap(range, &mark.range));
        self.0.iter_mut().for_each(|marks| marks.retain(outside));
        self
    }
}

struct Lexicon {
    /// None only if the lists were beyond the automaton's limits, which a test rules out.
    automaton: Option<AhoCorasick>,
    entries: Vec<Entry>,
}

struct Entry {
    list: List,
    cue: Cue,
    /// ISO 639-1 codes with spaces between; empty: any.
    languages: &'static str,
    open_start: bool,
    open_end: bool,
}

impl Entry {
    fn is_of(&self, language: Option<&str>) -> bool {
        let is_one = |language| self.languages.split(' ').any(|of| of == language);
        self.languages.is_empty() || language.is_none_or(is_one)
    }
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let (mut entries, mut texts) = (Vec::new(), Vec::new());
    for (list, _) in LISTS {
        for (text, entry) in entries_of(list) {
            texts.push(text);
            entries.push(entry);
        }
    }
    // The largest and fastest kind: lists are read once, and every segment goes through them.
    let automaton = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .build(&texts)
        .ok();
    Lexicon { automaton, entries }
});

/// The phrases of a list in lower case and without stars, with what they say.
pub(super) fn phrases(list: List) -> impl Iterator<Item = (String, Cue)> {
    entries_of(list).map(|(text, entry)| (text, entry.cue))
}

fn entries_of(list: List) -> impl Iterator<Item = (String, Entry)> {
    let known =
        move |(group, phrase): (&'static str, &'static str)| Some((phrase, cue_of(list, group)?));
    let entries = grouped(LISTS[list as usize].1).filter_map(known);
    entries.flat_map(move |(phrase, cue)| {
        let (phrase, languages) = phrase.split_once(" @").unwrap_or((phrase, ""));
        let (open_start, open_end) = (phrase.starts_with('*'), phrase.ends_with('*'));
        let text = lower(phrase.trim_matches('*'));
        let curly = text.contains('\'').then(|| text.replace('\'', "’"));
        let entry = move |text| {
            (
                text,
                Entry {
                    list,
                    cue,
                    languages,
                    open_start,
                    open_end,
                },
            )
        };
        std::iter::once(text).chain(curly).map(entry)
    })
}

/// Lower-cases text without changing the length of any character, so that byte ranges hold in both.
pub(super) fn lower(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii() {
                return c.to_ascii_lowercase();
            }
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(low), None) if low.len_utf8() == c.len_utf8() => low,
                _ => c,
            }
        })
        .collect()
}

/// Whether a word goes on across byte `at`.
fn joins(text: &str, at: usize) -> bool {
    let before = text[..at]
        .chars()
        .next_back()
        .is_some_and(char::is_alphanumeric);
    let after = text[at..].chars().next().is_some_and(char::is_alphanumeric);
    before && after
}

/// Whether two ranges of bytes share any.
pub(super) fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Whether a range lies in another.
pub(super) fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_of_every_list_is_known() {
        assert!(LEXICON.automaton.is_some());
        for (list, text) in LISTS {
            for (group, phrase) in grouped(text) {
                assert!(cue_of(list, group).is_some(), "{list:?} {group}: {phrase}");
            }
        }
    }

    #[test]
    fn lowering_keeps_every_byte_in_place() {
        for text in ["Größe ÄÖÜ İstanbul ẞ ﬁ Ω K", "ČŽŁ Ⱥ 𐐀"] {
            let places = |text: &str| text.char_indices().map(|(at, _)| at).collect::<Vec<_>>();
            assert_eq!(places(&lower(text)), places(text));
        }
    }

    #[test]
    fn phrases_are_found_at_word_boundaries_only() {
        for (text, n_marks) in [
            ("is a plus.", 1),
            ("is a plush.", 0),
            ("don’t don't", 2),
            ("wünschenswert", 1),
            ("unwünschenswert", 0),
        ] {
            let marks = Marks::of(text);
            let lists = [List::Modality, List::Claims].map(|list| marks.list(list).len());
            assert_eq!(lists.into_iter().max(), Some(n_marks), "{text}: {marks:?}");
        }
    }
}
