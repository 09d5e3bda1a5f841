//! Proof: a licence or certificate, or a language at a level, that a text names and that must be shown.

use std::ops::Range;

use skillgap_esco::text::Word;

use super::Segment;
use super::lexicon::{Cue, List, Mark, Marks, lower, overlap, within};
use super::phrase::Phrase;
use crate::languages::languages_at_levels;

/// Bytes of a code (VCA, BHV, R489), which names a licence only beside a word for one, or in a text of so few words.
const CODE_BYTES_MAX: usize = 4;
const ALONE_WORDS_MAX: usize = 3;
/// Characters of a class of driving licences: B, CE, C1E.
const CLASS_CHARS_MAX: usize = 3;

impl Segment {
    /// Whether a phrase names something that must be shown: a licence, a certificate, or a language at a level.
    pub fn names_proof(&self, phrase: &Phrase) -> bool {
        let ranges = phrase.ranges();
        let inside = |range: &Range<usize>| ranges.iter().any(|part| overlap(range, part));
        ranges.iter().any(|range| self.speaks_of_proofs(range))
            || self
                .marks
                .list(List::Licences)
                .iter()
                .any(|mark| inside(&mark.range))
            || self
                .languages
                .iter()
                .any(|spoken| spoken.level.is_some() && inside(&spoken.range))
    }

    /// Whether a licence or certificate stands in a range.
    pub fn speaks_of_proofs(&self, range: &Range<usize>) -> bool {
        self.proofs_in(range).any(|mark| mark.cue == Cue::Proof)
    }

    /// The everyday names of licences that stand in it, each with what it is for by the name that ESCO uses: *Staplerschein* is for
    /// *operate forklift*.
    pub fn licences(&self) -> Vec<(Range<usize>, &'static str)> {
        let is_sure =
            self.words.len() <= ALONE_WORDS_MAX || self.speaks_of_proofs(&(0..self.text.len()));
        let marks = self.marks.list(List::Licences).iter();
        let named = marks.filter_map(|mark| match mark.cue {
            Cue::Licence(skill) => Some((mark.range.clone(), skill)),
            _ => None,
        });
        named
            .filter(|(range, _)| is_sure || range.len() > CODE_BYTES_MAX)
            .collect()
    }

    /// The everyday names of tools that stand in it with a capital letter, each with the name that ESCO gives to using it: *Excel* is *use spreadsheets software*,
    /// *excel* a verb.
    pub fn tools(&self) -> Vec<(Range<usize>, &'static str)> {
        let is_written_as_name =
            |mark: &&Mark| self.text[mark.range.clone()].starts_with(char::is_uppercase);
        let marks = self.marks.list(List::Tools).iter();
        let named = marks
            .filter(is_written_as_name)
            .filter_map(|mark| match mark.cue {
                Cue::Tool {
                    skill,
                    among_others,
                } => Some((mark.range.clone(), skill, among_others)),
                _ => None,
            });
        let named: Vec<_> = named.collect();
        let is_one_of_several = named.iter().any(|(_, _, among_others)| !among_others);
        let sure = named
            .into_iter()
            .filter(|(_, _, among_others)| !among_others || is_one_of_several);
        sure.map(|(range, skill, _)| (range, skill)).collect()
    }

    /// What the licence is for whose everyday name stands in a phrase.
    pub fn licence_in(&self, phrase: &Phrase) -> Option<&'static str> {
        let marks = self.marks.list(List::Licences).iter();
        let mut inside = marks.filter(|mark| {
            phrase
                .ranges()
                .iter()
                .any(|range| overlap(&mark.range, range))
        });
        inside.find_map(|mark| match mark.cue {
            Cue::Licence(skill) => Some(skill),
            _ => None,
        })
    }

    /// What a phrase wants a licence for: its words without those for the licence and for the wish; nothing where no licence is
    /// named, or only a class of driving licences.
    pub fn licensed(&self, phrase: &Phrase) -> Option<String> {
        if !self.speaks_of_proofs(&phrase.range) {
            return None;
        }
        let names_it = |word: &Word| {
            let mut marks = self.proofs_in(&phrase.range);
            marks.any(|mark| mark.range.contains(&word.range.start))
        };
        let left = self
            .words_in(&phrase.range)
            .iter()
            .filter(|word| !names_it(word));
        let left: Vec<&str> = left.map(|word| &self.text[word.range.clone()]).collect();
        let is_class = |word: &&str| {
            let is_sign = |c| matches!(c, 'A'..='E' | 'M' | '0'..='9' | '+');
            word.len() <= CLASS_CHARS_MAX && word.chars().all(is_sign)
        };
        (!left.iter().all(is_class)).then(|| left.join(" "))
    }

    fn proofs_in(&self, range: &Range<usize>) -> impl Iterator<Item = &Mark> {
        let marks = self.marks.list(List::Proofs).iter();
        marks.filter(move |mark| within(&mark.range, range))
    }
}

/// Whether a short text, a title or a label, speaks of licences and certificates themselves.
pub fn is_about_proofs(text: &str) -> bool {
    let marks = Marks::of(&lower(text));
    marks
        .list(List::Proofs)
        .iter()
        .any(|mark| mark.cue == Cue::Proof)
}

/// Whether a short text names something that must be shown: a licence, a certificate, or a language at a level.
pub fn names_proof(text: &str) -> bool {
    let marks = Marks::of(&lower(text));
    let is_proof = |mark: &Mark| matches!(mark.cue, Cue::Proof | Cue::Licence(_));
    let named = [List::Proofs, List::Licences].map(|list| marks.list(list).iter().any(is_proof));
    named.contains(&true) || !languages_at_levels(text).is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::{Author, Reading};
    use super::*;

    #[test]
    fn a_licence_is_told_from_what_it_is_for() {
        for (phrase, expected) in [
            ("Forklift licence required", Some("Forklift")),
            (
                "drive the forklift (licence needed)",
                Some("drive forklift"),
            ),
            ("a valid certificate in food hygiene", Some("food hygiene")),
            ("chainsaw certificate mandatory", Some("chainsaw")),
            ("read drawings", None),
            ("licence needed", None),
            ("Licence C necessary", None),
            ("licences B, C1E", None),
            ("licence C+E", None),
            ("CNC certificate", Some("CNC")),
        ] {
            let reading = Reading::of(phrase, Author::Organisation, None);
            let segment = &reading.segments[0];
            let licensed = segment
                .phrases
                .iter()
                .find_map(|phrase| segment.licensed(phrase));
            assert_eq!(licensed.as_deref(), expected, "{phrase}");
        }
    }

    #[test]
    fn everyday_names_of_licences_say_what_they_are_for() {
        for (phrase, expected) in [
            ("Gabelstaplerschein erforderlich", Some("operate forklift")),
            ("CACES R489 exigé", Some("operate forklift")),
            ("CACES nacelle", Some("operate aerial work platforms")),
            (
                "carnet de manipulador de alimentos",
                Some("comply with food safety and hygiene"),
            ),
            (
                "in bezit van VCA",
                Some("follow health and safety procedures in construction"),
            ),
            ("Sie fahren Stapler", None),
        ] {
            let reading = Reading::of(phrase, Author::Organisation, None);
            let segment = &reading.segments[0];
            let found = segment
                .phrases
                .iter()
                .find_map(|phrase| segment.licence_in(phrase));
            assert_eq!(found, expected, "{phrase}");
            assert_eq!(names_proof(phrase), expected.is_some(), "{phrase}");
        }
    }
}
