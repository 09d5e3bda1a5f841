//! Which levels does a text state? CEFR in capitals, EQF with its name, words in phrases that leave no doubt.

use std::ops::Range;

use skillgap_esco::text::{Word, words};

use super::Segment;
use super::level::{Cefr, Level, plain};
use super::lexicon::{Cue, List, Mark, Marks, lower, overlap};
use crate::languages::{cefr_rank, is_about_driving, is_joint, is_language};

impl Level {
    /// Reads a level from a field or a phrase: `B1`, `EQF 4`, `basic`, `fließend`. None if nothing, or more than a level, is stated.
    pub fn parse(stated: &str) -> Option<Self> {
        let lower = lower(stated.trim());
        let words = words(&lower);
        let on_a_scale = cefr(&lower.to_ascii_uppercase());
        if let Some(level) = on_a_scale.or_else(|| eqf(&lower, &words).map(|(_, level)| level)) {
            return Some(level);
        }
        let marks = Marks::of(&lower);
        let levels = || marks.list(List::Levels).iter();
        let whole = levels().find(|mark| mark.range == (0..lower.len()));
        if let Some(Mark {
            cue: Cue::Level { level, .. },
            ..
        }) = whole
        {
            return Some(*level);
        }
        let mut in_text = levels().filter_map(in_text);
        in_text
            .next()
            .map(|(_, level)| level)
            .filter(|_| in_text.next().is_none())
    }
}

/// Bytes between a skill's words and a level that still belongs to it.
const REACH: usize = 60;
/// Signs between two things that are listed.
const PARTING: [char; 5] = [',', ';', '|', '/', '•'];

impl Segment {
    /// The level of what stands at a place: one that stands with it, else one that a list of several shares (*English and German at B2*, *fluent English and
    /// German*), else one that stands by itself beside it (*German, at least B2*). On a scale before in words: `Gute Englischkenntnisse (B1)` is B1.
    pub fn level_at(&self, range: &Range<usize>) -> Option<Level> {
        let near: Vec<&(Range<usize>, Level)> = self
            .levels
            .iter()
            .filter(|(at, _)| apart(at, range).len() <= REACH)
            .collect();
        let best = |of: &mut dyn Iterator<Item = &&(Range<usize>, Level)>| {
            let on_a_scale = |level: &Level| matches!(level, Level::Cefr(_) | Level::Eqf(_));
            of.min_by_key(|(at, level)| (!on_a_scale(level), apart(at, range).len()))
                .map(|(_, level)| *level)
        };
        let own = |(at, _): &&&(Range<usize>, Level)| self.n_joints(&apart(at, range)).is_none();
        best(&mut near.iter().filter(own)).or_else(|| {
            let shared = |(at, _): &&&(Range<usize>, Level)| self.shares(at, range);
            best(&mut near.iter().filter(shared))
        })
    }

    /// Whether a level that stands with another thing, or with none, is meant of what stands at a place, too.
    fn shares(&self, level: &Range<usize>, range: &Range<usize>) -> bool {
        let piece = self.piece_around(level);
        let names = |range: Range<usize>| self.words_in(&range).iter().any(is_language);
        let joints = self.n_joints(&apart(level, range));
        if !names(piece.clone()) {
            return joints == Some(1);
        }
        let is_list = self.joins_words(&(piece.start.min(range.start)..piece.end.max(range.end)));
        let beyond = match level.start < range.start {
            true => piece.start..level.start,
            false => level.end..piece.end,
        };
        is_list && !names(beyond)
    }

    /// How many signs and words that part things stand in a range; none where none does.
    fn n_joints(&self, range: &Range<usize>) -> Option<usize> {
        let signs = self.text[range.clone()].matches(PARTING).count();
        let words = self.words_in(range).iter().filter(|word| is_joint(word));
        Some(signs + words.count()).filter(|n| *n > 0)
    }

    fn joins_words(&self, range: &Range<usize>) -> bool {
        self.words_in(range).iter().any(is_joint)
    }

