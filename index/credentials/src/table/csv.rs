//! CSV: its separator, the line `sep=;` that spreadsheets write before the header, and its rows.

use std::io::{self, BufRead, BufReader, Read};

use skillgap_esco::table::Table;

use super::cell::Cell;
use super::mapping::Mapping;
use super::plan::{FILE, Plan};
use super::rows::{RowSink, read_rows};
use super::target::Target;
use crate::found::{Found, Sink};
use crate::pieces::Open;

/// Separators, of which the header shows the one in use.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The separator of a table: that of a line `sep=;`, or the one by which its header has an id and a title; with a mapping, the columns of these.
pub(crate) fn separator(beginning: &[u8], mapping: Option<&Mapping>) -> Option<u8> {
    let mut lines = beginning.split(|byte| matches!(byte, b'\n' | b'\r'));
    let first = lines.next()?;
    if let Some(separator) = declared(first) {
        return Some(separator);
    }
    let has = |separator: u8, is_it: &dyn Fn(&str) -> bool| {
        let cells = first.split(|byte| *byte == separator);
        let mut cells = cells.filter_map(|cell| std::str::from_utf8(cell).ok());
        cells.any(|cell| is_it(cell.trim().trim_matches('"').trim()))
    };
    let has_path = |separator: u8, path: &str| match mapping {
        None => has(separator, &|cell| {
            Target::of(cell).is_some_and(|target| target.path() == path)
        }),
        Some(mapping) => mapping.rules.iter().any(|(target, rule)| {
            let mut columns = rule.columns().filter(|column| *column != FILE);
            let is_constant = rule.columns().all(|column| column == FILE);
            target.path() == path
                && (is_constant
                    || columns
                        .any(|column| has(separator, &|cell| cell.eq_ignore_ascii_case(column))))
        }),
    };
    SEPARATORS
        .into_iter()
        .find(|separator| has_path(*separator, "id") && has_path(*separator, "title"))
}

/// The separator that a first line declares.
fn declared(line: &[u8]) -> Option<u8> {
    match line.trim_ascii_end().strip_prefix(b"sep=") {
        Some([separator]) => Some(*separator),
        // A tab is white space.
        Some([]) if line.ends_with(b"\t") => Some(b'\t'),
        _ => None,
    }
}

/// Hands each row of CSV in UTF-8 to `sink`, with its line.
///
/// # Errors
/// What reading says.
pub(crate) fn read(
    open: Open<'_>,
    name: &str,
    separator: u8,
    mapping: Option<&Mapping>,
    sink: Sink<'_>,
) -> io::Result<()> {
    let mut plan = None;
    let opened = with_table(open, separator, |table, _| {
        plan = Some(Plan::new(table.columns(), mapping, name));
        Ok(())
    })?;
    let plan = match (opened, plan) {
        (Err(reason), _) | (_, Some(Err(reason))) => {
            sink(Found::refused("", 1, reason));
            return Ok(());
        }
        (Ok(n_before), Some(Ok((plan, notes)))) => {
            notes
                .into_iter()
                .all(|note| sink(Found::note(1 + n_before, note)));
            plan
        }
        (Ok(_), None) => return Ok(()),
    };
    let mut too_long = None;
    let mut rows = |sink: RowSink<'_>| {
        let read = with_table(open, separator, |table, n_before| {
            let read = table.rows(&mut |line, row| {
                let cells = row.map(|row| row.cells().map(Cell::text).collect());
                // Spreadsheets write rows of nothing.
                let is_blank = |cells: &Vec<Cell>| cells.iter().all(Cell::is_empty);
                cells.as_ref().is_ok_and(is_blank) || sink(line + n_before, cells)
            });
            match read {
                Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                    too_long = Some((table.line() + n_before, error.to_string()));
                    Ok(())
                }
                read => read,
            }
        })?;
        read.map(drop).map_err(io::Error::other)
    };
    read_rows(plan, "", &mut rows, sink)?;
    if let Some((line, reason)) = too_long {
        sink(Found::refused("", line, reason));
    }
    Ok(())
}

/// Opens a table, with the number of lines that come before its header.
fn with_table(
    open: Open<'_>,
    separator: u8,
    look: impl FnOnce(&mut Table<'_>, u64) -> io::Result<()>,
) -> io::Result<Result<u64, String>> {
    let mut input = BufReader::new(open()?);
    if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    let line = input.fill_buf()?;
    let end = line.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    let mut n_before = 0;
    if let Some(end) = end.filter(|end| declared(&line[..*end]).is_some()) {
        let is_pair = line.get(end..end + 2) == Some(b"\r\n");
        input.consume(end + 1 + usize::from(is_pair));
        n_before = 1;
    }
    match Table::new("header", Box::new(input.take(u64::MAX)), Some(separator)) {
        Ok(mut table) => look(&mut table, n_before).map(|()| Ok(n_before)),
        Err(error) => Ok(Err(error.to_string())),
    }
}
