//! `Plan`: what each column of one table fills, and what its columns show of their decimal marks and of the order of their dates.

use std::collections::HashMap;

use skillgap_esco::text::fold;

use super::cell::Cell;
use super::dates::DayOrder;
use super::mapping::{Mapping, Rule};
use super::numbers::Marks;
use super::target::Target;
use crate::check::is_day;
use crate::shape::Kind;

/// Name of the column that holds the name of the file, without what stands behind its last full stop.
pub(super) const FILE: &str = "$file";

/// One field and the columns that fill it.
pub(super) struct FieldPlan {
    pub target: Target,
    pub rule: Rule,
    /// Places of its columns in a row.
    columns: Vec<usize>,
    /// Places of the columns with which it is in doubt, and the texts.
    unless: Vec<(usize, Vec<String>)>,
    /// Whether any row has said something.
    is_filled: bool,
    pub marks: Marks,
    pub order: DayOrder,
    is_given: bool,
}

/// How rows become records.
pub(super) struct Plan {
    pub entries: Vec<FieldPlan>,
    /// Texts that stand where a column is `$file`.
    pub file: String,
}

impl Plan {
    /// The plan of a header, with what is wrong with it: by its own names, or by a mapping.
    ///
    /// # Errors
    /// Why no row can be read.
    pub fn new(
        header: &[String],
        mapping: Option<&Mapping>,
        file: &str,
    ) -> Result<(Self, Vec<String>), String> {
        let mut notes = Vec::new();
        let rules = match mapping {
            Some(mapping) => mapping.rules.clone(),
            None => by_names(header, &mut notes)?,
        };
        let decimal = mapping.and_then(|mapping| mapping.of_file.decimal);
        let mut places: HashMap<String, usize> = HashMap::new();
        for (at, name) in header.iter().enumerate() {
            places.entry(fold(name)).or_insert(at);
        }
        let mut entries = Vec::new();
        for (target, rule) in rules {
            let mut columns = Vec::new();
            for name in rule.columns() {
                match places.get(&fold(name)) {
                    _ if name == FILE => columns.push(usize::MAX),
                    Some(at) => columns.push(*at),
                    None => notes.push(format!(
                        "the mapping names the column {name:?}, which the header lacks"
                    )),
                }
            }
            if columns.is_empty() && rule.value.is_none() {
                continue;
            }
            let unless = rule
                .unless
                .iter()
                .filter_map(|(name, texts)| Some((*places.get(&fold(name))?, texts.clone())));
            let (unless, is_filled) = (unless.collect(), false);
            let marks = decimal.map_or_else(Marks::default, Marks::given);
            let (order, is_given) = (DayOrder::default(), decimal.is_some());
            entries.push(FieldPlan {
                target,
                rule,
                columns,
                unless,
                is_filled,
                marks,
                order,
                is_given,
            });
        }
        for needed in ["id", "title"] {
            if !entries.iter().any(|entry| entry.target.path() == needed) {
                let header = header.join(", ");
                return Err(format!(
                    "no column is the {needed}; no row is read. The header has: {header}. `skillgap index --suggest-mapping FILE` writes a first mapping"
                ));
            }
        }
        let file = std::path::Path::new(file).file_stem();
        let file = file.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        Ok((Self { entries, file }, notes))
    }

    /// Notes what the cells of a row show.
    pub fn observe(&mut self, row: &[Cell]) {
        for entry in &mut self.entries {
            let (is_number, is_day) = match &entry.target {
                Target::Cost => (true, false),
                Target::Field(field, _) => (
                    matches!(field.kind, Kind::Number | Kind::Whole),
                    is_day(field.name),
                ),
                _ => (false, false),
            };
            for at in &entry.columns {
                let cell = row.get(*at);
                entry.is_filled |= cell.is_none_or(|cell| !cell.is_empty());
                let Some(Cell::Text(text)) = cell else {
                    continue;
                };
                if is_number && !entry.is_given {
                    entry.marks.observe(text);
                }
                if is_day {
                    entry.order.observe(text);
                }
            }
        }
    }
}

impl FieldPlan {
    /// Why the field is in doubt in this row, whatever stands there.
    pub fn is_in_doubt(&self, row: &[Cell]) -> Option<String> {
        self.unless.iter().find_map(|(at, texts)| {
            let words = row.get(*at)?.words();
            let text = texts
                .iter()
                .find(|text| text.eq_ignore_ascii_case(&words))?;
            Some(format!(
                "the mapping does not take it where another column says {text:?}"
            ))
        })
    }

