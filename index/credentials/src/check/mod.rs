//! The checks of a credential, and its one form: the same for files, for the wire and for updates.
//!
//! A record is walked field by field along its shape. What says nothing is left out, codes and days are
//! written in one way, and each fault is a violation with its path. A rule belongs to the name of a
//! field, which means the same in every message.

mod rules;

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::credential::Credential;
use crate::proto::{Doubt, Violation};
use crate::shape::{CREDENTIAL, Field, Kind, Shape};
use crate::standards::codes::language_code;
use crate::standards::is_enveloped;
pub(crate) use rules::{AMOUNT_MAX, HOURS_MAX, is_country, is_day};
use rules::{TextRule, URI_BYTES_MAX, number_rule, text_rule};
pub use rules::{example, proto_path};

/// Longest id.
pub const ID_BYTES_MAX: usize = 1_024;
/// Violations that are told of one record.
const VIOLATIONS_MAX: usize = 50;

/// How much of anything one record may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordLimits {
    /// Entries of one list.
    pub entries_max: usize,
    /// Bytes of one text.
    pub text_bytes_max: usize,
    /// Bytes of one of the texts by language.
    pub texts_bytes_max: usize,
}

impl RecordLimits {
    /// Those of files; what is longer is cut, and the record says so.
    pub const FILES: Self = Self {
        entries_max: 1_000,
        text_bytes_max: 64 << 10,
        texts_bytes_max: 64 << 10,
    };
}

/// The record in its one form.
///
/// # Errors
/// All that is wrong with it, by the names of its fields in JSON; see [`proto_path`].
pub fn check(credential: &Credential, limits: &RecordLimits) -> Result<Credential, Vec<Violation>> {
    let mut at = serde_path_to_error::Track::new();
    let json = serde_path_to_error::Serializer::new(serde_json::value::Serializer, &mut at);
    let Ok(value) = credential.serialize(json) else {
        // What has no JSON is a number that no value of its enum has.
        let path = at.path().to_string();
        return Err(vec![violation(&path, "is no value of its enum")]);
    };
    // In JSON a number that is not finite becomes null.
    walk(without_empty(value), limits, Some("is no number"))
}

/// As [`check`], of a record in JSON. Members that no field has are not looked at, and a null is not stated.
///
/// # Errors
/// As [`check`].
pub fn check_json(record: Value, limits: &RecordLimits) -> Result<Credential, Vec<Violation>> {
    walk(record, limits, None)
}

/// As [`check_json`], but a value that is wrong costs only itself: it is left out and kept as a doubt, with its text. `doubts` are further ones.
///
/// # Errors
/// What is wrong with its id or its title: without these it is no record.
pub fn check_with_doubts(
    record: Value,
    limits: &RecordLimits,
    doubts: impl IntoIterator<Item = Doubt>,
) -> Result<Credential, Vec<Violation>> {
    let (record, mut faults) = walked(record, limits, None)?;
    let is_fatal = |field: &str| field == "id" || !record.contains_key("title") && field == "title";
    let fatal: Vec<Fault> = faults
        .extract_if(.., |fault| is_fatal(path_head(&fault.violation.field)))
        .collect();
    if !fatal.is_empty() {
        return Err(violations(fatal));
    }
    let mut credential = read(record)?;
    let doubts = doubts
        .into_iter()
        .chain(faults.into_iter().map(Fault::doubt));
    for doubt in doubts {
        add_doubt(&mut credential.doubts, doubt);
    }
    Ok(credential)
}

/// The first name of a path.
fn path_head(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or_default()
}

/// Most doubts of one record.
const DOUBTS_MAX: usize = 50;
/// Characters of a stated value that a doubt quotes.
const QUOTED_CHARS_MAX: usize = 80;

/// A doubt about a stated value. `field` is its path in the contract.
pub fn doubt(field: &str, stated: &str, why: &str) -> Doubt {
    let quoted: String = stated.chars().take(QUOTED_CHARS_MAX).collect();
    Doubt {
        field: field.to_owned(),
        reason: format!("stated as {quoted:?}: {why}"),
    }
}

