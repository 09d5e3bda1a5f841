//! Reading: a text (an ad, a CV, a description; plain or HTML) that was read once. Its segments with their way back to the
//! caller's bytes, and of each: language, section, what it asserts, levels, years, words and phrases. Linking, demand and
//! profile all take from here; nothing cuts, lowers or searches the text again.

mod context;
mod cut;
mod heading;
mod html;
mod joints;
mod kind;
mod lead_in;
mod level;
mod level_at;
mod levels;
mod lexicon;
mod line;
mod paragraph;
mod persons;
mod phrase;
mod posting;
mod proof;
mod relevance;
mod scope;
mod section;
mod sentence;
mod source;
mod spoken;
mod years;

use std::cell::Cell;
use std::ops::Range;

use rayon::prelude::*;
use skillgap_esco::text::{Word, words};

pub use context::{Assertions, Requirement};
pub use cut::SegmentKind;
pub use kind::{RequirementKind, is_introductory, subjects};
pub use level::{Cefr, Level, Scale, Spoken};
pub use phrase::Phrase;
pub use proof::{is_about_proofs, names_proof};
pub use relevance::Reason;
pub use section::Section;
pub use years::is_number;

use crate::detect::detect_language;
use cut::Piece;
use lexicon::{Marks, lower, overlap};
use persons::Names;

/// Words that say nothing by themselves.
const ARTICLES: [&str; 3] = ["the", "a", "an"];

/// Parts of one segment that are linked by themselves; an enumeration seldom has more.
const PARTS_MAX: usize = 16;

/// Who speaks in a text, which decides what is taken for said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// An employer, a school: what stands there is meant.
    Organisation,
    /// A person on themselves: what they deny, wish or say of others is not claimed.
    Person,
}

/// A text that was read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// ISO 639-1 code of the language that the caller gave.
    stated_language: Option<String>,
    /// The same as it was told from the text, where none was given; none where it is not clear.
    detected_language: Option<&'static str>,
    /// Headings, bullets and sentences, in order.
    pub segments: Vec<Segment>,
}

/// A sentence, bullet or heading. All ranges are bytes of `text`; [`Segment::source_span`] leads back to the caller's.
#[derive(Clone, Debug)]
pub struct Segment {
    /// The text, at most 1,000 bytes: white space collapsed, entities decoded, tags, bullets and invisible characters gone;
    /// words for a person, and what a person does not claim, are blank, byte for byte.
    pub text: String,
    /// What it is.
    pub kind: SegmentKind,
    /// The section that it stands in; of a heading, the one that it opens.
    pub section: Section,
    /// Why it asks for nothing; none if it may ask for something.
    pub silent: Option<Reason>,
    /// ISO 639-1 code of its language, as it tells by itself; none where that is not clear. See [`Reading::language_of`].
    pub language: Option<&'static str>,
    /// Its words.
    pub words: Vec<Word>,
    /// The phrases that it strings together.
    pub phrases: Vec<Phrase>,
    /// What it asserts of them.
    pub assertions: Assertions,
    /// Levels that it states, in order.
    pub levels: Vec<(Range<usize>, Level)>,
    /// Years of experience that it asks for; the lower end of a range.
    pub years: Option<(Range<usize>, f32)>,
    /// The languages that it names as spoken or wanted, in order.
    pub languages: Vec<Spoken>,
    /// Whether it says that something was done for a year or more.
    pub states_years: bool,
    marks: Marks,
    piece: Piece,
}

thread_local! {
    static N_READINGS: Cell<usize> = const { Cell::new(0) };
}

/// How many texts this thread has read; for tests, which hold that a request reads each text once.
pub fn n_readings() -> usize {
    N_READINGS.get()
}

impl Reading {
    /// Reads a text. `language` is an ISO 639-1 code, if known. Cost: linear.
    pub fn of(text: &str, author: Author, language: Option<&str>) -> Self {
        N_READINGS.set(N_READINGS.get() + 1);
        let pieces = cut::pieces(text);
        let detects = language.is_none();
        let detected_language = detects
            .then(|| {
                let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
                detect_language(&texts.join("\n"))
            })
            .flatten();
        let known = language.or(detected_language);
        let pieces: Vec<Words> = pieces
            .into_par_iter()
            .map(|piece| Words::of(piece, author, known))
            .collect();
        let names = Names::of(
            pieces
                .iter()
                .map(|piece| (piece.text.as_str(), piece.words.as_slice())),
        );
        let mut segments: Vec<Segment> = pieces
            .into_par_iter()
            .map(|piece| piece.segment(&names, detects))
            .collect();
        Segment::under_lead_ins(&mut segments);
        Self {
            detected_language,
            stated_language: language.map(str::to_owned),
            segments,
        }
    }

