//! Native JSON: the proto JSON of a credential, one on a line, read in a short form as well.
//!
//! A member that stands twice in a record is refused; one that no field has is not looked at.

mod short;
mod twice;

use serde_json::Value;

use crate::check::{
    RecordLimits, check_json, check_with_doubts, cut, doubt, proto_path, without_empty,
};
use crate::credential::Credential;
use crate::found::Fault;
use crate::proto::{Doubt, Violation};
use crate::shape::CREDENTIAL;
use crate::standards::marks::{MARKS, is_marked};

pub(crate) use short::is_address;
pub use short::{SHORT_NAMES, full_name, short_path, skill_uri};

/// Parses one line of native JSON.
///
/// # Errors
/// A sentence that names the field and what is wrong with it.
pub fn parse(line: &[u8]) -> Result<Credential, String> {
    parse_piece(line).map_err(|fault| fault.reason)
}

/// As [`parse`], of a record that may be broken into lines.
///
/// # Errors
/// As [`parse`]; the line is the first where the fault is one of the record as a whole.
pub fn parse_piece(piece: &[u8]) -> Result<Credential, Fault> {
    let record = twice::parse(piece, is_read).map_err(|error| Fault::of(&error))?;
    from_value(record).map_err(|reason| Fault {
        line: line_of(piece, &reason),
        reason,
    })
}

/// Whether a member of a record is looked at: a field in either form, or a mark of another standard.
fn is_read(name: &str) -> bool {
    CREDENTIAL.fields.iter().any(|field| field.name == name)
        || SHORT_NAMES.iter().any(|(short, _)| *short == name)
        || MARKS.contains(&name)
        || name == "skills"
}

/// The line on which the field that a reason begins with is named first.
fn line_of(piece: &[u8], reason: &str) -> u64 {
    let path = reason.split(": ").next().unwrap_or_default();
    let name = path.split(['.', '[']).next().unwrap_or_default();
    let name = format!("\"{name}\"");
    let before = piece
        .windows(name.len())
        .position(|part| part == name.as_bytes());
    let before = piece.get(..before.unwrap_or_default()).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Parses a record that is native JSON for sure; nothing if it may be of another standard, or has a fault.
pub fn parse_plain(line: &[u8]) -> Option<Credential> {
    let record = twice::parse(line, is_read).ok()?;
    (!is_marked(&record))
        .then(|| from_value(record).ok())
        .flatten()
}

/// Parses native JSON that is read already.
///
/// # Errors
/// As [`parse`].
pub fn from_value(value: Value) -> Result<Credential, String> {
    with_doubts(value, Vec::new())
}

/// As [`from_value`], of a record of which some values are in doubt already. A value that cannot be taken is one more doubt.
///
/// # Errors
/// What is wrong with its id or its title.
pub(crate) fn with_doubts(mut value: Value, mut doubts: Vec<Doubt>) -> Result<Credential, String> {
    if cut(&mut value) {
        doubts.push(is_cut_short());
    }
    let (_, twice) = short::lengthen(&mut value);
    doubts.extend(twice.into_iter().map(|((short, full), stated)| {
        let why = format!("{short} stands there twice, as {full} too");
        doubt(&proto_path(full), &stated, &why)
    }));
    doubts.extend(short::take_skills(&mut value));
    let checked = check_with_doubts(value, &RecordLimits::FILES, doubts);
    checked.map_err(|violations| in_words(&violations))
}

/// As [`from_value`], with all that is wrong; what is longer than the limits is wrong, too.
///
/// # Errors
/// The violations, by the names of fields as they stand in the record.
pub fn read(mut value: Value, limits: &RecordLimits) -> Result<Credential, Vec<Violation>> {
    let (moved, twice) = short::lengthen(&mut value);
    if let Some(((short, full), _)) = twice.first() {
        return Err(vec![Violation {
            field: (*short).to_owned(),
            reason: format!("stands there twice, as {full} too"),
        }]);
    }
    check_json(value, limits).map_err(|mut violations| {
        let fields = violations.iter_mut().map(|violation| &mut violation.field);
        fields.for_each(|field| *field = short_path(field, &moved));
        violations
    })
}

/// The doubt about a record that is cut.
pub(crate) fn is_cut_short() -> Doubt {
    Doubt {
        field: "record".to_owned(),
        reason: "a text or a list was too long and is cut".to_owned(),
    }
}

/// What is wrong, in one sentence.
pub(crate) fn in_words(violations: &[Violation]) -> String {
    let words = violations
        .iter()
        .map(|Violation { field, reason }| match field.as_str() {
            "" => reason.clone(),
            field => format!("{field}: {reason}"),
        });
    words.collect::<Vec<_>>().join("; ")
}

/// The credential with some members of its JSON laid over it; a null takes a member away.
///
/// # Errors
/// As [`parse`].
pub fn overlaid(credential: &Credential, members: &[(&str, &Value)]) -> Result<Credential, String> {
    let mut value = to_value(credential);
    if let Some(object) = value.as_object_mut() {
        for (name, laid) in members.iter().filter(|(name, _)| *name != "id") {
            match laid {
                Value::Null => object.remove(*name),
                _ => object.insert((*name).to_owned(), (*laid).clone()),
            };
        }
    }
    from_value(value)
}

/// One line of native JSON, without the line feed.
pub fn to_line(credential: &Credential) -> String {
    to_value(credential).to_string()
}

/// The native JSON of a credential, without members that say nothing.
pub fn to_value(credential: &Credential) -> Value {
    // A record that was checked has a JSON.
    without_empty(serde_json::to_value(credential).unwrap_or_default())
}

#[cfg(test)]
mod tests;
