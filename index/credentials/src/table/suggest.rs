//! A first mapping for a file of somebody else: each column or member with the field that its name speaks for, and an example; a person decides.

use std::io;

use serde_json::Value;
use skillgap_esco::table::Table;
use skillgap_esco::text::fold;

use super::cell::Cell;
use super::json::{self, JsonForm};
use super::target::Target;
use crate::form::{TableKind, with_form};
use crate::pieces::Open;

/// Records of which examples are taken.
const RECORDS: usize = 200;
/// Characters of an example.
const EXAMPLE_CHARS_MAX: usize = 60;
/// Deepest member of JSON that is named.
const DEPTH_MAX: usize = 4;

/// Parts of names that speak for a field, folded, in some languages; the first field that fits is suggested, and each once.
const WORDS: [(&str, &[&str]); 17] = [
    (
        "id",
        &[
            "id",
            "code",
            "codigo",
            "kennung",
            "nummer",
            "kursnr",
            "numero",
            "crebo",
            "reference_code",
        ],
    ),
    (
        "title",
        &[
            "title",
            "titel",
            "titre",
            "titulo",
            "titolo",
            "name",
            "nom",
            "nombre",
            "naam",
            "bezeichnung",
            "nazwa",
            "cualificacion",
            "denominaz",
        ],
    ),
    (
        "costCurrency",
        &["currency", "wahrung", "devise", "moneda", "valuta"],
    ),
    (
        "cost",
        &[
            "cost", "price", "preis", "kosten", "gebuhr", "prix", "precio", "prezzo", "prijs",
            "cena", "fee",
        ],
    ),
    ("ects", &["ects", "credit"]),
    ("eqfLevel", &["eqf", "eqr", "cec", "mec"]),
    (
        "nqfLevel",
        &["level", "niveau", "nivel", "livello", "stufe", "poziom"],
    ),
    (
        "hours",
        &[
            "hours", "stunden", "std", "heures", "horas", "uren", "godzin",
        ],
    ),
    (
        "duration",
        &[
            "duration", "dauer", "length", "duree", "duracion", "durata", "duur",
        ],
    ),
    (
        "outcomes",
        &[
            "outcome",
            "lernziel",
            "lernergebnis",
            "learning",
            "objective",
            "kompetenz",
            "competence",
            "competencia",
            "acquis",
            "inhalt",
        ],
    ),
    (
        "description",
        &[
            "description",
            "beschreibung",
            "descripcion",
            "descrizione",
            "omschrijving",
            "opis",
            "content",
        ],
    ),
    (
        "provider",
        &[
            "provider",
            "anbieter",
            "university",
            "institution",
            "organisme",
            "centro",
            "ente",
            "aanbieder",
        ],
    ),
    (
        "languages",
        &["language", "sprache", "langue", "idioma", "lingua", "taal"],
    ),
    (
        "country",
        &["country", "land", "pays", "pais", "paese", "kraj"],
    ),
    (
        "startDates",
        &["start", "beginn", "debut", "inicio", "inizio"],
    ),
    (
        "sector",
        &["sector", "branche", "familia", "route", "sektor", "secteur"],
    ),
    ("page", &["url", "website", "homepage", "link", "page"]),
];

/// The TOML of a first mapping.
///
/// # Errors
/// What reading says, or why nothing can be suggested.
pub fn suggest(path: &std::path::Path) -> io::Result<String> {
    let open = || Ok(Box::new(std::fs::File::open(path)?) as Box<dyn crate::pieces::Source>);
    with_form(&open, &mut |open, form| {
        let columns = match form {
            TableKind::Table(separator) => table(open, separator)?,
            TableKind::Json(form) => members(open, form)?,
            TableKind::Sheet => sheet(open)?,
        };
        Ok(written(&columns))
    })
}

/// A column, and something that stands in it.
type Column = (String, String);

