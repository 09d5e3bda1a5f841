//! Which credentials stand in a table, be it CSV, a spreadsheet, or JSON that a mapping makes one? One a row; the columns have the names of native JSON, or
//! those that a mapping gives.
//!
//! The one idea: a table is read twice, first for what its columns show (which mark is the decimal one, which part of a date is the day), then for its records; so
//! that no cell is read by itself where the others of its column say how.

mod cell;
mod csv;
mod dates;
pub(super) mod json;
pub mod mapping;
mod names;
mod numbers;
mod plan;
mod row;
pub(super) mod sheet;
mod suggest;
mod target;
#[cfg(test)]
mod tests;

use std::io;

use super::found::{Found, Sink};
use cell::Cell;
use plan::Plan;

pub(super) use csv::{read, separator};
pub use suggest::suggest;

/// Takes a row with its line, or why it cannot be read; false ends the reading.
type RowSink<'a> = &'a mut dyn FnMut(u64, Result<Vec<Cell>, String>) -> bool;

/// Hands the record of each row to `sink`; `rows` is called twice and gives the same both times.
fn read_rows(
    mut plan: Plan,
    path: &str,
    rows: &mut dyn FnMut(RowSink<'_>) -> io::Result<()>,
    sink: Sink<'_>,
) -> io::Result<()> {
    rows(&mut |_, row| {
        if let Ok(row) = row {
            plan.observe(&row);
        }
        true
    })?;
    rows(&mut |line, row| {
        let record = row.and_then(|row| row::record(&plan, &row));
        sink(Found::offered(path.to_owned(), line, record))
    })
}
