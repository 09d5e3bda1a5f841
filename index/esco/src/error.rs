//! What can go wrong with data at rest, and where?

use std::path::{Path, PathBuf};

/// An error in reading or writing data. Messages say what and where, and hold no text of an ad or a profile.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The operating system refused: not found, not permitted, disk full.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The input cannot be used at all: a truncated zip, a missing mandatory file or column.
    #[error("{file}: {reason}")]
    Input {
        /// The file, with the entry's name after `!` where it lies in a zip.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A generation on disk is not what its manifest says.
    #[error("generation is damaged: {file}: {reason}")]
    Damaged {
        /// The file within the generation.
        file: String,
        /// What is wrong.
        reason: String,
    },
}

impl DataError {
    /// Wraps an error of the operating system with the path it is about; for use in `map_err`.
    pub fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io {
            path: path.to_path_buf(),
            source,
        }
    }

    /// Whether there was no room left to write.
    pub fn is_disk_full(&self) -> bool {
        let Self::Io { source, .. } = self else {
            return false;
        };
        matches!(
            source.kind(),
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
        )
    }

    /// An unusable input file.
    pub fn input(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Input {
            file: file.into(),
            reason: reason.into(),
        }
    }

    /// A damaged file of a generation.
    pub fn damaged(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Damaged {
            file: file.into(),
            reason: reason.into(),
        }
    }
}

/// Result of reading or writing data.
pub type Result<T> = std::result::Result<T, DataError>;
