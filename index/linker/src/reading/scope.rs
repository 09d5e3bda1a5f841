//! Scope: which bytes of a sentence a cue speaks for. Its clause before or after it, what stands between it and a second cue,
//! or what is listed behind it.

use std::ops::Range;

use skillgap_esco::text::Word;

use super::lexicon::{Cue, Mark, Tongue, within};
use super::years::{is_number, states_years};

/// Words of one of several things that are denied together; more are a clause.
const THING_WORDS_MAX: usize = 4;
/// Words between a denial and the colon of what it denies, and of a clause that names nothing.
const LEAD_WORDS_MAX: usize = 3;
/// Numbers that are articles, too.
const ONES: [&str; 5] = ["un", "ein", "eine", "een", "one"];
/// Letters of a word that may stand between a comma and who speaks: *and*, *aber*.
const SMALL_CHARS_MAX: usize = 4;
/// Bytes between a negator and what it negates.
const NEED_REACH: usize = 80;

/// Which way a cue speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Before,
    After,
}

/// A sentence with the cues in it. All places are bytes of the text.
pub(super) struct Sentence<'a> {
    pub(super) text: &'a str,
    /// The text in lower case.
    pub(super) lower: &'a str,
    /// The words of the text.
    pub(super) words: &'a [Word],
    /// The cues of the sentence.
    pub(super) marks: &'a [Mark],
    /// Where the sentence stands in the text.
    pub(super) range: Range<usize>,
}

impl Sentence<'_> {
    /// The clause that the cue `marks[at]` speaks for. A cue that begins its clause speaks for what follows and one that ends it for what
    /// precedes; `preferred` decides for a cue in the middle.
    pub(super) fn clause(&self, at: usize, preferred: Direction) -> Range<usize> {
        let (lower, marks) = (self.lower, self.marks);
        let cue = &marks[at].range;
        let clause = self.clause_around(at);
        let is_empty = |text: &str| !text.chars().any(char::is_alphanumeric);
        let direction = match (
            is_empty(&lower[clause.start..cue.start]),
            is_empty(&lower[cue.end..clause.end]),
        ) {
            (true, false) => Direction::After,
            (false, true) => Direction::Before,
            _ => preferred,
        };
        let (start, end) = match direction {
            Direction::After => (cue.start, clause.end),
            Direction::Before => (self.list_start(clause.start, cue.start), cue.end),
        };
        let start = start
            + (lower[start..end].len() - lower[start..end].trim_start_matches([' ', ',']).len());
        start..start + lower[start..end].trim_end().len()
    }

    /// Whether the sentence names one thing: *no Python*.
    pub(super) fn is_short(&self) -> bool {
        self.text[self.range.clone()].split_whitespace().count() <= THING_WORDS_MAX
    }

    /// From the sign or word that begins a clause before the cue to the one that ends it: `;`, `.`, brackets, "but", another cue.
    fn clause_around(&self, at: usize) -> Range<usize> {
        let (lower, marks) = (self.lower, self.marks);
        let cue = &marks[at].range;
        let in_brackets = lower[..cue.start].trim_end().ends_with('(');
        let before = &lower[..cue.start];
        let opening = if in_brackets {
            before.rfind('(').unwrap_or(0)
        } else {
            before.len()
        };
        let mut start = clause_end(&before[..opening], true);
        let after = &lower[cue.end..];
        let mut end = cue.end + clause_end(after, false);
        for mark in &marks[..at] {
            let bounds = mark.cue == Cue::Turn || is_verdict(mark.cue);
            start = if bounds && mark.range.end <= cue.start {
                start.max(mark.range.end)
            } else {
                start
            };
        }
        for mark in marks[at + 1..]
            .iter()
            .filter(|mark| mark.range.start >= cue.end)
        {
            let bound = match mark.cue {
                Cue::Turn => mark.range.start,
                other if is_verdict(other) => {
                    cue.end
                        + after[..mark.range.start - cue.end]
                            .rfind([',', ' '])
                            .unwrap_or(0)
                }
                _ => continue,
            };
            end = end.min(bound);
        }
        start..end.max(cue.end)
    }

    /// Where, between the start of a clause and a cue after it, begins what the cue speaks for. "A, B and C is a plus" is one list;
    /// in "A, B is a plus" and in "A and B, C is a plus" the cue speaks for what follows the last comma only.
    fn list_start(&self, start: usize, cue: usize) -> usize {
        let (lower, marks) = (self.lower, self.marks);
        let Some(comma) = lower[start..cue]
            .trim_end_matches([' ', ','])
            .rfind(", ")
            .map(|at| start + at)
        else {
            return start;
        };
        let has_and = |range: Range<usize>| {
            marks.iter().any(|mark| {
                mark.cue == Cue::And
                    && range.start <= mark.range.start
                    && mark.range.end <= range.end
            })
        };
        if has_and(comma..cue) && !has_and(start..comma) {
            start
        } else {
            comma
        }
    }

    /// "no … needed" within one clause and 80 bytes: what stands between.
    pub(super) fn until_need(&self, at: usize) -> Option<Range<usize>> {
        let (lower, marks) = (self.lower, self.marks);
        let start = marks[at].range.start;
        let need = marks[at + 1..]
            .iter()
            .take_while(|mark| mark.cue != Cue::Turn)
            .find(|mark| mark.cue == Cue::Need || mark.cue == Cue::Essential)?;
        let between = lower.get(marks[at].range.end..need.range.start)?;
        let near = between.len() <= NEED_REACH
            && clause_end(between, false) == between.len()
            && !between.contains(", ");
        near.then_some(start..need.range.end)
    }
}

