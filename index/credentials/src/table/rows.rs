//! The rows of a table, read twice: what its columns show, then its records, many at once and handed on in order.

use std::io;

use rayon::prelude::*;

use super::cell::Cell;
use super::plan::{FieldPlan, Plan};
use super::row::record;
use crate::found::{Found, Sink};
use crate::pieces::Load;

/// A row of cells, or why it cannot be read.
type CellRow = Result<Vec<Cell>, String>;

/// Takes a row with its line; false ends the reading.
pub(super) type RowSink<'a> = &'a mut dyn FnMut(u64, CellRow) -> bool;

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
    let mut hand = |batch: &mut Vec<(u64, CellRow)>| {
        let of_row = |(line, row): (u64, CellRow)| {
            let record = row.and_then(|row| record(&plan, &row));
            Found::offered(path.to_owned(), line, record)
        };
        let found: Vec<Found> = std::mem::take(batch).into_par_iter().map(of_row).collect();
        found.into_iter().all(&mut *sink)
    };
    let (mut batch, mut load) = (Vec::new(), Load::default());
    rows(&mut |line, row| {
        let n_bytes: usize = row.iter().flatten().map(Cell::n_bytes).sum();
        batch.push((line, row));
        if !load.add(n_bytes as u64) {
            return true;
        }
        load = Load::default();
        hand(&mut batch)
    })?;
    hand(&mut batch);
    Ok(plan
        .entries
        .iter()
        .filter_map(FieldPlan::unfilled)
        .collect())
}
