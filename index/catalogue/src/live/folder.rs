//! Where do changes lie on disk? In a copy of the generation's index of credentials, which begins as links to the same files.
//!
//! ```text
//! DIR/LOCK          held by the one process that writes
//! DIR/live/NAME/    the credentials of generation NAME with all changes; not there before the first
//! ```
//! tantivy never changes a file of a segment, and replaces its two small files in one step, so that the generation keeps what it was built with.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use tantivy::Index;

use super::super::commit::Commit;
use super::super::directory::open_index;
use super::super::disk::{credentials_of, current, entries, is_generation};
use super::super::durable::{REMOVED, is_unwritable, remove, sync};
use super::super::{Catalogue, CredentialIndex};
use crate::error::{CatalogueError, Result};
use skillgap_esco::DataError;

const LIVE: &str = "live";
const LOCK: &str = "LOCK";
/// tantivy's list of files.
pub(super) const META: &str = "meta.json";
/// A copy that is not put in place yet has this before its name.
const BEGUN: &str = ".begin-";
/// How often an index is tried again that another process writes to meanwhile.
const TRIES: usize = 5;

/// Takes the lock of a data directory; it is free again once the file is dropped, or the process ends in any way.
///
/// # Errors
/// [`CatalogueError::Locked`] if another process has it, [`CatalogueError::ReadOnly`] if this one may not write.
pub(super) fn lock(data_dir: &Path) -> Result<File> {
    let path = data_dir.join(LOCK);
    // A link could lead to a file of somebody else.
    if path.is_symlink() {
        return Err(CatalogueError::damaged(LOCK, "is a link"));
    }
    let opened = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let file = opened.map_err(|error| {
        if is_unwritable(&error) {
            CatalogueError::ReadOnly(data_dir.to_path_buf())
        } else {
            CatalogueError::io(&path)(error)
        }
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(CatalogueError::Locked(data_dir.to_path_buf())),
        Err(TryLockError::Error(source)) => Err(CatalogueError::io(&path)(source)),
    }
}

/// Where the changes to a generation lie.
pub(super) fn place(data_dir: &Path, generation: &str) -> PathBuf {
    data_dir.join(LIVE).join(generation)
}

/// Names of the generations that have changes. What else lies there, and what is half removed (its list of files went with the rest), is none.
pub(super) fn generations(data_dir: &Path) -> Result<Vec<String>> {
    let live = data_dir.join(LIVE);
    if !live.is_dir() {
        return Ok(Vec::new());
    }
    let mut names: Vec<String> = Vec::new();
    for (name, path) in entries(&live)? {
        if is_generation(&name) && path.join(META).is_file() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Generations with changes that are not carried over to the current one yet.
///
/// # Errors
/// As [`super::super::current`].
pub fn changes_of_others(data_dir: &Path) -> Result<Vec<String>> {
    let (current, _) = current(data_dir)?;
    let mut names = generations(data_dir)?;
    // What was carried over is newer than what it was carried over from, which may be left behind by a killed process.
    if !names.contains(&current) {
        return Ok(names);
    }
    names.clear();
    Ok(names)
}

/// A copy of the index of credentials in `from`, beside where it will lie; [`put_in_place`] moves it there.
pub(super) fn copy(data_dir: &Path, from: &Path) -> Result<tempfile::TempDir> {
    let live = data_dir.join(LIVE);
    fs::create_dir_all(&live).map_err(CatalogueError::io(&live))?;
    let beside = tempfile::Builder::new()
        .prefix(BEGUN)
        .tempdir_in(&live)
        .map_err(CatalogueError::io(&live))?;
    link_files(from, beside.path())?;
    Ok(beside)
}

/// Links all files of an index but the locks into another folder.
pub(super) fn link_files(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).map_err(CatalogueError::io(from))? {
        let path = entry.map_err(CatalogueError::io(from))?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        let hidden_copy = name.to_string_lossy().starts_with(".tmp");
        if !path.is_file()
            || hidden_copy
            || path
                .extension()
                .is_some_and(|extension| extension == "lock")
        {
            continue;
        }
        let target = to.join(name);
        if target.exists() {
            continue;
        }
        // Where links are not possible, between file systems for example, a copy does as well.
        if fs::hard_link(&path, &target).is_err() && path.exists() {
            fs::copy(&path, &target)
                .and_then(|_| File::open(&target)?.sync_all())
                .map_err(CatalogueError::io(&target))?;
        }
    }
    sync(to)
}

/// Moves a copy to where the changes of a generation lie. What was there is stale and goes.
pub(super) fn put_in_place(
    data_dir: &Path,
    generation: &str,
    copy: tempfile::TempDir,
) -> Result<PathBuf> {
    let (place, from) = (place(data_dir, generation), copy.keep());
    if place.is_dir() {
        remove(&place)?;
    }
    fs::rename(&from, &place).map_err(CatalogueError::io(&place))?;
    sync(&data_dir.join(LIVE))?;
    Ok(place)
}

/// Removes the changes of all generations but one, copies that were never put in place, and what is half removed. What else lies there is not ours.
pub(super) fn remove_others(data_dir: &Path, generation: &str) -> Result<()> {
    let live = data_dir.join(LIVE);
    if !live.is_dir() {
        return Ok(());
    }
    for (name, path) in entries(&live)? {
        let unfinished = name.starts_with(BEGUN) || name.starts_with(REMOVED);
        if unfinished || is_generation(&name) && name != generation {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Removes what a killed process was about to put in the place of a small file.
pub(super) fn remove_leftovers(place: &Path) -> Result<()> {
    for (name, path) in entries(place)? {
        if name.starts_with(".tmp") {
            fs::remove_file(&path).map_err(CatalogueError::io(&path))?;
        }
    }
    Ok(())
}

/// An index of credentials at its last commit, checked.
pub(super) struct Opened {
    pub credentials: CredentialIndex,
    pub commit: Commit,
}

/// Opens the changes in `place` and checks every file and the sum over all credentials. Another process may write meanwhile.
///
/// # Errors
/// [`CatalogueError::Damaged`] with the file.
pub(super) fn open(place: &Path, name: &str, former: Option<&CredentialIndex>) -> Result<Opened> {
    let mut tried = 0;
    loop {
        tried += 1;
        let before = meta(place);
        match open_once(place, name, former) {
            // The writer has moved on while it was read.
            Err(_) | Ok(_) if tried < TRIES && meta(place) != before => {}
            opened => return opened,
        }
    }
}

fn meta(place: &Path) -> Option<Vec<u8>> {
    fs::read(place.join(META)).ok()
}

fn open_once(place: &Path, name: &str, former: Option<&CredentialIndex>) -> Result<Opened> {
    let damaged = |error: CatalogueError| match error {
        CatalogueError::Search(error) => CatalogueError::damaged(name, error.to_string()),
        CatalogueError::Data(DataError::Damaged { reason, .. }) => {
            CatalogueError::damaged(name, reason)
        }
        error => error,
    };
    let index: Index = open_index(place).map_err(damaged)?;
    let broken = index
        .validate_checksum()
        .map_err(|error| damaged(error.into()))?;
    if let Some(file) = broken.iter().min() {
        return Err(CatalogueError::damaged(
            format!("{name}/{}", file.display()),
            "its checksum is not the one at its end",
        ));
    }
    let commit = Commit::read(&index).map_err(damaged)?;
    let credentials = CredentialIndex::open(&index, former).map_err(damaged)?;
    commit.verify(&credentials).map_err(damaged)?;
    Ok(Opened {
        credentials,
        commit,
    })
}

/// The current generation and the number of the last change to it, without opening it. Cheap; tells whether there is something new to open.
///
/// # Errors
/// As [`super::super::current`], and [`CatalogueError::Damaged`] if tantivy's list of files cannot be read.
pub fn latest(data_dir: &Path) -> Result<(String, u64)> {
    let (generation, commit) = committed(data_dir)?;
    Ok((generation, commit.sequence))
}

/// The current generation and the last commit to it, without opening it.
///
/// # Errors
/// As [`latest`].
pub fn committed(data_dir: &Path) -> Result<(String, Commit)> {
    let (generation, _) = current(data_dir)?;
    let live = Some(place(data_dir, &generation)).filter(|place| place.is_dir());
    let index = open_index(&live.unwrap_or_else(|| credentials_of(data_dir, &generation)))?;
    Ok((generation, Commit::read(&index)?))
}

/// The generation with its changes, if there are any, and the commit that it is at.
pub(crate) fn with_changes(data_dir: &Path, base: Catalogue) -> Result<(Catalogue, Commit)> {
    let generation = &base.manifest.generation;
    let place = place(data_dir, generation);
    if !place.is_dir() {
        let commit = Commit::read(&open_index(&credentials_of(data_dir, generation))?)?;
        return Ok((base, commit));
    }
    let name = format!("{LIVE}/{generation}");
    let Opened {
        credentials,
        commit,
    } = open(&place, &name, Some(&base.credentials))?;
    Ok((base.at(credentials, &commit), commit))
}
