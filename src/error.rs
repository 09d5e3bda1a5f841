//! The error of a request: a closed set of kinds, each with one code on the wire.

use std::time::Duration;

use skillgap_catalogue::CatalogueError;
use skillgap_catalogue::Refusal;
use skillgap_esco::DataError;

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field as in the contract, such as `profile.skills[3].uri`.
    pub field: String,
    /// What is wrong with it, lower case; never the value itself, which may be personal.
    pub reason: String,
    /// What kind of rule it breaks.
    pub kind: ViolationKind,
}

/// What kind of rule a violation breaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ViolationKind {
    /// A rule of the contract.
    #[default]
    Rule,
    /// A page token belongs to another request, or to another generation.
    PageToken,
    /// The field is of the contract, but not of this version of the service.
    NotImplemented,
}

/// What a URI or an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// A credential of the catalogue.
    Credential,
    /// A skill of ESCO.
    Skill,
    /// An occupation of ESCO.
    Occupation,
}

impl Violation {
    /// Names a field and what is wrong with it.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            reason: reason.into(),
            kind: ViolationKind::default(),
        }
    }
}

/// Why a request was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request is not valid; all violations at once, at least one.
    #[error("invalid request: {}", list(.0))]
    Invalid(Vec<Violation>),
    /// What the field names is not in this snapshot.
    #[error("{field}: not found")]
    NotFound {
        /// Path of the field as in the contract.
        field: &'static str,
        /// What it names.
        resource: Resource,
    },
    /// No key, or one that is not known or has expired.
    #[error("a key is needed that is known and has not expired")]
    Key,
    /// The caller may not do this.
    #[error("this needs a key with the scope {0}")]
    Scope(&'static str),
    /// The caller's quota is used up.
    #[error("the quota of this key is used up; try again later")]
    Quota(Duration),
    /// The service has as much to do as it takes on.
    #[error("busy; try again later")]
    Busy,
    /// The catalogue cannot be changed by this process.
    #[error("the catalogue cannot be changed: {0}")]
    ReadOnly(&'static str),
    /// A change was not made, because of the versions.
    #[error("{field}: {refusal}")]
    Refused {
        /// Path of the field as in the contract.
        field: &'static str,
        /// Why, with the version that is stored.
        refusal: Refusal,
    },
    /// The disk is full. What is there can still be read.
    #[error("the disk is full; nothing can be changed until there is room")]
    DiskFull,
    /// The log that all machines follow cannot be reached, or has no majority. What is there can still be read.
    #[error("the log of changes cannot be reached; nothing was changed")]
    LogUnreachable,
    /// This machine's directory and the log do not agree.
    #[error("this replica takes no changes until who runs it has looked at it")]
    LogStopped,
    /// The caller demands a later commit than this machine has.
    #[error("at_least_commit: this replica is at commit {0}; try again, or another one")]
    NotReached(u64),
    /// Changes could not be made. What is there can still be read.
    #[error("the change could not be stored; it may be sent again")]
    NotStored,
    /// Time ran out between two stages.
    #[error("deadline exceeded")]
    DeadlineExceeded,
    /// The caller went away.
    #[error("cancelled")]
    Cancelled,
    /// The catalogue failed.
    #[error(transparent)]
    Index(#[from] CatalogueError),
    /// The learned data of the linker are damaged.
    #[error(transparent)]
    Linker(#[from] DataError),
    /// A worker failed without a result.
    #[error("internal error")]
    Internal,
}

impl Error {
    /// An invalid request with one violation.
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(field, reason)])
    }
}

fn list(violations: &[Violation]) -> String {
    violations
        .iter()
        .map(|violation| format!("{}: {}", violation.field, violation.reason))
        .collect::<Vec<_>>()
        .join("; ")
}

/// Result of a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;
