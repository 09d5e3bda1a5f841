//! Where does a sentence end? At a full stop that is none of an abbreviation, a number, a name such as `Node.js` or an address;
//! and nowhere later than `SEGMENT_BYTES_MAX`.

use std::ops::Range;

/// No segment is longer, whatever its punctuation.
pub(super) const SEGMENT_BYTES_MAX: usize = 1_000;
/// A bullet longer than this is parted at its semicolons.
const SEMICOLON_BYTES_MIN: usize = 300;

/// Abbreviations that end in a full stop within a sentence, lower case, without it.
const ABBREVIATIONS: &[&str] = &[
    "abs", "abt", "allg", "approx", "art", "ausb", "av", "bijv", "bl", "bsp", "bspw", "bv", "bzgl",
    "bzw", "ca", "cf", "co", "dgl", "dipl", "dir", "dr", "dvs", "ed", "eg", "eks", "ekskl",
    "entspr", "est", "ev", "evt", "evtl", "ex", "excl", "exkl", "fig", "fr", "ggf", "ggfs", "hr",
    "hrs", "ie", "incl", "ing", "inkl", "insb", "insbes", "int", "jr", "kfm", "kl", "lic", "mag",
    "max", "mev", "min", "mind", "mr", "mrs", "ms", "mtl", "nb", "np", "nr", "nuv", "obl", "od",
    "op", "ph", "pp", "prof", "resp", "sog", "sr", "st", "std", "str", "tech", "techn", "tel",
    "tlf", "tlw", "tsd", "ul", "vgl", "vs", "wg", "zb", "zzgl", "º", "ª", "dott", "dra", "mm",
    "mme", "sra", "m.in", "itd", "tzn", "tj", "tzw", "inż", "mgr", "spec", "vb", "wo", "zgn",
    "bl.a", "t.ex", "f.eks", "p.ex", "ggü", "gem", "gpa", "req", "kat",
];
/// Endings of names that are written with a full stop and a capital: `Vue.Js`, `ASP.Net`.
const NAME_ENDINGS: &[&str] = &["Js", "Net", "Io", "Ai", "Com", "Org", "Py", "De", "Eu"];

/// Parts cleaned text into sentences: byte ranges in order, none empty, together all but the white space between.
pub(super) fn sentences(text: &str, bullet: bool) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let after = at + c.len_utf8();
        if after > start && ends_here(text, start, at, c) {
            let end = after + closing_bytes(&text[after..]);
            push(&mut ranges, text, start..end, bullet);
            start = end;
        }
    }
    push(&mut ranges, text, start..text.len(), bullet);
    ranges
}

fn ends_here(text: &str, start: usize, at: usize, c: char) -> bool {
    let rest = &text[at + c.len_utf8()..];
    match c {
        '。' | '！' | '？' => true,
        '!' | '?' | '…' => followed_by_start(rest),
        '.' => {
            followed_by_start(rest) && !is_abbreviation(&text[start..at], rest)
                || is_missing_space(&text[start..at], rest)
        }
        _ => false,
    }
}

/// Whether white space follows (after closing signs) and then something that may begin a sentence.
fn followed_by_start(rest: &str) -> bool {
    let rest = &rest[closing_bytes(rest)..];
    rest.strip_prefix(' ').is_some_and(|next| {
        !next.starts_with(|c: char| {
            c.is_lowercase() || matches!(c, ',' | ';' | ')' | ':' | '.' | '&')
        })
    })
}

fn closing_bytes(rest: &str) -> usize {
    rest.len()
        - rest
            .trim_start_matches(['"', '\'', ')', ']', '”', '“', '’', '»', '.', '!', '?', '…'])
            .len()
}

