//! [`ChangeLog`]: what is asked of a log that several machines follow. It orders changes, keeps them, and carries snapshots and notes.
//!
//! One machine has none: its queue ([`super::super::writes`]) orders changes, and its directory keeps them.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::Stream;
use tokio::io::{AsyncRead, AsyncWrite};

/// How far a log reaches, and what it began with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Which log: one that was made again has another.
    pub epoch: u64,
    /// The commit that it was made from.
    pub base: Checkpoint,
    /// Number of the first message that is kept.
    pub first: u64,
    /// Number of the last message; that before the first where there is none.
    pub last: u64,
}

/// A commit, as far as two machines compare it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Checkpoint {
    /// Number of the last change.
    pub number: u64,
    /// Name of the generation.
    pub generation: String,
    /// Sum over all credentials.
    pub sum: u64,
}

/// A message as it was read.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its number.
    pub number: u64,
    /// What it says.
    pub payload: Bytes,
}

/// Messages in order, as they come; an error where the log cannot be read just now.
pub type LogMessages = Pin<Box<dyn Stream<Item = Result<Received, LogError>> + Send>>;

/// What an object is read from, and written to.
pub type ObjectReader<'a> = &'a mut (dyn AsyncRead + Send + Unpin);
/// See [`ObjectReader`].
pub type ObjectWriter<'a> = &'a mut (dyn AsyncWrite + Send + Unpin);

/// Why a log did not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// It cannot be reached, or has no majority. A message was not taken.
    #[error("the log cannot be reached: {0}")]
    Unreachable(String),
    /// It did not answer in time. Whether a message was taken is not known.
    #[error("the log did not answer: {0}")]
    Unknown(String),
    /// The message is larger than it takes.
    #[error("the log takes no message of this size")]
    TooLarge,
    /// There is no object of this name.
    #[error("the log has no object {0}")]
    NoObject(String),
    /// Something else is there under its name.
    #[error("{0}")]
    Foreign(String),
}

/// A log that several machines follow.
#[tonic::async_trait]
pub trait ChangeLog: Send + Sync {
    /// How far it reaches; nothing where there is none.
    async fn bounds(&self) -> Result<Option<Bounds>, LogError>;
    /// Makes it, in the place of what may be there, to go on after what `base` says.
    async fn create(&self, epoch: u64, base: &Checkpoint) -> Result<(), LogError>;
    /// Adds a message, and returns its number. One with an id that came a short time ago is not added; its number is that of the first.
    async fn append(&self, id: &str, payload: Bytes) -> Result<u64, LogError>;
    /// Messages from this number on, also those that are still to come.
    async fn read_from(&self, number: u64) -> Result<LogMessages, LogError>;
    /// One message, if it is kept.
    async fn message(&self, number: u64) -> Result<Option<Bytes>, LogError>;
    /// Removes all messages up to this number.
    async fn trim(&self, number: u64) -> Result<(), LogError>;
    /// Names of all objects.
    async fn objects(&self) -> Result<Vec<String>, LogError>;
    /// Stores an object.
    async fn put_object(&self, name: &str, from: ObjectReader<'_>) -> Result<(), LogError>;
    /// Reads an object.
    async fn get_object(&self, name: &str, to: ObjectWriter<'_>) -> Result<(), LogError>;
    /// Removes an object.
    async fn remove_object(&self, name: &str) -> Result<(), LogError>;
    /// Leaves a short note under a key for the other machines, for an hour.
    async fn put_note(&self, key: &str, note: Bytes) -> Result<(), LogError>;
    /// Claims a key for this machine, until it releases it, or for an hour; false where another one has it.
    async fn claim(&self, key: &str) -> Result<bool, LogError>;
    /// Gives a claimed key back.
    async fn release(&self, key: &str) -> Result<(), LogError>;
    /// All notes, by key.
    async fn notes(&self) -> Result<Vec<(String, Bytes)>, LogError>;
}
