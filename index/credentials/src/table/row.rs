//! A row as a record: what each cell says goes into its field, and what it does not say for sure becomes a doubt with its text.

use serde_json::{Map, Value, json};

use super::cell::{Cell, language};
use super::dates;
use super::lists::{codes, entries, skills};
use super::names;
use super::plan::{FieldPlan, Plan};
use super::target::Target;
use crate::check::{doubt, is_country, is_day};
use crate::credential::{Credential, DeliveryMode, Doubt};
use crate::native;
use crate::shape::{Field, Kind};

/// Language of a text of which none is named.
const UNDETERMINED: &str = "und";
/// Stands for bytes that belong to no letter.
const LOST: char = '\u{fffd}';

/// The record of a row.
///
/// # Errors
/// That it lacks an id or a title.
pub(super) fn record(plan: &Plan, row: &[Cell]) -> Result<Credential, String> {
    let mut draft = RowDraft::default();
    for entry in &plan.entries {
        let mut cells = entry.cells(row, &plan.file);
        cells.retain(|cell| {
            let is_lost = matches!(cell, Cell::Text(text) if text.contains(LOST));
            if is_lost {
                let why = "holds bytes that are no letters in the file's encoding";
                draft.doubt(&entry.target, cell, why);
            }
            !is_lost
        });
        match entry.is_in_doubt(row) {
            _ if cells.is_empty() => {}
            Some(why) => draft.doubt(&entry.target, &Cell::List(cells), &why),
            None => draft.take(entry, cells),
        }
    }
    draft.finish()
}

