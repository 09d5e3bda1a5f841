//! Changes to files that survive a power cut or a killed process: each is there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::error::{CatalogueError, Result};

/// What is being removed has this before its name.
pub(super) const REMOVED: &str = ".removed-";

/// Whether an error says that this process may not write there.
pub(super) fn is_unwritable(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}

/// Writes a new file and waits until it is on disk.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let written = File::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(CatalogueError::io(path))
}

/// Replaces a file in one step. It may be read by whoever may read other new files. That it is the new one after a power cut is up to the folder; see [`sync`].
pub(super) fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path
        .parent()
        .ok_or_else(|| io::Error::other("a file without a folder"))?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Waits until what was added to a folder and removed from it is on disk.
pub(super) fn sync(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(CatalogueError::io(folder))
}

/// Removes a folder or file. It is moved out of the way first, so that what a killed process leaves half removed is not taken for what it was.
pub(super) fn remove(path: &Path) -> Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Ok(());
    };
    let away = tempfile::Builder::new().prefix(REMOVED).tempdir_in(folder);
    let removed = away.and_then(|away| {
        fs::rename(path, away.path().join(name))?;
        away.close()
    });
    removed.map_err(CatalogueError::io(path))
}
