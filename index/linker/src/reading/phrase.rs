//! Phrase: one thing of those that a sentence strings together. `Sort waste, operate the baler and write down amounts` asks for three things, and `Plan and deliver
//! training` for two, of which the first leaves out its last word.

use std::ops::Range;

use skillgap_esco::text::Word;

use crate::languages::is_joint;

/// Signs that part two things.
const PARTING: [char; 7] = [',', ';', ':', '/', '•', '|', '–'];
/// Fewest bytes of a phrase.
const BYTES_MIN: usize = 3;
/// Words that say who does it; a verb beside them is still alone.
const DOERS: [&str; 12] = [
    "you", "we", "they", "du", "sie", "wir", "vous", "nous", "tu", "je", "jij", "wij",
];
/// Words that belong to the verb before them, not to what it is done to.
const PARTICLES: [&str; 8] = ["up", "down", "out", "off", "away", "over", "back", "in"];
/// Letters that stand for genders in `(m/f/d)` and its like, of which two at least are parted by strokes.
const GENDERS: [&str; 9] = ["m", "f", "d", "w", "x", "h", "v", "k", "i"];

/// One thing of those that a sentence names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Bytes of what it shares with the phrase before it, and with the one after it; empty where it stands for itself.
    shared: [Range<usize>; 2],
}

impl Phrase {
    /// Its bytes with those that it shares, in the order in which they are said: *Plan training*.
    pub(super) fn ranges(&self) -> [&Range<usize>; 3] {
        let [before, after] = &self.shared;
        [before, &self.range, after]
    }
}

/// Each phrase of a text with its words, in order, without overlap. Cost: linear.
pub(super) fn phrases(text: &str, words: &[Word]) -> Vec<Phrase> {
    let parts = parted(text, words);
    let bytes = |part: Range<usize>| match (words.get(part.start), words[..part.end].last()) {
        (Some(first), Some(last)) if !part.is_empty() => first.range.start..last.range.end,
        _ => 0..0,
    };
    let phrase = |at: usize| Phrase {
        range: bytes(parts[at].words.clone()),
        shared: shared(words, &parts, at).map(&bytes),
    };
    (0..parts.len())
        .map(phrase)
        .filter(|phrase| phrase.range.len() >= BYTES_MIN)
        .collect()
}

/// Positions of the words of a phrase, and whether a word joins it to the one before.
struct Part {
    words: Range<usize>,
    joined: bool,
}

fn parted(text: &str, words: &[Word]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let (mut parting, mut joined) = (true, false);
    for (at, word) in words.iter().enumerate() {
        let between = at
            .checked_sub(1)
            .map_or("", |last| &text[words[last].range.end..word.range.start]);
        parting |= between.contains(PARTING);
        // A Polish or Catalan `i` joins; a capital I is the writer.
        let joins = is_joint(word) && text[word.range.clone()].starts_with(char::is_lowercase);
        if joins || is_gender(text, words, at) {
            (parting, joined) = (true, joined || joins);
            continue;
        }
        match parts.last_mut().filter(|_| !parting) {
            Some(part) => part.words.end = at + 1,
            None => parts.push(Part {
                words: at..at + 1,
                joined: joined && !parts.is_empty(),
            }),
        }
        (parting, joined) = (false, false);
    }
    parts
}

/// Whether a letter beside a stroke stands for a gender, as the letter on the other side does.
fn is_gender(text: &str, words: &[Word], at: usize) -> bool {
    let is_letter = |at: usize| {
        words
            .get(at)
            .is_some_and(|word| GENDERS.contains(&word.folded.as_str()))
    };
    let stroke = |after: usize| {
        let (Some(left), Some(right)) = (words.get(after), words.get(after + 1)) else {
            return false;
        };
        is_letter(after)
            && is_letter(after + 1)
            && text[left.range.end..right.range.start].trim() == "/"
    };
    stroke(at) || at.checked_sub(1).is_some_and(stroke)
}

/// What a phrase of one word shares with its neighbours: *Plan and deliver training* has what follows the verb in common, *help adults and children* what
/// precedes the last word.
fn shared(words: &[Word], parts: &[Part], at: usize) -> [Range<usize>; 2] {
    let (part, none) = (&parts[at], 0..0);
    let is_one = |part: &Part| {
        let doers = usize::from(DOERS.contains(&words[part.words.start].folded.as_str()));
        part.words.len() == 1 || part.words.len() == 1 + doers
    };
    let next = parts.get(at + 1).filter(|next| next.joined);
    let last = at
        .checked_sub(1)
        .map(|last| &parts[last])
        .filter(|_| part.joined);
    match (last, next) {
        (None, Some(next)) if is_one(part) && next.words.len() > 1 => {
            let particle = PARTICLES.contains(&words[next.words.start + 1].folded.as_str());
            [
                none,
                (next.words.start + 1 + usize::from(particle)).min(next.words.end)..next.words.end,
            ]
        }
        (Some(last), None) if part.words.len() == 1 && last.words.len() > 1 => {
            [last.words.start..last.words.end - 1, none]
        }
        _ => [none.clone(), none],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_esco::text::words;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = phrases(text, &words(text))
            .into_iter()
            .map(|phrase| &text[phrase.range])
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    fn check_whole(text: &str, expected: &[&str]) {
        let whole = |phrase: Phrase| {
            let ranges = phrase.ranges().map(|range| &text[range.clone()]);
            ranges.join(" ").trim().to_owned()
        };
        assert_eq!(
            phrases(text, &words(text))
                .into_iter()
                .map(whole)
                .collect::<Vec<_>>(),
            expected,
            "{text}"
        );
    }

    #[test]
    fn a_list_of_tasks_is_parted() {
        check(
            "Sort waste, operate the baler and write down amounts.",
            &["Sort waste", "operate the baler", "write down amounts"],
        );
        check(
            "Annahme und Einlagerung von Waren",
            &["Annahme", "Einlagerung von Waren"],
        );
        check("Welding (MAG/TIG)", &["Welding (MAG", "TIG"]);
    }

    #[test]
    fn one_thing_stays_whole() {
        check(
            "You weld fillet joints on plates",
            &["You weld fillet joints on plates"],
        );
        check("I repair engines", &["I repair engines"]);
        check("a", &[]);
        check("", &[]);
        check(" and, or ", &[]);
    }

    #[test]
    fn what_two_things_share_belongs_to_both() {
        check_whole(
            "Plan and deliver training",
            &["Plan training", "deliver training"],
        );
        check_whole(
            "Annahme und Einlagerung von Waren",
            &["Annahme von Waren", "Einlagerung von Waren"],
        );
        check_whole(
            "You clean and repair pumps",
            &["You clean pumps", "repair pumps"],
        );
        check_whole(
            "weigh and write down amounts",
            &["weigh amounts", "write down amounts"],
        );
        check_whole(
            "help adults and children",
            &["help adults", "help children"],
        );
        check_whole(
            "bake bread, cakes and rolls",
            &["bake bread", "cakes", "rolls"],
        );
        check_whole("sowing, planting out", &["sowing", "planting out"]);
        check_whole(
            "read plans and repair pumps",
            &["read plans", "repair pumps"],
        );
    }

    #[test]
    fn letters_for_genders_are_no_phrase() {
        check("Koch (m/w/d) in Vollzeit", &["Koch", "in Vollzeit"]);
        check("Cuisinier H/F", &["Cuisinier"]);
        check("Lorry driver C/CE", &["Lorry driver C"]);
    }
}
