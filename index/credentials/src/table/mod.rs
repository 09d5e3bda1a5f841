//! Which credentials stand in a CSV file? One a row; the columns have the names of native JSON.
//!
//! Columns: `id` and `title` are mandatory. `title`, `description` and `outcomes` may be given by language (`title_de`). A cell of a list holds its
//! entries separated by `|`, or by line feeds; `skills` are URIs of ESCO skills that the credential as a whole teaches. The cost stands in
//! `costAmount` and `costCurrency`. Separators may be commas, semicolons or tabs. An empty cell is not stated. A column stands there once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, Read};

use serde_json::{Map, Value, json};
use skillgap_esco::table::{Row, Table};

use super::found::{Found, Sink};
use super::native;
use super::shape::{self, Field, Kind};
use super::standards::value;
use crate::credential::Credential;

/// Fields that are text by language.
const BY_LANGUAGE: [&str; 3] = ["title", "description", "outcomes"];
/// Columns that stand for parts of a message; all others are fields of the record by their short or their full names.
const PARTS: [&str; 5] = [
    "outcomes",
    "skills",
    "skillsRequired",
    "costAmount",
    "costCurrency",
];

/// Language of a text of which none is named.
const UNDETERMINED: &str = "und";
/// Separators, of which the header shows the one in use.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The separator of a header that has the mandatory columns.
pub(super) fn separator(header: &[u8]) -> Option<u8> {
    let line = header.split(|byte| *byte == b'\n').next()?;
    let has = |separator: u8, name: &str| {
        let mut cells = line
            .split(|byte| *byte == separator)
            .filter_map(|cell| std::str::from_utf8(cell).ok());
        cells.any(|cell| base(cell.trim().trim_matches('"')).0 == name)
    };
    SEPARATORS
        .into_iter()
        .find(|separator| has(*separator, "id") && has(*separator, "title"))
}

/// Hands each row to `sink`, with its line; none if a column stands in the header twice, since its cells would contradict each other.
///
/// # Errors
/// What reading says.
pub(super) fn read(input: impl Read, separator: u8, sink: Sink<'_>) -> io::Result<()> {
    let mut hand = |line, row| sink(Found::offered(String::new(), line, row));
    let mut table = match Table::new("header", Box::new(input), Some(separator)) {
        Ok(table) => table,
        Err(error) => {
            hand(1, Err(error.to_string()));
            return Ok(());
        }
    };
    let header = table.columns().to_vec();
    for name in header.iter().filter(|name| !is_known(name)) {
        let reason = format!("column {name:?} is not known; its cells are not read");
        hand(1, Err(reason));
    }
    let twice = columns_that_stand_twice(&header);
    for (name, first, second) in &twice {
        let reason = format!(
            "column {name:?} stands in the header twice, as columns {first} and {second}; no row is read"
        );
        hand(1, Err(reason));
    }
    if !twice.is_empty() {
        return Ok(());
    }
    let read = table.rows(&mut |line, row| hand(line, row.and_then(|row| record(&header, &row))));
    match read {
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            hand(table.line(), Err(error.to_string()));
            Ok(())
        }
        read => read,
    }
}

/// A column's field, and its language where the name ends in one.
fn base(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('_') {
        Some((field, language)) if BY_LANGUAGE.contains(&field) && language.len() == 2 => {
            (field, Some(language))
        }
        _ => (name, None),
    }
}

/// The name of each known column that another has had before, and the places of both, counted from 1.
fn columns_that_stand_twice(header: &[String]) -> Vec<(&str, usize, usize)> {
    let (mut seen, mut twice) = (HashMap::new(), Vec::new());
    for (name, at) in header.iter().zip(1..).filter(|(name, _)| is_known(name)) {
        match seen.entry(name.as_str()) {
            Entry::Vacant(free) => drop(free.insert(at)),
            Entry::Occupied(first) => twice.push((name.as_str(), *first.get(), at)),
        }
    }
    twice
}

fn is_known(name: &str) -> bool {
    let field = base(name).0;
    PARTS.contains(&field) || self::field(field).is_some()
}

/// The field of a column, if a cell can hold what it does.
fn field(name: &str) -> Option<&'static Field> {
    let full = Some(native::full_name(name)).filter(|_| !name.contains('.'))?;
    let field = shape::field(full)?;
    let is_message = matches!(field.kind, Kind::Message(_));
    (!is_message || name == "languages").then_some(field)
}

fn entries(cell: &str) -> impl Iterator<Item = &str> {
    let entries = cell.split(['|', '\n']).map(str::trim);
    entries.filter(|entry| !entry.is_empty())
}

fn number(name: &str, cell: &str) -> Result<f64, String> {
    value::number(&json!(cell)).ok_or_else(|| format!("{name}: is no number"))
}

