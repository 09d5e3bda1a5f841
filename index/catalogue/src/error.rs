//! What can go wrong with the catalogue at rest, and where?

use std::path::{Path, PathBuf};

use skillgap_esco::DataError;

/// An error of the catalogue at rest. Messages say what and where, and hold no text of an ad or a profile.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file cannot be read or written, or is not what it should be.
    #[error(transparent)]
    Data(#[from] DataError),
    /// There is no generation to open.
    #[error("{0}: no generation here; build one with `skillgap index`")]
    NoGeneration(PathBuf),
    /// Another process writes to the data directory.
    #[error("{0}: another process writes here")]
    Locked(PathBuf),
    /// This process may not write to the data directory.
    #[error("{0}: cannot be written to")]
    ReadOnly(PathBuf),
    /// tantivy failed.
    #[error("search index: {0}")]
    Search(#[from] tantivy::TantivyError),
}

impl CatalogueError {
    /// Wraps an error of the operating system with the path it is about; for use in `map_err`.
    pub fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| DataError::io(path)(source).into()
    }

    /// Whether there was no room left to write.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Data(error) if error.is_disk_full())
    }

    /// An unusable input file.
    pub fn input(file: impl Into<String>, reason: impl Into<String>) -> Self {
        DataError::input(file, reason).into()
    }

    /// A damaged file of a generation.
    pub fn damaged(file: impl Into<String>, reason: impl Into<String>) -> Self {
        DataError::damaged(file, reason).into()
    }
}

/// Result of the catalogue at rest.
pub type Result<T> = std::result::Result<T, CatalogueError>;
