//! [`IndexFolder`]: a folder of a tantivy index. What it adds to tantivy's own: a folder that cannot be written to opens for reading, and its small files may
//! be read by whoever may read the others.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, META_LOCK, MmapDirectory, WatchCallback,
    WatchHandle, WritePtr,
};
use tantivy::{Index, TantivyError};

use crate::durable::{is_unwritable, replace_file};
use crate::error::Result;

/// Files of an index, mapped into memory.
#[derive(Clone, Debug)]
pub(super) struct IndexFolder {
    path: PathBuf,
    mapped: MmapDirectory,
}

impl IndexFolder {
    /// # Errors
    /// What tantivy says of a folder that is not there.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self {
            path: path.to_path_buf(),
            mapped: MmapDirectory::open(path).map_err(TantivyError::from)?,
        })
    }
}

/// Opens the index in a folder.
///
/// # Errors
/// What tantivy says.
pub(super) fn open_index(path: &Path) -> Result<Index> {
    Ok(Index::open(IndexFolder::open(path)?)?)
}

impl Directory for IndexFolder {
    fn get_file_handle(
        &self,
        path: &Path,
    ) -> std::result::Result<Arc<dyn FileHandle>, OpenReadError> {
        self.mapped.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> std::result::Result<(), DeleteError> {
        self.mapped.delete(path)
    }

    fn exists(&self, path: &Path) -> std::result::Result<bool, OpenReadError> {
        self.mapped.exists(path)
    }

    fn open_write(&self, path: &Path) -> std::result::Result<WritePtr, OpenWriteError> {
        self.mapped.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> std::result::Result<Vec<u8>, OpenReadError> {
        self.mapped.atomic_read(path)
    }

    /// As tantivy's, which leaves a file that only its owner may read.
    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        replace_file(&self.path.join(path), data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.mapped.sync_directory()
    }

    /// As tantivy's; but readers need no lock where this process cannot write, because what they read cannot be removed by it, and whoever else removes it is
    /// noticed: the list of files has changed then.
    fn acquire_lock(&self, lock: &Lock) -> std::result::Result<DirectoryLock, LockError> {
        match self.mapped.acquire_lock(lock) {
            Err(LockError::IoError(error))
                if lock.filepath == META_LOCK.filepath && is_unwritable(&error) =>
            {
                Ok(DirectoryLock::from(Box::new(())))
            }
            locked => locked,
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.mapped.watch(callback)
    }
}
