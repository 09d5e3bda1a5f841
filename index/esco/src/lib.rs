//! ESCO as data: concepts with labels and relations, the packages that they are read from, and what became of a URI of another version.
//!
//! Knows nothing of credentials, of people or of how texts are linked.

// Made-up data for tests are shared with other crates, which know this one by its name.
#[cfg(test)]
extern crate self as skillgap_esco;

pub mod error;
pub mod graph;
pub mod groups;
pub mod labels;
pub mod languages;
pub mod migrate;
mod model;
pub mod package;
pub mod report;
pub mod table;
pub mod text;

pub use error::{DataError, Result};
pub use model::*;
