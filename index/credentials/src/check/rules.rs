//! Rules of single values, each by the name of its field, which means the same in every message.

use crate::day;
use crate::standards::codes::language_code;

/// Longest URI.
pub(super) const URI_BYTES_MAX: usize = 1_000;
/// Hours, and credits, beyond which a workload is taken for a mistake: 57 years of full-time learning.
pub(crate) const HOURS_MAX: f64 = 100_000.0;
/// The same for money, in any currency.
pub(crate) const AMOUNT_MAX: f64 = 1e12;
/// What a text must be, by the name of its field.
#[derive(Clone, Copy)]
pub(super) enum TextRule {
    Day,
    Country,
    Language,
    Currency,
    Uri,
    Isced,
    Nuts,
}

const TEXT_RULES: [(&str, TextRule); 16] = [
    ("modified", TextRule::Day),
    ("issued", TextRule::Day),
    ("validFrom", TextRule::Day),
    ("validUntil", TextRule::Day),
    ("applyUntil", TextRule::Day),
    ("startDates", TextRule::Day),
    ("country", TextRule::Country),
    ("countries", TextRule::Country),
    ("languageCode", TextRule::Language),
    ("currency", TextRule::Currency),
    ("uri", TextRule::Uri),
    ("skillUris", TextRule::Uri),
    ("occupationUri", TextRule::Uri),
    ("occupationUris", TextRule::Uri),
    ("iscedCodes", TextRule::Isced),
    ("nutsCode", TextRule::Nuts),
];

/// Least and most of a number, by the name of its field.
const NUMBER_RULES: [(&str, f64, f64); 13] = [
    ("hours", 0.0, HOURS_MAX),
    ("hoursMin", 0.0, HOURS_MAX),
    ("ects", 0.0, HOURS_MAX),
    ("amount", 0.0, AMOUNT_MAX),
    ("share", 0.0, 1.0),
    ("confidence", 0.0, 1.0),
    ("eqfLevel", 1.0, 8.0),
    ("eqfLevelMin", 1.0, 8.0),
    ("eqfLevelMax", 1.0, 8.0),
    ("quintile", 1.0, 5.0),
    ("latitude", -90.0, 90.0),
    ("longitude", -180.0, 180.0),
    ("heldMin", 1.0, 1_000_000.0),
];

impl TextRule {
    /// The text in its one form.
    pub(super) fn apply(self, text: &str) -> Result<String, &'static str> {
        let letters = |length: usize| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_alphabetic())
        };
        match self {
            Self::Day => day::date(text).ok_or("is no date like 2026-01-31"),
            Self::Country if text == crate::credential::WORLDWIDE || letters(2) => {
                Ok(text.to_uppercase())
            }
            Self::Country => Err("is no code of 2 letters"),
            Self::Language => language_code(text).ok_or("is no code of a language"),
            Self::Currency if letters(3) => Ok(text.to_uppercase()),
            Self::Currency => Err("is no code of 3 letters"),
            Self::Isced
                if (2..=4).contains(&text.len())
                    && text.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                Ok(text.to_owned())
            }
            Self::Isced => Err("is no code of 2 to 4 digits"),
            Self::Nuts
                if (2..=5).contains(&text.len())
                    && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
            {
                Ok(text.to_uppercase())
            }
            Self::Nuts => Err("is no code of 2 to 5 letters and digits"),
            Self::Uri => Ok(text.to_owned()),
        }
    }
}

/// A path in the names of the contract, such as `validity.valid_until` for `validity.validUntil`.
pub fn proto_path(path: &str) -> String {
    let mut proto = String::with_capacity(path.len() + 4);
    for letter in path.chars() {
        if letter.is_ascii_uppercase() {
            proto.push('_');
        }
        proto.push(letter.to_ascii_lowercase());
    }
    proto
}

/// Whether a field holds countries.
pub(crate) fn is_country(name: &str) -> bool {
    matches!(text_rule(name), Some(TextRule::Country))
}

/// Whether a field holds days.
pub(crate) fn is_day(name: &str) -> bool {
    matches!(text_rule(name), Some(TextRule::Day))
}

/// How a value of a field is written, by the field's path in the contract.
pub fn example(field: &str) -> Option<&'static str> {
    let name = field.rsplit('.').next().unwrap_or_default();
    let name = name.split('[').next().unwrap_or_default();
    let is_it = |known: &str| proto_path(known) == name;
    let text = TEXT_RULES.iter().find(|(known, _)| is_it(known));
    let number = NUMBER_RULES.iter().find(|(known, ..)| is_it(known));
    match (text, number, name) {
        (Some((_, rule)), ..) => Some(match rule {
            TextRule::Day => "2027-01-31",
            TextRule::Country => "DE",
            TextRule::Language => "de",
            TextRule::Currency => "EUR",
            TextRule::Uri => "http://data.europa.eu/esco/skill/…",
            TextRule::Isced => "0611",
            TextRule::Nuts => "DE731",
        }),
        (_, Some((_, _, most)), _) if *most <= 8.0 => Some("4"),
        (_, Some(_), _) => Some("40 or 16.5"),
        (_, _, "skills") => Some("http://data.europa.eu/esco/skill/…"),
        (_, _, "languages") => Some("de"),
        (_, _, "cost") => Some("1200 EUR"),
        (_, _, "mode") => Some("onsite, online, blended or work-based"),
        _ => None,
    }
}

/// The rule of a text.
pub(super) fn text_rule(name: &str) -> Option<TextRule> {
    let rule = TEXT_RULES.iter().find(|(field, _)| *field == name);
    rule.map(|(_, rule)| *rule)
}

/// Least and most of a number, if it has a rule.
pub(super) fn number_rule(name: &str) -> Option<(f64, f64)> {
    let rule = NUMBER_RULES.iter().find(|(field, ..)| *field == name);
    rule.map(|(_, least, most)| (*least, *most))
}
