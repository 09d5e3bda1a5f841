//! Where the data come from: official ESCO packages, extra labels, credential files. What cannot be used is reported, never dropped silently.

mod array;
pub mod credentials;
pub mod day;
pub mod esco;
pub mod labels;
mod lines;
pub mod native;
pub mod report;
pub mod standards;
mod table;
pub mod wallet;
