//! Which credentials stand in a table, be it CSV, a spreadsheet, or JSON that a mapping makes one? One a row; the columns have the names of native JSON, or
//! those that a mapping gives.
//!
//! The one idea: a table is read twice, first for what its columns show (which mark is the decimal one, which part of a date is the day), then for its records; so
//! that no cell is read by itself where the others of its column say how.

mod cell;
mod csv;
mod dates;
pub(super) mod json;
mod lists;
pub mod mapping;
mod names;
mod numbers;
mod plan;
mod row;
mod rows;
pub(super) mod sheet;
mod suggest;
mod target;
#[cfg(test)]
mod tests;

pub(super) use csv::{read, separator};
pub use suggest::suggest;
