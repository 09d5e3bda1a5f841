//! How is a data directory copied while it is written to? One commit of it, by links, checked before it counts.

use std::fs::{self, File};
use std::path::Path;

use tantivy::directory::{Directory, META_LOCK};

use super::super::directory::open_index;
use super::super::disk::{current, generation_of};
use super::super::durable::{sync, write_file};
use super::super::{Catalogue, open};
use super::folder::{META, link_files, place};
use crate::error::{CatalogueError, Result};

/// Copies the current generation with all changes to an empty or new folder, and opens the copy, which checks every file. Files are linked where both
/// folders are on one file system. Whoever writes meanwhile goes on; what is copied is one of its commits.
///
/// # Errors
/// [`CatalogueError::Input`] if the folder is not empty, and what copying and opening say.
pub fn backup(data_dir: &Path, to: &Path) -> Result<Catalogue> {
    copy_commit(data_dir, to)?;
    open(to)
}

/// As [`backup`], without a check of the copy.
///
/// # Errors
/// As [`backup`].
pub fn copy_commit(data_dir: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(CatalogueError::io(to))?;
    if fs::read_dir(to)
        .map_err(CatalogueError::io(to))?
        .next()
        .is_some()
    {
        return Err(CatalogueError::input(
            to.display().to_string(),
            "is not empty",
        ));
    }
    let (name, sum) = current(data_dir)?;
    let (from, target) = (generation_of(data_dir, &name), generation_of(to, &name));
    link_tree(&from, &target)?;
    let live = place(data_dir, &name);
    if live.is_dir() {
        let copy = place(to, &name);
        fs::create_dir_all(&copy).map_err(CatalogueError::io(&copy))?;
        // While this is held, tantivy removes no file; its list of files is replaced in one step, and linked first.
        let _no_removal = open_index(&live)?
            .directory()
            .acquire_lock(&META_LOCK)
            .map_err(|error| {
                CatalogueError::damaged(live.display().to_string(), error.to_string())
            })?;
        link_first(&live, &copy, META)?;
        link_files(&live, &copy)?;
    }
    write_file(&to.join("CURRENT"), format!("{name} {sum}\n").as_bytes())?;
    sync(to)
}

/// Links one file, so that what it lists is linked after it.
fn link_first(from: &Path, to: &Path, name: &str) -> Result<()> {
    let target = to.join(name);
    fs::copy(from.join(name), &target)
        .and_then(|_| File::open(&target)?.sync_all())
        .map_err(CatalogueError::io(&target))
}

fn link_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(CatalogueError::io(to))?;
    link_files(from, to)?;
    for entry in fs::read_dir(from).map_err(CatalogueError::io(from))? {
        let path = entry.map_err(CatalogueError::io(from))?.path();
        if let (true, Some(name)) = (path.is_dir(), path.file_name()) {
            link_tree(&path, &to.join(name))?;
        }
    }
    Ok(())
}
