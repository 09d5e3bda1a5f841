//! What of the input could not be used, and where does it stand?

/// Longest reason; one that quotes more of the input is cut.
pub const REASON_BYTES_MAX: usize = 1_000;

/// One row of the input that was left out, with its place and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// File, with the entry's name after `!` where it lies in a zip.
    pub file: String,
    /// Line, counted from 1; 0 where the file as a whole is meant.
    pub line: u64,
    /// What is wrong, lower case.
    pub reason: String,
}

/// How many rows of one file were used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileCount {
    /// File, with the entry's name after `!` where it lies in a zip.
    pub file: String,
    /// Rows read, without the header.
    pub rows: u64,
    /// Rows used; the others are in [`ReadReport::rejected`].
    pub used: u64,
}

/// What was read, and what was rejected. Every row is either used or rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadReport {
    /// Files in the order in which they were read.
    pub files: Vec<FileCount>,
    /// Rejected rows in the order in which they were met.
    pub rejected: Vec<Rejected>,
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.reason),
            line => write!(f, "{}:{line}: {}", self.file, self.reason),
        }
    }
}

/// A reason, cut where it quotes too much of the input.
pub fn short(mut reason: String) -> String {
    if reason.len() > REASON_BYTES_MAX {
        reason.truncate(reason.floor_char_boundary(REASON_BYTES_MAX));
        reason.push('…');
    }
    reason
}
