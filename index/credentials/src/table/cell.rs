//! `Cell`: what stands at one place of a table, and what it says as a number of hours, a price, a level or a language. Words that are not understood make
//! a doubt of it, never a guess.

use serde_json::Value;

use super::names::{self, Unit};
use super::numbers::{self, Marks};
use crate::standards::codes::Credits;

/// What stands at one place of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// A text, without white space around it; empty where nothing stands.
    Text(String),
    /// A number that is one, as in a spreadsheet or in JSON.
    Number(f64),
    /// Several.
    List(Vec<Cell>),
}

impl Cell {
    /// The cell of a text; a JSON list in it is one.
    pub fn text(text: &str) -> Self {
        let text = text.trim();
        let listed = Some(text).filter(|text| text.starts_with('[') && text.ends_with(']'));
        let listed = listed.and_then(|text| serde_json::from_str(text).ok());
        match listed {
            Some(Value::Array(entries)) if entries.iter().all(|entry| !entry.is_object()) => {
                Self::List(entries.iter().map(Self::json).collect())
            }
            _ => Self::Text(text.to_owned()),
        }
    }

    /// The cell of a value of JSON; an object says nothing by itself.
    pub fn json(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::text(text),
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or_default()),
            Value::Bool(is) => Self::Text(is.to_string()),
            Value::Array(entries) => Self::List(entries.iter().map(Self::json).collect()),
            Value::Null | Value::Object(_) => Self::Text(String::new()),
        }
    }

    /// Whether nothing stands there.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    /// Bytes of its texts.
    pub fn n_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Number(_) => size_of::<f64>(),
            Self::List(entries) => entries.iter().map(Self::n_bytes).sum(),
        }
    }

    /// Adds what it holds, without what is empty.
    pub fn flatten(&self, into: &mut Vec<Self>) {
        match self {
            Self::List(entries) => entries.iter().for_each(|entry| entry.flatten(into)),
            Self::Text(text) if text.is_empty() => {}
            other => into.push(other.clone()),
        }
    }

    /// Its words.
    pub fn words(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::List(entries) => entries
                .iter()
                .map(Self::words)
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }

    /// Its number, with the words before and behind it.
    fn quantity(&self, marks: Marks) -> Result<(f64, String, String), String> {
        match self {
            Self::Number(number) if *number < 0.0 => Err("is negative".to_owned()),
            Self::Number(number) => Ok((*number, String::new(), String::new())),
            other => {
                let words = other.words();
                let read = numbers::read(&words, marks)?;
                Ok((read.number, read.before.to_owned(), read.after.to_owned()))
            }
        }
    }

    /// Its number, with no words but those of `unit`.
    pub fn number(&self, marks: Marks, unit: Option<&str>) -> Result<f64, String> {
        let (number, before, after) = self.quantity(marks)?;
        let is_unit = |words: &str| {
            words.is_empty() || unit.is_some_and(|unit| unit.eq_ignore_ascii_case(words))
        };
        (is_unit(&before) && is_unit(&after))
            .then_some(number)
            .ok_or_else(|| format!("has words beside the number: {}", join(&before, &after)))
    }

    /// Its hours of work.
    pub fn hours(&self, marks: Marks) -> Result<f64, String> {
        let (number, before, after) = self.quantity(marks)?;
        match (before.as_str(), after.as_str()) {
            ("", "") => Ok(number),
            ("", unit) => match names::unit(unit) {
                Some(Unit::Hour) => Ok(number),
                Some(Unit::Minute) => Ok(number / 60.0),
                Some(Unit::Calendar) => {
                    Err("is time by the calendar, not hours of work".to_owned())
                }
                None => Err(format!(
                    "{unit:?} is no unit that is known to be an hour; a mapping can give unit and times"
                )),
            },
            _ => Err(format!("has words before the number: {before}")),
        }
    }

    /// Its credits.
    pub fn ects(&self, marks: Marks) -> Result<f64, String> {
        let (number, before, after) = self.quantity(marks)?;
        let words = join(&before, &after);
        match words.is_empty() || Credits::of("", &words) == Some(Credits::Ects) {
            true => Ok(number),
            false => Err("are credits that are not said to be ECTS".to_owned()),
        }
    }

    /// Its price: an amount, and a currency if it names one.
    pub fn price(&self, marks: Marks) -> Result<(f64, Option<&'static str>), String> {
        if names::is_free(&self.words()) {
            return Ok((0.0, None));
        }
        let (number, before, after) = self.quantity(marks)?;
        if names::is_at_least(&before) || names::is_at_least(&after) {
            return Err("is the least price, not the price".to_owned());
        }
        let mut currencies = Vec::new();
        for words in [&before, &after]
            .into_iter()
            .filter(|words| !words.is_empty())
        {
            let words = words.trim_matches(|c: char| matches!(c, ',' | '.' | ':'));
            let currency = names::currency(words);
            currencies.push(currency.ok_or_else(|| {
                format!("{words:?} is no currency that is known, so that it may be no plain price")
            })?);
        }
        currencies.dedup();
        match currencies.as_slice() {
            [] => Ok((number, None)),
            [one] => Ok((number, Some(*one))),
            _ => Err("names two currencies".to_owned()),
        }
    }

    /// Its level of the EQF, or the words of a national one.
    pub fn eqf_level(&self) -> Result<f64, String> {
        let national = || "is a level of another framework than the EQF, or none".to_owned();
        let (number, before, after) = self.quantity(Marks::default())?;
        let words = join(&before, &after).to_lowercase();
        let mut words = words
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty());
        if !words.all(|word| EQF.contains(&word) || LEVEL.contains(&word)) {
            return Err(national());
        }
        (number.fract() == 0.0)
            .then_some(number)
            .ok_or_else(national)
    }
}

