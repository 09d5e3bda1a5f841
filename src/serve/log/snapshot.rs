//! Snapshots and generations as objects beside the log: each file under the hash of what it holds, so that only new ones travel, and the list of them last, so
//! that what has a list is whole.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use prost::Message;
use skillgap_catalogue::{self as catalogue, CatalogueError, Manifest};
use tokio::fs::File;

use super::change_log::{ChangeLog, LogError};
use super::message::{Files, StoredFile};

/// Before the number of a snapshot in the name of its list.
const SNAPSHOT: &str = "snapshot-";
/// Before the name of a generation in the name of its list.
const GENERATION: &str = "generation-";
/// Claimed while files are stored or removed.
pub const STORING: &str = "storing";
/// Lists that are kept; the log is trimmed behind the last but one.
const KEPT: usize = 2;

/// Why files did not travel.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// What the log said.
    #[error(transparent)]
    Log(#[from] LogError),
    /// What the directory said.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The list of files is damaged, or a file is another one than listed.
    #[error("{0} is damaged in the log's store")]
    Damaged(String),
}

/// What lies in a copy of a data directory, as [`catalogue::copy_commit`] makes it, with all hashes. Cost: every file is read.
///
/// # Errors
/// What the directory says.
pub fn list_files(copy: &Path) -> Result<Files, CatalogueError> {
    let (generation, manifest) = catalogue::current(copy)?;
    let files = Manifest::sum_files(copy)?.into_iter();
    let files = files.map(|(path, sum)| StoredFile {
        path,
        blake3: sum.blake3,
        bytes: sum.bytes,
    });
    Ok(Files {
        generation,
        manifest,
        files: files.collect(),
        epoch: 0,
        number: 0,
    })
}

/// Of the files of a copy only those of the generation, from its folder.
pub fn generation_files(mut files: Files) -> Files {
    let folder = format!("generations/{}/", files.generation);
    files.files.retain_mut(|file| {
        let inside = file.path.strip_prefix(&folder).map(str::to_owned);
        inside.is_some_and(|inside| {
            file.path = inside;
            true
        })
    });
    files
}

/// Stores those files that are not there yet, from the folder that they were listed in.
///
/// # Errors
/// What the log says.
pub async fn put_files(
    log: &dyn ChangeLog,
    files: &Files,
    from: &Path,
) -> Result<(), TransferError> {
    let there: BTreeSet<String> = log.objects().await?.into_iter().collect();
    for file in files.files.iter().filter(|file| file.bytes > 0) {
        if !there.contains(&file.blake3) {
            let place = from.join(&file.path);
            let opened = File::open(&place).await;
            let mut opened = opened.map_err(CatalogueError::io(&place))?;
            log.put_object(&file.blake3, &mut opened).await?;
        }
    }
    Ok(())
}

/// Writes all files below a folder, each checked.
///
/// # Errors
/// [`TransferError`].
pub async fn get_files(log: &dyn ChangeLog, files: &Files, to: &Path) -> Result<(), TransferError> {
    for file in &files.files {
        let place = inside(to, &file.path)?;
        let folder = place.parent().unwrap_or(to);
        fs::create_dir_all(folder).map_err(CatalogueError::io(folder))?;
        if file.bytes == 0 {
            fs::File::create(&place).map_err(CatalogueError::io(&place))?;
            continue;
        }
        let created = File::create(&place).await;
        let mut created = created.map_err(CatalogueError::io(&place))?;
        log.get_object(&file.blake3, &mut created).await?;
        let synced = created.sync_all().await;
        synced.map_err(CatalogueError::io(&place))?;
        let mut hasher = blake3::Hasher::new();
        let copied =
            fs::File::open(&place).and_then(|mut written| std::io::copy(&mut written, &mut hasher));
        copied.map_err(CatalogueError::io(&place))?;
        if hasher.finalize().to_hex().as_str() != file.blake3 {
            return Err(TransferError::Damaged(file.path.clone()));
        }
    }
    Ok(())
}

/// A path of a list never leads out of the folder.
fn inside(folder: &Path, path: &str) -> Result<PathBuf, TransferError> {
    let plain = |part: &str| !part.is_empty() && !part.starts_with("..") && !part.contains('\\');
    match path.split('/').all(plain) {
        true => Ok(folder.join(path)),
        false => Err(TransferError::Damaged(path.to_owned())),
    }
}

/// Lists of the snapshots of a log, the newest first.
async fn snapshots(log: &dyn ChangeLog) -> Result<Vec<String>, LogError> {
    let mut names = log.objects().await?;
    names.retain(|name| name.starts_with(SNAPSHOT));
    names.sort_by(|a, b| b.cmp(a));
    Ok(names)
}

async fn read_list(log: &dyn ChangeLog, name: &str) -> Result<Files, TransferError> {
    let mut bytes = Vec::new();
    log.get_object(name, &mut bytes).await?;
    Files::decode(bytes.as_slice()).map_err(|_| TransferError::Damaged(name.to_owned()))
}

/// The newest snapshot of the log of an epoch.
///
/// # Errors
/// [`TransferError`].
pub async fn newest(log: &dyn ChangeLog, epoch: u64) -> Result<Option<Files>, TransferError> {
    for name in snapshots(log).await? {
        let files = read_list(log, &name).await?;
        if files.epoch == epoch {
            return Ok(Some(files));
        }
    }
    Ok(None)
}

/// Stores a snapshot, its list last.
///
/// # Errors
/// What the log says.
pub async fn put_snapshot(
    log: &dyn ChangeLog,
    files: &Files,
    from: &Path,
) -> Result<(), TransferError> {
    put_files(log, files, from).await?;
    // Numbers sort as texts. Of two with one number the later log's counts: that is the epoch, which is a time.
    let name = format!("{SNAPSHOT}{:020}-{:020}", files.number, files.epoch);
    Ok(put_list(log, files, &name).await?)
}

async fn put_list(log: &dyn ChangeLog, files: &Files, name: &str) -> Result<(), LogError> {
    let list = files.encode_to_vec();
    log.put_object(name, &mut list.as_slice()).await
}

/// Notes that files of a generation are needed: until its message, whose number it names once it is known, is behind the snapshots.
///
/// # Errors
/// What the log says.
pub async fn note_generation(log: &dyn ChangeLog, files: &Files) -> Result<(), LogError> {
    put_list(log, files, &format!("{GENERATION}{}", files.generation)).await
}

/// Removes all snapshots but the last two of the log of an epoch, and all files that neither they nor a message after them needs; returns up to which number
/// messages are not needed any more.
///
/// # Errors
/// [`TransferError`].
pub async fn remove_former(log: &dyn ChangeLog, epoch: u64) -> Result<Option<u64>, TransferError> {
    let (mut kept, mut needed) = (Vec::new(), BTreeSet::new());
    for name in snapshots(log).await? {
        let files = read_list(log, &name).await?;
        if files.epoch == epoch && kept.len() < KEPT {
            kept.push(files.number);
            needed.extend(files.files.into_iter().map(|file| file.blake3));
            needed.insert(name);
        }
    }
    if let Some(oldest) = kept.get(KEPT - 1) {
        let objects = log.objects().await?;
        for name in objects.iter().filter(|name| name.starts_with(GENERATION)) {
            let files = read_list(log, name).await?;
            if files.number == 0 || files.number > *oldest {
                needed.insert(name.clone());
                needed.extend(files.files.into_iter().map(|file| file.blake3));
            }
        }
        for name in objects {
            if !needed.contains(&name) {
                log.remove_object(&name).await?;
            }
        }
    }
    Ok(kept.get(KEPT - 1).copied())
}
