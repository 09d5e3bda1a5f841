//! How does a generation get to disk and back? Built beside the old one, checked, then switched to by one rename.
//!
//! ```text
//! DIR/CURRENT                      name of the generation in use, and the checksum of its manifest
//! DIR/generations/NAME/            manifest.json and the files that it lists
//! DIR/live/NAME/                   credentials with the changes since; see `live`
//! ```
//! Nothing in a generation changes once `CURRENT` names it, so a reader needs no lock.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use tantivy::schema::Schema;
use tantivy::{Index, IndexSettings};

use super::assemble::{Assembled, assemble, write_credentials};
use super::directory::{IndexFolder, open_index};
use super::durable::{REMOVED, remove, replace_file, sync, write_file};
use super::infer::Progress;
use super::manifest::{FORMAT, FileSum, MANIFEST, Manifest};
use super::{Catalogue, ConceptIndex, CredentialIndex};
use crate::error::{CatalogueError, Result};
use crate::schema::{ConceptFields, CredentialFields};
use skillgap_credentials::credential::Credential;
use skillgap_esco::Esco;
use skillgap_esco::graph::SkillGraph;
use skillgap_linker::Linker;
use skillgap_linker::encoder::Encoder;

const CURRENT: &str = "CURRENT";
const GENERATIONS: &str = "generations";
const CONCEPTS: &str = "concepts";
const CREDENTIALS: &str = "credentials";
/// Bytes of records that are packed together.
const RECORD_BLOCK_BYTES: usize = 4_096;
/// More than a segment file's tail that no longer fitted.
const PROBE_BYTES: usize = 8 << 20;
/// The folder of a build that goes on has this before its name.
const BUILDING: &str = ".building-";
/// Generations kept beside the current one, for readers that still hold it.
const FORMER_KEPT: usize = 1;

/// What was built.
pub struct Built {
    /// The manifest of the generation.
    pub manifest: Manifest,
    /// Ids of credentials that teach no skill, as far as could be told.
    pub without_skill: Vec<String>,
}

/// Builds a generation in `data_dir` and switches to it. The old one stays in use until the last step; if anything fails, it stays so.
///
/// # Errors
/// [`CatalogueError::Io`] with the path (a full disk, for example), or what the parts say.
pub fn build(
    data_dir: &Path,
    esco: Esco,
    credentials: Vec<Credential>,
    progress: Progress<'_>,
) -> Result<Built> {
    let (beside, _building) = scratch(data_dir)?;
    let concepts_path = beside.path().join(CONCEPTS);
    let concepts = create_index(&concepts_path, ConceptFields::new(&esco.languages).schema)?;
    let mut assembled =
        assemble(esco, credentials, &concepts, progress).map_err(writing(&concepts_path))?;
    let without_skill = std::mem::take(&mut assembled.without_skill);
    let manifest = write(beside.path(), assembled, progress)?;
    let manifest = install(data_dir, beside.path(), manifest)?;
    remove_former(&data_dir.join(GENERATIONS), &manifest.generation)?;
    remove_abandoned(data_dir)?;
    Ok(Built {
        manifest,
        without_skill,
    })
}

/// A folder beside the generations to put one together in. It goes when it is dropped, or when the directory is opened next, unless the file is still held.
///
/// # Errors
/// [`CatalogueError::Io`] with the path.
pub fn scratch(data_dir: &Path) -> Result<(tempfile::TempDir, File)> {
    let generations = data_dir.join(GENERATIONS);
    fs::create_dir_all(&generations).map_err(CatalogueError::io(&generations))?;
    let beside = tempfile::Builder::new()
        .prefix(BUILDING)
        .tempdir_in(&generations)
        .map_err(CatalogueError::io(&generations))?;
    // Tells a build that goes on from one that was killed; where a folder cannot be locked, nobody takes it for abandoned.
    let building = File::open(beside.path()).map_err(CatalogueError::io(beside.path()))?;
    let _locked = building.try_lock();
    Ok((beside, building))
}

/// Moves a generation that is whole to where it belongs, and names it as the current one.
pub(super) fn install(data_dir: &Path, beside: &Path, manifest: Manifest) -> Result<Manifest> {
    let (generations, name) = (data_dir.join(GENERATIONS), manifest.generation.clone());
    let place = generations.join(&name);
    // Equal content that is whole stays, since `CURRENT` may name it and a build may be killed at any step; a damaged copy is replaced.
    let whole = manifest_sum(&place).and_then(|sum| Manifest::verify(&place, &sum));
    let manifest = match whole {
        Ok(whole) => whole,
        Err(_) => {
            if place.exists() {
                remove(&place)?;
            }
            fs::rename(beside, &place).map_err(CatalogueError::io(&place))?;
            sync(&generations)?;
            manifest
        }
    };
    let named = format!("{name} {}\n", manifest_sum(&place)?);
    let path = data_dir.join(CURRENT);
    replace_file(&path, named.as_bytes()).map_err(CatalogueError::io(&path))?;
    sync(data_dir)?;
    Ok(manifest)
}

