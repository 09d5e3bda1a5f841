//! Title piece: the words of a job title between two signs that part it. `Koch/Köchin (m/w/d) – Lindau` has the pieces *Koch*, *Köchin* and *Lindau*.
//!
//! Titles name both genders in ways that no label has. Numbers part, letters for genders go (`(m/w/d)`, `H/F`), endings behind a sign go (`Camarera/o`, `Bäcker:in`,
//! `Conseiller(ère)`), and whole words on two sides of a stroke are two pieces; all of it by shape, so that no language needs a list.

use std::ops::Range;

use skillgap_esco::text::{Word, words};

/// Signs that part a title wherever they stand.
const PARTING: [char; 21] = [
    '.', '!', '?', ';', ':', '•', '|', ',', '(', ')', '[', ']', '"', '„', '“', '”', '«', '»', '–',
    '—', '\n',
];
/// Letters of an ending behind a stroke, and behind a sign that nothing else stands for between two letters.
const ENDING_LETTERS_MAX: usize = 3;
const MARKED_ENDING_LETTERS_MAX: usize = 6;
/// Letters of a word that may have a second ending.
const STEM_LETTERS_MIN: usize = 3;

/// Each piece of a line, as its words, in order. Cost: linear.
pub(super) fn pieces(line: &str) -> Vec<Vec<Word>> {
    let all = words(line);
    let mut pieces: Vec<Vec<Word>> = Vec::new();
    // Where the last word that counts ends, and whether what follows begins a piece.
    let (mut end, mut parts, mut ended) = (0, true, false);
    for (at, word) in all.iter().enumerate() {
        let gap = &line[end..word.range.start];
        let after = all.get(at + 1).map_or(line.len(), |next| next.range.start);
        let is_number = word.folded.bytes().all(|byte| byte.is_ascii_digit());
        if is_number || stands_for_a_gender(line, &all, at) {
            (parts, end, ended) = (true, word.range.end, false);
            continue;
        }
        let before = all[..at].last().filter(|_| !parts || !pieces.is_empty());
        if before.is_some_and(|before| is_ending(line, before, word)) {
            let opens = line[..word.range.start].ends_with(['(', '-']) && gap.contains('(');
            (end, ended) = (
                word.range.end,
                opens && line[word.range.end..after].starts_with(')'),
            );
            continue;
        }
        let gap = if ended {
            gap.strip_prefix(')').unwrap_or(gap)
        } else {
            gap
        };
        parts |= parts_title(gap);
        match pieces.last_mut().filter(|_| !parts) {
            Some(piece) => piece.push(word.clone()),
            None => pieces.push(vec![word.clone()]),
        }
        (parts, end, ended) = (false, word.range.end, false);
    }
    pieces
}

/// Whether what stands between two words parts the title.
fn parts_title(gap: &str) -> bool {
    gap.contains(PARTING)
        || gap.contains('/')
        || gap.contains(" - ")
        || gap.contains(" -") && gap.contains("- ")
}

/// Whether a word is another ending of the one before: behind a stroke, a colon, an asterisk, a middle dot, an underscore or a bracket, without a space.
fn is_ending(line: &str, before: &Word, word: &Word) -> bool {
    let letters = |range: &Range<usize>| line[range.clone()].chars().count();
    let most = match &line[before.range.end..word.range.start] {
        "/" => ENDING_LETTERS_MAX,
        "/-" | "*" | ":" | "_" | "·" | "•" | "(" | "(-" | "/ -" | "*-" => {
            MARKED_ENDING_LETTERS_MAX
        }
        _ => return false,
    };
    let is_word = |range: &Range<usize>| line[range.clone()].chars().all(char::is_alphabetic);
    let capital = |range: &Range<usize>| {
        line[range.clone()]
            .chars()
            .last()
            .is_some_and(char::is_uppercase)
    };
    // An ending is written as the end of its word is: `ER/IN`, `er/in`; `Java/Sql` names two things.
    let alike = capital(&before.range) == line[word.range.clone()].starts_with(char::is_uppercase);
    letters(&before.range) >= STEM_LETTERS_MIN
        && letters(&word.range) <= most
        && is_word(&word.range)
        && alike
}

/// Whether a letter stands for a gender: two or more letters by themselves with strokes between, such as `m/w/d` and `H/F`.
fn stands_for_a_gender(line: &str, all: &[Word], at: usize) -> bool {
    let is_letter = |at: usize| {
        let word = all.get(at)?;
        let mut letters = line[word.range.clone()].chars();
        (letters.next()?.is_alphabetic() && letters.next().is_none()).then_some(word)
    };
    let stroke = |left: Option<usize>| {
        let (Some(left), Some(right)) = (
            left.and_then(is_letter),
            left.and_then(|left| is_letter(left + 1)),
        ) else {
            return false;
        };
        matches!(
            line[left.range.end..right.range.start].trim(),
            "/" | "|" | "-" | "*" | "," | ""
        )
    };
    stroke(Some(at)) || stroke(at.checked_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &[&str]) {
        let said: Vec<String> = pieces(line)
            .iter()
            .map(|piece| {
                piece
                    .iter()
                    .map(|word| word.folded.as_str())
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        assert_eq!(said, expected, "{line}");
    }

    #[test]
    fn letters_and_endings_for_genders_are_no_words_of_a_title() {
        check(
            "Koch / Köchin (m/w/d) in Vollzeit – Lindau",
            &["koch", "kochin", "in vollzeit", "lindau"],
        );
        check("CAMARERO/A DE SALA", &["camarero de sala"]);
        check(
            "Camarera/o de pisos - Salou",
            &["camarera de pisos", "salou"],
        );
        check("Conseiller(ère) voyages H/F", &["conseiller voyages"]);
        check("COIFFEUR(SE) MIXTE", &["coiffeur mixte"]);
        check(
            "Pfleger*in, Bäcker:in und Maler_innen",
            &["pfleger", "backer und maler"],
        );
        check("Collaboratore/trice", &["collaboratore", "trice"]);
        check("Cook m f d", &["cook"]);
        check("Addetti/e alla sicurezza", &["addetti alla sicurezza"]);
    }

    #[test]
    fn two_words_of_a_stroke_are_two_pieces() {
        check(
            "Monter/Monterka podzespołów",
            &["monter", "monterka podzespolow"],
        );
        check(
            "Softwareentwickler Java/Kotlin",
            &["softwareentwickler java", "kotlin"],
        );
        check("KFZ-Mechatroniker C/CE", &["kfz mechatroniker c", "ce"]);
        check("Job: welder", &["job", "welder"]);
        check("03/2015 – 08/2019 cook 2 years", &["cook", "years"]);
        check("", &[]);
    }
}
