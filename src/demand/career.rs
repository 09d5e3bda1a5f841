//! Which occupations does a person name in a text of their own? `Lorry driver for eleven years`, `Koch in einer Kantine`: a name of an occupation that opens
//! a phrase and is followed by no further noun.

use std::ops::Range;

use skillgap_catalogue::Catalogue;
use skillgap_esco::OccupationId;
use skillgap_esco::text::words;

use super::AdText;
use super::level::is_number;
use super::matter::{Group, listed};
use super::persons::{Names, without_persons};
use super::phrase::phrases;
use super::segment::segments;

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
pub struct Career {
    /// All occupations of that name, by row; one at least.
    pub occupations: Vec<OccupationId>,
    /// Bytes of the text.
    pub span: Range<usize>,
}

/// Occupations that a text names as the writer's own, in order. Cost: a few looks at the labels of occupations for each phrase.
pub fn careers(catalogue: &Catalogue, text: AdText<'_>) -> Vec<Career> {
    let titles = catalogue.linker.titles(&catalogue.esco);
    let segments = segments(text.as_str());
    let persons = Names::of(segments.iter().map(|segment| segment.text.as_str()));
    let mut careers = Vec::new();
    for segment in &segments {
        let text = without_persons(&segment.text, &persons);
        for phrase in phrases(&text) {
            let Some((range, rows)) =
                opening_name(&text[phrase.range.clone()], |name| titles.named(name))
            else {
                continue;
            };
            let start = phrase.range.start;
            if is_of_others(&text[..start + range.start]) {
                continue;
            }
            careers.push(Career {
                occupations: rows.into_iter().map(OccupationId).collect(),
                span: segment.source_span(start + range.start..start + range.end),
            });
        }
    }
    careers
}

/// The longest name that opens a phrase, and what it names. Before it may stand words such as *trained*, numbers and times; after it only times and small words.
fn opening_name(
    phrase: &str,
    named: impl Fn(&str) -> Vec<u32>,
) -> Option<(Range<usize>, Vec<u32>)> {
    let words = words(phrase);
    let listed = listed(phrase, &words);
    let is_listed = |at: usize| matches!(listed[at], Some(Group::Idle | Group::Experience));
    let is_small = |at: usize| {
        is_listed(at) || is_number(&words[at].folded) || OWN.contains(&words[at].folded.as_str())
    };
    let n_starts = (0..words.len()).take_while(|at| is_small(*at)).count() + 1;
    for start in 0..n_starts.min(words.len()) {
        for end in (start + 1..=words.len().min(start + NAME_WORDS_MAX)).rev() {
            let range = words[start].range.start..words[end - 1].range.end;
            if end < words.len() && !is_small(end) || range.len() < NAME_LETTERS_MIN {
                continue;
            }
            let rows = named(&phrase[range.clone()]);
            if !rows.is_empty() {
                return Some((range, rows));
            }
        }
    }
    None
}

/// Whether what stands before a name makes it that of people met at work: *worked with waiters and cooks*.
fn is_of_others(before: &str) -> bool {
    let clause = before.rsplit([',', ';', '.']).next().unwrap_or(before);
    words(clause)
        .iter()
        .any(|word| BESIDE.contains(&word.folded.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_met_at_work_are_others() {
        assert!(
            is_of_others("I worked with waiters and ")
                && !is_of_others("Warehouse with cold storage, ")
                && !is_of_others("Trained ")
        );
    }

    #[test]
    fn a_name_opens_its_phrase_and_ends_before_a_small_word() {
        let known = ["lorry driver", "cook", "driver", "kitchen planner", "koch"];
        let named = |name: &str| {
            known
                .iter()
                .position(|known| *known == name.to_lowercase())
                .map(|at| at as u32)
                .into_iter()
                .collect()
        };
        for (phrase, expected) in [
            ("Lorry driver for eleven years", Some("Lorry driver")),
            ("Four years cook in a canteen", Some("cook")),
            ("I worked as a cook", Some("cook")),
            ("Gelernter Koch", Some("Koch")),
            ("Driver licence B", None),
            ("helped the cook", None),
            ("Cook book writer", None),
            ("", None),
        ] {
            assert_eq!(
                opening_name(phrase, named).map(|(range, _)| &phrase[range]),
                expected,
                "{phrase}"
            );
        }
    }
}