/// Checksum of the manifest of a generation.
fn manifest_sum(dir: &Path) -> Result<String> {
    let path = dir.join(MANIFEST);
    Ok(
        blake3::hash(&fs::read(&path).map_err(CatalogueError::io(&path))?)
            .to_hex()
            .to_string(),
    )
}

fn write(dir: &Path, assembled: Assembled, progress: Progress<'_>) -> Result<Manifest> {
    let (esco, linker) = (&assembled.esco, &assembled.linker);
    progress("writing", 0, 1);
    linker.write_files(esco, |name, bytes| write_file(&dir.join(name), bytes))?;
    let credentials_path = dir.join(CREDENTIALS);
    let index = create_index(&credentials_path, CredentialFields::new().schema)?;
    let commit =
        write_credentials(&index, &assembled, progress).map_err(writing(&credentials_path))?;
    let files = Manifest::sum_files(dir)?;
    let mut manifest = Manifest {
        format: FORMAT,
        generation: generation_name(&assembled.content, &files),
        esco_version: assembled.esco.version,
        languages: assembled.esco.languages,
        encoder_version: Encoder::carried()?.version().to_owned(),
        starter: false,
        counts: assembled.counts,
        commit: 0,
        files,
    };
    manifest.at(&commit);
    let json = serde_json::to_vec_pretty(&manifest)
        .map_err(|error| CatalogueError::input(MANIFEST, error.to_string()))?;
    write_file(&dir.join(MANIFEST), &json)?;
    progress("writing", 1, 1);
    Ok(manifest)
}

/// The name of a generation: a hash of its content, and of the files that our own code made of it. tantivy's are apart, since it names and lays out the same
/// content differently each time; what they depend on is in the hash of the content.
fn generation_name(content: &str, files: &BTreeMap<String, FileSum>) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(content.as_bytes());
    for (name, sum) in files.iter().filter(|(name, _)| !name.contains('/')) {
        hasher.update(name.as_bytes()).update(sum.blake3.as_bytes());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

fn create_index(path: &Path, schema: Schema) -> Result<Index> {
    fs::create_dir(path).map_err(CatalogueError::io(path))?;
    // Records are read one here, one there: a smaller block leaves less to unpack beside the one that is wanted.
    let settings = IndexSettings {
        docstore_blocksize: RECORD_BLOCK_BYTES,
        ..IndexSettings::default()
    };
    Index::create(IndexFolder::open(path)?, schema, settings)
        .map_err(|error| writing(path)(error.into()))
}

/// Adds the folder to what tantivy says while it writes, since it names none itself (a full disk, for example).
pub(super) fn writing(path: &Path) -> impl FnOnce(CatalogueError) -> CatalogueError + '_ {
    move |error| match error {
        // tantivy says of a dead writer thread only that it died; a full disk is the usual reason, and says so when it is asked.
        CatalogueError::Search(error) => match probe(path) {
            Err(reason) => CatalogueError::io(path)(reason),
            Ok(()) => CatalogueError::io(path)(std::io::Error::other(error)),
        },
        error => error,
    }
}

/// Whether the folder takes another [`PROBE_BYTES`].
fn probe(dir: &Path) -> std::io::Result<()> {
    let mut file = tempfile::tempfile_in(dir)?;
    file.write_all(&vec![0; PROBE_BYTES])?;
    file.sync_all()
}

/// Removes all but the current generation and the latest former ones.
fn remove_former(generations: &Path, current: &str) -> Result<()> {
    let mut former: Vec<(SystemTime, PathBuf)> = Vec::new();
    for (name, path) in entries(generations)? {
        if is_generation(&name) && name != current {
            let changed = path.metadata().and_then(|metadata| metadata.modified());
            former.push((changed.map_err(CatalogueError::io(&path))?, path));
        }
    }
    former.sort_by(|a, b| b.cmp(a));
    former
        .into_iter()
        .skip(FORMER_KEPT)
        .try_for_each(|(_, path)| remove(&path))
}