/// Adds a doubt that is not there yet, up to some fifty.
pub fn add_doubt(doubts: &mut Vec<Doubt>, doubt: Doubt) {
    if doubts.len() < DOUBTS_MAX && !doubts.contains(&doubt) {
        doubts.push(doubt);
    }
}

fn walk(
    record: Value,
    limits: &RecordLimits,
    null: Option<&'static str>,
) -> Result<Credential, Vec<Violation>> {
    let (record, faults) = walked(record, limits, null)?;
    if faults.is_empty() {
        return read(record);
    }
    Err(violations(faults))
}

fn violations(faults: Vec<Fault>) -> Vec<Violation> {
    let violations = faults.into_iter().map(|fault| fault.violation);
    violations.take(VIOLATIONS_MAX).collect()
}

fn read(record: Map<String, Value>) -> Result<Credential, Vec<Violation>> {
    serde_json::from_value(Value::Object(record))
        .map_err(|error| vec![violation("", error.to_string())])
}

/// What of a record can be taken, and what is wrong with the rest.
type Walked = (Map<String, Value>, Vec<Fault>);

fn walked(
    record: Value,
    limits: &RecordLimits,
    null: Option<&'static str>,
) -> Result<Walked, Vec<Violation>> {
    let Value::Object(record) = record else {
        return Err(vec![violation("", "is no JSON object")]);
    };
    let mut walk = Walk {
        limits,
        null,
        path: String::new(),
        faults: Vec::new(),
    };
    let id_is_given = record.contains_key("id");
    let (record, _) = walk.message(&CREDENTIAL, record);
    let id = record.get("id").and_then(Value::as_str);
    let id = id.unwrap_or_default();
    // A record with a token for an id would be taken for an envelope when it is read back.
    let not_a_token = || match is_enveloped(id) {
        true => Err("is a token, not a name".to_owned()),
        false => Ok(()),
    };
    if id_is_given && let Err(reason) = check_id(id).and_then(|()| not_a_token()) {
        walk.faults.retain(|fault| fault.violation.field != "id");
        let violation = violation("id", reason);
        walk.faults.insert(
            0,
            Fault {
                violation,
                stated: None,
            },
        );
    }
    Ok((record, walk.faults))
}

/// Checks the id of a record.
///
/// # Errors
/// What is wrong with it.
pub fn check_id(id: &str) -> Result<(), String> {
    if id.trim().is_empty() || id.len() > ID_BYTES_MAX || id.chars().any(char::is_control) {
        return Err(format!(
            "must have 1 to {ID_BYTES_MAX} bytes, and no control characters"
        ));
    }
    Ok(())
}

/// The JSON of a message without members that say nothing; numbers are kept, since 0 says something.
pub fn without_empty(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members
                .into_iter()
                .map(|(name, value)| (name, without_empty(value)));
            Value::Object(members.filter(|(_, value)| !is_empty(value)).collect())
        }
        Value::Array(entries) => Value::Array(entries.into_iter().map(without_empty).collect()),
        other => other,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(entries) => entries.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(text) => text.is_empty() || text.ends_with("_UNSPECIFIED"),
        _ => false,
    }
}

/// Cuts texts and lists that are longer than a record of a file may hold; tells whether it had to.
pub(crate) fn cut(value: &mut Value) -> bool {
    let limits = RecordLimits::FILES;
    match value {
        Value::String(text) => {
            let too_long = text.len() > limits.text_bytes_max;
            if too_long {
                text.truncate(text.floor_char_boundary(limits.text_bytes_max));
                text.truncate(text.trim_end().len());
            }
            too_long
        }
        Value::Array(entries) => {
            let too_long = entries.len() > limits.entries_max;
            entries.truncate(limits.entries_max);
            entries
                .iter_mut()
                .fold(too_long, |is_cut, entry| cut(entry) || is_cut)
        }
        Value::Object(members) => {
            // All of them, and not only up to the first that is cut.
            let is_cut: Vec<bool> = members.values_mut().map(cut).collect();
            is_cut.contains(&true)
        }
        _ => false,
    }
}

