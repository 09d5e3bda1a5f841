//! The message catalogue of a language: reviewed texts from `words/*.txt`, one file a language, with numbers as that language writes them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use skillgap_credentials::credential::Money;
use skillgap_credentials::day;

/// The languages, English first: what a language lacks is said in English.
const FILES: [(&str, &str); 10] = [
    ("en", include_str!("words/en.txt")),
    ("de", include_str!("words/de.txt")),
    ("fr", include_str!("words/fr.txt")),
    ("es", include_str!("words/es.txt")),
    ("nl", include_str!("words/nl.txt")),
    ("it", include_str!("words/it.txt")),
    ("pl", include_str!("words/pl.txt")),
    ("pt", include_str!("words/pt.txt")),
    ("sv", include_str!("words/sv.txt")),
    ("da", include_str!("words/da.txt")),
];

static LANGUAGES: LazyLock<Vec<Words>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|(code, file)| Words::parse(code, file))
        .collect()
});

/// All that is said in one language.
#[derive(Debug)]
pub struct Words {
    code: &'static str,
    texts: BTreeMap<&'static str, &'static str>,
}

impl Words {
    /// The words of a language, else the English ones; [`Self::code`] tells which.
    pub fn of(language: &str) -> &'static Self {
        static EMPTY: Words = Words {
            code: "en",
            texts: BTreeMap::new(),
        };
        LANGUAGES
            .iter()
            .find(|words| words.code == language)
            .or(LANGUAGES.first())
            .unwrap_or(&EMPTY)
    }

    /// Codes of all languages, English first.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        FILES.into_iter().map(|(code, _)| code)
    }

    /// ISO 639-1 code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Says that there are no sentences in a language; nothing where there are.
    pub fn note_on(language: &str) -> Option<String> {
        let words = Self::of(language);
        (words.code != language).then(|| words.say("note.language", &[("language", language)]))
    }

    /// These words and those of one more file of the same form.
    pub fn and(&self, more: &'static str) -> Self {
        let mut words = Self::parse(self.code, more);
        words.texts.extend(&self.texts);
        words
    }

    fn parse(code: &'static str, file: &'static str) -> Self {
        let lines = file
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        Self {
            code,
            texts: lines.filter_map(|line| line.split_once(" = ")).collect(),
        }
    }

    /// The text of a key; the key itself if there is none, which a test rules out.
    pub fn text<'k>(&self, key: &'k str) -> &'k str
    where
        'static: 'k,
    {
        self.texts.get(key).copied().unwrap_or(key)
    }

    /// Says the text of `key` with the words in braces filled in. What is filled in is not looked at again.
    pub fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        let (mut said, mut rest) = (String::new(), self.text(key));
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                break;
            };
            said.push_str(before);
            said.push_str(
                values
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map_or("", |(_, value)| value),
            );
            rest = after;
        }
        said.push_str(rest);
        said
    }

    /// Says the text of `key` for a number: that of `key.one` where the language counts it as one, else that of `key.other`. `{n}` is the number.
    pub fn count(&self, key: &str, n: f64, values: &[(&str, &str)]) -> String {
        let is_one = self
            .text("ones")
            .split(' ')
            .any(|one| one.parse::<f64>().is_ok_and(|one| one == n));
        let number = self.number(n);
        let values: Vec<(&str, &str)> = values
            .iter()
            .copied()
            .chain([("n", number.as_str())])
            .collect();
        self.say(
            &format!("{key}.{}", if is_one { "one" } else { "other" }),
            &values,
        )
    }

    /// A number with at most two decimals, and none where they are zero.
    pub fn number(&self, number: f64) -> String {
        let rounded = (number * 100.0).round() / 100.0;
        self.marked(&rounded.to_string())
    }

    /// A number with the marks of the language, which its sample shows: before decimals, and between thousands from five digits on.
    fn marked(&self, number: &str) -> String {
        let sample = self.text("number").strip_prefix("12");
        let marks = sample.and_then(|sample| sample.strip_suffix('6')?.split_once("345"));
        let (between, decimal) = marks.unwrap_or(("", "."));
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        let mut marked = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && whole.len() > 4 && (whole.len() - at).is_multiple_of(3) {
                marked.push_str(between);
            }
            marked.push(digit);
        }
        if !decimals.is_empty() {
            marked.push_str(decimal);
            marked.push_str(decimals);
        }
        marked
    }

    /// A text in quotes.
    pub fn quoted(&self, text: &str) -> String {
        self.say("quoted", &[("text", text)])
    }

    /// A share in percent; small ones with decimals, so that what is there is not called nothing.
    pub fn percent(&self, share: f64) -> String {
        let percent = share * 100.0;
        let steps = match percent {
            2.0.. => 1.0,
            0.1.. => 10.0,
            _ => 100.0,
        };
        self.say(
            "percent",
            &[("n", &self.number((percent * steps).round() / steps))],
        )
    }

    /// An amount with its currency; two decimals unless it is whole.
    pub fn money(&self, money: &Money) -> String {
        let decimals = if money.amount.fract() == 0.0 { 0 } else { 2 };
        let amount = self.marked(&format!("{:.decimals$}", money.amount));
        self.say(
            "money",
            &[("amount", &amount), ("currency", &money.currency)],
        )
    }

    /// A day as a date.
    pub fn date(&self, day: i64) -> String {
        let Some(date) = day::format(day) else {
            return String::new();
        };
        let mut parts = date.split('-');
        let (year, month, day) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        self.say("date", &[("year", year), ("month", month), ("day", day)])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use skillgap_credentials::credential::{EnumName, Signal};

    use super::*;
    use crate::rank::FEATURES;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn every_language_has_every_key_with_the_same_words_in_braces() {
        let english = Words::of("en");
        for code in Words::codes() {
            let words = Words::of(code);
            assert_eq!(words.code, code);
            assert_eq!(
                words.texts.keys().collect::<Vec<_>>(),
                english.texts.keys().collect::<Vec<_>>(),
                "{code}"
            );
            for (key, text) in &words.texts {
                assert_eq!(
                    placeholders(text),
                    placeholders(english.texts[key]),
                    "{code}: {key}"
                );
                assert!(
                    !text.trim().is_empty()
                        && text.matches('{').count() == text.matches('}').count(),
                    "{code}: {key}"
                );
            }
        }
    }

    #[test]
    fn no_line_of_a_file_is_lost_and_no_key_stands_there_twice() {
        for (code, file) in FILES {
            let lines = file
                .lines()
                .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
                .count();
            assert_eq!(Words::of(code).texts.len(), lines, "{code}");
        }
    }

    #[test]
    fn numbers_that_count_come_in_pairs() {
        let texts = &Words::of("en").texts;
        for key in texts.keys() {
            let pair = key
                .strip_suffix(".one")
                .map(|key| format!("{key}.other"))
                .or(key.strip_suffix(".other").map(|key| format!("{key}.one")));
            assert!(
                pair.is_none_or(|pair| texts.contains_key(pair.as_str())),
                "{key}"
            );
        }
    }

    #[test]
    fn every_key_that_the_code_says_has_a_text() {
        let sources = [
            include_str!("explanation.rs"),
            include_str!("gap.rs"),
            include_str!("market.rs"),
            include_str!("pathway.rs"),
            include_str!("sentences.rs"),
            include_str!("summary.rs"),
            include_str!("words.rs"),
        ];
        for source in sources {
            for (call, suffixes) in [(".say(\"", &[""][..]), (".count(\"", &[".one", ".other"])] {
                for key in source
                    .split(call)
                    .skip(1)
                    .filter_map(|rest| rest.split_once('"'))
                    .map(|(key, _)| key)
                {
                    assert!(
                        suffixes.iter().all(|suffix| Words::of("en")
                            .texts
                            .contains_key(format!("{key}{suffix}").as_str())),
                        "{key}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_signal_and_feature_has_a_word() {
        let signals = Signal::ALL.map(|signal| format!("signal.{}", signal.name()));
        let features = FEATURES.map(|feature| format!("node.{}", feature.name()));
        for key in signals.into_iter().chain(features) {
            assert!(Words::of("en").texts.contains_key(key.as_str()), "{key}");
        }
    }

    #[test]
    fn every_file_of_words_is_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api/present/words");
        let stems = std::fs::read_dir(folder).unwrap().map(|entry| {
            let path = entry.unwrap().path();
            path.file_stem().unwrap().to_str().unwrap().to_owned()
        });
        let read: BTreeSet<String> = FILES.map(|(code, _)| code.to_owned()).into();
        assert_eq!(stems.collect::<BTreeSet<_>>(), read);
    }

    #[test]
    fn a_language_that_is_not_there_is_english() {
        assert_eq!(
            (
                Words::of("xx").code(),
                Words::of("").code(),
                Words::of("de").code()
            ),
            ("en", "en", "de")
        );
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let said = Words::of("en").say("cost.note", &[("note", "{note} and {money}")]);
        assert_eq!(said, "The source says: “{note} and {money}”");
    }

    #[test]
    fn each_language_writes_numbers_its_own_way() {
        let money = Money {
            amount: 18.99,
            currency: "EUR".into(),
        };
        let said = |code: &str| {
            let words = Words::of(code);
            (
                words.money(&money),
                words.date(20_779),
                words.count("hours", 0.0, &[]),
                words.count("hours", 1.0, &[]),
            )
        };
        let expect = |a: &str, b: &str, c: &str, d: &str| {
            (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned())
        };
        assert_eq!(
            said("en"),
            expect(
                "EUR 18.99",
                "2026-11-22",
                "It takes 0 hours.",
                "It takes 1 hour."
            )
        );
        assert_eq!(
            said("de"),
            expect(
                "18,99\u{a0}EUR",
                "22.11.2026",
                "Dauer: 0 Stunden.",
                "Dauer: 1 Stunde."
            )
        );
        assert_eq!(
            said("fr"),
            expect(
                "18,99\u{a0}EUR",
                "22/11/2026",
                "Durée\u{a0}: 0 heure.",
                "Durée\u{a0}: 1 heure."
            )
        );
    }

    #[test]
    fn small_shares_keep_a_decimal() {
        let said = |share| Words::of("de").percent(share);
        assert_eq!(
            (said(0.234), said(0.0123), said(0.0), said(1.0)),
            (
                "23\u{a0}%".into(),
                "1,2\u{a0}%".into(),
                "0\u{a0}%".into(),
                "100\u{a0}%".into()
            )
        );
    }

    #[test]
    fn thousands_are_parted_from_five_digits_on() {
        let said = |code: &str, number| Words::of(code).number(number);
        assert_eq!(
            (
                said("en", 1234.5),
                said("en", 12_345.0),
                said("de", 1_234_567.25),
                said("pl", 123_456.0)
            ),
            (
                "1234.5".into(),
                "12,345".into(),
                "1.234.567,25".into(),
                "123\u{a0}456".into()
            )
        );
    }
}
