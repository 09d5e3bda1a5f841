//! Which language is a text in? English by its commonest words, the others by their letters.

use whatlang::{Detector, Lang};

/// Languages that detection tells apart, with their ISO 639-1 codes.
const DETECTED: [(Lang, &str); 12] = [
    (Lang::Eng, "en"),
    (Lang::Deu, "de"),
    (Lang::Fra, "fr"),
    (Lang::Spa, "es"),
    (Lang::Nld, "nl"),
    (Lang::Swe, "sv"),
    (Lang::Dan, "da"),
    (Lang::Ita, "it"),
    (Lang::Por, "pt"),
    (Lang::Pol, "pl"),
    (Lang::Ces, "cs"),
    (Lang::Fin, "fi"),
];

/// Common English words: those that no other language of these has, and some that one or two have or borrow.
const ENGLISH: [&str; 16] = [
    "can", "from", "other", "our", "should", "that", "the", "their", "this", "through", "using",
    "which", "with", "would", "you", "your",
];
const ALSO_ENGLISH: [&str; 20] = [
    "a",
    "an",
    "and",
    "are",
    "as",
    "at",
    "be",
    "by",
    "experience",
    "for",
    "have",
    "in",
    "is",
    "of",
    "on",
    "or",
    "skills",
    "to",
    "will",
    "work",
];
/// How many words of both kinds there must be, and of how many words at least one must be such a word.
const ENGLISH_MIN: usize = 2;
const ENGLISH_ONE_IN: usize = 4;

/// Signs beyond ASCII that stand in English texts. Other languages have others beside these: accents that stand alone, marks where a word may be broken, their
/// own quotes.
const ENGLISH_SIGNS: [char; 9] = ['‘', '’', '“', '”', '–', '—', '…', '•', '\u{a0}'];

/// Whether a text is surely English by its commonest words, which costs a small part of detection.
fn is_plain_english(text: &str) -> bool {
    if !text
        .chars()
        .all(|c| c.is_ascii() || ENGLISH_SIGNS.contains(&c))
    {
        return false;
    }
    let has =
        |words: &[&str], word: &str| words.iter().any(|common| common.eq_ignore_ascii_case(word));
    let (mut n_words, mut n_english, mut n_common) = (0, 0, 0);
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let (english, also) = (has(&ENGLISH, word), has(&ALSO_ENGLISH, word));
        (n_words, n_english, n_common) = (
            n_words + 1,
            n_english + usize::from(english),
            n_common + usize::from(english || also),
        );
    }
    n_english > 0 && n_common >= ENGLISH_MIN && n_common * ENGLISH_ONE_IN >= n_words
}

/// Tells the language of a text as an ISO 639-1 code, or nothing where the text is too short or unclear to tell.
pub fn detect_language(text: &str) -> Option<&'static str> {
    if is_plain_english(text) {
        return Some("en");
    }
    let detector = Detector::with_allowlist(DETECTED.iter().map(|(lang, _)| *lang).collect());
    let info = detector.detect(text)?;
    if !info.is_reliable() && info.confidence() < 0.5 {
        return None;
    }
    DETECTED
        .iter()
        .find(|(lang, _)| *lang == info.lang())
        .map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_told_by_its_commonest_words_and_nothing_else_is() {
        let plain = [
            "Version control system keeps your work safe",
            "You have some knowledge of JavaScript, HTML and CSS.",
            "Plot data directly from a Pandas dataframe.",
            "You’ll work with our teams – and learn “on the job”",
        ];
        assert!(
            plain
                .iter()
                .all(|text| is_plain_english(text) && detect_language(text) == Some("en"))
        );
        let other = [
            "Sie arbeiten im Team und tragen die Verantwortung",
            "Wir suchen an unserem Standort Experience Designer in Teilzeit",
            "Wir suchen den Head of Research and Development in Berlin",
            "Leiter Research and Development in Teilzeit",
            "We zoeken iemand die van aanpakken weet en in is voor een grap",
            "On a servi du the\u{301}.",
            "Apo\u{ad}the\u{ad}ke in der Stadt",
            "",
            "Python",
        ];
        assert!(other.iter().all(|text| !is_plain_english(text)));
    }

    #[test]
    fn language_is_told_or_left_open() {
        assert_eq!(
            detect_language(
                "Sie verfügen über gute Kenntnisse der Buchhaltung und arbeiten gern im Team."
            ),
            Some("de")
        );
        assert_eq!(
            detect_language("You will work with customers and manage the store."),
            Some("en")
        );
        assert_eq!(detect_language("12345"), None);
    }
}
