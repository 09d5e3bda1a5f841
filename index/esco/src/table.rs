//! [`Table`]: the rows of a CSV or TSV file that someone else wrote, cells by column name, with the line at which each row truly begins.
//!
//! The one idea: every row is handed over once, and is then either counted as used or reported with its line; nothing else decides that.

use std::cell::Cell;
use std::io::{self, Cursor, Read};
use std::rc::Rc;

use csv::{ByteRecord, StringRecord};

use crate::error::{DataError, Result};
use crate::report::{FileCount, ReadReport, Rejected};

mod line_feeds;
mod sniff;

pub use line_feeds::LineFeeds;

/// Longest row; a longer one is not held.
const ROW_BYTES_MAX: usize = 4 << 20;
/// More rejected rows than this in one file mean that it is another kind of file, and bound the report.
const REJECTED_ROWS_MAX: u64 = 200_000;
/// The most characters of a cell that a message quotes.
const QUOTED_CHARS_MAX: usize = 120;

/// Where a column stands; a missing column's cells read as empty.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column(Option<usize>);

/// How many cells a row must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// As many as the header.
    Exact,
    /// As many as the header or fewer: `skillsHierarchy` leaves out blank cells at the end.
    UpToHeader,
}

/// A row whose cells are valid UTF-8 and as many as they should be.
pub struct Row<'r>(&'r StringRecord);

impl Row<'_> {
    /// The cell without white space at its ends; empty where the column is missing.
    pub(crate) fn cell(&self, column: Column) -> &str {
        let cell = column.0.and_then(|at| self.0.get(at));
        cell.unwrap_or_default().trim()
    }

    /// All cells without white space at their ends, in the order of the header.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(str::trim)
    }
}

/// A table of which the header is read and the rows are not yet.
pub struct Table<'a> {
    file: &'a str,
    reader: csv::Reader<Box<dyn Read + 'a>>,
    columns: Vec<String>,
    width: Width,
    /// Bytes that the row which is read may still have.
    n_unused: Rc<Cell<usize>>,
}