fn is_abbreviation(before: &str, rest: &str) -> bool {
    let word = before
        .rsplit([' ', '(', '/', '['])
        .next()
        .unwrap_or_default();
    if word.is_empty() {
        return false;
    }
    let n_letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let initial =
        n_letters == 1 && word.chars().all(char::is_alphabetic) && !matches!(word, "C" | "R" | "I");
    let dotted = word.contains('.')
        && n_letters <= 4
        && word.split('.').all(|part| part.chars().count() <= 2)
        && n_letters > 0;
    // An ordinal or a date: "am 1. Oktober", "2. Lehrjahr". Years and amounts do end sentences.
    let ordinal = word.len() <= 2
        && word.bytes().all(|b| b.is_ascii_digit())
        && !rest.trim_start().is_empty();
    initial
        || dotted
        || ordinal
        || word.len() <= 8 && ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

/// Text that lost its line feeds: "with customers.You will lead". `Node.Js` and `booking.Com` are names.
fn is_missing_space(before: &str, rest: &str) -> bool {
    let next = rest
        .split([' ', ',', '.', ')', '/', ';', ':'])
        .next()
        .unwrap_or_default();
    let begins = next.chars().next().is_some_and(char::is_uppercase)
        && next.chars().skip(1).all(char::is_lowercase)
        && next.len() > 1;
    begins
        && rest[next.len()..].starts_with(' ')
        && before
            .chars()
            .rev()
            .take(3)
            .filter(|c| c.is_lowercase())
            .count()
            == 3
        && !NAME_ENDINGS.contains(&next)
}

fn push(ranges: &mut Vec<Range<usize>>, text: &str, range: Range<usize>, bullet: bool) {
    let mut start = range.start;
    if bullet && range.len() > SEMICOLON_BYTES_MIN {
        for (at, _) in text[range.clone()].match_indices("; ") {
            push_cut(ranges, text, start..range.start + at + 1);
            start = range.start + at + 1;
        }
    }
    push_cut(ranges, text, start..range.end);
}

/// Pushes the range, cut at white space where it is too long. A stretch without white space is cut at a character.
fn push_cut(ranges: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let raw = &text[range.clone()];
    let mut start = range.start + raw.len() - raw.trim_start().len();
    let end = start + raw.trim().len();
    while end - start > SEGMENT_BYTES_MAX {
        let mut limit = start + SEGMENT_BYTES_MAX;
        while !text.is_char_boundary(limit) {
            limit -= 1;
        }
        let cut = text[start..limit]
            .rfind(' ')
            .map_or(limit, |space| start + space)
            .max(start + 1);
        ranges.push(start..cut);
        start = cut + text[cut..].len() - text[cut..].trim_start().len();
    }
    if start < end {
        ranges.push(start..end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = sentences(text, false)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_full_stop_before_a_capital_ends_a_sentence() {
        check(
            "You lead. You learn! Do you? Yes.",
            &["You lead.", "You learn!", "Do you?", "Yes."],
        );
    }

    #[test]
    fn a_tokenised_full_stop_ends_a_sentence() {
        check("You lead . You learn .", &["You lead .", "You learn ."]);
    }

    #[test]
    fn abbreviations_stay_within_the_sentence() {
        for text in [
            "Tools, e.g. Excel and i.e. Word are used.",
            "Kenntnisse in z.B. Java bzw. Kotlin inkl. Spring sind gut.",
            "Frau Dr. Meier, Tel. Nr. 5, hilft m.E. Ihnen.",
            "Connaissance d'un CRM (p.ex. Salesforce), Excel etc. et un bon sens.",
            "Ervaring met o.a. SAP en bijv. Excel.",
            "Erfarenhet av t.ex. Excel och bl.a. SAP.",
            "Ab dem 1. Oktober im 2. Lehrjahr.",
        ] {
            check(text, &[text]);
        }
    }

    #[test]
    fn names_versions_and_addresses_are_not_split() {
        for text in [
            "We use .NET, Node.js, ASP.Net and Vue.Js daily",
            "Python 3.11. and 2.7 are used",
            "Write to jobs@acme.com or see https://www.acme.com/jobs?id=1.2 now",
            "Windows 10.0.1 on booking.Com sites",
        ] {
            check(text, &[text]);
        }
    }

    #[test]
    fn a_lost_line_feed_still_parts_sentences() {
        check(
            "You work with customers.You will lead.",
            &["You work with customers.", "You will lead."],
        );
    }

    #[test]
    fn closing_signs_belong_to_the_sentence() {
        check(
            "He said \"yes.\" She left. (It rained.) We go.",
            &["He said \"yes.\"", "She left.", "(It rained.)", "We go."],
        );
    }

    #[test]
    fn long_text_without_punctuation_is_cut_at_white_space() {
        let text = "word ".repeat(700);
        let ranges = sentences(&text, false);
        assert!(ranges.iter().all(|range| range.len() <= SEGMENT_BYTES_MAX
            && text[range.clone()].starts_with("word")
            && text[range.clone()].ends_with("word")));
        let endless = "é".repeat(1_501);
        assert!(
            sentences(&endless, false)
                .iter()
                .all(|range| range.len() <= SEGMENT_BYTES_MAX)
        );
    }

    #[test]
    fn only_long_bullets_are_parted_at_semicolons() {
        let short = "plan the work; do the work";
        assert_eq!(sentences(short, true).len(), 1);
        let long = "prepare the yearly report for the board; ".repeat(10);
        assert_eq!(sentences(&long, true).len(), 10);
        assert_eq!(sentences(&long, false).len(), 1);
    }
}