/// A row as native JSON, which is then checked as such.
fn record(header: &[String], row: &Row<'_>) -> Result<Credential, String> {
    let mut fields = Map::new();
    let mut outcomes: Vec<Value> = Vec::new();
    let (mut amount, mut currency) = (None, None);
    for (name, cell) in header
        .iter()
        .zip(row.cells())
        .filter(|(_, cell)| !cell.is_empty())
    {
        let (column, language) = base(name);
        let value = match (column, field(column)) {
            ("outcomes", _) => {
                outcomes.extend(entries(cell).map(|text| match language {
                    Some(language) => json!({ "text": { language: text } }),
                    None => json!({ "text": text }),
                }));
                continue;
            }
            ("skills", _) => {
                outcomes.extend(entries(cell).map(|uri| json!({ "skills": [{ "uri": uri }] })));
                continue;
            }
            ("costAmount", _) => {
                amount = Some(number(name, cell)?);
                continue;
            }
            ("costCurrency", _) => {
                currency = Some(cell);
                continue;
            }
            ("title" | "description", _) => {
                by_language(&mut fields, column, language, cell);
                continue;
            }
            ("skillsRequired", _) => entries(cell).map(|uri| json!({ "uri": uri })).collect(),
            (_, None) => continue,
            (_, Some(field)) if field.is_list => entries(cell).collect(),
            (_, Some(field)) => match field.kind {
                Kind::Number => json!(number(name, cell)?),
                Kind::Whole => match number(name, cell)? {
                    number if number.fract() == 0.0 => json!(number as u64),
                    _ => return Err(format!("{name}: is no whole number")),
                },
                _ => json!(cell),
            },
        };
        fields.insert(column.to_owned(), value);
    }
    match (amount, currency) {
        (Some(amount), Some(currency)) => {
            let cost = json!({ "amount": amount, "currency": currency });
            fields.insert("cost".to_owned(), cost);
        }
        (None, None) => {}
        _ => return Err("costAmount: stands without costCurrency, or the reverse".to_owned()),
    }
    if !outcomes.is_empty() {
        fields.insert("outcomes".to_owned(), Value::Array(outcomes));
    }
    native::from_value(Value::Object(fields))
}

