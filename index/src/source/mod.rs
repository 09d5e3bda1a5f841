//! Where the data come from: official ESCO packages, extra labels, credential files. What cannot be used is reported, never dropped silently.

mod array;
pub mod credentials;
mod cut;
pub mod day;
mod documents;
mod encoding;
pub mod esco;
mod graph;
#[cfg(test)]
mod graph_tests;
pub mod labels;
mod lines;
mod markup;
pub mod native;
mod pieces;
pub mod report;
pub mod standards;
mod table;
pub mod wallet;
#[cfg(test)]
mod white_space_tests;
