//! Past job: an occupation that a person names in a text of their own. `Lorry driver for eleven years`, `Koch in einer Kantine`:
//! a name of an occupation that opens a phrase and is followed by no further noun.

use std::ops::Range;

use skillgap_catalogue::Catalogue;
use skillgap_esco::OccupationId;
use skillgap_linker::reading::{Phrase, Reading, Segment, is_number};

/// Words of the longest name that is looked for.
const NAME_WORDS_MAX: usize = 5;
/// Letters of the shortest name: *cook* is one, *au* is none.
const NAME_LETTERS_MIN: usize = 4;
/// Words before a name that say no more than that it was the person's own.
const OWN: [&str; 34] = [
    "i",
    "was",
    "am",
    "a",
    "an",
    "the",
    "worked",
    "work",
    "as",
    "trained",
    "qualified",
    "skilled",
    "former",
    "ex",
    "ich",
    "war",
    "bin",
    "gelernter",
    "gelernte",
    "ausgebildeter",
    "ausgebildete",
    "als",
    "je",
    "suis",
    "etais",
    "ancien",
    "ancienne",
    "comme",
    "fui",
    "soy",
    "trabaje",
    "como",
    "ik",
    "werkte",
];

/// Words after which a name is that of somebody else.
const BESIDE: [&str; 11] = [
    "with",
    "beside",
    "helped",
    "assisted",
    "mit",
    "neben",
    "avec",
    "con",
    "met",
    "naast",
    "alongside",
];

/// A name of an occupation in a person's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PastJob {
    /// All occupations of that name, by row; one at least.
    pub(super) occupations: Vec<OccupationId>,
    /// Bytes of the text.
    pub(super) span: Range<usize>,
}

/// Occupations that a text names as the writer's own, in order. Cost: a few looks at the labels of occupations for each phrase.
pub(super) fn past_jobs(catalogue: &Catalogue, reading: &Reading) -> Vec<PastJob> {
    let titles = catalogue.linker.titles(&catalogue.esco);
    let mut jobs = Vec::new();
    for segment in &reading.segments {
        for phrase in &segment.phrases {
            let named = opening_name(segment, phrase, |name| titles.named(name));
            let Some((range, rows)) =
                named.filter(|(range, _)| !is_of_others(segment, range.start))
            else {
                continue;
            };
            jobs.push(PastJob {
                occupations: rows.into_iter().map(OccupationId).collect(),
                span: segment.source_span(range),
            });
        }
    }
    jobs
}

/// The longest name that opens a phrase, and what it names. Before it may stand words such as *trained*, numbers and times; after it only times and small words.
fn opening_name(
    segment: &Segment,
    phrase: &Phrase,
    named: impl Fn(&str) -> Vec<u32>,
) -> Option<(Range<usize>, Vec<u32>)> {
    let words = segment.words_in(&phrase.range);
    let is_small = |at: usize| {
        let (word, folded) = (&words[at], words[at].folded.as_str());
        segment.is_small(word) || is_number(folded) || OWN.contains(&folded)
    };
    let n_starts = (0..words.len()).take_while(|at| is_small(*at)).count() + 1;
    for start in 0..n_starts.min(words.len()) {
        for end in (start + 1..=words.len().min(start + NAME_WORDS_MAX)).rev() {
            let range = words[start].range.start..words[end - 1].range.end;
            if end < words.len() && !is_small(end) || range.len() < NAME_LETTERS_MIN {
                continue;
            }
            let rows = named(&segment.text[range.clone()]);
            if !rows.is_empty() {
                return Some((range, rows));
            }
        }
    }
    None
}

/// Whether what stands before a name makes it that of people met at work: *worked with waiters and cooks*.
fn is_of_others(segment: &Segment, name: usize) -> bool {
    let clause = segment.text[..name].rfind([',', ';', '.']).unwrap_or(0);
    let mut words = segment.words_in(&(clause..name)).iter();
    words.any(|word| BESIDE.contains(&word.folded.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_linker::reading::Author;

    fn read(text: &str) -> Reading {
        Reading::of(text, Author::Person, Some("en"))
    }

    #[test]
    fn people_met_at_work_are_others() {
        let before = |text: &str| is_of_others(&read(text).segments[0], text.len());
        assert!(before("I worked with waiters and") && !before("Trained"));
        assert!(!before("Warehouse with cold storage, cook"));
    }

    #[test]
    fn a_name_opens_its_phrase_and_ends_before_a_small_word() {
        let known = ["lorry driver", "cook", "driver", "kitchen planner", "koch"];
        let named = |name: &str| {
            let place = known.iter().position(|known| *known == name.to_lowercase());
            place.map(|at| at as u32).into_iter().collect()
        };
        for (text, expected) in [
            ("Lorry driver for eleven years", Some("Lorry driver")),
            ("Four years cook in a canteen", Some("cook")),
            ("I worked as a cook", Some("cook")),
            ("Gelernter Koch", Some("Koch")),
            ("Driver licence B", None),
            ("helped the cook", None),
            ("Cook book writer", None),
        ] {
            let segment = &read(text).segments[0];
            let mut phrases = segment.phrases.iter();
            let found = phrases.find_map(|phrase| opening_name(segment, phrase, named));
            let found = found.map(|(range, _)| &segment.text[range]);
            assert_eq!(found, expected, "{text}");
        }
    }
}