/// What a person does not claim.
impl Sentence<'_> {
    /// What a denial denies: to the end of its clause and of what is listed there; what stands before it and a colon (*TIG: mai praticato*); the whole list that
    /// it leads in (*Kann ich nicht: Torten, Weinberatung*).
    pub(super) fn denial(&self, cue: &Range<usize>, tongue: Tongue) -> Range<usize> {
        let behind = &self.text[cue.end..self.range.end];
        let colon = behind
            .find(':')
            .filter(|colon| !behind[..*colon].contains(','));
        let leads = |colon: usize| {
            let between = self.words_in(&(cue.end..cue.end + colon)).len();
            between <= LEAD_WORDS_MAX && has_words(&behind[colon..])
        };
        if colon.is_some_and(leads) {
            return self.clause_start(cue.start)..self.range.end;
        }
        let denied = self.denied(cue, tongue, self.turn_after(cue.end));
        let before = self.clause_before(cue.start);
        match self.text[before..cue.start].trim_end().ends_with(':') {
            true => denied.start.min(before)..denied.end,
            false => denied,
        }
    }

    /// The same of a denial that may stand behind what it denies.
    pub(super) fn fronting(&self, cue: &Range<usize>, tongue: Tongue) -> Range<usize> {
        let denied = self.denial(cue, tongue);
        denied.start.min(self.clause_before(cue.start))..denied.end
    }

    /// What a denial with a pronoun denies: its clause, and what is named before that where the clause begins with the pronoun.
    pub(super) fn resumed(&self, cue: &Range<usize>) -> Range<usize> {
        let denied = self.denied(cue, Tongue::Other, self.turn_after(cue.end));
        let before = self.clause_before(cue.start);
        let start = match self.words_in(&(before..cue.start)).len() {
            0 | 1 => self.things_before(before),
            _ => before,
        };
        denied.start.min(start)..denied.end
    }

    /// What is said to be no more: the clause, and what is named before it where the clause says no more than that (*Staplerschein hatte ich, ist aber abgelaufen*).
    pub(super) fn expired(&self, cue: &Range<usize>) -> Range<usize> {
        let start = self.clause_start(cue.start);
        let speaks = |mark: &Mark| {
            matches!(mark.cue, Cue::Opening { .. } | Cue::Turn)
                && within(&mark.range, &(start..cue.start))
        };
        let names_nothing = self.words_in(&(start..cue.start)).len() <= LEAD_WORDS_MAX
            && self.marks.iter().any(speaks);
        let start = match names_nothing && start > self.range.start {
            true => self.clause_start(start - 1),
            false => start,
        };
        start..self.clause_until(cue.end)
    }

    /// Where the clause before a place begins: behind a comma, "but", or an "and" after which something is claimed or said by the cue itself.
    pub(super) fn clause_before(&self, at: usize) -> usize {
        let start = self.clause_start(at);
        let ends = |mark: &&Mark| {
            let is_and = mark.cue == Cue::And
                && mark.range.end <= at
                && (self.opens(mark.range.end, at) || self.claims(mark.range.end));
            start <= mark.range.start && mark.range.end <= at && (mark.cue == Cue::Turn || is_and)
        };
        let last = self.marks.iter().rev().find(ends);
        last.map_or(start, |mark| mark.range.end)
    }

    /// Where the clause ends that goes on at a place: at a comma, or where the sentence turns.
    pub(super) fn clause_until(&self, at: usize) -> usize {
        let turn = self.turn_after(at);
        self.text[at..turn]
            .find(',')
            .map_or(turn, |comma| at + comma)
    }

    /// Where the list of things begins that ends at a place; the place itself where none does.
    fn things_before(&self, at: usize) -> usize {
        let pieces = self.pieces(self.range.start..at.saturating_sub(1).max(self.range.start));
        let things = pieces.iter().rev();
        things
            .take_while(|piece| self.is_thing(piece, Tongue::Other))
            .last()
            .map_or(at, |piece| piece.start)
    }

    /// Whether something is claimed from a place on.
    fn claims(&self, at: usize) -> bool {
        let next = self.words_in(&(at..self.range.end)).first();
        next.is_some_and(|next| {
            counts(&next.folded) || self.first_claim(at) == Some(next.range.start)
        })
    }
}

