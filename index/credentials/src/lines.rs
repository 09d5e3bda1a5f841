//! Which records stand in a file of one record a line? Native JSON, any other JSON document, or a token; many lines are parsed at once, and handed on in order.

use std::io::{BufRead, Read};

use rayon::prelude::*;

use super::documents;
use super::found::{Found, Sink};
use super::native;
use super::pieces::{Load, PIECE_BYTES_MAX};
use super::standards;
use super::standards::marks::is_marked;
use crate::credential::Credential;

struct Line {
    number: u64,
    bytes: Result<Vec<u8>, String>,
}

/// Hands each record to `sink`, with its line.
pub(super) fn read(mut input: impl BufRead, sink: Sink<'_>) -> std::io::Result<()> {
    let mut number = 0;
    loop {
        let batch = batch(&mut input, &mut number)?;
        if batch.is_empty() {
            return Ok(());
        }
        let found: Vec<Vec<Found>> = batch.par_iter().map(parse).collect();
        for (line, found) in batch.iter().zip(found) {
            let line = line.number;
            if !found.into_iter().all(|found| sink(Found { line, ..found })) {
                return Ok(());
            }
        }
    }
}

/// The records of a line. The path of one in native JSON is empty, since its line says it all.
fn parse(line: &Line) -> Vec<Found> {
    let native =
        |record: Result<Credential, String>| vec![Found::offered(String::new(), 0, record)];
    let bytes = match &line.bytes {
        Ok(bytes) => bytes,
        Err(reason) => return native(Err(reason.clone())),
    };
    if let Some(record) = native::parse_plain(bytes) {
        return native(Ok(record));
    }
    let mut found = Vec::new();
    let mut keep = |one: Found| {
        found.push(one);
        true
    };
    if standards::is_token(bytes) {
        standards::read_token(bytes, &mut keep);
        return found;
    }
    match serde_json::from_slice::<serde_json::Value>(bytes) {
        // Of a line without a mark of another standard the fault is told as one of native JSON.
        Ok(document) if !is_marked(&document) => native(native::parse(bytes)),
        Ok(document) => {
            documents::read_parsed(document, bytes, &mut keep);
            found
        }
        Err(error) => native(Err(format!("is no JSON: {error}"))),
    }
}

/// Lines that are not blank.
fn batch(input: &mut impl BufRead, number: &mut u64) -> std::io::Result<Vec<Line>> {
    let (mut batch, mut load, mut full) = (Vec::new(), Load::default(), false);
    while !full {
        let mut bytes = Vec::new();
        let read = input
            .by_ref()
            .take(PIECE_BYTES_MAX + 1)
            .read_until(b'\n', &mut bytes)?;
        if read == 0 {
            break;
        }
        *number += 1;
        full = load.add(read as u64);
        let bytes = if read as u64 > PIECE_BYTES_MAX {
            skip_rest_of_line(input)?;
            Err(format!("line is longer than {PIECE_BYTES_MAX} bytes"))
        } else {
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            Ok(bytes)
        };
        batch.push(Line {
            number: *number,
            bytes,
        });
    }
    Ok(batch)
}

fn skip_rest_of_line(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (used, done) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(used);
        if done {
            return Ok(());
        }
    }
}
