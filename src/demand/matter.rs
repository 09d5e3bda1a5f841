//! What is it that a phrase asks for? Something that can be learned, a proof that must be shown, experience; or nothing that anyone could teach: hours,
//! contracts, a friendly manner.

use std::sync::LazyLock;

use skillgap_index::text::{Word, words};

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
enum Group {
    Idle,
    Experience,
    Introductory,
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
    let hits = MATTERS.hits(&fold(phrase));
    if hits.iter().any(|hit| hit.group == Group::Experience) {
        return Some(Matter::Experience);
    }
    let hits: Vec<_> = hits.into_iter().filter(|hit| hit.group == Group::Idle).collect();
    let says_nothing =
        |text: &str| !text.chars().any(char::is_alphabetic) || text.chars().count() == 1 && text.chars().all(char::is_lowercase);
    let idle = words(phrase).into_iter().all(|word| {
        let is_hit = hits.iter().any(|hit| hit.range.start <= word.range.start && word.range.end <= hit.range.end);
        is_hit || says_nothing(&phrase[word.range])
    });
    match idle {
        true => None,
        false if names_proof(phrase) => Some(Matter::Proof),
        false => Some(Matter::Skill),
    }
}

/// Whether a title, or a requirement, speaks of first steps in a field.
pub fn is_introductory(text: &str) -> bool {
    MATTERS.hits(&fold(text)).iter().any(|hit| hit.group == Group::Introductory)
}

/// Which words of a text are on a list of this file: time, contract, character, experience, first steps, and words such as *knowledge*.
pub(super) fn listed(text: &str, words: &[Word]) -> Vec<bool> {
    let hits = MATTERS.hits(&fold(text));
    words.iter().map(|word| hits.iter().any(|hit| overlap(&hit.range, &word.range))).collect()
}

/// First letters that two words of one family share: *electrical*, *electrician*.
const STEM_LETTERS: usize = 5;

/// The subjects that a text speaks of, by the first letters of their words.
pub fn subjects(text: &str) -> impl Iterator<Item = String> {
    let words = words(text);
    let listed = listed(text, &words);
    let subjects = words.into_iter().zip(listed).filter(|(word, listed)| !listed && word.folded.chars().count() > 2);
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
