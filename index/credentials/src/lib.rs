//! The credential record, every format that it is read from and written to, and what makes it comparable. What cannot be used is reported, never dropped silently.

mod array;
mod baked;
pub mod check;
pub mod credential;
mod cut;
pub mod cv;
pub mod day;
mod documents;
pub mod encoding;
pub mod enum_name;
pub mod files;
mod form;
pub mod found;
mod graph;
#[cfg(test)]
mod graph_tests;
mod lines;
mod markup;
pub mod migrate;
pub mod native;
pub mod net_price;
mod offers;
pub mod outcome;
mod pieces;
pub mod proto;
pub mod rates;
mod shape;
pub mod standards;
mod table;
pub use table::{mapping::Mapping, suggest};
pub mod transparency;
pub mod verify;
pub mod wallet;
#[cfg(test)]
mod white_space_tests;
