//! What is in a generation, and is it whole? A list of its files with lengths and checksums, and of what was counted while building.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Commit;
use crate::error::{CatalogueError, Result};

/// Version of the files' formats; another version is refused.
pub const FORMAT: u32 = 7;

/// Name of the manifest's file.
pub const MANIFEST: &str = "manifest.json";

/// What a generation is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`] at the time of building.
    pub format: u32,
    /// Hash of the content: ESCO, credentials and encoder. The same input gives the same hash.
    pub generation: String,
    /// ESCO version, as the package names it.
    pub esco_version: String,
    /// Languages with labels, ISO 639-1, sorted.
    pub languages: Vec<String>,
    /// Version of the text encoder; another one is refused, because its vectors mean something else.
    pub encoder_version: String,
    /// True for the starter data.
    pub starter: bool,
    /// How many of what: skills, occupations, credentials and so on.
    pub counts: BTreeMap<String, u64>,
    /// Sequence number of the last change to the credentials that the generation holds.
    pub commit: u64,
    /// Files by path within the generation.
    pub files: BTreeMap<String, FileSum>,
}

/// Length and checksum of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSum {
    /// Bytes.
    pub bytes: u64,
    /// BLAKE3 hash, hexadecimal.
    pub blake3: String,
}

impl Manifest {
    /// The version of ESCO with its name.
    pub fn esco_name(&self) -> String {
        skillgap_esco::version_name(&self.esco_version)
    }

    /// Puts in the number and the counts of a commit.
    pub(super) fn at(&mut self, commit: &Commit) {
        self.commit = commit.sequence;
        self.counts.extend(commit.counts());
    }

    /// Lists all files under `dir` but the manifest and tantivy's locks.
    ///
    /// # Errors
    /// [`CatalogueError::Io`] with the file.
    pub fn sum_files(dir: &Path) -> Result<BTreeMap<String, FileSum>> {
        let mut paths = Vec::new();
        collect_files(dir, dir, &mut paths)?;
        paths
            .into_par_iter()
            .map(|name| Ok((name.clone(), sum(&dir.join(&name))?)))
            .collect()
    }

    /// Reads the manifest of the generation in `dir`, whose own hash must be `blake3`.
    ///
    /// # Errors
    /// [`CatalogueError::Damaged`] if it is another one. It may be of another format.
    pub fn read(dir: &Path, blake3: &str) -> Result<Self> {
        let path = dir.join(MANIFEST);
        let text = std::fs::read(&path).map_err(|error| missing_or_io(MANIFEST, &path, error))?;
        if blake3::hash(&text).to_hex().as_str() != blake3 {
            return Err(CatalogueError::damaged(
                MANIFEST,
                "its checksum is not the one in CURRENT",
            ));
        }
        serde_json::from_slice(&text)
            .map_err(|error| CatalogueError::damaged(MANIFEST, error.to_string()))
    }

    /// Reads the manifest of a generation, and checks every file that it lists.
    ///
    /// # Errors
    /// As [`Self::read`], and [`CatalogueError::Damaged`] for another format, and with the first damaged file by name.
    pub fn verify(dir: &Path, blake3: &str) -> Result<Self> {
        let manifest = Self::read(dir, blake3)?;
        if manifest.format != FORMAT {
            return Err(CatalogueError::damaged(
                MANIFEST,
                format!(
                    "format {} is not {FORMAT}; build the generation again",
                    manifest.format
                ),
            ));
        }
        let damaged = manifest
            .files
            .par_iter()
            .map(|(name, expected)| check(dir, name, expected))
            .collect::<Vec<_>>();
        damaged.into_iter().collect::<Result<Vec<()>>>()?;
        Ok(manifest)
    }
}

fn check(dir: &Path, name: &str, expected: &FileSum) -> Result<()> {
    let path = dir.join(name);
    let length = path
        .metadata()
        .map_err(|error| missing_or_io(name, &path, error))?
        .len();
    if length != expected.bytes {
        return Err(CatalogueError::damaged(
            name,
            format!("has {length} bytes, not {}", expected.bytes),
        ));
    }
    if sum(&path)? != *expected {
        return Err(CatalogueError::damaged(
            name,
            "its checksum is not the one in the manifest",
        ));
    }
    Ok(())
}

fn missing_or_io(name: &str, path: &Path, error: std::io::Error) -> CatalogueError {
    match error.kind() {
        std::io::ErrorKind::NotFound => CatalogueError::damaged(name, "is missing"),
        _ => CatalogueError::io(path)(error),
    }
}

fn sum(path: &Path) -> Result<FileSum> {
    let mut file = File::open(path).map_err(CatalogueError::io(path))?;
    let mut hasher = blake3::Hasher::new();
    let bytes = std::io::copy(&mut file, &mut hasher).map_err(CatalogueError::io(path))?;
    Ok(FileSum {
        bytes,
        blake3: hasher.finalize().to_hex().to_string(),
    })
}

/// Paths relative to `root`, with `/` between folders.
fn collect_files(root: &Path, dir: &Path, paths: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(dir).map_err(CatalogueError::io(dir))? {
        let path = entry.map_err(CatalogueError::io(dir))?.path();
        if path.is_dir() {
            collect_files(root, &path, paths)?;
            continue;
        }
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        if name != MANIFEST && !name.ends_with(".lock") {
            paths.push(name);
        }
    }
    Ok(())
}
