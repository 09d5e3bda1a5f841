//! Spoken: a language that a segment names as one that is spoken or wanted, with how well. By its name beside a level, or among words that say nothing else than
//! that it is spoken: *Sehr gute Englischkenntnisse in Wort und Schrift*, *parlo inglese*; never *German customers*.

use std::ops::Range;

use skillgap_esco::text::Word;

use super::Segment;
use super::level::{Cefr, Level, Scale, Spoken};
use crate::languages::{
    is_about_polishing, is_around_language, is_joint, is_language, is_learned_at_school, is_native,
    languages_marked, named, speaks,
};

/// Signs between two things that are said of languages.
const PARTING: [char; 11] = [',', ';', ':', '.', '|', '/', '•', '(', ')', '–', '—'];

impl Segment {
    /// The languages that are spoken or wanted, in order. Cost: a look-up a word where no language is named.
    pub(super) fn languages_said(&self) -> Vec<Spoken> {
        if !self.words.iter().any(is_language) {
            return Vec::new();
        }
        let in_words = |(range, level): &(Range<usize>, Level)| match level {
            Level::Cefr(_) | Level::Eqf(_) => None,
            _ => Some((range.clone(), level.rank().1)),
        };
        let worded: Vec<(Range<usize>, u8)> = self.levels.iter().filter_map(in_words).collect();
        let mut spoken: Vec<Spoken> = languages_marked(&self.text, &self.words, &worded)
            .into_iter()
            .map(|named| Spoken {
                language: named.language,
                level: match named.is_native {
                    true => Some(Level::Expert),
                    false => self
                        .worded_at(&named.stated)
                        .or(Cefr::at(named.level).map(Level::Cefr)),
                },
                range: named.range,
            })
            .collect();
        for run in self.said_of_languages() {
            let words = &self.words[run.clone()];
            let says = words.iter().any(speaks)
                || spoken
                    .iter()
                    .any(|known| words.iter().any(|word| word.range == known.range));
            let is_known = |word: &Word| spoken.iter().any(|known| known.range == word.range);
            let further: Vec<Spoken> = words
                .iter()
                .filter(|word| says && !is_known(word))
                .filter_map(|word| {
                    let stated = self.level_at(&word.range).filter(is_of_languages);
                    let at_school = || is_learned_at_school(word).then_some(Level::Basic);
                    Some(Spoken {
                        language: named(&word.folded)?,
                        level: stated.or_else(at_school),
                        range: word.range.clone(),
                    })
                })
                .collect();
            spoken.extend(further);
        }
        if is_about_polishing(&self.text, &self.words) {
            spoken.retain(|spoken| spoken.language != "Polish");
        }
        spoken.sort_by_key(|spoken| spoken.range.start);
        spoken
    }

    /// The level in words that stands at a place.
    fn worded_at(&self, range: &Range<usize>) -> Option<Level> {
        let mut levels = self.levels.iter();
        levels
            .find(|(at, level)| at == range && !matches!(level, Level::Cefr(_)))
            .map(|(_, level)| *level)
    }

    /// Runs of words, by their positions, that say nothing but which languages are spoken: parted by signs and joining words, each part of them.
    fn said_of_languages(&self) -> Vec<Range<usize>> {
        let of_levels = |word: &Word| {
            let mut levels = self.levels.iter();
            levels.any(|(at, _)| at.start <= word.range.start && word.range.end <= at.end)
        };
        let is_part = |word: &Word| {
            is_language(word) || is_joint(word) || is_around_language(word) || of_levels(word)
        };
        let mut runs: Vec<Range<usize>> = Vec::new();
        let mut start = 0;
        for end in 1..=self.words.len() {
            let is_cut = end == self.words.len()
                || is_joint(&self.words[end])
                || self.text[self.words[end - 1].range.end..self.words[end].range.start]
                    .contains(PARTING);
            if !is_cut {
                continue;
            }
            if self.words[start..end].iter().all(is_part) {
                match runs.last_mut().filter(|run| run.end == start) {
                    Some(run) => run.end = end,
                    None => runs.push(start..end),
                }
            }
            start = end;
        }
        runs
    }
}

/// Words of a line that leads in languages: *Mother tongue(s)*, *Altre lingue*.
const LEAD_WORDS_MAX: usize = 5;

impl Segment {
    /// Takes names that stand alone in their lines for languages under a line that leads them in: *Madrelingua*, then *Italiano*. Those under one for a mother tongue
    /// are one.
    pub(super) fn under_lead_ins(segments: &mut [Segment]) {
        let mut led: Option<Option<Level>> = None;
        for segment in segments {
            let words = &segment.words;
            let says_only = || {
                let runs = segment.said_of_languages();
                matches!(runs.as_slice(), [run] if *run == (0..words.len()))
            };
            let is_native = words.iter().any(is_native)
                || segment
                    .levels
                    .iter()
                    .any(|(_, level)| *level == Level::Expert);
            let is_lead = (1..=LEAD_WORDS_MAX).contains(&words.len())
                && (is_native || words.iter().any(speaks))
                && !words.iter().any(is_language);
            if is_lead && says_only() {
                led = Some(is_native.then_some(Level::Expert));
                continue;
            }
            let Some(level) = led.filter(|_| words.iter().any(is_language) && says_only()) else {
                led = None;
                continue;
            };
            if !segment.languages.is_empty() {
                continue;
            }
            let named = words.iter().filter_map(|word| {
                Some(Spoken {
                    language: named(&word.folded)?,
                    level,
                    range: word.range.clone(),
                })
            });
            segment.languages = named.collect();
        }
    }
}

/// Whether a level is one of languages.
fn is_of_languages(level: &Level) -> bool {
    level.rank().0 == Scale::Proficiency
}

#[cfg(test)]
#[path = "spoken_tests.rs"]
mod tests;
