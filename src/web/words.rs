//! The words of the page: one file a language beside `api/present/words`, whose ways to write numbers, money and facts are used here, too.

use std::sync::LazyLock;

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

use crate::api::Words;

/// The languages of the page, English first.
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
    let of = |(code, file): (&'static str, &'static str)| Words::of(code).and(file);
    FILES.into_iter().map(of).collect()
});

/// Codes of the languages of the page, each with its own name for itself.
pub fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    LANGUAGES
        .iter()
        .map(|words| (words.code(), words.text("language.own")))
}

/// The words of a language; nothing where the page does not speak it.
pub fn words(code: &str) -> Option<&'static Words> {
    let code = code.split(['-', '_']).next().unwrap_or_default();
    LANGUAGES
        .iter()
        .find(|words| words.code().eq_ignore_ascii_case(code))
}

/// The words for a visitor: of the language that the query names, else of the first that the browser asks for, else English.
pub fn words_for(query: &str, headers: &HeaderMap) -> &'static Words {
    let named = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "lang")
        .and_then(|(_, code)| words(&code));
    let asked = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let ranges = asked.into_iter().flat_map(|asked| asked.split(','));
    let mut ranges = ranges.map(|range| range.split(';').next().unwrap_or_default().trim());
    named
        .or_else(|| ranges.find_map(words))
        .or_else(|| LANGUAGES.first())
        .unwrap_or_else(|| Words::of("en"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(file: &'static str) -> BTreeSet<(&'static str, BTreeSet<&'static str>)> {
        let braced = |text: &'static str| {
            let names = text.split('{').skip(1);
            names
                .filter_map(|rest| rest.split_once('}'))
                .map(|(name, _)| name)
        };
        file.lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .filter_map(|line| line.split_once(" = "))
            .map(|(key, text)| (key, braced(text).collect()))
            .collect()
    }

    #[test]
    fn every_language_has_the_same_keys_with_the_same_words_in_braces() {
        let english = keys(FILES[0].1);
        assert!(english.len() > 100);
        for (code, file) in FILES {
            let other = keys(file);
            let lacking: Vec<_> = english.symmetric_difference(&other).collect();
            assert!(lacking.is_empty(), "{code}: {lacking:?}");
            // A key of both files would be said as the answers say it.
            let twice = other
                .iter()
                .filter(|(key, _)| Words::of(code).text(key) != *key);
            assert_eq!(
                twice.collect::<Vec<_>>(),
                Vec::<&(&str, BTreeSet<&str>)>::new()
            );
        }
    }

    #[test]
    fn the_language_is_the_named_one_then_the_browsers_then_english() {
        let of = |query: &str, accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, accept.parse().unwrap());
            words_for(query, &headers).code()
        };
        assert_eq!(of("lang=de", "en"), "de");
        assert_eq!(of("x=1", "tlh, de-AT;q=0.8, en;q=0.5"), "de");
        assert_eq!(of("lang=tlh", "zz"), "en");
    }
}