/// Removes what killed processes left behind: builds that nobody works on any more, and folders that are half removed.
pub(super) fn remove_abandoned(data_dir: &Path) -> Result<()> {
    for (name, path) in entries(&data_dir.join(GENERATIONS))? {
        let abandoned = || File::open(&path).is_ok_and(|folder| folder.try_lock().is_ok());
        if name.starts_with(REMOVED) || name.starts_with(BUILDING) && abandoned() {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Names and paths of what is in a folder.
pub(super) fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let entries = entries.map_err(CatalogueError::io(folder))?.into_iter();
    Ok(entries
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                entry.path(),
            )
        })
        .collect())
}

/// What `CURRENT` says: the generation's name and the checksum of its manifest. Cheap; tells whether there is something new to open.
///
/// # Errors
/// [`CatalogueError::NoGeneration`] if there is no such file, [`CatalogueError::Damaged`] if it says something else.
pub fn current(data_dir: &Path) -> Result<(String, String)> {
    let path = data_dir.join(CURRENT);
    let content = fs::read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => CatalogueError::NoGeneration(data_dir.to_path_buf()),
        _ => CatalogueError::io(&path)(error),
    })?;
    let damaged = || CatalogueError::damaged(CURRENT, "does not name a generation");
    let content = String::from_utf8(content).map_err(|_| damaged())?;
    let (name, sum) = content
        .strip_suffix('\n')
        .and_then(|line| line.split_once(' '))
        .ok_or_else(damaged)?;
    if !is_generation(name) || !is_hexadecimal(sum, 64) {
        return Err(damaged());
    }
    Ok((name.to_owned(), sum.to_owned()))
}

/// What the current generation was built of, as its manifest says; its files are not looked at.
///
/// # Errors
/// As [`current`], and [`CatalogueError::Data`] for a manifest that cannot be read.
pub fn built(data_dir: &Path) -> Result<Manifest> {
    let (name, sum) = current(data_dir)?;
    Manifest::read(&generation_of(data_dir, &name), &sum)
}

/// Whether a generation may have this name.
pub(super) fn is_generation(name: &str) -> bool {
    is_hexadecimal(name, 16)
}

fn is_hexadecimal(text: &str, length: usize) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    text.len() == length && text.bytes().all(digit)
}

/// Verifies the current generation as it was built, and opens it.
pub(super) fn open_base(data_dir: &Path) -> Result<Catalogue> {
    let (name, sum) = current(data_dir)?;
    let dir = data_dir.join(GENERATIONS).join(name);
    if !dir.is_dir() {
        return Err(CatalogueError::damaged(
            CURRENT,
            "names a generation that is not there",
        ));
    }
    let manifest = Manifest::verify(&dir, &sum)?;
    if manifest.encoder_version != Encoder::carried()?.version() {
        return Err(CatalogueError::damaged(
            MANIFEST,
            "was built with another text encoder; build the generation again",
        ));
    }
    let read = |name: &str| fs::read(dir.join(name)).map_err(CatalogueError::io(&dir.join(name)));
    let (esco, linker) = Linker::read_files(read)?;
    let concepts = ConceptIndex::open(&open_index(&dir.join(CONCEPTS))?, &esco.languages)?;
    let credentials = CredentialIndex::open(&open_index(&dir.join(CREDENTIALS))?, None)?;
    Ok(Catalogue {
        graph: Arc::new(SkillGraph::new(&esco)),
        manifest,
        esco: Arc::new(esco),
        linker: Arc::new(linker),
        concepts: Arc::new(concepts),
        credentials,
    })
}

/// Where the credentials of a generation lie.
pub(super) fn credentials_of(data_dir: &Path, generation: &str) -> PathBuf {
    generation_of(data_dir, generation).join(CREDENTIALS)
}

/// Where a generation lies.
pub(super) fn generation_of(data_dir: &Path, generation: &str) -> PathBuf {
    data_dir.join(GENERATIONS).join(generation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generation_is_another_where_our_code_makes_other_files_of_the_same_content() {
        let sum = |blake3: &str| FileSum {
            bytes: 1,
            blake3: blake3.to_owned(),
        };
        let named = |names: &str, tantivys: &str| {
            let files = [("names.bin", names), ("concepts/a.store", tantivys)];
            let files = files.map(|(name, blake3)| (name.to_owned(), sum(blake3)));
            generation_name("content", &BTreeMap::from(files))
        };
        assert_ne!(named("1", "1"), named("2", "1"));
        assert_eq!(named("1", "1"), named("1", "2"));
        assert!(is_generation(&named("1", "1")));
    }
}
