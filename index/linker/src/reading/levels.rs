//! Which levels does a text state? CEFR in capitals, EQF with its name, words in phrases that leave no doubt.

use std::ops::Range;

use skillgap_esco::text::{Word, words};

use super::level::{Cefr, Level, plain};
use super::lexicon::{Cue, List, Mark, Marks, lower, overlap};
use crate::languages::{cefr_rank, is_about_driving, is_around_language, is_joint, is_language};

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

/// Signs between two things that are listed.
pub(super) const PARTING: [char; 5] = [',', ';', '|', '/', '•'];

/// Whether a word that may say a level stands beside names of languages and nothing else: *Spanish (fluent)*, *German: basic*,
/// *gute Englischkenntnisse in Wort und Schrift*.
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
            .all(|word| is_language(word) || is_joint(word) || is_around_language(word))
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