impl<'a> Table<'a> {
    /// Reads the header: finds the delimiter (comma, semicolon or tab) where none is given, strips a byte order mark, trims the names.
    ///
    /// # Errors
    /// [`DataError::Input`] where the file cannot be read or is not UTF-8.
    pub fn new(
        file: &'a str,
        mut input: Box<dyn Read + 'a>,
        delimiter: Option<u8>,
    ) -> Result<Self> {
        let head = sniff::read_head(&mut input).map_err(|error| unreadable(file, &error))?;
        if head.contains(&0) {
            let reason = "is UTF-16 or no text; save it as UTF-8";
            return Err(DataError::input(file, reason));
        }
        let delimiter = delimiter.unwrap_or_else(|| sniff::delimiter(&head));
        let n_unused = Rc::new(Cell::new(ROW_BYTES_MAX));
        let input = OneRow {
            input: LineFeeds::new(Cursor::new(head).chain(input)),
            n_unused: Rc::clone(&n_unused),
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(Box::new(input) as Box<dyn Read + 'a>);
        let mut header = ByteRecord::new();
        let read = reader.read_byte_record(&mut header);
        read.map_err(|error| unreadable(file, &error))?;
        let header = StringRecord::from_byte_record(header).map_err(|_| {
            let reason = "the header is not valid UTF-8; save the file as UTF-8";
            DataError::input(file, reason)
        })?;
        let names = header.iter().map(|name| name.replace('\u{feff}', ""));
        Ok(Self {
            file,
            reader,
            columns: names.map(|name| name.trim().to_owned()).collect(),
            width: Width::Exact,
            n_unused,
        })
    }

    /// As [`Self::new`], of a file that must have some columns.
    ///
    /// # Errors
    /// Also where the file is empty or lacks one of the `mandatory` columns; all that are missing are named.
    pub(crate) fn open(
        file: &'a str,
        input: Box<dyn Read + 'a>,
        mandatory: &[&str],
        width: Width,
    ) -> Result<Self> {
        let table = Self::new(file, input, None)?;
        table.require(mandatory)?;
        Ok(Self { width, ..table })
    }

    /// Names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Finds a column by name; upper and lower case are alike, and of two with one name the first counts.
    pub(crate) fn column(&self, name: &str) -> Column {
        let is_it = |column: &String| column.eq_ignore_ascii_case(name);
        Column(self.columns.iter().position(is_it))
    }

    /// Whether a column is there.
    pub(crate) fn has(&self, column: Column) -> bool {
        column.0.is_some()
    }

    /// Hands each row to `sink`, or why it cannot be used, with the line on which it begins; ends where `sink` wants no more.
    ///
    /// # Errors
    /// What reading says; [`io::ErrorKind::FileTooLarge`] for a row of more than 4 MiB. [`Self::line`] says where.
    pub fn rows(
        &mut self,
        sink: &mut dyn FnMut(u64, std::result::Result<Row<'_>, String>) -> bool,
    ) -> io::Result<()> {
        let mut bytes = ByteRecord::new();
        loop {
            self.n_unused.set(ROW_BYTES_MAX);
            let read = self.reader.read_byte_record(&mut bytes);
            let read = read.map_err(|error| match error.into_kind() {
                csv::ErrorKind::Io(error) => error,
                other => io::Error::other(format!("{other:?}")),
            });
            if !read? {
                return Ok(());
            }
            let (first, last) = self.lines_of(&bytes);
            let wants_more = match StringRecord::from_byte_record(bytes) {
                Ok(record) => {
                    let n_cells = match record.iter().skip(self.columns.len()).all(str::is_empty) {
                        true => record.len().min(self.columns.len()),
                        false => record.len(),
                    };
                    let reason = self.width_reason(n_cells, first, last);
                    let wants_more = sink(first, reason.map_or(Ok(Row(&record)), Err));
                    bytes = record.into_byte_record();
                    wants_more
                }
                Err(error) => {
                    let column = self.columns.get(error.utf8_error().field());
                    let column = column.map_or("beyond the header", String::as_str);
                    bytes = error.into_byte_record();
                    sink(
                        first,
                        Err(format!("not valid UTF-8 in column {}", quoted(column))),
                    )
                }
            };
            if !wants_more {
                return Ok(());
            }
        }
    }

    /// The line at which reading has arrived.
    pub fn line(&self) -> u64 {
        self.reader.position().line()
    }

    /// Hands each row to `use_row`, counts it as used or reports the reason that `use_row` gives against it.
    ///
    /// # Errors
    /// [`DataError::Input`] where the file cannot be read to its end or is in another encoding or of another kind altogether.
    pub(crate) fn for_each_row(
        mut self,
        report: &mut ReadReport,
        mut use_row: impl FnMut(&Row<'_>) -> std::result::Result<(), String>,
    ) -> Result<()> {
        let (file, mut rows, mut used) = (self.file, 0, 0);
        let read = self.rows(&mut |line, row| {
            rows += 1;
            match row.and_then(|row| use_row(&row)) {
                Ok(()) => used += 1,
                Err(reason) => report.rejected.push(Rejected {
                    file: file.to_owned(),
                    line,
                    reason,
                }),
            }
            rows - used <= REJECTED_ROWS_MAX
        });
        read.map_err(|error| unreadable(file, &error))?;
        if rows - used > REJECTED_ROWS_MAX {
            let last = last_reason(report);
            let reason = format!("more than {REJECTED_ROWS_MAX} rows cannot be used{last}");
            return Err(DataError::input(file, reason));
        }
        report.files.push(FileCount {
            file: file.to_owned(),
            rows,
            used,
        });
        Ok(())
    }

    /// Why a row with `n_cells` cells on these lines cannot be used, if so.
    fn width_reason(&self, n_cells: usize, first: u64, last: u64) -> Option<String> {
        let expected = self.columns.len();
        if n_cells == expected || (n_cells < expected && self.width == Width::UpToHeader) {
            return None;
        }
        let reason = format!("{n_cells} cells where the header has {expected}");
        Some(match last > first {
            true => format!("{reason}; the row runs to line {last}, a quote may be left open"),
            false => reason,
        })
    }

    /// First and last line of the record just read. csv's own position points at blank lines before the record, so count back from its end.
    fn lines_of(&self, record: &ByteRecord) -> (u64, u64) {
        let start = record.position().map_or(1, csv::Position::line);
        let last = self.line().saturating_sub(1);
        let inner = record.as_slice().iter().filter(|byte| **byte == b'\n');
        let first = last.saturating_sub(inner.count() as u64).max(start);
        (first, last.max(first))
    }

    /// Refuses a header that lacks mandatory columns; names all that are missing and what is there.
    fn require(&self, mandatory: &[&str]) -> Result<()> {
        if self.columns.iter().all(String::is_empty) {
            return Err(DataError::input(self.file, "is empty: there is no header"));
        }
        let missing = mandatory.iter().copied();
        let missing: Vec<&str> = missing
            .filter(|name| self.column(name).0.is_none())
            .collect();
        let noun = match missing.len() {
            0 => return Ok(()),
            1 => "column",
            _ => "columns",
        };
        let (missing, found) = (missing.join(", "), quoted(&self.columns.join(", ")));
        let reason = format!("lacks the {noun} {missing}; its header has {found}");
        Err(DataError::input(self.file, reason))
    }
}

/// Reads a table, and fails where one row is longer than [`ROW_BYTES_MAX`], give or take what is read at a time.
struct OneRow<R> {
    input: R,
    n_unused: Rc<Cell<usize>>,
}

impl<R: Read> Read for OneRow<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.input.read(buffer)?;
        let Some(n_unused) = self.n_unused.get().checked_sub(n_read) else {
            let reason = format!(
                "row is longer than {ROW_BYTES_MAX} bytes, perhaps for a quotation mark that is not closed; nothing after it is read"
            );
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
        };
        self.n_unused.set(n_unused);
        Ok(n_read)
    }
}

/// Quotes a cell in a message, cut to a length that fits a line.
pub(crate) fn quoted(cell: &str) -> String {
    match cell.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((end, _)) => format!("'{}…'", cell[..end].escape_debug()),
        None => format!("'{}'", cell.escape_debug()),
    }
}

/// The reason of the last rejected row, as the end of a sentence.
fn last_reason(report: &ReadReport) -> String {
    report.rejected.last().map_or_else(String::new, |last| {
        format!("; line {}: {}", last.line, last.reason)
    })
}

/// A file whose bytes cannot be had: a truncated or damaged zip entry, one that is too large.
pub(super) fn unreadable(file: &str, error: &dyn std::fmt::Display) -> DataError {
    DataError::input(file, format!("cannot be read to its end: {error}"))
}
