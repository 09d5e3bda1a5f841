//! Where the data come from: official ESCO packages, extra labels, credential files. What cannot be used is reported, never dropped silently.

pub mod credentials;
pub mod esco;
pub mod labels;
pub mod native;
pub mod report;