/// Lists of what is denied.
impl Sentence<'_> {
    /// From a denial to the end of its clause and of what is listed there, at most to `limit`; where it is the last word, what stands before it.
    pub(super) fn denied(&self, cue: &Range<usize>, tongue: Tongue, limit: usize) -> Range<usize> {
        let pieces = self.pieces(cue.end..limit);
        let until = pieces.first().map_or(limit, |first| first.end);
        if !has_words(&self.text[cue.end..until]) {
            return self.listed_before(cue, tongue)..until;
        }
        cue.start..self.listed_until(&pieces, tongue).unwrap_or(until)
    }

    /// Where a list ends that goes on behind the first comma: with the thing after an "or". Nothing where no list goes on.
    fn listed_until(&self, pieces: &[Range<usize>], tongue: Tongue) -> Option<usize> {
        for piece in pieces.iter().skip(1) {
            let Some(or) = self.joint(piece, tongue) else {
                if self.is_thing(piece, tongue) {
                    continue;
                }
                return None;
            };
            let (before, last) = (piece.start..or.start, or.end..piece.end);
            let goes_on = !has_words(&self.text[before.clone()]) || self.is_thing(&before, tongue);
            return (goes_on && self.is_thing(&last, tongue)).then_some(piece.end);
        }
        None
    }

    /// Where a list begins that a denial ends: *driving licence, forklift licence and diploma: none*; else where its clause begins.
    fn listed_before(&self, cue: &Range<usize>, tongue: Tongue) -> usize {
        let pieces = self.pieces(self.range.start..cue.start);
        let Some((last, before)) = pieces.split_last() else {
            return self.range.start;
        };
        if self.joint(last, tongue).is_none()
            && !self
                .marks
                .iter()
                .any(|mark| mark.cue == Cue::And && within(&mark.range, last))
        {
            return last.start;
        }
        before
            .iter()
            .rev()
            .take_while(|piece| self.is_thing(piece, tongue))
            .last()
            .map_or(last.start, |piece| piece.start)
    }

    /// The word that joins the last of several things.
    fn joint(&self, piece: &Range<usize>, tongue: Tongue) -> Option<&Range<usize>> {
        let joins = |mark: &&Mark| match mark.cue {
            Cue::Or | Cue::Nor | Cue::NorTwice => true,
            Cue::OrInDutch => tongue == Tongue::Dutch,
            _ => false,
        };
        self.marks
            .iter()
            .filter(joins)
            .map(|mark| &mark.range)
            .find(|range| within(range, piece))
    }

    /// Whether a piece names one more thing and claims nothing: few words, no number, no word that opens a claim; in German, a noun first.
    fn is_thing(&self, piece: &Range<usize>, tongue: Tongue) -> bool {
        let text = &self.text[piece.clone()];
        let words = self.words_in(piece);
        let joins = |cue| {
            matches!(
                cue,
                Cue::And | Cue::Or | Cue::OrInDutch | Cue::Nor | Cue::NorTwice
            )
        };
        let speaks = |mark: &Mark| !joins(mark.cue) && within(&mark.range, piece);
        let is_noun = tongue != Tongue::German || text.trim_start().starts_with(char::is_uppercase);
        (1..=THING_WORDS_MAX).contains(&words.len())
            && is_noun
            && !text.contains(':')
            && !words.iter().any(|word| counts(&word.folded))
            && !states_years(self.lower, words)
            && !self.marks.iter().any(speaks)
    }

    /// Where the sentence turns to something else: at "but", and at an "and" after which something is claimed.
    pub(super) fn turn_after(&self, from: usize) -> usize {
        let mut later = self.marks.iter().filter(|mark| mark.range.start >= from);
        let turn = later.find(|mark| {
            mark.cue == Cue::Turn || mark.cue == Cue::And && self.claims(mark.range.end)
        });
        turn.map_or(self.range.end, |mark| mark.range.start)
    }

    /// Where the first cue stands from a byte on that opens a claim.
    pub(super) fn first_claim(&self, from: usize) -> Option<usize> {
        let mut marks = self.marks.iter();
        marks
            .find(|mark| matches!(mark.cue, Cue::Opening { .. }) && mark.range.start >= from)
            .map(|mark| mark.range.start)
    }

    /// Where the writer speaks of themselves again: at a clause behind a comma, *but* or *and* that begins with a word for that, one small word aside; else at the
    /// end.
    pub(super) fn own_clause_after(&self, from: usize) -> usize {
        let begins_clause = |at: usize| {
            let comma = self.clause_start(at).max(from);
            let between = self.words_in(&(comma..at));
            let is_small = |word: &Word| word.folded.chars().count() <= SMALL_CHARS_MAX;
            let behind_comma = comma > from && between.len() <= 1 && between.iter().all(is_small);
            let joins = |mark: &Mark| {
                matches!(mark.cue, Cue::And | Cue::Turn)
                    && mark.range.start >= from
                    && mark.range.end <= at
                    && self.opens(mark.range.end, at)
            };
            behind_comma || self.marks.iter().any(joins)
        };
        let own = |mark: &&Mark| {
            mark.cue == Cue::Opening { own: true }
                && mark.range.start >= from
                && begins_clause(mark.range.start)
        };
        let own = self.marks.iter().find(own);
        own.map_or(self.range.end, |mark| mark.range.start)
    }

    /// Where the first cue of a kind stands from a byte on.
    pub(super) fn first(&self, from: usize, cue: Cue) -> Option<usize> {
        self.marks
            .iter()
            .find(|mark| mark.cue == cue && mark.range.start >= from)
            .map(|mark| mark.range.start)
    }

    /// Whether nothing is said between two places.
    pub(super) fn opens(&self, from: usize, to: usize) -> bool {
        !has_words(&self.text[from..to])
    }

    /// Where the clause begins that stands at a place, by commas.
    pub(super) fn clause_start(&self, at: usize) -> usize {
        let start = self.range.start;
        self.text[start..at]
            .rfind(',')
            .map_or(start, |comma| start + comma + 1)
    }

    /// The words that stand in a range.
    fn words_in(&self, range: &Range<usize>) -> &[Word] {
        let from = self
            .words
            .partition_point(|word| word.range.start < range.start);
        let until = self
            .words
            .partition_point(|word| word.range.start < range.end);
        &self.words[from..until.max(from)]
    }

    /// What stands between commas.
    fn pieces(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut start = range.start;
        let piece = |piece: &str| {
            let from = start;
            start += piece.len() + 1;
            from..from + piece.len()
        };
        self.text[range].split(',').map(piece).collect()
    }
}

fn is_verdict(cue: Cue) -> bool {
    matches!(
        cue,
        Cue::Essential | Cue::OptionalTrail | Cue::OptionalLead | Cue::NegatedTrail
    )
}

/// Byte where a clause ends in `text`, read forwards, or begins, read `backwards`.
fn clause_end(text: &str, backwards: bool) -> usize {
    let ends = |&(at, c): &(usize, char)| match c {
        ';' | '!' | '?' | '(' | ')' | '•' | '–' => true,
        '.' => text[at + 1..].is_empty() || text[at + 1..].starts_with(' '),
        _ => false,
    };
    match backwards {
        true => text
            .char_indices()
            .rev()
            .find(ends)
            .map_or(0, |(at, c)| at + c.len_utf8()),
        false => text
            .char_indices()
            .find(ends)
            .map_or(text.len(), |(at, _)| at),
    }
}

/// Whether a word is a number that is no article: *ten*, not *un*.
fn counts(word: &str) -> bool {
    is_number(word) && !ONES.contains(&word)
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}