fn too_long(text: &str, most: usize) -> String {
    format!("has {} bytes, at most {most} are allowed", text.len())
}

fn violation(field: &str, reason: impl Into<String>) -> Violation {
    Violation {
        field: field.to_owned(),
        reason: reason.into(),
    }
}

/// A value that is not taken, with its text where it is one.
struct Fault {
    violation: Violation,
    stated: Option<String>,
}

impl Fault {
    fn doubt(self) -> Doubt {
        let Violation { field, reason } = self.violation;
        let field = proto_path(&field);
        match self.stated {
            Some(stated) => doubt(&field, &stated, &reason),
            None => Doubt { field, reason },
        }
    }
}

struct Walk<'a> {
    limits: &'a RecordLimits,
    /// What a null is; nothing where it says nothing.
    null: Option<&'static str>,
    path: String,
    faults: Vec<Fault>,
}

impl Walk<'_> {
    fn refuse(&mut self, reason: impl Into<String>) {
        let violation = violation(&self.path, reason);
        let stated = None;
        self.faults.push(Fault { violation, stated });
    }

    /// Refuses a value with its text.
    fn refuse_stated(&mut self, stated: impl ToString, reason: impl Into<String>) {
        let violation = violation(&self.path, reason);
        let stated = Some(stated.to_string());
        self.faults.push(Fault { violation, stated });
    }

    /// Looks at what stands one step below.
    fn within<T>(&mut self, step: &str, look: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        if !(self.path.is_empty() || step.starts_with('[')) {
            self.path.push('.');
        }
        self.path.push_str(step);
        let seen = look(self);
        self.path.truncate(length);
        seen
    }

    /// The members that say something, and whether all that must be there are.
    fn message(
        &mut self,
        shape: &Shape,
        mut given: Map<String, Value>,
    ) -> (Map<String, Value>, bool) {
        let (mut members, mut is_whole) = (Map::new(), true);
        for field in shape.fields {
            let n_faults = self.faults.len();
            let value = given.remove(field.name);
            let value =
                value.and_then(|value| self.within(field.name, |walk| walk.field(field, value)));
            match value {
                Some(value) => drop(members.insert(field.name.to_owned(), value)),
                None if field.is_required => {
                    is_whole = false;
                    if self.faults.len() == n_faults {
                        self.within(field.name, |walk| walk.refuse("is missing"));
                    }
                }
                None => {}
            }
        }
        (members, is_whole)
    }

    fn field(&mut self, field: &Field, value: Value) -> Option<Value> {
        if value.is_null() {
            if let Some(reason) = self.null {
                self.refuse(reason);
            }
            return None;
        }
        if !field.is_list {
            return self.value(field, value).filter(|value| !is_empty(value));
        }
        let entries = match value {
            Value::Array(entries) => entries,
            one => vec![one],
        };
        if entries.len() > self.limits.entries_max {
            let (count, most) = (entries.len(), self.limits.entries_max);
            self.refuse(format!("has {count} entries, at most {most} are allowed"));
            return None;
        }
        let entries = entries.into_iter().enumerate();
        let entries: Vec<Value> = entries
            .filter_map(|(at, entry)| {
                self.within(&format!("[{at}]"), |walk| walk.entry(field, entry))
            })
            .collect();
        let entries = self.in_order(field.name, entries);
        (!entries.is_empty()).then_some(Value::Array(entries))
    }

    fn entry(&mut self, field: &Field, value: Value) -> Option<Value> {
        let is_text = value.is_string();
        let n_faults = self.faults.len();
        let value = self.value(field, value).filter(|value| !is_empty(value));
        if value.is_none() && is_text && self.faults.len() == n_faults {
            self.refuse("is empty");
        }
        value
    }

    /// Lists that are sets have each entry once; days and signals stand in order.
    fn in_order(&mut self, name: &str, mut entries: Vec<Value>) -> Vec<Value> {
        match name {
            "startDates" => {
                entries.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
                entries.dedup();
            }
            "countries" | "languages" => {
                let mut seen = BTreeSet::new();
                entries.retain(|entry| seen.insert(entry.to_string()));
            }
            "trustSignals" => {
                let (mut seen, mut at) = (BTreeSet::new(), 0..);
                entries.retain(|entry| {
                    let (at, is_new) = (at.next(), seen.insert(entry["signal"].to_string()));
                    if !is_new {
                        self.within(&format!("[{}].signal", at.unwrap_or(0)), |walk| {
                            walk.refuse_stated(entry, "stands there twice");
                        });
                    }
                    is_new
                });
                entries.sort_by_key(signal_number);
            }
            _ => {}
        }
        entries
    }

    fn value(&mut self, field: &Field, value: Value) -> Option<Value> {
        match (&field.kind, value) {
            (Kind::Text, Value::String(text)) => self.text(field.name, text),
            (Kind::Texts, Value::Object(texts)) => Some(self.texts(texts)),
            (Kind::Number | Kind::Whole, Value::Number(number)) => self.number(field, number),
            (Kind::Whole, Value::String(text)) if let Ok(number) = text.parse::<u64>() => {
                self.number(field, number.into())
            }
            (Kind::Enum(prefix, names), Value::String(name)) => {
                self.enum_value(prefix, names, &name)
            }
            (Kind::Enum(_, names), Value::Number(number)) => {
                let at = number.as_u64().map(|number| number as usize);
                let name = at.and_then(|at| names.get(at));
                if name.is_none() {
                    self.refuse_stated(number, "is no value of its enum");
                }
                name.map(|name| Value::from(*name))
            }
            (Kind::Message(shape), Value::Object(members)) => self.whole_message(shape, members),
            (kind, other) => {
                let reason = match kind {
                    Kind::Text => "must be a text",
                    Kind::Texts => "must be texts by language",
                    Kind::Number => "must be a number",
                    Kind::Whole => "must be a whole number",
                    Kind::Enum(..) => "must be a name",
                    Kind::Message(_) => "must be an object",
                };
                match other {
                    Value::String(text) => self.refuse_stated(text, reason),
                    other => self.refuse_stated(other, reason),
                }
                None
            }
        }
    }

    fn text(&mut self, name: &str, text: String) -> Option<Value> {
        let text = text.trim();
        let rule = text_rule(name);
        let most = match rule {
            Some(TextRule::Uri) => URI_BYTES_MAX,
            _ => self.limits.text_bytes_max,
        };
        if text.is_empty() {
            return None;
        }
        let checked = match rule {
            _ if text.len() > most => Err(too_long(text, most)),
            Some(rule) => rule.apply(text).map_err(str::to_owned),
            None => Ok(text.to_owned()),
        };
        checked
            .map_err(|reason| self.refuse_stated(text, reason))
            .ok()
            .map(Value::from)
    }

    /// Texts by language, one a language however their codes are spelled.
    fn texts(&mut self, given: Map<String, Value>) -> Value {
        let mut texts = Map::new();
        for (code, text) in given {
            let most = self.limits.texts_bytes_max;
            self.within(&code.trim().to_lowercase(), |walk| {
                let Some(language) = language_code(&code) else {
                    return walk.refuse_stated(text, "is no code of a language");
                };
                match text {
                    Value::Null => {}
                    Value::String(text) if text.trim().is_empty() => {}
                    Value::String(text) if text.len() > most => walk.refuse(too_long(&text, most)),
                    Value::String(text) if texts.contains_key(&language) => {
                        walk.refuse_stated(text, "stands there twice");
                    }
                    Value::String(text) => drop(texts.insert(language, text.trim().into())),
                    other => walk.refuse_stated(other, "must be a text"),
                }
            });
        }
        Value::Object(texts)
    }

    fn number(&mut self, field: &Field, number: Number) -> Option<Value> {
        let value = number.as_f64().filter(|value| value.is_finite())?;
        if matches!(field.kind, Kind::Whole) && (value.fract() != 0.0 || value < 0.0) {
            self.refuse_stated(number, "must be a whole number, not negative");
            return None;
        }
        match number_rule(field.name) {
            Some((least, most)) if !(least..=most).contains(&value) => {
                self.refuse_stated(number, format!("is not in {least} to {most}"));
                None
            }
            _ if matches!(field.kind, Kind::Whole) => {
                Some(Value::from(number.as_u64().unwrap_or(value as u64)))
            }
            _ => Some(Value::Number(number)),
        }
    }

    fn enum_value(&mut self, prefix: &str, names: &[&'static str], name: &str) -> Option<Value> {
        let word = name.trim().to_uppercase().replace(['-', ' '], "_");
        let is_it = |known: &&&str| **known == word || known.strip_prefix(prefix) == Some(&word);
        let known = names.iter().find(is_it);
        if known.is_none() {
            let word = |name: &&str| name.strip_prefix(prefix).unwrap_or(name).to_lowercase();
            let words: Vec<String> = names.iter().skip(1).map(word).collect();
            self.refuse_stated(name, format!("is none of {}", words.join(", ")));
        }
        known.map(|name| Value::from(*name))
    }

    /// A message with what its fields mean together.
    fn whole_message(&mut self, shape: &Shape, given: Map<String, Value>) -> Option<Value> {
        let n_given = given.len();
        let (mut members, is_whole) = self.message(shape, given);
        if !is_whole {
            // What is left of it is not lost without a word.
            if !members.is_empty() {
                self.refuse_stated(Value::Object(members), "is not whole");
            }
            return None;
        }
        match shape.message {
            // A skill by itself says what is learned; an empty text states nothing.
            "Outcome" if n_given == 0 => self.refuse("has neither text nor skills"),
            "SkillLink" => one_form_of_link(&mut members),
            "Coordinates" if n_given < 2 => {
                self.refuse("needs latitude and longitude");
                return None;
            }
            "TrustSignal" if !members.contains_key("value") => return None,
            "Accreditation" => {
                let date = |name: &str| members.get(name).and_then(Value::as_str);
                let dates = date("validFrom").zip(date("validUntil"));
                if dates.is_some_and(|(from, until)| from > until)
                    && let Some(from) = members.remove("validFrom")
                {
                    let why = "is after validUntil";
                    let from = from.as_str().unwrap_or_default();
                    self.within("validFrom", |walk| walk.refuse_stated(from, why));
                }
            }
            "PrerequisiteGroup" => {
                let ids = members.get("credentialIds").and_then(Value::as_array);
                let count = ids.map_or(0, Vec::len);
                let held = members.get("heldMin").and_then(Value::as_u64);
                if held.is_some_and(|held| held > count as u64) {
                    let reason = format!("is not in 1 to {count}");
                    self.within("heldMin", |walk| walk.refuse(reason));
                    self.refuse_stated(Value::Object(members), "is not whole");
                    return None;
                }
            }
            _ => {}
        }
        Some(Value::Object(members))
    }
}

/// A declared link is its source's word; an inferred one is kept to four decimals, as the index does.
fn one_form_of_link(link: &mut Map<String, Value>) {
    link.remove("label");
    let is_inferred = link.get("origin").and_then(Value::as_str) == Some("LINK_ORIGIN_INFERRED");
    if is_inferred {
        let confidence = link.get("confidence").and_then(Value::as_f64);
        let rounded = (confidence.unwrap_or(1.0) * 1e4).round() / 1e4;
        link.insert("confidence".to_owned(), rounded.into());
    } else {
        link.insert("origin".to_owned(), "LINK_ORIGIN_DECLARED".into());
        link.remove("confidence");
    }
}

/// The place of a signal in the published table.
fn signal_number(stated: &Value) -> usize {
    let name = stated["signal"].as_str().unwrap_or_default();
    crate::proto::Signal::from_str_name(name).map_or(0, |signal| signal as usize)
}

#[cfg(test)]
mod tests;
