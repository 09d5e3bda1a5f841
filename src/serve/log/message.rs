//! What a log of changes holds: one change a message, as protobuf, so that an older program ignores a field that it does not know. A kind of message that it does
//! not know it cannot ignore: it would no longer hold what the others do.

use prost::Message;
use skillgap_catalogue::Change;
use skillgap_credentials::credential::Credential;

/// A message of the log.
#[derive(Clone, PartialEq, prost::Message)]
pub struct LogMessage {
    /// What it says; nothing where it is of a kind that this program does not know.
    #[prost(oneof = "MessageKind", tags = "1, 2, 3")]
    pub kind: Option<MessageKind>,
}

/// What a message says.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum MessageKind {
    /// A credential to write.
    #[prost(message, tag = "1")]
    Upsert(Box<Credential>),
    /// A credential to delete.
    #[prost(message, tag = "2")]
    Delete(Deletion),
    /// A generation to go on with.
    #[prost(message, tag = "3")]
    Generation(Files),
}

/// A credential to delete.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Deletion {
    /// Its id.
    #[prost(string, tag = "1")]
    pub id: String,
    /// Number of this change among the changes of this credential.
    #[prost(uint64, optional, tag = "2")]
    pub version: Option<u64>,
}

/// Files that lie as objects beside the log: a generation, or a snapshot, which is a data directory.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Files {
    /// Name of the generation.
    #[prost(string, tag = "1")]
    pub generation: String,
    /// BLAKE3 of its manifest, as `CURRENT` has it.
    #[prost(string, tag = "2")]
    pub manifest: String,
    /// The files.
    #[prost(message, repeated, tag = "3")]
    pub files: Vec<StoredFile>,
    /// Which log it is a snapshot of; 0 for a generation.
    #[prost(uint64, tag = "4")]
    pub epoch: u64,
    /// Number of the last change that a snapshot holds.
    #[prost(uint64, tag = "5")]
    pub number: u64,
}

/// One file.
#[derive(Clone, PartialEq, prost::Message)]
pub struct StoredFile {
    /// Path from the folder, with `/` between.
    #[prost(string, tag = "1")]
    pub path: String,
    /// BLAKE3 of what it holds, which is the name of the object.
    #[prost(string, tag = "2")]
    pub blake3: String,
    /// Bytes.
    #[prost(uint64, tag = "3")]
    pub bytes: u64,
}

impl From<Change> for LogMessage {
    fn from(change: Change) -> Self {
        let kind = match change {
            Change::Upsert(credential) => MessageKind::Upsert(credential),
            Change::Delete { id, version } => MessageKind::Delete(Deletion { id, version }),
        };
        Self { kind: Some(kind) }
    }
}

impl LogMessage {
    /// By what the log tells a message that comes again from a new one: id, version and content. Without a version the same change is a new one each time, since
    /// the last write counts; then `nonce` tells them apart.
    pub fn id(&self, payload: &[u8], nonce: u64) -> String {
        let version = match &self.kind {
            Some(MessageKind::Upsert(credential)) => credential.version,
            Some(MessageKind::Delete(deletion)) => deletion.version,
            Some(MessageKind::Generation(_)) | None => None,
        };
        // The hash is of the whole message, the id in it, which may hold what is not allowed in a header.
        let hash = blake3::hash(payload).to_hex();
        match version {
            Some(version) => format!("{hash}-{version}"),
            None => format!("{hash}-{nonce:016x}"),
        }
    }
}

/// The hash of a message that commits keep.
pub fn message_hash(payload: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::hash(payload).as_bytes()[..8]);
    u64::from_le_bytes(first)
}

/// Reads a message.
///
/// # Errors
/// Why this program cannot go on after it.
pub fn read(payload: &[u8]) -> Result<MessageKind, String> {
    let message = LogMessage::decode(payload).map_err(|error| format!("is damaged: {error}"))?;
    message.kind.ok_or_else(|| {
        "is of a kind that this program does not know; it needs the version that wrote it"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, version: Option<u64>) -> LogMessage {
        Change::Upsert(Box::new(Credential {
            id: id.to_owned(),
            version,
            ..Credential::default()
        }))
        .into()
    }

    #[test]
    fn an_unknown_field_is_ignored_and_an_unknown_kind_is_not() {
        let mut payload = message("a", Some(3)).encode_to_vec();
        // Field 15 of the message, a number.
        payload.extend([0x78, 0x07]);
        assert!(
            matches!(read(&payload), Ok(MessageKind::Upsert(credential)) if credential.id == "a")
        );
        // Field 9 of the message, with some bytes: a kind that is yet to come.
        assert!(read(&[0x4a, 0x02, 0x08, 0x01]).is_err_and(|why| why.contains("kind")));
        assert!(read(&[0xff]).is_err_and(|why| why.contains("damaged")));
    }

    #[test]
    fn only_what_has_a_version_is_the_same_when_it_comes_again() {
        let id = |message: &LogMessage, nonce| message.id(&message.encode_to_vec(), nonce);
        let (with, without) = (message("a", Some(1)), message("a", None));
        assert_eq!(id(&with, 1), id(&with, 2));
        assert_ne!(id(&with, 1), id(&message("a", Some(2)), 1));
        assert_ne!(id(&with, 1), id(&message("b", Some(1)), 1));
        assert_ne!(id(&without, 1), id(&without, 2));
    }
}
