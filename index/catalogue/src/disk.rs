//! How does a generation get to disk and back? Built beside the old one, checked, then switched to by one rename.
//!
//! ```text
//! DIR/CURRENT                      name of the generation in use, and the checksum of its manifest
//! DIR/generations/NAME/            manifest.json and the files that it lists
//! DIR/live/NAME/                   credentials with the changes since; see `live`
//! ```
//! Nothing in a generation changes once `CURRENT` names it, so a reader needs no lock.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::MmapDirectory;
use tantivy::schema::Schema;
use tantivy::{Index, IndexSettings, TantivyError};

use super::assemble::{Assembled, Progress, assemble, write_credentials};
use super::live::with_changes;
use super::manifest::{FORMAT, MANIFEST, Manifest};
use super::{Catalogue, ConceptIndex, CredentialIndex};
use crate::error::{CatalogueError, Result};
use crate::schema::{ConceptFields, CredentialFields};
use skillgap_credentials::credential::Credential;
use skillgap_esco::Esco;
use skillgap_esco::graph::SkillGraph;
use skillgap_linker::encoder::Encoder;
use skillgap_linker::int8::Int8Rows;
use skillgap_linker::{Gazetteer, LexicalIndex, Linker, Names, ROUGH_DIM, SkillVectors};

const CURRENT: &str = "CURRENT";
const GENERATIONS: &str = "generations";
const ESCO: &str = "esco.postcard";
const LABELS: &str = "labels.f32";
const DESCRIBED: &str = "described.f32";
const ROUGH: &str = "rough.f32";
const NAMES: &str = "names.bin";
const PHRASES: &str = "phrases.bin";
const CONCEPTS: &str = "concepts";
const CREDENTIALS: &str = "credentials";
/// Bytes of records that are packed together.
const RECORD_BLOCK_BYTES: usize = 4_096;
/// More than a segment file's tail that no longer fitted.
const PROBE_BYTES: usize = 8 << 20;
/// Generations kept beside the current one, for readers that still hold it.
const FORMER_KEPT: usize = 1;

/// Builds a generation in `data_dir` and switches to it. The old one stays in use until the last step; if anything fails, it stays so.
///
/// # Errors
/// [`CatalogueError::Io`] with the path (a full disk, for example), or what the parts say.
pub fn build(
    data_dir: &Path,
    esco: Esco,
    credentials: Vec<Credential>,
    progress: Progress<'_>,
) -> Result<Manifest> {
    let generations = data_dir.join(GENERATIONS);
    fs::create_dir_all(&generations).map_err(CatalogueError::io(&generations))?;
    let beside = tempfile::Builder::new()
        .prefix(".building-")
        .tempdir_in(&generations)
        .map_err(CatalogueError::io(&generations))?;
    let concepts_path = beside.path().join(CONCEPTS);
    let concepts = create_index(&concepts_path, ConceptFields::new(&esco.languages).schema)?;
    let assembled =
        assemble(esco, credentials, &concepts, progress).map_err(writing(&concepts_path))?;
    let manifest = write(beside.path(), assembled, progress)?;
    let name = manifest.generation.clone();
    let place = generations.join(&name);
    // Equal content that is whole stays, since `CURRENT` may name it and a build may be killed at any step; a damaged copy is replaced.
    let whole = manifest_sum(&place).and_then(|sum| Manifest::verify(&place, &sum));
    let manifest = match whole {
        Ok(whole) => whole,
        Err(_) => {
            if place.exists() {
                fs::remove_dir_all(&place).map_err(CatalogueError::io(&place))?;
            }
            fs::rename(beside.path(), &place).map_err(CatalogueError::io(&place))?;
            sync(&generations)?;
            manifest
        }
    };
    switch(data_dir, &format!("{name} {}\n", manifest_sum(&place)?))?;
    remove_former(&generations, &name)?;
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
    let encoded = postcard::to_stdvec(esco)
        .map_err(|error| CatalogueError::input(ESCO, error.to_string()))?;
    write_file(&dir.join(ESCO), &encoded)?;
    write_file(&dir.join(LABELS), &linker.labels().rows().to_bytes())?;
    write_file(&dir.join(DESCRIBED), &linker.described().to_bytes())?;
    write_file(&dir.join(ROUGH), &linker.rough()?.to_bytes())?;
    write_file(&dir.join(NAMES), &linker.names().to_bytes())?;
    write_file(&dir.join(PHRASES), &linker.phrases().to_bytes())?;
    for spelling in linker.spellings() {
        write_file(
            &dir.join(spelling_file(spelling.language())),
            &spelling.to_bytes(),
        )?;
    }
    let credentials_path = dir.join(CREDENTIALS);
    let index = create_index(&credentials_path, CredentialFields::new().schema)?;
    let commit =
        write_credentials(&index, &assembled, progress).map_err(writing(&credentials_path))?;
    let mut manifest = Manifest {
        format: FORMAT,
        generation: assembled.generation,
        esco_version: assembled.esco.version,
        languages: assembled.esco.languages,
        encoder_version: Encoder::carried()?.version().to_owned(),
        starter: false,
        counts: assembled.counts,
        commit: 0,
        files: Manifest::sum_files(dir)?,
    };
    manifest.at(&commit);
    let json = serde_json::to_vec_pretty(&manifest)
        .map_err(|error| CatalogueError::input(MANIFEST, error.to_string()))?;
    write_file(&dir.join(MANIFEST), &json)?;
    progress("writing", 1, 1);
    Ok(manifest)
}

