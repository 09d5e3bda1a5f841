//! What an operator does to a log: makes it from a directory, or has all who follow it go on with another generation.

use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use prost::Message;
use skillgap_catalogue as catalogue;
use tokio::time::sleep;

use super::change_log::{ChangeLog, Checkpoint, LogError};
use super::message::{Files, LogMessage, MessageKind};
use super::snapshot::{self, TransferError};

/// Between two attempts to store files while a replica does.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// Makes the log from a directory, whole and checked, which may be served meanwhile: a snapshot of it first, then an empty log that goes on after it.
///
/// # Errors
/// [`LogError::Foreign`] if there is a log already and it is not to be replaced, and [`TransferError`].
pub async fn rebuild(
    log: &dyn ChangeLog,
    from: &Path,
    replace: bool,
) -> Result<Checkpoint, TransferError> {
    if let Some(bounds) = log.bounds().await?
        && !replace
    {
        let (generation, commit) = catalogue::committed(from)?;
        return Err(LogError::Foreign(format!(
            "there is a log up to change {}; --replace makes it again from this directory, which holds {} changes of generation {generation}",
            bounds.last, commit.sequence
        ))
        .into());
    }
    let (folder, _building) = catalogue::scratch(from)?;
    let copy = folder.path().join("copy");
    catalogue::backup(from, &copy)?;
    let (generation, commit) = catalogue::committed(&copy)?;
    let base = Checkpoint {
        number: commit.sequence,
        generation,
        sum: commit.sum,
    };
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let epoch = now.as_millis() as u64;
    let files = Files {
        epoch,
        number: base.number,
        ..snapshot::list_files(&copy)?
    };
    while !log.claim(snapshot::STORING).await? {
        tracing::info!("a replica stores a snapshot; waiting");
        sleep(TRY_AGAIN).await;
    }
    let made = match snapshot::put_snapshot(log, &files, &copy).await {
        Ok(()) => log.create(epoch, &base).await.map_err(TransferError::from),
        Err(error) => Err(error),
    };
    log.release(snapshot::STORING).await?;
    made?;
    Ok(base)
}

/// Stores the current generation of a directory, and adds a message to the log that all go on with it; returns its number.
///
/// # Errors
/// [`TransferError`].
pub async fn publish(log: &dyn ChangeLog, from: &Path) -> Result<u64, TransferError> {
    let (folder, _building) = catalogue::scratch(from)?;
    let copy = folder.path().join("copy");
    catalogue::backup(from, &copy)?;
    let files = snapshot::generation_files(snapshot::list_files(&copy)?);
    let place = copy.join("generations").join(&files.generation);
    while !log.claim(snapshot::STORING).await? {
        tracing::info!("a replica stores a snapshot; waiting");
        sleep(TRY_AGAIN).await;
    }
    let published = store(log, files, &place).await;
    log.release(snapshot::STORING).await?;
    published
}

async fn store(log: &dyn ChangeLog, mut files: Files, place: &Path) -> Result<u64, TransferError> {
    snapshot::put_files(log, &files, place).await?;
    snapshot::note_generation(log, &files).await?;
    let message = LogMessage {
        kind: Some(MessageKind::Generation(files.clone())),
    };
    let payload = Bytes::from(message.encode_to_vec());
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let id = message.id(&payload, now.as_nanos() as u64);
    files.number = log.append(&id, payload).await?;
    snapshot::note_generation(log, &files).await?;
    Ok(files.number)
}
