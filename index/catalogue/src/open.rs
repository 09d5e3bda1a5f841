//! [`open`]: the current generation of a data directory, with all changes to its credentials.

use std::path::Path;

use super::Catalogue;
use super::disk::open_base;
use super::live::with_changes;
use crate::error::Result;

/// Verifies the current generation of `data_dir`, with all changes to its credentials, and opens it.
///
/// # Errors
/// [`CatalogueError::Data`](crate::CatalogueError::Data) with the damaged file's name, [`CatalogueError::NoGeneration`](crate::CatalogueError::NoGeneration).
pub fn open(data_dir: &Path) -> Result<Catalogue> {
    let (catalogue, _) = with_changes(data_dir, open_base(data_dir)?)?;
    Ok(catalogue)
}
