//! `Found`: one record of a file, or why there is none, with its place. Readers hand them to a [`Sink`].

use crate::credential::Credential;
use crate::standards::Seal;

/// One record of a document, or why there is none.
pub struct Found {
    /// JSON path, or path of elements, within the document; empty where the line says it all.
    pub path: String,
    /// Line of the file on which it starts, counted from 1; 0 where that is not known.
    pub line: u64,
    /// The record, or what is wrong.
    pub record: Result<Credential, String>,
    /// Whether it was awarded to a person, rather than offered.
    pub award: bool,
    /// Whether the document itself says that it was revoked.
    pub revoked: bool,
    /// Whether the document names a place where its status can be asked for; it is not asked.
    pub has_status: bool,
    /// Whether it is only said of the file, and no record is missing for it.
    pub is_note: bool,
    /// The signatures of the token that carries it.
    pub seals: Vec<Seal>,
}

impl Found {
    /// A record that is offered to all, or why there is none.
    pub fn offered(path: String, line: u64, record: Result<Credential, String>) -> Self {
        Self {
            path,
            line,
            record,
            award: false,
            revoked: false,
            has_status: false,
            seals: Vec::new(),
            is_note: false,
        }
    }

    /// What is to be said of the file as a whole, such as of a column that is not read.
    pub fn note(line: u64, reason: impl Into<String>) -> Self {
        let is_note = true;
        Self {
            is_note,
            ..Self::refused("", line, reason)
        }
    }

    /// Why there is no record.
    pub fn refused(path: &str, line: u64, reason: impl Into<String>) -> Self {
        Self::offered(path.to_owned(), line, Err(reason.into()))
    }
}

/// Takes a record, or why there is none; false ends the reading, since more is not wanted.
pub type Sink<'a> = &'a mut dyn FnMut(Found) -> bool;

/// Why a piece of a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line within the piece, counted from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

impl Fault {
    /// What the parser says.
    pub fn of(error: &serde_json::Error) -> Self {
        // The place that the message names is one within the piece.
        let said = error.to_string();
        let reason = said
            .rsplit_once(" at line ")
            .map_or(said.as_str(), |(reason, _)| reason);
        Self {
            line: error.line() as u64,
            reason: format!("{reason} (column {})", error.column()),
        }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        let Self { line, reason } = Self::of(&error);
        Self {
            line,
            reason: format!("is no JSON: {reason}"),
        }
    }
}