    /// Its columns, if no row has said anything there.
    pub fn unfilled(&self) -> Option<String> {
        let columns: Vec<&str> = self.rule.columns().collect();
        (!self.is_filled && !columns.is_empty()).then(|| columns.join(", "))
    }

    /// What the row says of the field, without what says nothing.
    pub fn cells(&self, row: &[Cell], file: &str) -> Vec<Cell> {
        let mut cells = Vec::new();
        for at in &self.columns {
            let before = cells.len();
            match row.get(*at) {
                Some(cell) => cell.flatten(&mut cells),
                None if *at == usize::MAX => cells.push(Cell::Text(file.to_owned())),
                None => {}
            }
            let new = cells.split_off(before);
            cells.extend(new.into_iter().filter_map(|cell| self.ruled(cell)));
            let is_enough = !(self.target.is_list() || self.rule.sum || self.rule.join.is_some());
            if is_enough && !cells.is_empty() {
                break;
            }
        }
        if let Some(between) = &self.rule.join
            && cells.len() > 1
        {
            let words: Vec<String> = cells.iter().map(Cell::words).collect();
            cells = vec![Cell::Text(words.join(between))];
        }
        if cells.is_empty()
            && let Some(value) = &self.rule.value
        {
            Cell::json(value).flatten(&mut cells);
        }
        if !self.rule.prefix.is_empty() {
            let prefixed =
                |cell: &Cell| Cell::Text(format!("{}{}", self.rule.prefix, cell.words()));
            cells = cells.iter().map(prefixed).collect();
        }
        cells
    }

    /// A cell as the rule says; nothing where it says nothing.
    fn ruled(&self, cell: Cell) -> Option<Cell> {
        let rule = &self.rule;
        if rule.empty.is_empty() && rule.values.is_empty() && rule.replace.is_empty() && !rule.html
        {
            return Some(cell);
        }
        let mut words = cell.words();
        let is = |text: &String| text.eq_ignore_ascii_case(&words);
        if rule.empty.iter().any(is) {
            return None;
        }
        if let Some((_, value)) = rule.values.iter().find(|(text, _)| is(text)) {
            return Some(Cell::Text(value.clone())).filter(|_| !value.is_empty());
        }
        if rule.replace.is_empty() && !rule.html || matches!(cell, Cell::Number(_)) {
            return Some(cell);
        }
        if rule.html {
            words = words_of_html(&words);
        }
        for (from, to) in rule.replace.iter().filter(|(from, _)| !from.is_empty()) {
            words = words.replace(from, to);
        }
        let words = words.trim().to_owned();
        (!words.is_empty()).then_some(Cell::Text(words))
    }
}

/// The words of HTML: tags are taken out, and those that end a line or a paragraph do so.
fn words_of_html(html: &str) -> String {
    const BREAKS: [&str; 9] = ["br", "p", "li", "ul", "ol", "div", "tr", "h", "table"];
    let mut words = String::new();
    let mut rest = html;
    while let Some((text, behind)) = rest.split_once('<') {
        words.push_str(text);
        let (tag, behind) = behind.split_once('>').unwrap_or((behind, ""));
        let name = tag.trim_start_matches('/').to_lowercase();
        let name = name
            .split(|c: char| !c.is_ascii_alphabetic())
            .next()
            .unwrap_or_default();
        if BREAKS.contains(&name) {
            words.push('\n');
        }
        rest = behind;
    }
    words.push_str(rest);
    for (entity, letter) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        words = words.replace(entity, letter);
    }
    let lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// The plan of a header whose columns have the names of fields.
fn by_names(header: &[String], notes: &mut Vec<String>) -> Result<Vec<(Target, Rule)>, String> {
    let mut rules: Vec<(Target, Rule)> = Vec::new();
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut twice = Vec::new();
    for (name, at) in header.iter().zip(1..) {
        let Some(target) = Target::of(name) else {
            if !name.is_empty() {
                notes.push(format!(
                    "column {name:?} is not known; its cells are not read"
                ));
            }
            continue;
        };
        match first.get(&fold(name)) {
            Some(first) => {
                let path = target.path();
                let reads = match path.as_str() {
                    "id" | "title" => "no row is read",
                    _ => "neither is read",
                };
                let reason = format!(
                    "column {name:?} stands in the header twice, as columns {first} and {at}; {reads}"
                );
                if reads.starts_with("no row") {
                    return Err(reason);
                }
                notes.push(reason);
                twice.push(fold(name));
            }
            None => {
                first.insert(fold(name), at);
                rules.push((target, Rule::of_column(name)));
            }
        }
    }
    rules.retain(|(_, rule)| !rule.columns().any(|name| twice.contains(&fold(name))));
    Ok(rules)
}
