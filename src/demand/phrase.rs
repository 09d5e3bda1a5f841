//! Which phrases does a sentence string together? `Sort waste, operate the baler and write down amounts` asks for three things.

use std::ops::Range;

use skillgap_index::text::{Word, words};

/// Words that join two things, in the languages of the cue lists.
const JOINING: [&str; 12] = ["and", "or", "und", "oder", "et", "ou", "y", "en", "og", "och", "eller", "i"];
/// Signs that part two things.
const PARTING: [char; 7] = [',', ';', ':', '/', '•', '|', '–'];
/// Fewest bytes of a phrase.
const BYTES_MIN: usize = 3;

/// Bytes of each phrase, in order, without overlap. Cost: linear.
pub(super) fn phrases(text: &str) -> Vec<Range<usize>> {
    let words = words(text);
    let mut phrases = Vec::new();
    let mut open: Option<Range<usize>> = None;
    let mut last: Option<&Word> = None;
    for word in &words {
        let parted = last.is_some_and(|last| text[last.range.end..word.range.start].contains(PARTING));
        // A Polish or Catalan `i` joins; a capital I is the writer.
        let joins = JOINING.contains(&word.folded.as_str()) && text[word.range.clone()].starts_with(char::is_lowercase);
        if parted || joins {
            phrases.extend(open.take());
        }
        if !joins {
            open = Some(open.map_or(word.range.start, |open| open.start)..word.range.end);
        }
        last = Some(word);
    }
    phrases.extend(open);
    phrases.retain(|phrase| phrase.len() >= BYTES_MIN);
    phrases
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = phrases(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_list_of_tasks_is_parted() {
        check("Sort waste, operate the baler and write down amounts.", &["Sort waste", "operate the baler", "write down amounts"]);
        check("Annahme und Einlagerung von Waren", &["Annahme", "Einlagerung von Waren"]);
        check("Welding (MAG/TIG)", &["Welding (MAG", "TIG"]);
    }

    #[test]
    fn one_thing_stays_whole() {
        check("You weld fillet joints on plates", &["You weld fillet joints on plates"]);
        check("I repair engines", &["I repair engines"]);
        check("a", &[]);
        check("", &[]);
        check(" and, or ", &[]);
    }
}