/// A record in the making, in native JSON.
#[derive(Default)]
struct RowDraft {
    fields: Map<String, Value>,
    outcomes: Vec<Value>,
    signals: Vec<Value>,
    /// The amount, its currency if the cell names it, and the cell.
    cost: Option<(f64, Option<&'static str>, String)>,
    currency: Option<(Option<&'static str>, String)>,
    doubts: Vec<Doubt>,
}

impl RowDraft {
    fn doubt(&mut self, target: &Target, cell: &Cell, why: &str) {
        self.doubts.push(doubt(&target.path(), &cell.words(), why));
    }

    fn take(&mut self, entry: &FieldPlan, mut cells: Vec<Cell>) {
        let target = &entry.target;
        match target {
            Target::Text(field, language) => {
                let text = Cell::List(cells).words();
                by_language(&mut self.fields, field, language.as_deref(), &text);
            }
            Target::Outcomes(language) => {
                for text in entries(&cells, entry.rule.split.as_deref()) {
                    self.outcomes.push(match language {
                        Some(language) => json!({ "text": { language: text } }),
                        None => json!({ "text": text }),
                    });
                }
            }
            Target::Skills => {
                let links = skills(&cells).into_iter();
                self.outcomes
                    .extend(links.map(|link| json!({ "skills": [{ "uri": link }] })));
            }
            Target::SkillsRequired => {
                let mut uris = Vec::new();
                for stated in skills(&cells) {
                    match native::skill_uri(&stated) {
                        Some(uri) => uris.push(uri),
                        None => {
                            let why = "is not the URI of an ESCO skill";
                            self.doubt(target, &Cell::Text(stated), why);
                        }
                    }
                }
                if !uris.is_empty() {
                    self.fields.insert("skillsRequired".to_owned(), json!(uris));
                }
            }
            Target::Cost => {
                let cell = cells.swap_remove(0);
                match cell.price(entry.marks) {
                    Ok((amount, currency)) => {
                        let amount = amount * entry.rule.times.unwrap_or(1.0);
                        self.cost = Some((amount, currency, cell.words()));
                    }
                    Err(why) => {
                        self.doubt(target, &cell, &why);
                        self.fields
                            .entry("costNote")
                            .or_insert_with(|| cell.words().into());
                    }
                }
            }
            Target::Currency => {
                let words = cells[0].words();
                self.currency = Some((names::currency(&words), words));
            }
            Target::Signal(signal) => match names::yes_or_no(&cells[0].words()) {
                Some(is) => self.signals.push(json!({ "signal": signal, "value": is })),
                None => self.doubt(target, &cells[0], "says neither yes nor no"),
            },
            Target::Field(field, path) => self.field(entry, field, path, cells),
        }
    }

    fn field(&mut self, entry: &FieldPlan, field: &'static Field, path: &str, cells: Vec<Cell>) {
        let target = &entry.target;
        let value = match field.kind {
            Kind::Number | Kind::Whole => match self.number(entry, field, &cells) {
                Some(number) => number,
                None => return,
            },
            _ if field.is_list || path == "languages" => {
                let mut values = Vec::new();
                let split = entry.rule.split.as_deref();
                let texts = if is_code(field) {
                    codes(&cells, field, split)
                } else {
                    entries(&cells, split)
                };
                for text in texts {
                    match one(entry, field, &text) {
                        Ok(value) if values.contains(&value) => {}
                        Ok(value) => values.push(value),
                        Err(why) => self.doubt(target, &Cell::Text(text), &why),
                    }
                }
                if values.is_empty() {
                    return;
                }
                Value::Array(values)
            }
            _ => {
                let cell = Cell::List(cells);
                match one(entry, field, &cell.words()) {
                    Ok(value) => value,
                    Err(why) => {
                        if field.name == "mode" {
                            let words = cell.words().into();
                            self.fields.entry("participation").or_insert(words);
                        }
                        return self.doubt(target, &cell, &why);
                    }
                }
            }
        };
        if let Err(value) = put(&mut self.fields, path, value) {
            let words = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            self.doubt(
                target,
                &Cell::Text(words),
                "another column states the same field",
            );
        }
    }

    /// The number of a field; what cannot be read is a doubt.
    fn number(&mut self, entry: &FieldPlan, field: &Field, cells: &[Cell]) -> Option<Value> {
        let target = &entry.target;
        if cells.len() > 1 && !entry.rule.sum {
            self.doubt(
                target,
                &Cell::List(cells.to_vec()),
                "is more than one number",
            );
            return None;
        }
        let mut sum = 0.0;
        for cell in cells {
            let unit = entry.rule.unit.as_deref();
            let read = match field.name {
                _ if unit.is_some() || entry.rule.times.is_some() => cell.number(entry.marks, unit),
                "hours" | "hoursMin" => cell.hours(entry.marks),
                "latitude" | "longitude" => cell
                    .words()
                    .parse()
                    .map_err(|_| "is no number of degrees".to_owned()),
                "ects" => cell.ects(entry.marks),
                "eqfLevel" | "eqfLevelMin" | "eqfLevelMax" => cell.eqf_level(),
                _ => cell.number(entry.marks, None),
            };
            match read {
                Ok(number) => sum += number,
                Err(why) => {
                    if field.name == "eqfLevel"
                        && matches!(cell, Cell::Text(text) if text.contains(char::is_alphabetic))
                    {
                        self.fields
                            .entry("nqfLevel")
                            .or_insert_with(|| cell.words().into());
                    }
                    self.doubt(target, cell, &why);
                    return None;
                }
            }
        }
        let number = sum * entry.rule.times.unwrap_or(1.0);
        let number = (number * 1e4).round() / 1e4;
        if let Some(max) = entry.rule.max.filter(|max| number > *max) {
            self.doubt(
                target,
                &Cell::List(cells.to_vec()),
                &format!("is above {max}, the most that the mapping takes"),
            );
            return None;
        }
        match field.kind {
            Kind::Whole if number.fract() == 0.0 => Some(json!(number as u64)),
            Kind::Whole => {
                self.doubt(target, &Cell::List(cells.to_vec()), "is no whole number");
                None
            }
            _ => Some(json!(number)),
        }
    }

    fn finish(mut self) -> Result<Credential, String> {
        let (named, stated) = self.currency.take().unzip();
        if let Some((amount, own, words)) = self.cost.take() {
            let currency = own.or(named.flatten());
            match (currency, own.zip(named.flatten())) {
                (_, Some((own, other))) if own != other => {
                    let why = format!("the currency of its own column is {other}");
                    self.doubts.push(doubt("cost", &words, &why));
                }
                (Some(currency), _) => {
                    let cost = json!({ "amount": amount, "currency": currency });
                    self.fields.insert("cost".to_owned(), cost);
                }
                // What costs nothing does so in any currency.
                (None, _) if amount == 0.0 && !words.starts_with('0') => {
                    let cost = json!({ "amount": 0, "currency": "EUR" });
                    self.fields.insert("cost".to_owned(), cost);
                }
                (None, _) => {
                    let stated = stated.map_or(words.clone(), |stated| format!("{words} {stated}"));
                    let why =
                        "has no currency that is known; costCurrency or a mapping can give it";
                    self.doubts.push(doubt("cost", &stated, why));
                }
            }
        }
        if !self.outcomes.is_empty() {
            self.fields
                .insert("outcomes".to_owned(), Value::Array(self.outcomes));
        }
        if !self.signals.is_empty() {
            self.fields
                .insert("trustSignals".to_owned(), Value::Array(self.signals));
        }
        native::with_doubts(Value::Object(self.fields), self.doubts)
    }
}

/// Whether the entries of a field are codes or names of something, and no sentences.
fn is_code(field: &Field) -> bool {
    field.name == "languages"
        || is_country(field.name)
        || is_day(field.name)
        || matches!(field.name, "iscedCodes" | "timesOfDay")
}

/// A value of a field that is no number.
fn one(entry: &FieldPlan, field: &Field, text: &str) -> Result<Value, String> {
    match field.kind {
        _ if field.name == "languages" => {
            let (code, level) = language(text).ok_or("is no language")?;
            let level = level.map(|level| format!("CEFR_LEVEL_{level}"));
            Ok(match level {
                Some(level) => json!({ "languageCode": code, "level": level }),
                None => json!(code),
            })
        }
        _ if is_country(field.name) => Ok(json!(names::country(text).ok_or("is no country")?)),
        _ if is_day(field.name) => Ok(json!(dates::read(text, entry.order)?)),
        Kind::Enum(..) if field.name == "mode" => {
            let mode = DeliveryMode::from_words(text);
            mode.map(|_| json!(text))
                .ok_or_else(|| "is no mode that is known".to_owned())
        }
        _ => Ok(json!(text)),
    }
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

/// Puts a value at a path, in the first entry where a list of messages is on the way; more entries are added to a list.
fn put(fields: &mut Map<String, Value>, path: &str, value: Value) -> Result<(), Value> {
    let mut shape = &crate::shape::CREDENTIAL;
    let mut steps = path.split('.').peekable();
    let mut at = fields;
    while let Some(step) = steps.next() {
        if steps.peek().is_none() {
            return match (at.get_mut(step), value) {
                (None, value) => {
                    at.insert(step.to_owned(), value);
                    Ok(())
                }
                (Some(Value::Array(known)), Value::Array(more)) => {
                    known.extend(more);
                    Ok(())
                }
                (Some(_), value) => Err(value),
            };
        }
        let field = shape.fields.iter().find(|field| field.name == step);
        let is_list = field.is_some_and(|field| field.is_list);
        if let Some(Kind::Message(inner)) = field.map(|field| &field.kind) {
            shape = inner;
        }
        let group = at
            .entry(step)
            .or_insert_with(|| if is_list { json!([{}]) } else { json!({}) });
        let group = match group {
            Value::Array(entries) => entries.first_mut().and_then(Value::as_object_mut),
            other => other.as_object_mut(),
        };
        match group {
            Some(group) => at = group,
            None => return Err(value),
        }
    }
    Err(value)
}
