//! Phrase: one thing of those that a sentence strings together. `Sort waste, operate the baler and write down amounts` asks for three things, and `Plan and deliver
//! training` for two, of which the first leaves out its last word.

use std::ops::Range;

use skillgap_esco::text::Word;

use super::joints::{Joint, joint_at};
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
/// Words of a head that several things share, and of what each says by itself.
const LED_WORDS_MAX: usize = 2;
/// Parts of a list that may leave out what the last one ends with: *Lager-, Umschlag- und Transportarbeiten*.
const OPEN_PARTS_MAX: usize = 6;
/// Words behind a head, folded: *cleaning of*, *Reinigung von*, *nettoyage des*.
const PREPOSITIONS: [&str; 18] = [
    "of", "von", "vom", "de", "du", "des", "d", "del", "di", "della", "dei", "delle", "degli",
    "van", "av", "af", "do", "dos",
];
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
        shared: shared(text, words, &parts, at).map(&bytes),
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
    /// The words that head the list of which it is one.
    head: Option<Range<usize>>,
}

fn parted(text: &str, words: &[Word]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let (mut parting, mut joined) = (true, false);
    let (mut until, mut head) = (0, None);
    for (at, word) in words.iter().enumerate() {
        let between = at
            .checked_sub(1)
            .map_or("", |last| &text[words[last].range.end..word.range.start]);
        parting |= between.contains(PARTING);
        if between.contains(')') && head.take().is_some() {
            (parting, joined) = (true, false);
        }
        if between.contains('(') && brackets_list(text, words, at) {
            (parting, joined) = (true, false);
            head = parts.last().map(|part| part.words.clone());
        }
        if let Some((n_words, joint)) = joint_at(words, at) {
            (parting, until) = (true, at + n_words);
            joined |= joint == Joint::Join;
        }
        if at < until {
            continue;
        }
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
                head: head.clone(),
            }),
        }
        (parting, joined) = (false, false);
    }
    lead(words, &mut parts);
    parts
}

/// Whether a bracket that opens before a word holds several things: *MS Office (Word, Excel)*.
fn brackets_list(text: &str, words: &[Word], at: usize) -> bool {
    let start = words[at].range.start;
    let Some(end) = text[start..].find(')').map(|end| start + end) else {
        return false;
    };
    let inside = words[at..]
        .iter()
        .take_while(|word| word.range.end <= end)
        .count();
    text[start..end].contains(PARTING)
        || words[at..at + inside].iter().any(is_joint)
            && (at..at + inside).all(|at| !is_gender(text, words, at))
}

/// Gives the short parts of a list the head that its first part has with a preposition: *Reinigung von Büros, Treppenhäusern und Sanitäranlagen*.
fn lead(words: &[Word], parts: &mut [Part]) {
    let is_preposition = |at: &usize| PREPOSITIONS.contains(&words[*at].folded.as_str());
    let mut head: Option<Range<usize>> = None;
    for part in parts {
        let is_short = part.words.len() <= LED_WORDS_MAX;
        match part.words.clone().rev().find(is_preposition) {
            Some(at) => {
                let led = at + 1..part.words.end;
                let has_head = at > part.words.start
                    && at - part.words.start <= LED_WORDS_MAX
                    && (1..=LED_WORDS_MAX).contains(&led.len());
                head = has_head.then_some(part.words.start..at + 1);
            }
            None if is_short && part.head.is_none() => part.head = head.clone(),
            None => head = None,
        }
    }
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
fn shared(text: &str, words: &[Word], parts: &[Part], at: usize) -> [Range<usize>; 2] {
    let (part, none) = (&parts[at], 0..0);
    if let Some(head) = &part.head {
        return [head.clone(), none];
    }
    let (start, end) = (
        words[part.words.start].range.start,
        words[part.words.end - 1].range.end,
    );
    let is_open = text[end..]
        .strip_prefix(['-', '‐', '‑'])
        .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    let is_rest = text[..start].ends_with(" -");
    match (
        at.checked_sub(1).map(|last| &parts[last]),
        parts[at + 1..]
            .iter()
            .take(OPEN_PARTS_MAX)
            .find(|next| next.joined),
    ) {
        (_, Some(next)) if is_open => return [none, next.words.clone()],
        (Some(last), _) if is_rest => return [last.words.clone(), none],
        _ => {}
    }
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
        check("Welding (MAG/TIG)", &["Welding", "MAG", "TIG"]);
        check(
            "Test Engineer (Professional / Senior) in einem agilen Umfeld",
            &[
                "Test Engineer",
                "Professional",
                "Senior",
                "in einem agilen Umfeld",
            ],
        );
        check("Tools, e.g. Puppet or Chef", &["Tools", "Puppet", "Chef"]);
        check(
            "Verkauf sowie Beratung u. a. im Lager",
            &["Verkauf", "Beratung", "im Lager"],
        );
        check("la caisse ainsi que le rayon", &["la caisse", "le rayon"]);
        check(
            "obsługa kasy jak również magazynu",
            &["obsługa kasy", "magazynu"],
        );
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
        check_whole(
            "Reinigung von Büros, Treppenhäusern und Sanitäranlagen",
            &[
                "Reinigung von Büros",
                "Reinigung von Treppenhäusern",
                "Reinigung von Sanitäranlagen",
            ],
        );
        check_whole(
            "nettoyage de bureaux, escaliers et sanitaires",
            &[
                "nettoyage de bureaux",
                "nettoyage de escaliers",
                "nettoyage de sanitaires",
            ],
        );
        check_whole(
            "MS Office (Word, Excel)",
            &["MS Office", "MS Office Word", "MS Office Excel"],
        );
        check_whole(
            "Lager- und Transportarbeiten",
            &["Lager Transportarbeiten", "Transportarbeiten"],
        );
        check_whole(
            "Warenannahme und -ausgabe",
            &["Warenannahme", "Warenannahme ausgabe"],
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