fn join(before: &str, after: &str) -> String {
    format!("{before} {after}").trim().to_owned()
}

/// Short names of the European Qualifications Framework in the languages of the Union.
const EQF: [&str; 15] = [
    "eqf", "eqr", "cec", "mec", "qeq", "erk", "eqk", "ekr", "eķr", "ekk", "ekkr", "eok", "ekvr",
    "ekvi", "ekp",
];
/// Words for a level.
const LEVEL: [&str; 20] = [
    "level",
    "niveau",
    "stufe",
    "nivel",
    "nível",
    "livello",
    "poziom",
    "nivå",
    "úroveň",
    "szint",
    "taso",
    "tase",
    "lygis",
    "līmenis",
    "raven",
    "razina",
    "nivelul",
    "ниво",
    "επίπεδο",
    "livell",
];

/// The language of a cell and the level of it, if one stands behind (`Deutsch B1`).
pub(super) fn language(text: &str) -> Option<(String, Option<&str>)> {
    const LEVELS: [&str; 6] = ["A1", "A2", "B1", "B2", "C1", "C2"];
    if let Some(language) = names::language(text) {
        return Some((language, None));
    }
    let (name, level) = text
        .trim()
        .trim_end_matches(')')
        .rsplit_once([' ', '(', ':'])?;
    let level = LEVELS
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(level))?;
    let name = name.trim_end_matches([' ', '(', ':']);
    Some((names::language(name)?, Some(level)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::text(text)
    }

    #[test]
    fn units_are_read_and_words_that_are_not_understood_are_doubts() {
        let marks = Marks::given(',');
        for (cell, hours) in [
            ("40 Std.", Some(40.0)),
            ("7,5 h", Some(7.5)),
            ("90 Minuten", Some(1.5)),
            ("40 hodin", Some(40.0)),
            ("6 Wochen", None),
            ("40 UE", None),
            ("ca. 40 Std.", None),
            ("40-60", None),
        ] {
            assert_eq!(text(cell).hours(marks).ok(), hours, "{cell}");
        }
        for (cell, price) in [
            ("1.200,00 EUR", Some((1200.0, Some("EUR")))),
            ("€ 1.200", Some((1200.0, Some("EUR")))),
            ("EUR 1 500", Some((1500.0, Some("EUR")))),
            ("1.200,- €", Some((1200.0, Some("EUR")))),
            ("800 zł", Some((800.0, Some("PLN")))),
            ("kostenlos", Some((0.0, None))),
            ("gratuit", Some((0.0, None))),
            ("80", Some((80.0, None))),
            ("ab 80 EUR", None),
            ("80 EUR pro Monat", None),
            ("EUR 1 500-1 800", None),
            ("800 kr", None),
            ("auf Anfrage", None),
        ] {
            assert_eq!(text(cell).price(marks).ok(), price, "{cell}");
        }
        for (cell, level) in [
            ("4", Some(4.0)),
            ("EQF 4", Some(4.0)),
            ("EQR-Niveau 4", Some(4.0)),
            ("Level 4", Some(4.0)),
            ("DQR 3", None),
            ("RNCP 5", None),
            ("four", None),
        ] {
            assert_eq!(text(cell).eqf_level().ok(), level, "{cell}");
        }
        for (cell, ects) in [
            ("5", Some(5.0)),
            ("5 ECTS", Some(5.0)),
            ("7,5 ECTS-Punkte", Some(7.5)),
            ("5 LP", None),
            ("[\"20\"]", Some(20.0)),
            ("[\"5\", \"10\"]", None),
        ] {
            assert_eq!(text(cell).ects(marks).ok(), ects, "{cell}");
        }
        assert_eq!(
            language("Deutsch (B1)"),
            Some(("de".to_owned(), Some("B1")))
        );
        assert_eq!(language("English"), Some(("en".to_owned(), None)));
        assert_eq!(language("Martian B1"), None);
        assert_eq!(Cell::Number(7.5).hours(Marks::default()), Ok(7.5));
    }
}
