//! Requirement kind: something that can be learned, a proof that must be shown, or experience; and what asks for none of them:
//! hours, contracts, a friendly manner.

use skillgap_esco::text::{Word, words};

use super::Segment;
use super::lexicon::{Cue, List, Marks, lower, overlap};
use super::phrase::Phrase;

/// What a phrase asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequirementKind {
    /// Something that can be learned.
    Skill,
    /// A licence, a certificate, a language at a level: it must be shown.
    Proof,
    /// Experience, or a qualification of years: a short course stands for neither.
    Experience,
}

impl Segment {
    /// What a phrase asks for; nothing where each of its words speaks of time, contract or character.
    pub fn kind_of(&self, phrase: &Phrase) -> Option<RequirementKind> {
        let said = || {
            phrase
                .ranges()
                .into_iter()
                .flat_map(|range| self.words_in(range))
        };
        let listed = |word: &Word| listed(&self.marks, word);
        if said().any(|word| listed(word) == Some(Cue::Experience)) {
            return Some(RequirementKind::Experience);
        }
        let is_letter = |word: &str| word.len() == 1 && word.chars().all(char::is_lowercase);
        let says_nothing = |word: &Word| {
            let word = &self.text[word.range.clone()];
            !word.chars().any(char::is_alphabetic) || is_letter(word)
        };
        if said().all(|word| listed(word) == Some(Cue::Idle) || says_nothing(word)) {
            return None;
        }
        Some(match self.names_proof(phrase) {
            true => RequirementKind::Proof,
            false => RequirementKind::Skill,
        })
    }

    /// Whether a word, by its position, says no more than when and how: of time, contract, experience.
    pub fn is_small(&self, word: &Word) -> bool {
        matches!(listed(&self.marks, word), Some(Cue::Idle | Cue::Experience))
    }
}

/// The kind of what a word speaks of.
fn listed(marks: &Marks, word: &Word) -> Option<Cue> {
    let mut marks = marks.list(List::Kinds).iter();
    marks
        .find(|mark| overlap(&mark.range, &word.range))
        .map(|mark| mark.cue)
}

/// Whether a title, or a requirement, speaks of first steps in a field.
pub fn is_introductory(text: &str) -> bool {
    let marks = Marks::of(&lower(text));
    marks
        .list(List::Kinds)
        .iter()
        .any(|mark| mark.cue == Cue::Introductory)
}

/// First letters that two words of one family share: *electrical*, *electrician*.
const STEM_LETTERS: usize = 5;

/// The subjects that a text speaks of, by the first letters of their words.
pub fn subjects(text: &str) -> Vec<String> {
    let marks = Marks::of(&lower(text));
    let is_subject =
        |word: &Word| listed(&marks, word).is_none() && word.folded.chars().count() > 2;
    let subjects = words(text).into_iter().filter(is_subject);
    subjects
        .map(|word| word.folded.chars().take(STEM_LETTERS).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Author, Reading};
    use super::*;

    fn kinds(text: &str) -> Vec<Option<RequirementKind>> {
        let reading = Reading::of(text, Author::Organisation, None);
        let segments = reading.segments.iter();
        let kinds = |segment: &Segment| {
            let phrases = segment.phrases.iter();
            phrases
                .map(|phrase| segment.kind_of(phrase))
                .collect::<Vec<_>>()
        };
        segments.flat_map(kinds).collect()
    }

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
            assert_eq!(kinds(phrase), [None], "{phrase}");
        }
    }

    #[test]
    fn proofs_and_experience_are_told_from_skills() {
        use RequirementKind::{Experience, Proof, Skill};
        for (phrase, expected) in [
            ("weld pipes", Skill),
            ("C++", Skill),
            ("plan shifts", Skill),
            ("forklift licence", Proof),
            ("German at level B1", Proof),
            ("three years in a kitchen", Experience),
            ("abgeschlossene Ausbildung als Koch", Experience),
        ] {
            assert_eq!(kinds(phrase), [Some(expected)], "{phrase}");
        }
    }
}
