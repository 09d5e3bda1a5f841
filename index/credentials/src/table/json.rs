//! JSON of any shape as a table: a mapping names the members, by paths such as `angebot.titel`, and each record is a row.

use std::io::{self, BufRead, BufReader, Read};

use serde_json::Value;
use skillgap_esco::table::LineFeeds;

use super::cell::Cell;
use super::mapping::Mapping;
use super::plan::{FILE, Plan};
use super::rows::{RowSink, read_rows};
use crate::cut::cut;
use crate::documents::DOCUMENT_BYTES_MAX;
use crate::found::{Found, Sink};
use crate::pieces::{Open, PIECE_BYTES_MAX};

/// How the records lie in a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonForm {
    /// One a line.
    Lines,
    /// An array.
    Array,
    /// One document.
    Document,
}

/// Hands each record of JSON to `sink`, as the mapping says.
///
/// # Errors
/// What reading says.
pub(crate) fn read(
    open: Open<'_>,
    name: &str,
    form: JsonForm,
    mapping: &Mapping,
    sink: Sink<'_>,
) -> io::Result<()> {
    let mut names: Vec<String> = Vec::new();
    for (_, rule) in &mapping.rules {
        for column in rule.looked_at().filter(|column| *column != FILE) {
            if !names.iter().any(|name| name == column) {
                names.push(column.to_owned());
            }
        }
    }
    let plan = match Plan::new(&names, Some(mapping), name) {
        Ok((plan, _)) => plan,
        Err(reason) => {
            sink(Found::refused("", 0, reason));
            return Ok(());
        }
    };
    let path = mapping.of_file.records.as_deref();
    let row = |value: &Value| -> Vec<Cell> {
        names
            .iter()
            .map(|name| Cell::json(&at(value, name)))
            .collect()
    };
    let mut rows = |sink: RowSink<'_>| {
        each(open, form, path, &mut |line, value| {
            let cells = value.and_then(|value| match value {
                Value::Object(_) => Ok(row(&value)),
                _ => Err("is no JSON object".to_owned()),
            });
            sink(line, cells)
        })
    };
    let unfilled = read_rows(plan, "", &mut rows, sink)?;
    for path in unfilled {
        sink(Found::note(
            0,
            format!("no record has anything at {path}, which the mapping names"),
        ));
    }
    Ok(())
}

/// The value at a path; where lists are on the way, those of all their entries.
fn at(value: &Value, path: &str) -> Value {
    match value {
        Value::Array(entries) => {
            let all = entries.iter().map(|entry| at(entry, path));
            Value::Array(all.filter(|value| !value.is_null()).collect())
        }
        Value::Object(members) => {
            if let Some(value) = members.get(path) {
                return value.clone();
            }
            // A name may have full stops of its own.
            let stops = path.match_indices('.').map(|(stop, _)| stop);
            let mut inner =
                stops.filter_map(|stop| Some((members.get(&path[..stop])?, &path[stop + 1..])));
            inner
                .next()
                .map_or(Value::Null, |(value, rest)| at(value, rest))
        }
        _ => Value::Null,
    }
}

/// Takes a record with its line, or why it cannot be read.
type ValueSink<'a> = &'a mut dyn FnMut(u64, Result<Value, String>) -> bool;

/// Hands each record of a file to `sink`.
pub(super) fn each(
    open: Open<'_>,
    form: JsonForm,
    path: Option<&str>,
    sink: ValueSink<'_>,
) -> io::Result<()> {
    match form {
        JsonForm::Lines => lines(BufReader::new(LineFeeds::new(open()?)), sink),
        JsonForm::Array if path.is_none() => array(open()?, sink),
        JsonForm::Array | JsonForm::Document => document(open()?, path, sink),
    }
}

fn parse(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| format!("is no JSON: {error}"))
}

fn lines(mut input: impl BufRead, sink: ValueSink<'_>) -> io::Result<()> {
    let (mut line, mut bytes) = (0, Vec::new());
    loop {
        bytes.clear();
        let n_read = input
            .by_ref()
            .take(PIECE_BYTES_MAX + 1)
            .read_until(b'\n', &mut bytes)?;
        line += 1;
        let text = bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&bytes)
            .trim_ascii();
        let wants_more = match n_read as u64 {
            0 => return Ok(()),
            n if n > PIECE_BYTES_MAX => {
                let reason = format!(
                    "line is longer than {PIECE_BYTES_MAX} bytes; nothing after it is read"
                );
                sink(line, Err(reason));
                return Ok(());
            }
            _ if text.is_empty() => true,
            _ => sink(line, parse(text)),
        };
        if !wants_more {
            return Ok(());
        }
    }
}

fn array(input: impl Read, sink: ValueSink<'_>) -> io::Result<()> {
    let cut = cut(input, 0, &mut |_, pieces| {
        pieces.into_iter().all(|piece| {
            let value = piece.bytes.and_then(|bytes| parse(&bytes));
            sink(piece.line, value)
        })
    })?;
    if let Some((line, reason)) = cut.broken {
        sink(line, Err(reason));
    }
    Ok(())
}

fn document(input: impl Read, path: Option<&str>, sink: ValueSink<'_>) -> io::Result<()> {
    let mut bytes = Vec::new();
    input.take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > DOCUMENT_BYTES_MAX {
        sink(
            0,
            Err(format!(
                "is one document of more than {DOCUMENT_BYTES_MAX} bytes"
            )),
        );
        return Ok(());
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let found =
        parse(text).map(|value| path.map_or_else(|| value.clone(), |path| at(&value, path)));
    match found {
        Ok(Value::Array(entries)) => drop(entries.into_iter().all(|entry| sink(0, Ok(entry)))),
        Ok(Value::Null) if path.is_some() => {
            sink(
                0,
                Err(format!("has no records at {:?}", path.unwrap_or_default())),
            );
        }
        other => drop(sink(0, other)),
    }
    Ok(())
}
