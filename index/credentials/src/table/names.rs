//! Names of countries, languages, currencies, months and units of time in the languages of the Union, from CLDR; `tools/names.py` writes `names.txt`.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use skillgap_esco::text::fold;

use crate::standards::codes;

/// Codes by kind and folded name; a name of two codes of one kind is that of none.
static CODES: LazyLock<HashMap<(&'static str, String), &'static str>> = LazyLock::new(|| {
    let (mut codes, mut shared) = (HashMap::new(), Vec::new());
    for line in include_str!("names.txt").lines() {
        let mut cells = line.split('\t');
        let (kind, code) = (
            cells.next().unwrap_or_default(),
            cells.next().unwrap_or_default(),
        );
        for name in cells {
            let key = (kind, plain(name));
            if codes
                .insert(key.clone(), code)
                .is_some_and(|other| other != code)
            {
                shared.push(key);
            }
        }
    }
    codes.retain(|key, _| !shared.contains(key));
    codes
});

/// A name as it is looked up: a full stop behind an abbreviation decides nothing.
fn plain(name: &str) -> String {
    fold(name.trim().trim_end_matches('.').trim())
}

fn code(kind: &'static str, name: &str) -> Option<&'static str> {
    CODES.get(&(kind, plain(name))).copied()
}

/// The ISO 3166-1 code of two letters of a country, by any of its codes, a URI or a name.
pub(super) fn country(text: &str) -> Option<String> {
    let by_name = || code("country", text).or_else(|| code("country", &with_sign(text)));
    codes::country(text).or_else(|| by_name().map(str::to_owned))
}

/// A name with `&` for the word "and", as CLDR has it.
fn with_sign(name: &str) -> String {
    let words = name.split_whitespace();
    let words = words.map(|word| if is_and(word) { "&" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// The ISO 639-1 code of a language, by any of its codes, a URI or a name.
pub(super) fn language(text: &str) -> Option<String> {
    codes::language(text).or_else(|| code("language", text).map(str::to_owned))
}

/// The ISO 4217 code of a currency, by its code, a sign or a name. A sign of several, such as `kr`, is that of none.
pub(super) fn currency(text: &str) -> Option<&'static str> {
    static KNOWN: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
        let codes = CODES.iter().filter(|((kind, _), _)| *kind == "currency");
        codes.map(|(_, code)| *code).collect()
    });
    let upper = text.trim().to_uppercase();
    let by_code = KNOWN.get(upper.as_str());
    by_code.copied().or_else(|| code("currency", text))
}

/// Words before or behind a price that make it the least one, in the languages of the Union.
const AT_LEAST: [&str; 31] = [
    "ab",
    "from",
    "starting at",
    "starting from",
    "at least",
    "min",
    "mindestens",
    "à partir de",
    "a partir de",
    "dès",
    "desde",
    "da",
    "a partire da",
    "vanaf",
    "od",
    "från",
    "fra",
    "alkaen",
    "alk",
    "alates",
    "no",
    "sākot no",
    "nuo",
    "de la",
    "începând de la",
    "от",
    "από",
    "ó",
    "minn",
    "tól",
    "től",
];

/// Whether the words at a price say that it is the least one, whatever else they say: "ab", "from EUR".
pub(super) fn is_at_least(text: &str) -> bool {
    let text = text.to_lowercase();
    let cut = |c: char| c.is_whitespace() || matches!(c, '.' | ':' | ',' | '-');
    let words: Vec<&str> = text.split(cut).filter(|word| !word.is_empty()).collect();
    let of = |known: &&str| known.split(' ').count();
    let mut ways = AT_LEAST.iter();
    ways.any(|known| {
        words
            .windows(of(known))
            .any(|some| some.join(" ") == **known)
    })
}

/// Units of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Hour,
    Minute,
    /// Days, weeks, months and years are time by the calendar, not hours of work.
    Calendar,
}

/// The unit that a word names.
pub(super) fn unit(word: &str) -> Option<Unit> {
    match code("unit", word)? {
        "HOUR" => Some(Unit::Hour),
        "MINUTE" => Some(Unit::Minute),
        _ => Some(Unit::Calendar),
    }
}

/// The number of a month by its name.
pub(super) fn month(word: &str) -> Option<u8> {
    code("month", word)?.parse().ok()
}

/// Whether a word stands between the last two entries of a list, such as "and".
pub(super) fn is_and(word: &str) -> bool {
    code("list", word).is_some()
}

/// Words for what costs nothing, and what may stand beside them.
const FREE: [&str; 37] = [
    "kostenlos",
    "kostenfrei",
    "gratis",
    "gebuhrenfrei",
    "unentgeltlich",
    "frei",
    "free",
    "free of charge",
    "no charge",
    "no fee",
    "gratuit",
    "gratuite",
    "gratuito",
    "gratuita",
    "sin coste",
    "sin costo",
    "kosteloos",
    "bezplatny",
    "bezplatnie",
    "darmowy",
    "bezplatne",
    "zdarma",
    "zadarmo",
    "ingyenes",
    "dijmentes",
    "ilmainen",
    "maksuton",
    "tasuta",
    "bezmaksas",
    "nemokamai",
    "brezplacno",
    "besplatno",
    "bezplatno",
    "безплатно",
    "δωρεαν",
    "saor in aisce",
    "bla hlas",
];

/// Whether a cell says that something costs nothing.
pub(super) fn is_free(text: &str) -> bool {
    FREE.contains(&plain(text).as_str())
}

/// Yes and no, in the languages of the Union.
const YES: [&str; 24] = [
    "yes", "y", "true", "ja", "oui", "si", "sim", "tak", "ano", "da", "igen", "kylla", "jah", "ja",
    "taip", "iva", "ναι", "да", "1", "x", "wahr", "vrai", "sea", "j",
];
const NO: [&str; 20] = [
    "no", "n", "false", "nein", "non", "nao", "nie", "ne", "nem", "nu", "ei", "nej", "nee", "le",
    "οχι", "не", "0", "falsch", "faux", "nil",
];

/// Whether a cell says yes or no; nothing for any other.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    let word = plain(text);
    let is = |words: &[&str]| words.contains(&word.as_str());
    is(&YES)
        .then_some(true)
        .or_else(|| is(&NO).then_some(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_every_language_of_the_union() {
        for name in [
            "Germany",
            "Deutschland",
            "allemagne",
            "NIEMCY",
            "Γερμανία",
            "Saksa",
            "Vācija",
            "DE",
            "DEU",
        ] {
            assert_eq!(country(name).as_deref(), Some("DE"), "{name}");
        }
        for name in ["German", "Deutsch", "alemán", "niemiecki", "немски", "deu"] {
            assert_eq!(language(name).as_deref(), Some("de"), "{name}");
        }
        for (name, expected) in [
            ("€", Some("EUR")),
            ("Euro", Some("EUR")),
            ("zł", Some("PLN")),
            ("kr.", None),
            ("chf", Some("CHF")),
            ("std", None),
        ] {
            assert_eq!(currency(name), expected, "{name}");
        }
        for (word, expected) in [
            ("Std.", Some(Unit::Hour)),
            ("hour", Some(Unit::Hour)),
            ("heures", Some(Unit::Hour)),
            ("min", Some(Unit::Minute)),
            ("Wochen", Some(Unit::Calendar)),
            ("UE", None),
        ] {
            assert_eq!(unit(word), expected, "{word}");
        }
        assert_eq!(
            (month("März"), month("mai"), month("x")),
            (Some(3), Some(5), None)
        );
        assert_eq!(
            (yes_or_no("Ja"), yes_or_no("NON"), yes_or_no("maybe")),
            (Some(true), Some(false), None)
        );
        assert!(is_free("Kostenlos") && is_free("безплатно") && !is_free("12"));
        assert_eq!((country("Grmany"), language("Klingonisch")), (None, None));
    }
}
