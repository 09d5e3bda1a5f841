//! What is measured on? The development data as sentences with their skills, sentences without any, and national skill names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use skillgap_catalogue::{CatalogueError, Result};

/// Sentences with the preferred labels annotated on each, in the order of the text.
pub type Annotated = BTreeMap<String, BTreeSet<String>>;

/// Every which sentence without skills is read, and how many at most.
const SILENT_STEP: usize = 4;
const SILENT_MAX: usize = 800;

/// Reads annotations with the columns sentence, span, sub_span, label. Protocol of the published benchmark: whole sentences; `LABEL NOT PRESENT` and
/// `UNDERSPECIFIED` are dropped, the labels of a sentence are a set, sentences without any are left out; labels are compared after stripping spaces.
///
/// # Errors
/// [`CatalogueError::Io`], [`CatalogueError::Input`].
pub fn annotated(path: &Path) -> Result<Annotated> {
    #[derive(Deserialize)]
    struct Row {
        sentence: String,
        label: String,
    }
    let mut sentences = Annotated::new();
    for row in rows::<Row>(path, b',')? {
        let label = row.label.trim();
        if !matches!(label, "" | "LABEL NOT PRESENT" | "UNDERSPECIFIED") {
            sentences
                .entry(row.sentence)
                .or_default()
                .insert(label.to_owned());
        }
    }
    Ok(sentences)
}

/// Reads SkillSkape's synthetic sentences; labels as in [`annotated`].
///
/// # Errors
/// [`CatalogueError::Io`], [`CatalogueError::Input`].
pub fn skillskape(path: &Path) -> Result<Annotated> {
    #[derive(Deserialize)]
    struct Row {
        sentence: String,
        skills: String,
    }
    let mut sentences = Annotated::new();
    for row in rows::<Row>(path, b',')? {
        let labels: BTreeSet<String> = python_list(&row.skills)
            .into_iter()
            .filter(|label| label != "LABEL NOT PRESENT")
            .collect();
        if !labels.is_empty() {
            sentences.entry(row.sentence).or_default().extend(labels);
        }
    }
    Ok(sentences)
}

/// The strings of a list as Python writes it: `['a', "b's"]`.
fn python_list(cell: &str) -> Vec<String> {
    let (mut strings, mut rest) = (Vec::new(), cell);
    while let Some(start) = rest.find(['\'', '"']) {
        let (quote, inside) = rest[start..].split_at(1);
        let Some((string, after)) = inside.split_once(quote) else {
            break;
        };
        strings.push(string.trim().to_owned());
        rest = after;
    }
    strings
}

/// Real ad sentences of SkillSpan without any marked span: they ask for nothing.
///
/// # Errors
/// [`CatalogueError::Io`], [`CatalogueError::Input`].
pub fn silent(path: &Path) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Line {
        tokens: Vec<String>,
        tags_skill: Vec<String>,
        tags_knowledge: Vec<String>,
    }
    let text = fs::read_to_string(path).map_err(CatalogueError::io(path))?;
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Line>(line).map_err(|error| input(path, &error)));
    let lines = lines.collect::<Result<Vec<Line>>>()?;
    let untagged = |line: &&Line| {
        line.tags_skill
            .iter()
            .chain(&line.tags_knowledge)
            .all(|tag| tag == "O")
    };
    Ok(lines
        .iter()
        .filter(untagged)
        .map(|line| line.tokens.join(" "))
        .step_by(SILENT_STEP)
        .take(SILENT_MAX)
        .collect())
}

/// A skill name of a national employment service, with the URIs of the ESCO skills that it maps to exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct NationalName {
    /// ISO 639-1 code.
    pub language: String,
    /// The name.
    pub name: String,
    /// ESCO URIs.
    pub uris: BTreeSet<String>,
}

impl NationalName {
    /// Whether the training of the encoder left its skills out: those whose URI ends in 0, 1, 2 or 3 (`index/encoder/README.md`).
    pub fn is_held_out(&self) -> bool {
        self.uris
            .iter()
            .any(|uri| uri.ends_with(['0', '1', '2', '3']))
    }
}

/// Reads national names with an exact match, sorted by language and name.
///
/// # Errors
/// [`CatalogueError::Io`], [`CatalogueError::Input`].
pub fn national_names(path: &Path) -> Result<Vec<NationalName>> {
    #[derive(Deserialize)]
    struct Row {
        lang: String,
        label: String,
        r#match: String,
        esco_uri: String,
    }
    let mut names: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for row in rows::<Row>(path, b'\t')?
        .into_iter()
        .filter(|row| row.r#match == "exactMatch")
    {
        names
            .entry((row.lang, row.label))
            .or_default()
            .insert(row.esco_uri);
    }
    Ok(names
        .into_iter()
        .map(|((language, name), uris)| NationalName {
            language,
            name,
            uris,
        })
        .collect())
}

fn rows<Row: for<'a> Deserialize<'a>>(path: &Path, delimiter: u8) -> Result<Vec<Row>> {
    let text = fs::read(path).map_err(CatalogueError::io(path))?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(delimiter == b',')
        .from_reader(text.as_slice());
    reader
        .deserialize()
        .map(|row| row.map_err(|error| input(path, &error)))
        .collect()
}

fn input(path: &Path, error: &dyn std::fmt::Display) -> CatalogueError {
    CatalogueError::input(path.display().to_string(), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn labels_of_a_sentence_are_a_set_and_placeholders_are_dropped() {
        let text = "sentence,span,sub_span,label\n\"x, \"\"y\"\"\",a,,weld \n\"x, \"\"y\"\"\",b,,weld\nz,c,,LABEL NOT PRESENT\n";
        let found = annotated(file(text).path()).unwrap();
        assert_eq!(
            found,
            Annotated::from([("x, \"y\"".to_owned(), BTreeSet::from(["weld".to_owned()]))])
        );
    }

    #[test]
    fn lists_as_python_writes_them_are_read() {
        let text = "skills,sentence\n\"['weld metal', \"\"use a's tools\"\"]\",s\n[],t\n";
        let found = skillskape(file(text).path()).unwrap();
        assert_eq!(found.len(), 1);
        assert!(found["s"].contains("weld metal"), "{found:?}");
    }

    #[test]
    fn only_exact_matches_are_national_names() {
        let text = "lang\tscheme\tlabel\tmatch\tesco_uri\nde\tx\tLöten\texactMatch\tu/1\nde\tx\tLöten\texactMatch\tu/9\nde\tx\tBau\tcloseMatch\tu/2\n";
        let found = national_names(file(text).path()).unwrap();
        assert_eq!(found.len(), 1);
        assert!(found[0].uris.len() == 2 && found[0].is_held_out());
    }
}
