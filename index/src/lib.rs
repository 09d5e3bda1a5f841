//! The catalogue at rest: what is indexed, how text is analysed and linked, the files on disk and read access to them.
//!
//! Knows nothing of people, ads, gRPC or async. The way through: [`source`] reads files into [`model`]; [`catalogue`] builds, verifies and
//! opens generations of them; [`link`] finds the skills that a text is about.

pub mod catalogue;
pub mod encoder;
pub mod error;
pub mod graph;
pub mod int8;
pub mod languages;
pub mod link;
pub mod meaning;
pub mod migrate;
pub mod model;
pub mod neighbours;
mod products;
pub mod schema;
pub mod source;
pub mod terms;
pub mod text;
pub mod titles;
pub mod transparency;
pub mod vectors;

pub use catalogue::Catalogue;
pub use error::{IndexError, Result};
