//! Spreadsheets (`.xlsx`): each sheet with the columns of a record is a table. A file that would unfold to more than a limit is refused before it is read.

use std::io::{self, BufReader, Read};

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use zip::ZipArchive;

use super::cell::Cell;
use super::mapping::Mapping;
use super::plan::Plan;
use super::rows::{RowSink, read_rows};
use crate::found::{Found, Sink};
use crate::pieces::{Open, PIECE_BYTES_MAX, Source};

/// What a zip file begins with.
pub(crate) const ZIP: &[u8] = b"PK\x03\x04";
/// Most bytes of a spreadsheet, unfolded.
const UNFOLDED_BYTES_MAX: u64 = 128 << 20;
/// Most files in one.
const FILES_MAX: usize = 10_000;
/// Most columns that are read.
const COLUMNS_MAX: u32 = 1_000;
/// Rows among which the header is looked for: people put a title above it.
const HEADER_ROWS_MAX: usize = 20;

/// Hands each row of each sheet that has the columns of a record to `sink`, with its number.
///
/// # Errors
/// What reading says.
pub(crate) fn read(
    open: Open<'_>,
    name: &str,
    mapping: Option<&Mapping>,
    sink: Sink<'_>,
) -> io::Result<()> {
    if let Err(reason) = unfold(open()?) {
        sink(Found::refused("", 0, reason));
        return Ok(());
    }
    let names = match book(open) {
        Ok(book) => book.sheet_names(),
        Err(error) => {
            sink(Found::refused(
                "",
                0,
                format!("is no spreadsheet (.xlsx): {error}"),
            ));
            return Ok(());
        }
    };
    let wanted = mapping.and_then(|mapping| mapping.of_file.sheet.as_deref());
    let sheets: Vec<&String> = names
        .iter()
        .filter(|name| wanted.is_none_or(|wanted| wanted == *name))
        .collect();
    let mut not_read = Vec::new();
    let mut n_read = 0;
    for sheet in &sheets {
        let (header_row, plan, notes) = match header(open, name, sheet, mapping)? {
            Ok(found) => found,
            Err(reason) => {
                not_read.push(format!("sheet {sheet:?}: {reason}"));
                continue;
            }
        };
        n_read += 1;
        for note in notes {
            sink(Found::note(header_row, note));
        }
        let path = if sheets.len() > 1 {
            format!("sheet {sheet:?}")
        } else {
            String::new()
        };
        let mut rows = |sink: RowSink<'_>| {
            each_row(open, sheet, &mut |line, row| {
                line <= header_row || sink(line, row)
            })
        };
        read_rows(plan, &path, &mut rows, sink)?;
    }
    if n_read == 0 {
        let reason = not_read.into_iter().next();
        let reason = reason.unwrap_or_else(|| {
            "has no sheet, or none of the name that the mapping gives".to_owned()
        });
        sink(Found::refused("", 0, reason));
    } else {
        not_read
            .into_iter()
            .all(|reason| sink(Found::note(0, reason)));
    }
    Ok(())
}

/// Unfolds all files of a zip without keeping them.
fn unfold(input: Box<dyn Source>) -> Result<(), String> {
    let broken = |error: &dyn std::fmt::Display| format!("is no spreadsheet (.xlsx): {error}");
    let mut archive = ZipArchive::new(BufReader::new(input)).map_err(|error| broken(&error))?;
    if archive.len() > FILES_MAX {
        return Err(format!("holds more than {FILES_MAX} files"));
    }
    let mut n_left = UNFOLDED_BYTES_MAX;
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|error| broken(&error))?;
        let n_read = io::copy(&mut file.take(n_left + 1), &mut io::sink())
            .map_err(|error| broken(&error))?;
        n_left = n_left
            .checked_sub(n_read)
            .ok_or_else(|| format!("unfolds to more than {UNFOLDED_BYTES_MAX} bytes"))?;
    }
    Ok(())
}

fn book(open: Open<'_>) -> Result<Xlsx<BufReader<Box<dyn Source>>>, XlsxError> {
    Xlsx::new(BufReader::new(open()?))
}

/// The row of a header, the plan of its table, and what is wrong with it.
type Header = (u64, Plan, Vec<String>);

