//! `Mapping`: which columns of somebody else's table, or members of somebody else's JSON, are which fields of a record; read from TOML.
//!
//! ```toml
//! id = { column = "Nr", prefix = "vhs:" }
//! title = "Titel"
//! hours = { columns = ["teaching_min", "exercise_min"], sum = true, times = 0.016667 }
//! country = { value = "DE" }
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::target::Target;

/// How somebody else's records become ours.
#[derive(Clone)]
pub struct Mapping {
    pub(super) of_file: OfFile,
    pub(super) rules: Vec<(Target, Rule)>,
}

/// What holds for a file as a whole; the table `file` of a mapping.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OfFile {
    /// Names of the files that it is for, with `*` for any letters; all of them where nothing is said.
    name: Option<String>,
    /// Path of the records in a JSON document.
    pub records: Option<String>,
    /// The sheet of a spreadsheet that is read; all that have the columns where nothing is said.
    pub sheet: Option<String>,
    /// The decimal mark of all numbers.
    pub decimal: Option<char>,
    /// Texts that say nothing.
    empty: Vec<String>,
}

/// Where a field comes from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Rule {
    column: Option<String>,
    columns: Vec<String>,
    /// Stands in every record, where its columns say nothing.
    pub value: Option<serde_json::Value>,
    /// Numbers are multiplied by it.
    pub times: Option<f64>,
    /// Numbers above it are in doubt.
    pub max: Option<f64>,
    /// Texts of other columns with which it is in doubt.
    pub unless: BTreeMap<String, Vec<String>>,
    /// The word that stands beside numbers.
    pub unit: Option<String>,
    /// Whether numbers of several columns are added up.
    pub sum: bool,
    /// Stands between the texts of several columns, which become one.
    pub join: Option<String>,
    /// Stands before each text.
    pub prefix: String,
    /// What separates entries of a list, beside `|` and line feeds.
    pub split: Option<String>,
    /// What stands for some texts, in whatever capitals.
    pub values: BTreeMap<String, String>,
    /// What stands for some parts of texts.
    pub replace: BTreeMap<String, String>,
    /// Whether texts are HTML, of which the words are taken.
    pub html: bool,
    /// Texts that say nothing.
    pub empty: Vec<String>,
}

impl Rule {
    /// That of a field that one column fills.
    pub fn of_column(name: &str) -> Self {
        let column = Some(name.to_owned());
        Self {
            column,
            ..Self::default()
        }
    }

    /// The names of its columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.column.iter().chain(&self.columns).map(String::as_str)
    }

    /// The names of all columns that it looks at.
    pub fn looked_at(&self) -> impl Iterator<Item = &str> {
        self.columns().chain(self.unless.keys().map(String::as_str))
    }
}

/// Names of a rule that make a table one, and not a group of fields.
const SOURCES: [&str; 3] = ["column", "columns", "value"];

impl Mapping {
    /// Parses the TOML of a mapping.
    ///
    /// # Errors
    /// What is wrong, and with which field.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut table: Table = text
            .parse()
            .map_err(|error: toml::de::Error| error.to_string())?;
        let of_file: OfFile = match table.remove("file") {
            Some(file) => file.try_into().map_err(|error| format!("file: {error}"))?,
            None => OfFile::default(),
        };
        if !matches!(of_file.decimal, None | Some('.' | ',')) {
            return Err("file: decimal: is neither \".\" nor \",\"".to_owned());
        }
        let mut mapping = Self {
            of_file,
            rules: Vec::new(),
        };
        for (name, value) in table {
            mapping.add(&name, value)?;
        }
        for name in ["id", "title"] {
            let has = mapping
                .rules
                .iter()
                .any(|(target, _)| target.path() == name);
            if !has {
                return Err(format!("{name}: is missing; every record needs one"));
            }
        }
        Ok(mapping)
    }

    fn add(&mut self, name: &str, value: Value) -> Result<(), String> {
        let wrong = |why: &str| format!("{name}: {why}");
        let mut rule = match value {
            Value::Table(group) if !SOURCES.iter().any(|source| group.contains_key(*source)) => {
                return group
                    .into_iter()
                    .try_for_each(|(step, value)| self.add(&format!("{name}.{step}"), value));
            }
            Value::String(column) => Rule::of_column(&column),
            value @ Value::Array(_) => Rule {
                columns: value
                    .try_into()
                    .map_err(|error: toml::de::Error| wrong(error.message()))?,
                ..Rule::default()
            },
            value @ Value::Table(_) => value
                .try_into()
                .map_err(|error: toml::de::Error| wrong(error.message()))?,
            _ => return Err(wrong("is neither a column, a list of columns, nor a table")),
        };
        rule.empty.extend(self.of_file.empty.iter().cloned());
        if rule
            .times
            .is_some_and(|times| !times.is_finite() || times <= 0.0)
        {
            return Err(wrong("times: is no number above 0"));
        }
        let target = Target::of(name).ok_or_else(|| wrong("is no field that a cell can fill"))?;
        self.rules.push((target, rule));
        Ok(())
    }

    /// Whether it is for a file of this name.
    pub fn is_for(&self, file: &str) -> bool {
        let name = Path::new(file)
            .file_name()
            .map(|name| name.to_string_lossy());
        let name = name.unwrap_or_default();
        self.of_file
            .name
            .as_deref()
            .is_none_or(|pattern| matches(pattern, &name))
    }
}

/// Whether a name is as a pattern says, in which `*` is any letters.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_says_what_is_wrong_with_it_and_where() {
        for (text, reason) in [
            ("id = \"a\"", "title: is missing"),
            (
                "title = \"a\"\nid = { column = \"b\", tims = 2 }",
                "id: unknown field `tims`",
            ),
            ("title = \"a\"\nid = 5", "id: is neither a column"),
            ("titel = \"a\"\nid = \"b\"", "titel: is no field"),
            (
                "title = \"a\"\nid = \"b\"\nhours = { column = \"c\", times = -1 }",
                "hours: times: is no number above 0",
            ),
            (
                "title = \"a\"\nid = \"b\"\n[file]\ndecimal = \";\"",
                "file: decimal",
            ),
            ("title = ", "TOML parse error"),
            ("title = \"a\"\nid = \"b\"\ncost.amount = \"c\"", ""),
        ] {
            match Mapping::parse(text) {
                Ok(_) => assert_eq!(reason, "", "{text}"),
                Err(error) => assert!(
                    !reason.is_empty() && error.contains(reason),
                    "{text}: {error}"
                ),
            }
        }
    }

    #[test]
    fn a_mapping_is_for_the_files_that_it_names() {
        for (pattern, name, expected) in [
            ("*.csv", "/a/kurse.csv", true),
            ("kurse*.csv", "kurse-2027.csv", true),
            ("*a*b", "xaxbxb", true),
            ("*a*b", "xbxa", false),
            ("kurse.csv", "kurse.csv", true),
            ("kurse.csv", "kurse.csv.bak", false),
        ] {
            let mapping = format!("id = \"a\"\ntitle = \"b\"\n[file]\nname = \"{pattern}\"");
            assert_eq!(
                Mapping::parse(&mapping).unwrap().is_for(name),
                expected,
                "{pattern} {name}"
            );
        }
    }
}