fn table(open: Open<'_>, separator: Option<u8>) -> io::Result<Vec<Column>> {
    let mut table = Table::new("header", Box::new(open()?), separator).map_err(io::Error::other)?;
    let names = table.columns().to_vec();
    let mut examples = vec![String::new(); names.len()];
    let mut n_rows = 0;
    table.rows(&mut |_, row| {
        n_rows += 1;
        if let Ok(row) = row {
            let cells = examples.iter_mut().zip(row.cells());
            cells
                .filter(|(example, _)| example.is_empty())
                .for_each(|(example, cell)| cell.clone_into(example));
        }
        n_rows < RECORDS
    })?;
    Ok(names.into_iter().zip(examples).collect())
}

fn sheet(open: Open<'_>) -> io::Result<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    super::sheet::first_rows(open, RECORDS, &mut |row| {
        let words: Vec<String> = row.iter().map(Cell::words).collect();
        // The header is the first row of more than two cells.
        if columns.is_empty() {
            let n_filled = words.iter().filter(|words| !words.is_empty()).count();
            if n_filled > 2 {
                columns = words
                    .into_iter()
                    .map(|name| (name, String::new()))
                    .collect();
            }
            return;
        }
        let cells = columns.iter_mut().zip(words);
        cells
            .filter(|((_, example), _)| example.is_empty())
            .for_each(|((_, example), words)| *example = words);
    })?;
    columns.retain(|(name, _)| !name.is_empty());
    Ok(columns)
}

fn members(open: Open<'_>, form: JsonForm) -> io::Result<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    let mut n_records = 0;
    json::each(open, form, None, &mut |_, value| {
        if let Ok(value) = value {
            gather(&value, "", 0, &mut columns);
        }
        n_records += 1;
        n_records < RECORDS
    })?;
    Ok(columns)
}

fn gather(value: &Value, path: &str, depth: usize, columns: &mut Vec<Column>) {
    match value {
        Value::Object(members) if depth < DEPTH_MAX => {
            for (name, value) in members {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                gather(value, &path, depth + 1, columns);
            }
        }
        Value::Array(entries) => entries
            .iter()
            .take(3)
            .for_each(|entry| gather(entry, path, depth, columns)),
        Value::Null | Value::Object(_) => {}
        scalar => {
            let words = Cell::json(scalar).words();
            let n_columns = columns.len();
            match columns.iter_mut().find(|(name, _)| name == path) {
                Some((_, example)) if example.is_empty() => *example = words,
                Some(_) => {}
                None if n_columns < 1_000 => columns.push((path.to_owned(), words)),
                None => {}
            }
        }
    }
}

/// A mapping with a line for each column: those that speak for a field, and the others as comments.
fn written(columns: &[Column]) -> String {
    let mut lines = vec![
        "# Which column is which field. Lines that begin with # say nothing yet: look at each, name the field before the sign =,".to_owned(),
        "# and take the # away. Fields: docs/formats.md. id and title must be there.".to_owned(),
    ];
    let mut taken: Vec<&str> = Vec::new();
    let mut guess = |name: &str| -> Option<&'static str> {
        let last = fold(name.rsplit('.').next().unwrap_or(name));
        let parts: Vec<&str> = last.split(|c: char| !c.is_alphanumeric()).collect();
        let fits = |word: &str| match word.len() {
            // A short word is one by itself.
            0..=4 => parts.contains(&word) || last == word,
            _ => last.contains(word),
        };
        let (field, _) = WORDS
            .iter()
            .find(|(field, words)| !taken.contains(field) && words.iter().any(|word| fits(word)))?;
        taken.push(field);
        Some(field)
    };
    for (name, example) in columns {
        let field = Target::of(name)
            .map(|_| name.as_str())
            .or_else(|| guess(name));
        let example: String = example
            .chars()
            .take(EXAMPLE_CHARS_MAX)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let value = toml::Value::String(name.clone());
        lines.push(match field {
            Some(field) => format!("{field} = {value}  # {example}"),
            None => format!("# … = {value}  # {example}"),
        });
    }
    for needed in ["id", "title"] {
        if !lines.iter().any(|line| {
            let (field, _) = line.split_once(" =").unwrap_or_default();
            Target::of(field).is_some_and(|target| target.path() == needed)
        }) {
            lines.push(format!("{needed} = \"…\"  # no column speaks for it"));
        }
    }
    lines.join("\n") + "\n"
}