/// The header of a sheet, or why there is none.
fn header(
    open: Open<'_>,
    name: &str,
    sheet: &str,
    mapping: Option<&Mapping>,
) -> io::Result<Result<Header, String>> {
    let (mut found, mut first, mut n_rows) = (None, None, 0);
    each_row(open, sheet, &mut |line, row| {
        let Ok(row) = row else { return true };
        let names: Vec<String> = row.iter().map(Cell::words).collect();
        n_rows += 1;
        match Plan::new(&names, mapping, name) {
            Ok((plan, notes)) => found = Some((line, plan, notes)),
            Err(reason) => drop(first.get_or_insert(reason)),
        }
        found.is_none() && n_rows < HEADER_ROWS_MAX
    })?;
    Ok(found.ok_or_else(|| first.unwrap_or_else(|| "is empty".to_owned())))
}

/// Hands each row that is not empty to `sink`, with its number.
fn each_row(open: Open<'_>, sheet: &str, sink: RowSink<'_>) -> io::Result<()> {
    let mut book = book(open).map_err(io::Error::other)?;
    let mut cells = match book.worksheet_cells_reader(sheet) {
        Ok(cells) => cells,
        // A sheet of charts has no cells.
        Err(_) => return Ok(()),
    };
    let (mut line, mut row, mut n_bytes): (u64, Vec<Cell>, usize) = (0, Vec::new(), 0);
    let mut hand = |line: u64, row: &mut Vec<Cell>, n_bytes: usize| {
        let is_empty = row.iter().all(Cell::is_empty);
        let row = std::mem::take(row);
        match n_bytes as u64 > PIECE_BYTES_MAX {
            true => sink(
                line,
                Err(format!("row is longer than {PIECE_BYTES_MAX} bytes")),
            ),
            false => is_empty || sink(line, Ok(row)),
        }
    };
    loop {
        let cell = match cells.next_cell() {
            Ok(Some(cell)) => cell,
            Ok(None) => break,
            Err(error) => {
                hand(line, &mut row, n_bytes);
                let reason =
                    format!("is broken from here on, and what follows is not read: {error}");
                sink(line + 1, Err(reason));
                return Ok(());
            }
        };
        let (at, column) = cell.get_position();
        if u64::from(at) + 1 != line {
            if !hand(line, &mut row, n_bytes) {
                return Ok(());
            }
            (line, n_bytes) = (u64::from(at) + 1, 0);
        }
        if column < COLUMNS_MAX && n_bytes as u64 <= PIECE_BYTES_MAX {
            let column = column as usize;
            if row.len() <= column {
                row.resize(column + 1, Cell::Text(String::new()));
            }
            row[column] = read_cell(cell.get_value());
            n_bytes += row[column].words().len();
        }
    }
    hand(line, &mut row, n_bytes);
    Ok(())
}

/// Hands the first rows of the first sheet to `look`.
///
/// # Errors
/// What reading says, or why the file is not read.
pub(super) fn first_rows(
    open: Open<'_>,
    n_rows: usize,
    look: &mut dyn FnMut(&[Cell]),
) -> io::Result<()> {
    unfold(open()?).map_err(io::Error::other)?;
    let names = book(open).map_err(io::Error::other)?.sheet_names();
    let mut n_seen = 0;
    let mut rows = |_, row: Result<Vec<Cell>, String>| {
        n_seen += 1;
        look(&row.unwrap_or_default());
        n_seen < n_rows
    };
    names
        .first()
        .map_or(Ok(()), |name| each_row(open, name, &mut rows))
}

/// A cell of a spreadsheet, which knows numbers and days.
fn read_cell(data: &DataRef<'_>) -> Cell {
    match data {
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Bool(is) => Cell::Text(is.to_string()),
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            Cell::Text(format!("{year:04}-{month:02}-{day:02}"))
        }
        DataRef::DateTime(time) => Cell::Number(time.as_f64() * 24.0),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        // What a formula could not compute.
        DataRef::Error(error) => Cell::Text(format!("#{error:?}")),
        DataRef::Empty => Cell::Text(String::new()),
    }
}
