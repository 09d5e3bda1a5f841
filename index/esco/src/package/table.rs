//! What are the rows of a CSV or TSV file that someone else wrote? Cells by column name, with the line at which each row truly begins.
//!
//! The one idea: every row is handed over once, and is then either counted as used or reported with its line; nothing else decides that.

use std::io::{Cursor, Read};

use csv::{ByteRecord, StringRecord};

use crate::error::{DataError, Result};
use crate::report::{FileCount, ReadReport, Rejected};

mod line_feeds;
mod sniff;

use line_feeds::LineFeeds;

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
pub(crate) struct Row<'r>(&'r StringRecord);

impl Row<'_> {
    /// The cell without white space at its ends; empty where the column is missing.
    pub(crate) fn cell(&self, column: Column) -> &str {
        column
            .0
            .and_then(|at| self.0.get(at))
            .unwrap_or_default()
            .trim()
    }
}

/// A table of which the header is read and the rows are not yet.
pub(crate) struct Table<'a> {
    file: &'a str,
    reader: csv::Reader<Box<dyn Read + 'a>>,
    columns: Vec<String>,
    width: Width,
}

/// What the rows of a table came to.
#[derive(Default)]
struct Tally {
    rows: u64,
    used: u64,
}

impl<'a> Table<'a> {
    /// Reads the header: finds the delimiter (comma, semicolon or tab), strips a byte order mark, trims the names.
    ///
    /// # Errors
    /// [`DataError::Input`] where the file is empty, not UTF-8, or lacks one of the `mandatory` columns; all that are missing are named.
    pub(crate) fn open(
        file: &'a str,
        mut input: Box<dyn Read + 'a>,
        mandatory: &[&str],
        width: Width,
    ) -> Result<Self> {
        let head = sniff::read_head(&mut input).map_err(|error| unreadable(file, &error))?;
        if head.contains(&0) {
            return Err(DataError::input(
                file,
                "is UTF-16 or no text; save it as UTF-8",
            ));
        }
        let delimiter = sniff::delimiter(&head);
        let whole: Box<dyn Read + 'a> = Box::new(LineFeeds::new(Cursor::new(head).chain(input)));
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(whole);

        let mut header = ByteRecord::new();
        reader
            .read_byte_record(&mut header)
            .map_err(|error| unreadable(file, &error))?;
        let header = StringRecord::from_byte_record(header).map_err(|_| {
            DataError::input(
                file,
                "the header is not valid UTF-8; save the file as UTF-8",
            )
        })?;
        let columns: Vec<String> = header
            .iter()
            .map(|name| name.replace('\u{feff}', "").trim().to_owned())
            .collect();
        let table = Self {
            file,
            reader,
            columns,
            width,
        };
        table.require(mandatory)?;
        Ok(table)
    }

    /// Whether a column is there.
    pub(crate) fn has(&self, column: Column) -> bool {
        column.0.is_some()
    }

    /// Finds a column by name; upper and lower case are alike, and of two with one name the first counts.
    pub(crate) fn column(&self, name: &str) -> Column {
        Column(
            self.columns
                .iter()
                .position(|column| column.eq_ignore_ascii_case(name)),
        )
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
        let mut tally = Tally::default();
        let mut bytes = ByteRecord::new();
        while self
            .reader
            .read_byte_record(&mut bytes)
            .map_err(|error| unreadable(self.file, &error))?
        {
            let lines = self.lines_of(&bytes);
            tally.rows += 1;
            let (outcome, returned) = self.judge(bytes, &lines, &mut use_row);
            bytes = returned;
            match outcome {
                Ok(()) => tally.used += 1,
                Err(reason) => report.rejected.push(Rejected {
                    file: self.file.to_owned(),
                    line: lines.0,
                    reason,
                }),
            }
            if tally.rows - tally.used > REJECTED_ROWS_MAX {
                return Err(DataError::input(
                    self.file,
                    format!(
                        "more than {REJECTED_ROWS_MAX} rows cannot be used{}",
                        last_reason(report)
                    ),
                ));
            }
        }
        report.files.push(FileCount {
            file: self.file.to_owned(),
            rows: tally.rows,
            used: tally.used,
        });
        Ok(())
    }

    /// Checks encoding and number of cells, then asks `use_row`; gives the record's memory back.
    fn judge(
        &self,
        bytes: ByteRecord,
        lines: &(u64, u64),
        use_row: &mut impl FnMut(&Row<'_>) -> std::result::Result<(), String>,
    ) -> (std::result::Result<(), String>, ByteRecord) {
        let record = match StringRecord::from_byte_record(bytes) {
            Ok(record) => record,
            Err(error) => {
                let column = self
                    .columns
                    .get(error.utf8_error().field())
                    .map_or("beyond the header", String::as_str);
                let reason = format!("not valid UTF-8 in column {}", quoted(column));
                return (Err(reason), error.into_byte_record());
            }
        };
        let outcome = match self.width_reason(record.len(), lines) {
            Some(reason) => Err(reason),
            None => use_row(&Row(&record)),
        };
        (outcome, record.into_byte_record())
    }

    /// Why a row with `n_cells` cells cannot be used, if so.
    fn width_reason(&self, n_cells: usize, lines: &(u64, u64)) -> Option<String> {
        let expected = self.columns.len();
        if n_cells == expected || (n_cells < expected && self.width == Width::UpToHeader) {
            return None;
        }
        let reason = format!("{n_cells} cells where the header has {expected}");
        if lines.1 > lines.0 {
            return Some(format!(
                "{reason}; the row runs to line {}, a quote may be left open",
                lines.1
            ));
        }
        Some(reason)
    }

    /// First and last line of the record just read. csv's own position points at blank lines before the record, so count back from its end.
    fn lines_of(&self, record: &ByteRecord) -> (u64, u64) {
        let start = record.position().map_or(1, csv::Position::line);
        let last = self.reader.position().line().saturating_sub(1);
        let n_inner = record
            .as_slice()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count() as u64;
        let first = last.saturating_sub(n_inner).max(start);
        (first, last.max(first))
    }

    /// Refuses a header that lacks mandatory columns; names all that are missing and what is there.
    fn require(&self, mandatory: &[&str]) -> Result<()> {
        if self.columns.iter().all(String::is_empty) {
            return Err(DataError::input(self.file, "is empty: there is no header"));
        }
        let missing: Vec<&str> = mandatory
            .iter()
            .copied()
            .filter(|name| self.column(name).0.is_none())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let (noun, found) = (
            if missing.len() == 1 {
                "column"
            } else {
                "columns"
            },
            quoted(&self.columns.join(", ")),
        );
        Err(DataError::input(
            self.file,
            format!(
                "lacks the {noun} {}; its header has {found}",
                missing.join(", ")
            ),
        ))
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