    /// What is listed at a place, from sign or joining word to the next.
    fn piece_around(&self, range: &Range<usize>) -> Range<usize> {
        let joints = self.words.iter().filter(|word| is_joint(word));
        let signs = self.text.match_indices(PARTING);
        let bounds = joints
            .map(|word| word.range.clone())
            .chain(signs.map(|(at, sign)| at..at + sign.len()));
        let (mut start, mut end) = (0, self.text.len());
        for bound in bounds {
            if bound.end <= range.start {
                start = start.max(bound.end);
            } else if bound.start >= range.end {
                end = end.min(bound.start);
            }
        }
        start..end
    }
}

/// Whether a word that may say a level stands beside names of languages and nothing else: *Spanish (fluent)*, *German: basic*.
fn stands_with_language(text: &str, words: &[Word], range: &Range<usize>) -> bool {
    let start = text[..range.start].rfind(PARTING).unwrap_or(0);
    let end = text[range.end..]
        .find(PARTING)
        .map_or(text.len(), |at| range.end + at);
    let others: Vec<&Word> = words
        .iter()
        .filter(|word| start <= word.range.start && word.range.end <= end)
        .filter(|word| !overlap(&word.range, range))
        .collect();
    others.iter().any(|word| is_language(word))
        && others
            .iter()
            .all(|word| is_language(word) || is_joint(word))
}

/// What stands between two ranges.
fn apart(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    let (left, right) = if a.start < b.start { (a, b) } else { (b, a) };
    left.end..right.start.max(left.end)
}

/// Finds the levels that a text states, in order.
pub(super) fn levels_in(
    text: &str,
    lower: &str,
    words: &[Word],
    marks: &Marks,
) -> Vec<(Range<usize>, Level)> {
    let mut found: Vec<_> = marks
        .list(List::Levels)
        .iter()
        .filter_map(in_text)
        .collect();
    found.extend(
        marks
            .list(List::Levels)
            .iter()
            .filter_map(|mark| match mark.cue {
                Cue::Level { level, alone: true }
                    if stands_with_language(text, words, &mark.range) =>
                {
                    Some((mark.range.clone(), level))
                }
                _ => None,
            }),
    );
    let of_word = |word| Some((plain(word), cefr(&text[plain(word)])?));
    let on_the_framework: Vec<_> = words.iter().filter_map(of_word).collect();
    if !on_the_framework.is_empty() && !is_about_driving(text) {
        found.extend(on_the_framework);
    }
    let mut from = 0;
    while let Some((range, level)) = eqf(lower, &words[from..]) {
        from = words.partition_point(|word| word.range.start < range.end);
        found.push((range, level));
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// The level of a phrase that states one wherever it stands.
fn in_text(mark: &Mark) -> Option<(Range<usize>, Level)> {
    match mark.cue {
        Cue::Level {
            level,
            alone: false,
        } => Some((mark.range.clone(), level)),
        _ => None,
    }
}

fn cefr(word: &str) -> Option<Level> {
    Cefr::at(cefr_rank(word)?).map(Level::Cefr)
}

/// Finds `EQF 4`, `EQF level 4`, `EQR-Niveau 4`, `DQR 4` (the German framework has the same levels), `CEC 4` in folded text.
fn eqf(lower: &str, words: &[Word]) -> Option<(Range<usize>, Level)> {
    const NAMES: &[&str] = &["eqf", "eqr", "dqr", "cec", "mec", "qeq", "erk"];
    const BETWEEN: &[&str] = &[
        "level", "niveau", "stufe", "nivel", "livello", "nível", "poziom", "nivå",
    ];
    let mut last_name: Option<Range<usize>> = None;
    for range in words.iter().map(plain) {
        let word = &lower[range.clone()];
        let level = word
            .parse::<u8>()
            .ok()
            .filter(|level| (1..=8).contains(level));
        match (&last_name, level) {
            (Some(name), Some(level)) => return Some((name.start..range.end, Level::Eqf(level))),
            (Some(_), None) if BETWEEN.contains(&word) => {}
            _ => last_name = NAMES.contains(&word).then_some(range),
        }
    }
    None
}

#[cfg(test)]
#[path = "level_tests.rs"]
mod tests;
