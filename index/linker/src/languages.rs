//! Names of human languages and levels of the Common European Framework in a text.

mod named;
mod polish;

use std::ops::Range;

use skillgap_esco::languages::{english, part_and_name};
use skillgap_esco::text::words;
use skillgap_esco::{Collection, Skill};

pub use named::{LanguageSkills, NAMED_CONFIDENCE, Named, is_about_driving, languages_at_levels};
pub(crate) use named::{
    is_around_language, is_joint, is_language, is_learned_at_school, is_native, languages_marked,
    named, speaks,
};
pub use polish::{is_about_polishing, polish};

/// The language of which a folded word is the name, in eleven languages.
pub fn language_of(folded: &str) -> Option<&'static str> {
    named(folded)
}

/// Whether a skill is about a language: ESCO's collection says so, or its English label is that of a part, or one word that is a name.
pub fn names_language(skill: &Skill) -> bool {
    let is_name = |label: &str| {
        label.starts_with(char::is_uppercase)
            && label.chars().all(char::is_alphabetic)
            && label.contains(char::is_lowercase)
    };
    skill.collections.contains(Collection::Language)
        || part_and_name(skill).is_some()
        || english(skill).is_some_and(is_name)
}

/// Levels of the Common European Framework of Reference for Languages, lowest first.
const CEFR: [&str; 6] = ["A1", "A2", "B1", "B2", "C1", "C2"];
/// The rank of a level of the Framework, 1 (A1) to 6 (C2), in capitals; nothing for other words.
pub fn cefr_rank(word: &str) -> Option<u8> {
    CEFR.iter()
        .position(|level| *level == word)
        .map(|at| at as u8 + 1)
}

/// Bytes between a language and the level that is its own.
const LEVEL_REACH: usize = 40;
/// Bytes between the levels of a range: ` bis `.
const RANGE_REACH: usize = 5;

/// The level of the Framework, 1 to 6, that a text names for a language: the only one, else the one that stands nearest to one of the names; 0 where it names none,
/// or several and none near a name.
pub fn level_in(text: &str, names: &[&str]) -> u8 {
    // A range of levels (`A1-B2`) is one place, and leads to its highest.
    let mut places: Vec<(u8, Range<usize>)> = Vec::new();
    for word in words(text) {
        let Some(level) = cefr_rank(&text[word.range.clone()]) else {
            continue;
        };
        match places.last_mut() {
            Some((highest, at)) if word.range.start - at.end <= RANGE_REACH => {
                (*highest, at.end) = (level.max(*highest), word.range.end)
            }
            _ => places.push((level, word.range)),
        }
    }
    let Some(((first, _), rest)) = places.split_first() else {
        return 0;
    };
    if rest.iter().all(|(level, _)| level == first) {
        return *first;
    }
    let named = names
        .iter()
        .flat_map(|name| text.match_indices(name))
        .map(|(at, name)| at..at + name.len());
    // A level after its language before one that stands in front of it.
    let apart = |name: &Range<usize>, at: &Range<usize>| {
        if at.start >= name.end {
            at.start - name.end
        } else {
            LEVEL_REACH / 2 + name.start.saturating_sub(at.end)
        }
    };
    let nearest = named
        .flat_map(|name| {
            places
                .iter()
                .map(move |(level, at)| (apart(&name, at), *level))
        })
        .min();
    nearest
        .filter(|(apart, _)| *apart <= LEVEL_REACH)
        .map_or(0, |(_, level)| level)
}