/// Adds a text: by its language if the column names one. One without a language stays a plain string where it is alone, and is undetermined beside others.
fn by_language(fields: &mut Map<String, Value>, field: &str, language: Option<&str>, text: &str) {
    let mut texts = match fields.remove(field) {
        None if language.is_none() => return drop(fields.insert(field.to_owned(), json!(text))),
        None => Map::new(),
        Some(Value::Object(texts)) => texts,
        Some(plain) => Map::from_iter([(UNDETERMINED.to_owned(), plain)]),
    };
    texts.insert(language.unwrap_or(UNDETERMINED).to_owned(), json!(text));
    fields.insert(field.to_owned(), Value::Object(texts));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Result<Credential, String>)> {
        let mut found = Vec::new();
        let separator = separator(text.trim_start_matches('\u{feff}').as_bytes()).unwrap();
        read(text.as_bytes(), separator, &mut |row| {
            found.push((row.line, row.record));
            true
        })
        .unwrap();
        found
    }

    #[test]
    fn a_row_is_a_credential() {
        let text = "id;title_de;title_en;outcomes_en;skills;hours;costAmount;costCurrency;country;eqfLevel;mode;format\n\
                    a;Schwei\u{df}en;Welding;Welds pipes|Reads plans;http://data.europa.eu/esco/skill/x;7,5;90;EUR;DE|AT;3;online;course\n";
        let found = rows(text);
        let credential = found[0].1.as_ref().unwrap();
        assert_eq!(
            credential
                .title
                .keys()
                .map(String::as_str)
                .collect::<Vec<_>>(),
            ["de", "en"]
        );
        assert_eq!(
            (
                credential.outcomes.len(),
                credential.hours(),
                credential.eqf_level
            ),
            (3, Some(7.5), Some(3))
        );
        assert_eq!(
            (
                credential.countries().join(","),
                credential.cost.as_ref().unwrap().amount
            ),
            ("DE,AT".to_owned(), 90.0)
        );
    }

    #[test]
    fn bad_rows_are_reported_and_the_others_go_in() {
        let found =
            rows("\u{feff}id,title,hours,colour\na,x,many,red\nb,y\nc,\"z\nz\",3,\nd,,3,\n");
        let reasons: Vec<(u64, String)> = found
            .iter()
            .filter_map(|(line, row)| Some((*line, row.as_ref().err()?.clone())))
            .collect();
        assert_eq!(found.iter().filter(|(_, row)| row.is_ok()).count(), 1);
        assert_eq!(
            reasons.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            [1, 2, 3, 6]
        );
        for (at, part) in [
            "colour",
            "hours: is no number",
            "2 cells where the header has 4",
            "title: is missing",
        ]
        .iter()
        .enumerate()
        {
            assert!(reasons[at].1.contains(part), "{reasons:?}");
        }
    }

    #[test]
    fn lines_are_those_of_an_editor_with_every_line_ending() {
        let text = "id,title,hours~a,x,many~~b,y,3,4,5~c,z,3~";
        for ending in ["\n", "\r\n", "\r"] {
            let read = rows(&text.replace('~', ending));
            let lines: Vec<u64> = read.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [2, 4, 5], "{ending:?}");
        }
    }

    #[test]
    fn a_column_that_stands_twice_is_refused_with_both_places_and_no_row_is_read() {
        let reasons = |text: &str| -> Vec<String> {
            rows(text)
                .into_iter()
                .map(|(line, row)| {
                    format!(
                        "{line} {}",
                        row.map_or_else(|reason| reason, |read| read.id)
                    )
                })
                .collect()
        };
        let twice = |name: &str, first: usize, second: usize| {
            format!(
                "1 column {name:?} stands in the header twice, as columns {first} and {second}; no row is read"
            )
        };
        assert_eq!(
            reasons("id,title, hours ,\"hours\"\na,x,3,5\nb,y,4,4\n"),
            [twice("hours", 3, 4)]
        );
        assert_eq!(
            reasons("\u{feff}id;title_de;id;outcomes;title_de;outcomes;id\na;x;b;o;y;p;c\n"),
            [
                twice("id", 1, 3),
                twice("title_de", 2, 5),
                twice("outcomes", 4, 6),
                twice("id", 1, 7)
            ]
        );
        assert_eq!(
            reasons("id,title_de,title_en\na,x,y\n"),
            ["2 a"],
            "columns of two languages are two"
        );
        let unknown = "1 column \"\" is not known; its cells are not read";
        assert_eq!(
            reasons("id,title,,\na,x,,\n"),
            [unknown, unknown, "2 a"],
            "what is not read may stand there as often as it likes"
        );
    }

    #[test]
    fn a_text_without_a_language_is_read_beside_others_in_whatever_order_the_columns_stand() {
        let titles = |text: &str| -> Vec<String> {
            let said = |read: Credential| {
                read.title
                    .iter()
                    .map(|(language, text)| format!("{language} {text}"))
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            rows(text)
                .into_iter()
                .map(|(_, row)| row.map_or_else(|reason| reason, said))
                .collect()
        };
        let expected = [
            "de X, en Z, und Y",
            "de X, en Z",
            "en Y",
            "und Y",
            "title: is missing",
        ];
        // Rows: all three, without the plain one, the plain one alone with one language of the record and with none, nothing.
        let cells = [
            ["Y", "X", "Z", "en"],
            ["", "X", "Z", "en"],
            ["Y", "", "", "en"],
            ["Y", "", "", ""],
            ["", "", "", "en"],
        ];
        for order in [
            [0, 1, 2],
            [1, 0, 2],
            [1, 2, 0],
            [2, 1, 0],
            [2, 0, 1],
            [0, 2, 1],
        ] {
            let line = |row: [&str; 4]| {
                format!(
                    "{},{},{},{},a\n",
                    row[order[0]], row[order[1]], row[order[2]], row[3]
                )
            };
            let text = line(["title", "title_de", "title_en", "languages"])
                .replace(",a\n", ",id\n")
                + &cells.map(line).concat();
            assert_eq!(titles(&text), expected, "{text}");
        }
        let described = rows("id,title,description,description_de\na,x,y,z\n")
            .remove(0)
            .1
            .unwrap();
        assert_eq!(
            described
                .description
                .keys()
                .map(String::as_str)
                .collect::<Vec<_>>(),
            ["de", "und"]
        );
    }

    #[test]
    fn a_level_that_is_no_whole_number_is_refused_rather_than_cut() {
        let found: Vec<Result<Option<u32>, String>> =
            rows("id,title,eqfLevel\na,x,3\nb,x,3.0\nc,x,3.7\n")
                .into_iter()
                .map(|(_, row)| row.map(|read| read.eqf_level))
                .collect();
        assert_eq!(
            found,
            [
                Ok(Some(3)),
                Ok(Some(3)),
                Err("eqfLevel: is no whole number".to_owned())
            ]
        );
    }

    #[test]
    fn only_a_header_with_the_mandatory_columns_is_one() {
        assert_eq!(separator(b"title\tid\n"), Some(b'\t'));
        assert_eq!(
            separator(
                "\u{feff}\"id\",\"title_en\"\n"
                    .strip_prefix('\u{feff}')
                    .unwrap()
                    .as_bytes()
            ),
            Some(b',')
        );
        for text in ["name,id\n", "", "hello world", "\u{0}\u{1}"] {
            assert_eq!(separator(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_row_without_end_is_told_and_not_held() {
        let open_quote = "\"x\n".to_owned() + &"y\n".repeat(3 << 20);
        let input = io::Cursor::new("id,title\na,t\nb,").chain(io::Cursor::new(open_quote));
        let mut rows = Vec::new();
        read(input, b',', &mut |row| {
            let is_told = |reason: String| reason.contains("longer than");
            rows.push((row.line, row.record.map_err(is_told)));
            true
        })
        .unwrap();
        assert_eq!(rows.len(), 2);
        assert!(rows[0].1.is_ok());
        assert_eq!(rows[1].1.as_ref().unwrap_err(), &true);
        // Many rows may be longer than one.
        let rows = "id,title\n".to_owned() + &format!("a,{}\n", "t".repeat(1 << 20)).repeat(9);
        let mut n_rows = 0;
        read(rows.as_bytes(), b',', &mut |_| {
            n_rows += 1;
            true
        })
        .unwrap();
        assert_eq!(n_rows, 9);
    }
}