    /// ISO 639-1 code of the text's language: as the caller gave it, else as the text tells; none where it is not clear.
    pub fn language(&self) -> Option<&str> {
        self.stated_language.as_deref().or(self.detected_language)
    }

    /// The language of a segment: its own where it is clear, else the text's.
    pub fn language_of(&self, segment: &Segment) -> Option<&str> {
        let own = segment.language.filter(|_| self.stated_language.is_none());
        own.or_else(|| self.language())
    }
}

/// A piece with its words and cues, before it is known who is named in the text.
struct Words {
    piece: Piece,
    /// Its text with what is not claimed blank.
    text: String,
    lower: String,
    words: Vec<Word>,
    marks: Marks,
}

impl Words {
    fn of(piece: Piece, author: Author, language: Option<&str>) -> Self {
        let mut text = piece.text.clone();
        let (mut lower, mut words) = (lower(&text), words(&text));
        let mut marks = Marks::in_language(&lower, language);
        if author == Author::Person {
            let disclaimed = context::disclaimed(&text, &lower, &words, &marks);
            for range in &disclaimed {
                blank(&mut text, range);
                blank(&mut lower, range);
            }
            words.retain(|word| !disclaimed.iter().any(|range| overlap(range, &word.range)));
            marks = marks.without(&disclaimed);
        }
        Self {
            piece,
            text,
            lower,
            words,
            marks,
        }
    }

    fn segment(self, names: &Names, detects: bool) -> Segment {
        let Self {
            piece,
            mut text,
            lower,
            mut words,
            marks,
        } = self;
        let silent = relevance::asks_for_nothing(&text, &lower, &marks, piece.section);
        let assertions = Assertions::of(&text, &lower, &marks, piece.section);
        let levels = levels::levels_in(&text, &lower, &words, &marks);
        let years = years::years_in(&lower, &words);
        let states_years = years::states_years(&lower, &words);
        let mut of_persons = persons::of_persons(&text, &words, names);
        // *MS Office* is nobody.
        for (word, is_person) in words.iter().zip(&mut of_persons) {
            *is_person &= !marks.names_tool(&word.range);
        }
        for (word, _) in words
            .iter()
            .zip(&of_persons)
            .filter(|(_, is_blank)| **is_blank)
        {
            blank(&mut text, &word.range);
        }
        let mut of_persons = of_persons.into_iter();
        words.retain(|_| of_persons.next() == Some(false));
        let language = match silent {
            None if detects => detect_language(&text),
            _ => None,
        };
        let segment = Segment {
            phrases: phrase::phrases(&text, &words),
            languages: Vec::new(),
            kind: piece.kind,
            section: piece.section,
            text,
            silent,
            language,
            words,
            assertions,
            levels,
            years,
            states_years,
            marks,
            piece,
        };
        Segment {
            languages: segment.languages_said(),
            ..segment
        }
    }
}

impl Segment {
    /// Leads bytes of `text` back to bytes of the caller's text: always within it and on character boundaries, and not empty
    /// if `range` is not. Ends that lie beyond the text or within a character are drawn outwards to the next valid place.
    pub fn source_span(&self, range: Range<usize>) -> Range<usize> {
        self.piece.source_span(range)
    }

    /// The words of a phrase, with those that it shares with its neighbours and one space between: without signs and articles.
    pub fn words_of(&self, phrase: &Phrase) -> String {
        let ranges = phrase.ranges();
        let words = ranges.iter().flat_map(|range| self.words_in(range));
        self.joined(words)
    }

    /// What the segment strings together, part by part, each as its words with those that it shares with its neighbours, and its bytes; none where it
    /// says one thing only.
    pub fn parts(&self) -> Vec<(String, Range<usize>)> {
        if self.phrases.len() < 2 {
            return Vec::new();
        }
        let part = |phrase: &Phrase| (self.words_of(phrase), phrase.range.clone());
        self.phrases.iter().take(PARTS_MAX).map(part).collect()
    }

    /// All words with one space between: without signs and articles.
    pub fn all_words(&self) -> String {
        self.joined(self.words.iter())
    }

    fn joined<'a>(&self, words: impl Iterator<Item = &'a Word>) -> String {
        let said = words.filter(|word| !ARTICLES.contains(&word.folded.as_str()));
        said.map(|word| &self.text[word.range.clone()])
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The words that stand in a range.
    pub fn words_in(&self, range: &Range<usize>) -> &[Word] {
        let from = self
            .words
            .partition_point(|word| word.range.start < range.start);
        let until = self
            .words
            .partition_point(|word| word.range.start < range.end);
        &self.words[from..until.max(from)]
    }
}

/// Puts spaces in place of some bytes, on character boundaries.
fn blank(text: &mut String, range: &Range<usize>) {
    text.replace_range(range.clone(), &" ".repeat(range.len()));
}

#[cfg(test)]
#[path = "cases_tests.rs"]
mod tests;