fn create_index(path: &Path, schema: Schema) -> Result<Index> {
    fs::create_dir(path).map_err(CatalogueError::io(path))?;
    // Records are read one here, one there: a smaller block leaves less to unpack beside the one that is wanted.
    let settings = IndexSettings {
        docstore_blocksize: RECORD_BLOCK_BYTES,
        ..IndexSettings::default()
    };
    let directory = MmapDirectory::open(path)
        .map_err(|error| CatalogueError::from(TantivyError::from(error)))?;
    Index::create(directory, schema, settings).map_err(|error| writing(path)(error.into()))
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

/// Replaces `CURRENT` in one step.
fn switch(data_dir: &Path, content: &str) -> Result<()> {
    let mut file =
        tempfile::NamedTempFile::new_in(data_dir).map_err(CatalogueError::io(data_dir))?;
    let path = data_dir.join(CURRENT);
    file.write_all(content.as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .map_err(CatalogueError::io(&path))?;
    file.persist(&path)
        .map_err(|error| CatalogueError::io(&path)(error.error))?;
    sync(data_dir)
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = File::create(path).map_err(CatalogueError::io(path))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(CatalogueError::io(path))
}

pub(super) fn sync(dir: &Path) -> Result<()> {
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(CatalogueError::io(dir))
}

/// Removes all but the current generation and the latest former ones, and what interrupted builds left behind an hour ago or earlier.
fn remove_former(generations: &Path, current: &str) -> Result<()> {
    let mut former: Vec<(std::time::SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(generations).map_err(CatalogueError::io(generations))? {
        let entry = entry.map_err(CatalogueError::io(generations))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let changed = entry
            .metadata()
            .and_then(|metadata| metadata.modified())
            .map_err(CatalogueError::io(&entry.path()))?;
        let old = changed.elapsed().is_ok_and(|age| age.as_secs() > 3_600);
        if name.starts_with(".building-") && old {
            fs::remove_dir_all(entry.path()).map_err(CatalogueError::io(&entry.path()))?;
        } else if !name.starts_with('.') && name != current {
            former.push((changed, entry.path()));
        }
    }
    former.sort_by(|a, b| b.cmp(a));
    for (_, path) in former.into_iter().skip(FORMER_KEPT) {
        fs::remove_dir_all(&path).map_err(CatalogueError::io(&path))?;
    }
    Ok(())
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
    let hexadecimal = |text: &str, length| {
        text.len() == length
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
    };
    if !hexadecimal(name, 16) || !hexadecimal(sum, 64) {
        return Err(damaged());
    }
    Ok((name.to_owned(), sum.to_owned()))
}

/// Verifies the current generation of `data_dir`, with all changes to its credentials, and opens it.
///
/// # Errors
/// [`CatalogueError::Damaged`] with the file's name, [`CatalogueError::NoGeneration`], [`CatalogueError::Io`].
pub fn open(data_dir: &Path) -> Result<Catalogue> {
    with_changes(data_dir, open_base(data_dir)?)
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
    let encoder = Encoder::carried()?;
    if manifest.encoder_version != encoder.version() {
        return Err(CatalogueError::damaged(
            MANIFEST,
            "was built with another text encoder; build the generation again",
        ));
    }
    let read = |name: &str| fs::read(dir.join(name)).map_err(CatalogueError::io(&dir.join(name)));
    let esco: Esco = postcard::from_bytes(&read(ESCO)?)
        .map_err(|error| CatalogueError::damaged(ESCO, error.to_string()))?;
    let n_skills = esco.skills.len();
    let rows = |name: &str, dim| -> Result<Int8Rows> {
        Ok(Int8Rows::from_bytes(name, &read(name)?, n_skills, dim)?)
    };
    let spelling = |language: &String| -> Result<LexicalIndex> {
        let name = spelling_file(language);
        Ok(LexicalIndex::from_bytes(
            &name,
            &read(&name)?,
            &esco,
            language,
        )?)
    };
    let spellings = esco
        .languages
        .iter()
        .map(spelling)
        .collect::<Result<Vec<_>>>()?;
    let phrases = Gazetteer::from_bytes(PHRASES, &read(PHRASES)?, n_skills)?;
    let dim = encoder.dim();
    let vectors = SkillVectors {
        labels: rows(LABELS, dim)?,
        described: rows(DESCRIBED, dim)?,
        rough: rows(ROUGH, ROUGH_DIM.min(dim))?,
    };
    let names = Names::from_bytes(NAMES, &read(NAMES)?, n_skills, encoder)?;
    let linker = Linker::new(&esco, vectors, names, spellings, phrases)?;
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

pub(super) fn open_index(path: &Path) -> Result<Index> {
    Ok(Index::open(
        MmapDirectory::open(path).map_err(TantivyError::from)?,
    )?)
}

fn spelling_file(language: &str) -> String {
    format!("spelling.{language}.bin")
}
