//! The rows of a table, read twice: what its columns show, then its records.

use std::io;

use super::cell::Cell;
use super::plan::{Entry, Plan};
use super::row::record;
use crate::found::{Found, Sink};

/// Takes a row with its line, or why it cannot be read; false ends the reading.
pub(super) type RowSink<'a> = &'a mut dyn FnMut(u64, Result<Vec<Cell>, String>) -> bool;

/// Hands the record of each row to `sink`; `rows` is called twice and gives the same both times. Gives the columns of fields for which no row says anything.
pub(super) fn read_rows(
    mut plan: Plan,
    path: &str,
    rows: &mut dyn FnMut(RowSink<'_>) -> io::Result<()>,
    sink: Sink<'_>,
) -> io::Result<Vec<String>> {
    rows(&mut |_, row| {
        if let Ok(row) = row {
            plan.observe(&row);
        }
        true
    })?;
    rows(&mut |line, row| {
        let record = row.and_then(|row| record(&plan, &row));
        sink(Found::offered(path.to_owned(), line, record))
    })?;
    Ok(plan.entries.iter().filter_map(Entry::unfilled).collect())
}
