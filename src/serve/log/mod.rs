//! A log that several machines follow, so that all hold the same catalogue ([replicas.md](../../../docs/replicas.md)).

mod change_log;
mod message;
#[cfg(feature = "nats")]
mod nats;
mod progress;
pub mod publish;
pub mod snapshot;

use std::sync::Arc;

pub use change_log::{Bounds, ChangeLog, Checkpoint, LogError, LogMessages, Received};
pub use message::{Deletion, Files, LogMessage, MessageKind, StoredFile, message_hash, read};
pub use progress::{Became, LogProgress};

use crate::config::ChangeLogSettings;

/// The log that the settings name, if they name one.
///
/// # Errors
/// What its files are wrong by, or that this program has no NATS.
pub async fn open(settings: &ChangeLogSettings) -> Result<Option<Arc<dyn ChangeLog>>, LogError> {
    if settings.servers().next().is_none() {
        return Ok(None);
    }
    #[cfg(feature = "nats")]
    return Ok(Some(Arc::new(nats::Nats::open(settings).await?)));
    #[cfg(not(feature = "nats"))]
    Err(LogError::Foreign(
        "this program was built without NATS".to_owned(),
    ))
}
