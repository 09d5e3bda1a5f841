//! Named: whether a skill that ESCO calls by a name, a product or a language, is meant by a text that was linked to it. A name is never guessed from likeness
//! (*albañilería* is not Albanian); and one that is a common word, too (*access*, *puppet*), needs to be written as a name, or another product beside it.

use std::ops::Range;

use skillgap_catalogue::Catalogue;
use skillgap_esco::languages::{english, part_and_name};
use skillgap_esco::text::{Word, singular, words};
use skillgap_linker::Linked;
use skillgap_linker::languages::{language_of, names_language};
use skillgap_linker::reading::Segment;

/// Least letters of a word in a label's brackets that says what a name is of: `Swift (computer programming)`.
const KIND_CHARS_MIN: usize = 8;

/// Whether a skill that a segment was linked to is meant there, as far as names tell. `linked` is all that the segment was linked to, `language` that of the
/// segment.
pub(super) fn is_meant(
    catalogue: &Catalogue,
    segment: &Segment,
    language: Option<&str>,
    candidate: &Linked,
    linked: &[Linked],
) -> bool {
    let Some(skill) = catalogue.esco.skills.get(candidate.skill.row()) else {
        return false;
    };
    if names_language(skill) {
        let name = part_and_name(skill).map_or_else(|| english(skill), |(_, name)| Some(name));
        return candidate.signals.name > 0.0
            || name.is_none_or(|name| names_the_language(segment, name));
    }
    let names = catalogue.linker.proper_names(&catalogue.esco);
    if !names.has(candidate.skill) {
        return true;
    }
    let said = segment.words_in(&candidate.range);
    let spelled = |word: &Word| {
        let spelling = names.spelling(candidate.skill, &word.folded)?;
        // A letter is the name of nothing else only as it is written: *R*, not *kaufmännische/r*.
        let is_letter = spelling.chars().count() == 1;
        let is_written = !is_letter || segment.text[word.range.clone()] == *spelling;
        is_written.then(|| (word.range.clone(), spelling, names.is_common(&word.folded)))
    };
    let named: Vec<(Range<usize>, &str, bool)> = said.iter().filter_map(spelled).collect();
    let is_letter = |word: &Word| word.folded.chars().count() == 1;
    if named.is_empty()
        && said
            .iter()
            .any(|word| is_letter(word) && names.spelling(candidate.skill, &word.folded).is_some())
    {
        return false;
    }
    if named.is_empty() {
        let begins = |word: &Word| names.begins(candidate.skill, &word.folded);
        return candidate.signals.name > 0.0 || segment.words.iter().any(begins);
    }
    let is_sure = |(range, spelling, is_common): &(Range<usize>, &str, bool)| {
        !is_common || language != Some("de") && is_written_as_name(segment, range, spelling)
    };
    let is_product = |other: &Linked| {
        let mut said = segment.words_in(&other.range).iter();
        other.skill != candidate.skill
            && other.signals.name > 0.0
            && said.any(|word| {
                names.spelling(other.skill, &word.folded).is_some()
                    && !names.is_common(&word.folded)
            })
    };
    let says_kind = || {
        let label = catalogue.skill_label(candidate.skill, "en");
        let kind = label.split_once(" (").map_or("", |(_, kind)| kind);
        words(kind).iter().any(|kind| {
            kind.folded.chars().count() >= KIND_CHARS_MIN
                && segment.words.iter().any(|word| word.folded == kind.folded)
        })
    };
    named.iter().any(is_sure)
        || linked.iter().any(is_product)
        || !segment.tools().is_empty()
        || says_kind()
}

/// Whether a language stands in a segment by a name in one of eleven languages, or by the one that ESCO uses.
fn names_the_language(segment: &Segment, name: &str) -> bool {
    let names = |word: &Word| {
        language_of(&word.folded).map_or_else(
            || singular(&word.folded).eq_ignore_ascii_case(singular(name)),
            |language| language == name,
        )
    };
    segment.words.iter().any(names)
}

/// Whether a word is written as a name is: as ESCO writes it, and with a capital letter for no other reason than that, as at the beginning of a sentence or
/// among words that all have one.
fn is_written_as_name(segment: &Segment, range: &Range<usize>, spelling: &str) -> bool {
    let text = &segment.text;
    if text.get(range.clone()) != Some(spelling) {
        return false;
    }
    if segment.words.len() == 1 {
        return true;
    }
    let at = segment
        .words
        .partition_point(|word| word.range.start < range.start);
    let is_capital = |word: &Word| text[word.range.clone()].starts_with(char::is_uppercase);
    let touches = |gap: &str| matches!(gap, " " | "-" | "/");
    let next = segment
        .words
        .get(at + 1)
        .filter(|next| touches(&text[range.end..next.range.start]));
    let before = at.checked_sub(1).and_then(|at| segment.words.get(at));
    let begins = before.is_none_or(|before| {
        text[before.range.end..range.start].contains(['.', '!', '?', ':', '•', '"', '“', '„'])
    });
    let follows_capital = before.is_some_and(|before| {
        at > 1 && is_capital(before) && touches(&text[before.range.end..range.start])
    });
    !begins && !follows_capital && !next.is_some_and(is_capital)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_linker::reading::{Author, Reading};

    fn segment(text: &str) -> Segment {
        Reading::of(text, Author::Organisation, None)
            .segments
            .swap_remove(0)
    }

    #[test]
    fn a_name_is_written_with_a_capital_that_nothing_else_explains() {
        for (text, name, spelling, expected) in [
            (
                "You roll out changes with Puppet every day",
                "Puppet",
                "Puppet",
                true,
            ),
            ("Puppet", "Puppet", "Puppet", true),
            ("Puppet Maker for our theatre", "Puppet", "Puppet", false),
            (
                "Our theatre wants a Puppet Maker",
                "Puppet",
                "Puppet",
                false,
            ),
            ("Role Based Access Control", "Access", "Access", false),
            ("role based access control", "access", "Access", false),
            ("Payments go out via SWIFT", "SWIFT", "Swift", false),
            ("Apps are written in Swift", "Swift", "Swift", true),
            (
                "Clean the hall. Source new suppliers",
                "Source",
                "Source",
                false,
            ),
        ] {
            let segments = Reading::of(text, Author::Organisation, None).segments;
            let found = segments.iter().find_map(|segment| {
                let at = segment.text.find(name)?;
                Some(is_written_as_name(
                    segment,
                    &(at..at + name.len()),
                    spelling,
                ))
            });
            assert_eq!(found, Some(expected), "{text}");
        }
    }

    #[test]
    fn a_language_is_named_in_any_of_eleven_languages() {
        for text in [
            "good English",
            "Englischkenntnisse",
            "langue anglaise",
            "idioma inglés",
            "Engelstalig",
            "lingua inglese",
            "języka angielskiego",
            "engelska språket",
            "engelskkundskaber",
            "língua inglesa",
            "englannin kieli",
        ] {
            assert!(names_the_language(&segment(text), "English"), "{text}");
        }
        for (text, name) in [
            ("Experiencia en albañilería", "Albanian"),
            ("Reinigung von Räumen", "Romanian"),
        ] {
            assert!(!names_the_language(&segment(text), name), "{text}");
        }
    }
}
