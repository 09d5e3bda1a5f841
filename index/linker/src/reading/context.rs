//! Assertions: what a sentence asserts of the things it names. An ad asks for them, welcomes them or does not need them; a
//! person claims them, denies them, wishes for them or says them of others (ConText; Harkema et al. 2009).
//!
//! A cue speaks for a scope: its clause before or after it, what stands between it and a second cue, a list that goes on
//! behind commas, or the rest of the sentence. What ads and what persons say are two lists of cues; scopes are found in one way.

use std::ops::Range;

use skillgap_esco::text::Word;

use super::lexicon::{Cue, List, Mark, Marks, Tongue, overlap};
use super::scope::{Direction, Sentence};
use super::section::Section;

/// Whether the ad insists on a skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Requirement {
    /// Asked for.
    Essential,
    /// Welcome, not asked for.
    Optional,
}

/// What the cues of an ad's sentence say of what stands in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertions {
    /// Whether the whole text is essential or optional: its section, unless words in it say otherwise for most of it.
    pub requirement: Requirement,
    /// The clauses that a cue such as "is a plus" makes optional, in order, cue included.
    pub optional: Vec<Range<usize>>,
    /// The clauses that say that something is not needed ("no experience required"), in order, cue included.
    pub denied: Vec<Range<usize>>,
    /// How strongly the text wants what it names: 1 for "excellent", 0.5 for "some", between for the mean of several; 0.8 without a cue.
    pub emphasis: f64,
}

impl Assertions {
    /// Reads the cues of an ad's sentence. Cost: linear.
    pub(super) fn of(text: &str, lower: &str, marks: &Marks, section: Section) -> Self {
        let marks = marks.list(List::Modality);
        let asserted = Sentence {
            text,
            lower,
            words: &[],
            marks,
            range: 0..text.len(),
        }
        .asserted();
        let ranges = |wanted| {
            let of_kind = asserted
                .iter()
                .filter(|(assertion, _)| *assertion == wanted);
            merged(of_kind.map(|(_, range)| range.clone()).collect())
        };
        let optional = ranges(Assertion::Optional);
        Self {
            requirement: requirement_of(lower.len(), marks, &optional, section),
            denied: ranges(Assertion::Denied),
            emphasis: emphasis(marks),
            optional,
        }
    }

    /// Whether what stands at a place is not needed.
    pub fn denies(&self, range: &Range<usize>) -> bool {
        self.denied.iter().any(|denied| overlap(denied, range))
    }

    /// Whether what stands at a place is essential or optional.
    pub fn requirement_at(&self, range: &Range<usize>) -> Requirement {
        if self
            .optional
            .iter()
            .any(|optional| overlap(optional, range))
        {
            Requirement::Optional
        } else {
            self.requirement
        }
    }
}

/// What a cue asserts of what stands in its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Assertion {
    /// Welcome, not asked for.
    Optional,
    /// Not needed, not had, wished for, or said of others.
    Denied,
}

/// Ends of sentences of a person.
const ENDS: [char; 5] = ['.', '!', '?', ';', '\n'];

/// The bytes of a person's text of which they claim nothing: what they deny (`no forklift licence`), wish (`I would like to
/// become a cook`), or say of others (`My father: lorry driver`). Cost: linear.
pub(super) fn disclaimed(
    text: &str,
    lower: &str,
    words: &[Word],
    marks: &Marks,
) -> Vec<Range<usize>> {
    let (marks, mut start, mut found) = (marks.list(List::Claims), 0, Vec::new());
    if marks.is_empty() {
        return found;
    }
    // A stop within a number or an abbreviation parts too much, never too little: what is denied ends earlier.
    for part in text.split_inclusive(ENDS) {
        let range = start..start + part.trim_end_matches(ENDS).len();
        start += part.len();
        let from = marks.partition_point(|mark| mark.range.start < range.start);
        let until = marks.partition_point(|mark| mark.range.start < range.end);
        let sentence = Sentence {
            text,
            lower,
            words,
            marks: &marks[from..until.max(from)],
            range,
        };
        found.extend(sentence.asserted().into_iter().map(|(_, range)| range));
    }
    merged(found)
}

impl Sentence<'_> {
    /// What each cue asserts, and of which bytes.
    fn asserted(&self) -> Vec<(Assertion, Range<usize>)> {
        use Assertion::{Denied, Optional};
        let mut found = Vec::new();
        for (at, mark) in self.marks.iter().enumerate() {
            let (start, end) = (mark.range.start, mark.range.end);
            let scope = match mark.cue {
                Cue::OptionalLead => Some((Optional, self.clause(at, Direction::After))),
                Cue::OptionalTrail => Some((Optional, self.clause(at, Direction::Before))),
                Cue::NegatedLead => Some((Denied, self.clause(at, Direction::After))),
                Cue::Negator if self.opens(self.range.start, start) && self.is_short() => {
                    Some((Denied, self.clause(at, Direction::After)))
                }
                Cue::NegatedTrail => Some((Denied, self.clause(at, Direction::Before))),
                Cue::Others if self.opens(self.range.start, start) => {
                    Some((Denied, self.range.start..self.own_clause_after(end)))
                }
                Cue::Wish => Some((Denied, start..self.range.end)),
                Cue::Denial(tongue) => Some((Denied, self.denial(&mark.range, tongue))),
                Cue::FrontingDenial(tongue) => Some((Denied, self.fronting(&mark.range, tongue))),
                Cue::ResumedDenial => Some((Denied, self.resumed(&mark.range))),
                Cue::Expired => Some((Denied, self.expired(&mark.range))),
                Cue::ByOthers => Some((Denied, self.clause_before(start)..self.clause_until(end))),
                Cue::OpeningDenial(tongue) if self.opens(self.clause_start(start), start) => {
                    let claim = self.first_claim(end).unwrap_or(self.range.end);
                    let limit = self.turn_after(end).min(claim);
                    Some((Denied, self.denied(&mark.range, tongue, limit)))
                }
                Cue::Nor => Some((Denied, self.denial(&mark.range, Tongue::Other))),
                Cue::NorTwice if self.first(end, Cue::NorTwice).is_some() => Some((
                    Denied,
                    self.denied(&mark.range, Tongue::Dutch, self.turn_after(end)),
                )),
                _ => None,
            };
            found.extend(scope);
            if matches!(mark.cue, Cue::Negator | Cue::NegatedLead) {
                found.extend(self.until_need(at).map(|range| (Denied, range)));
            }
        }
        found
    }
}

fn requirement_of(
    n_bytes: usize,
    marks: &[Mark],
    optional: &[Range<usize>],
    section: Section,
) -> Requirement {
    let optional_bytes: usize = optional.iter().map(Range::len).sum();
    let essential = || marks.iter().any(|mark| mark.cue == Cue::Essential);
    match section {
        Section::NiceToHave if optional_bytes > 0 || !essential() => Requirement::Optional,
        _ if optional_bytes * 5 >= n_bytes * 4 && optional_bytes > 0 => Requirement::Optional,
        _ => Requirement::Essential,
    }
}

fn emphasis(marks: &[Mark]) -> f64 {
    let weight = |mark: &Mark| match mark.cue {
        Cue::High => Some(1.0),
        Cue::Low => Some(0.5),
        _ => None,
    };
    let weights: Vec<f64> = marks.iter().filter_map(weight).collect();
    if weights.is_empty() {
        0.8
    } else {
        weights.iter().sum::<f64>() / weights.len() as f64
    }
}

fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
#[path = "context_tests.rs"]
mod tests;
