//! What is it that a phrase asks for? Something that can be learned, a proof that must be shown, experience; or nothing that anyone could teach: hours,
//! contracts, a friendly manner.

use std::sync::LazyLock;

use skillgap_esco::text::{Word, words};

use super::cues::{Lexicon, fold};
use super::overlap;
use super::proof::names_proof;

/// What a phrase asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    /// Something that can be learned.
    Skill,
    /// A licence, a certificate, a language at a level: it must be shown.
    Proof,
    /// Experience, or a qualification of years: a short course stands for neither.
    Experience,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Time, contract, character, small words.
    Idle,
    /// Experience, qualifications of years.
    Experience,
    /// First steps.
    Introductory,
    /// *Knowledge*, *course*: no subject.
    Requires,
}

static MATTERS: LazyLock<Lexicon<Group>> = LazyLock::new(|| {
    Lexicon::parse(include_str!("cues/matters.txt"), |name| match name {
        "idle" => Some(Group::Idle),
        "experience" => Some(Group::Experience),
        "introductory" => Some(Group::Introductory),
        "requires" => Some(Group::Requires),
        _ => None,
    })
});

/// What a phrase asks for; nothing where each of its words speaks of time, contract or character.
pub(super) fn matter(phrase: &str) -> Option<Matter> {
    let words = words(phrase);
    let listed = listed(phrase, &words);
    if listed.contains(&Some(Group::Experience)) {
        return Some(Matter::Experience);
    }
    let is_letter = |word: &str| word.len() == 1 && word.chars().all(char::is_lowercase);
    let says_nothing = |word: &str| !word.chars().any(char::is_alphabetic) || is_letter(word);
    let idle = words
        .into_iter()
        .zip(listed)
        .all(|(word, listed)| listed == Some(Group::Idle) || says_nothing(&phrase[word.range]));
    match idle {
        true => None,
        false if names_proof(phrase) => Some(Matter::Proof),
        false => Some(Matter::Skill),
    }
}

/// Whether a title, or a requirement, speaks of first steps in a field.
pub fn is_introductory(text: &str) -> bool {
    MATTERS
        .hits(&fold(text))
        .iter()
        .any(|hit| hit.group == Group::Introductory)
}

/// The list of this file on which each word of a text stands.
pub(super) fn listed(text: &str, words: &[Word]) -> Vec<Option<Group>> {
    let hits = MATTERS.hits(&fold(text));
    words
        .iter()
        .map(|word| {
            hits.iter()
                .find(|hit| overlap(&hit.range, &word.range))
                .map(|hit| hit.group)
        })
        .collect()
}

/// First letters that two words of one family share: *electrical*, *electrician*.
const STEM_LETTERS: usize = 5;

/// The subjects that a text speaks of, by the first letters of their words.
pub fn subjects(text: &str) -> impl Iterator<Item = String> {
    let words = words(text);
    let listed = listed(text, &words);
    let subjects = words
        .into_iter()
        .zip(listed)
        .filter(|(word, listed)| listed.is_none() && word.folded.chars().count() > 2);
    subjects.map(|(word, _)| word.folded.chars().take(STEM_LETTERS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_character_are_nothing_to_learn() {
        for phrase in [
            "20 hours",
            "4 to 8 in the evening",
            "night shifts",
            "Friendly manner",
            "in Vollzeit",
            "season April to October",
            "horaires décalés",
        ] {
            assert_eq!(matter(phrase), None, "{phrase}");
        }
    }

    #[test]
    fn proofs_and_experience_are_told_from_skills() {
        for (phrase, expected) in [
            ("weld pipes", Matter::Skill),
            ("C++", Matter::Skill),
            ("plan shifts", Matter::Skill),
            ("forklift licence", Matter::Proof),
            ("German at level B1", Matter::Proof),
            ("three years in a kitchen", Matter::Experience),
            ("abgeschlossene Ausbildung als Koch", Matter::Experience),
        ] {
            assert_eq!(matter(phrase), Some(expected), "{phrase}");
        }
    }
}
