//! The log: every change to the market in one file, and `COMMIT`, which says how much of it counts.
//!
//! A commit appends a frame (length, sum, changes), waits for the disk, and then replaces `COMMIT` in one step. What lies behind the bytes that it
//! names was never acknowledged and is cut off; within them every byte must be as it was written: the sum of a frame covers that of the one before.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use skillgap_esco::{DataError, Result};

use crate::job::{Change, Counted};

/// Format of the log; another one is refused.
const FORMAT: u32 = 1;
const COMMIT: &str = "COMMIT";
/// Longest frame; a commit of more changes has several.
const FRAME_BYTES_MAX: u32 = 64 << 20;
/// Bytes of a frame before its changes: their length and the sum.
const HEAD_BYTES: usize = 4 + blake3::OUT_LEN;

/// What of the log counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    format: u32,
    /// Number of the commit, from 1.
    pub sequence: u64,
    /// The file of the log: another one once it was written anew.
    pub(crate) file: String,
    /// Its bytes.
    pub(crate) bytes: u64,
    /// Sum of the last frame, as hexadecimal digits.
    sum: String,
    /// What it makes.
    pub(crate) counted: Counted,
}

impl Commit {
    /// The commit before the first, in a file of this number.
    pub(crate) fn before(sequence: u64, file: u64) -> Self {
        Self {
            format: FORMAT,
            sequence,
            file: format!("log-{file}"),
            ..Self::default()
        }
    }

    /// Reads the last commit of a folder; nothing where there is none.
    ///
    /// # Errors
    /// [`DataError::Damaged`] if it cannot be read.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(COMMIT);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(DataError::io(&path))?,
        };
        let commit: Option<Self> = serde_json::from_slice(&bytes).ok();
        let is_name = |file: &str| {
            let number = file.strip_prefix("log-");
            number.is_some_and(|number| number.parse::<u64>().is_ok())
        };
        let commit = commit.filter(|commit| commit.format == FORMAT && is_name(&commit.file));
        let damaged = || DataError::damaged("market/COMMIT", "is no commit of this version");
        commit.map(Some).ok_or_else(damaged)
    }

    /// Makes it the last one.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(COMMIT);
        let replaced = || {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(&serde_json::to_vec(self)?)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            File::open(folder)?.sync_all()
        };
        replaced().map_err(DataError::io(&path))
    }

    /// The number of its file.
    pub(crate) fn file_number(&self) -> u64 {
        let number = self.file.strip_prefix("log-");
        number
            .and_then(|number| number.parse().ok())
            .unwrap_or_default()
    }
}

fn damaged(reason: &str) -> DataError {
    DataError::damaged("market/log", reason)
}

/// The sum of a frame: of its changes and of the sum before it.
fn sum_of(before: &str, changes: &[u8]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before.as_bytes());
    hasher.update(changes);
    hasher.finalize()
}

/// The changes of a commit, in order.
///
/// # Errors
/// [`DataError::Damaged`] if a byte of them is not as it was written.
pub(crate) fn replay(folder: &Path, commit: &Commit, take: &mut dyn FnMut(Change)) -> Result<()> {
    let path = folder.join(&commit.file);
    let file = File::open(&path).map_err(DataError::io(&path))?;
    let mut file = BufReader::with_capacity(1 << 20, file.take(commit.bytes));
    let (mut left, mut sum) = (commit.bytes, String::new());
    let mut changes = Vec::new();
    while left > 0 {
        let mut head = [0; HEAD_BYTES];
        file.read_exact(&mut head)
            .map_err(|_| damaged("ends before its last commit"))?;
        let (length, expected) = head.split_at(4);
        let length = u32::from_le_bytes(length.try_into().unwrap_or_default());
        if length > FRAME_BYTES_MAX {
            return Err(damaged("has a frame that is too long"));
        }
        changes.resize(length as usize, 0);
        file.read_exact(&mut changes)
            .map_err(|_| damaged("ends before its last commit"))?;
        let found = sum_of(&sum, &changes);
        if found.as_bytes().as_slice() != expected {
            return Err(damaged("is not as it was written"));
        }
        sum = found.to_hex().to_string();
        let read: std::result::Result<Vec<Change>, _> = postcard::from_bytes(&changes);
        read.map_err(|_| damaged("has a change that is none"))?
            .into_iter()
            .for_each(&mut *take);
        left = left.saturating_sub((HEAD_BYTES + changes.len()) as u64);
    }
    match sum == commit.sum {
        true => Ok(()),
        false => Err(damaged("is not that of its last commit")),
    }
}

/// Appends to the log.
#[derive(Debug)]
pub(crate) struct Writer {
    file: File,
}

impl Writer {
    /// Opens the file of a commit and cuts off what was never acknowledged.
    pub fn open(folder: &Path, commit: &Commit) -> Result<Self> {
        let path = folder.join(&commit.file);
        let opened = || {
            let options = &mut File::options();
            let options = options.create(true).truncate(false).read(true).write(true);
            let mut file = options.open(&path)?;
            file.set_len(commit.bytes)?;
            file.seek(SeekFrom::End(0))?;
            Ok(Self { file })
        };
        opened().map_err(DataError::io(&path))
    }

    /// Appends changes and waits until they are on disk; they count once the commit that is returned is written.
    pub fn append(&mut self, folder: &Path, commit: &Commit, changes: &[Change]) -> Result<Commit> {
        let mut next = commit.clone();
        let path = folder.join(&commit.file);
        for changes in changes.chunks(20_000) {
            let changes = postcard::to_stdvec(changes).map_err(|_| damaged("cannot be written"))?;
            let length = u32::try_from(changes.len()).ok();
            let length = length.filter(|length| *length <= FRAME_BYTES_MAX);
            let length = length.ok_or_else(|| damaged("would get a frame that is too long"))?;
            let sum = sum_of(&next.sum, &changes);
            let written = (self.file.write_all(&length.to_le_bytes()))
                .and_then(|()| self.file.write_all(sum.as_bytes()))
                .and_then(|()| self.file.write_all(&changes));
            written.map_err(DataError::io(&path))?;
            next.sum = sum.to_hex().to_string();
            next.bytes += (HEAD_BYTES + changes.len()) as u64;
        }
        self.file.sync_all().map_err(DataError::io(&path))?;
        next.sequence += 1;
        Ok(next)
    }
}
