//! How does what was read become what is served? Credentials get their links, everything is indexed, counted and hashed, in memory or on disk.

use std::collections::BTreeMap;

use tantivy::index::SegmentId;
use tantivy::merge_policy::NoMergePolicy;
use tantivy::schema::Value;
use tantivy::{Index, IndexWriter, TantivyDocument};

use super::commit::{Commit, Entry, Tally};
use crate::error::{CatalogueError, Result};
use crate::infer::{Progress, infer_links, teaches};
use crate::schema::{ConceptFields, CredentialFields, Given, register_analyser};
use skillgap_credentials::credential::Credential;
use skillgap_esco::{Esco, Labels};
use skillgap_linker::Linker;
use skillgap_linker::encoder::Encoder;

/// Memory of tantivy's writer before it writes a segment.
const WRITER_BYTES: usize = 100 << 20;

/// ESCO and credentials, linked, in the order in which they are stored.
pub(super) struct Assembled {
    /// Without descriptions, which only the index of concepts keeps.
    pub esco: Esco,
    pub linker: Linker,
    pub credentials: Vec<Credential>,
    /// The same, as they were given.
    pub given: Vec<Given>,
    /// Hash of the content, and of how it is indexed.
    pub content: String,
    pub counts: BTreeMap<String, u64>,
    /// Ids of credentials that teach no skill, by themselves or as far as could be told.
    pub without_skill: Vec<String>,
}

/// Links, sorts, counts and hashes; writes the index of concepts to `concepts` meanwhile.
pub(super) fn assemble(
    mut esco: Esco,
    mut credentials: Vec<Credential>,
    concepts: &Index,
    progress: Progress<'_>,
) -> Result<Assembled> {
    progress("labels and vectors", 0, 1);
    let (linker, written) =
        rayon::join(|| Linker::build(&esco), || write_concepts(concepts, &esco));
    let linker = linker?;
    written?;
    progress("labels and vectors", 1, 1);
    credentials.sort_by(|a, b| a.id.cmp(&b.id));
    let given = credentials.iter().map(Given::of).collect();
    infer_links(&mut credentials, &esco, &linker, progress);
    let content = content_hash(&esco, &credentials)?;
    let counts = count(&esco);
    let without_skill = credentials.iter().filter(|one| !teaches(one, &esco));
    let without_skill = without_skill.map(|one| one.id.clone()).collect();
    esco.skills
        .iter_mut()
        .for_each(|skill| skill.descriptions = Vec::new());
    esco.occupations
        .iter_mut()
        .for_each(|occupation| occupation.descriptions = Vec::new());
    Ok(Assembled {
        esco,
        linker,
        credentials,
        given,
        content,
        counts,
        without_skill,
    })
}

fn content_hash(esco: &Esco, credentials: &[Credential]) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&super::manifest::FORMAT.to_le_bytes());
    hasher.update(Encoder::carried()?.version().as_bytes());
    for schema in [
        ConceptFields::new(&esco.languages).schema,
        CredentialFields::new().schema,
    ] {
        let schema = serde_json::to_vec(&schema)
            .map_err(|error| CatalogueError::input("schema", error.to_string()))?;
        hasher.update(&schema);
    }
    hasher.update(
        &postcard::to_stdvec(esco)
            .map_err(|error| CatalogueError::input("esco", error.to_string()))?,
    );
    for credential in credentials {
        hasher.update(&credential.to_bytes());
    }
    Ok(hasher.finalize().to_hex()[..16].to_owned())
}

fn count(esco: &Esco) -> BTreeMap<String, u64> {
    let labels =
        |labels: &Labels| labels.alternatives.len() + usize::from(!labels.preferred.is_empty());
    let skill_labels = esco.skills.iter().flat_map(|skill| &skill.labels);
    let occupations = esco.occupations.iter();
    let occupation_skills = occupations.map(|one| one.essential.len() + one.optional.len());
    let skill_skills = esco.essential.len() + esco.optional.len();
    let counts = [
        ("skills", esco.skills.len()),
        ("skill labels", skill_labels.map(labels).sum()),
        ("skill groups", esco.groups.len()),
        ("broader relations", esco.broader.len()),
        ("skill-skill relations", skill_skills),
        ("occupations", esco.occupations.len()),
        ("occupation-skill relations", occupation_skills.sum()),
        ("ISCO groups", esco.isco_groups.len()),
    ];
    let former = ("URIs of former versions", esco.former.len());
    let former = Some(former).filter(|(_, count)| *count > 0);
    let counts = counts.into_iter().chain(former);
    counts
        .map(|(name, count)| (name.to_owned(), count as u64))
        .collect()
}

/// Writes the index of concepts.
fn write_concepts(index: &Index, esco: &Esco) -> Result<()> {
    let writer = writer(index)?;
    for document in ConceptFields::new(&esco.languages).documents(esco) {
        writer.add_document(document?)?;
    }
    finish(index, writer, "")
}

/// Writes the index of credentials, in their order, and says what was committed.
pub(super) fn write_credentials(
    index: &Index,
    assembled: &Assembled,
    progress: Progress<'_>,
) -> Result<Commit> {
    let (fields, writer, n_credentials) = (
        CredentialFields::new(),
        writer(index)?,
        assembled.credentials.len() as u64,
    );
    let mut commit = Commit::empty(n_credentials);
    for (at, (credential, given)) in assembled
        .credentials
        .iter()
        .zip(&assembled.given)
        .enumerate()
    {
        if at % 1_000 == 0 {
            progress("indexing credentials", at as u64, n_credentials);
        }
        writer.add_document(fields.document(credential, given, None, &assembled.esco)?)?;
        commit.add(
            &Entry::here(credential, given, None),
            Tally::of(credential, &assembled.esco),
        );
    }
    finish(index, writer, &commit.payload()?)?;
    progress("indexing credentials", n_credentials, n_credentials);
    Ok(commit)
}

/// One thread, so that documents keep their order.
fn writer(index: &Index) -> Result<IndexWriter> {
    register_analyser(index);
    let writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    Ok(writer)
}

/// Commits with the payload, and merges all segments into one, in the order of their first documents.
fn finish(index: &Index, mut writer: IndexWriter, payload: &str) -> Result<()> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(payload);
    commit.commit()?;
    let segments = segments_in_order(index)?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
        writer.garbage_collect_files().wait()?;
    }
    writer.wait_merging_threads()?;
    Ok(())
}

/// Segments in the order of their first documents, which both indexes number in a column: concepts by row, credentials by id.
fn segments_in_order(index: &Index) -> Result<Vec<SegmentId>> {
    let searcher = index.reader()?.searcher();
    let record = index.schema().get_field("record").ok();
    let mut segments = Vec::new();
    for reader in searcher.segment_readers() {
        let row = reader
            .fast_fields()
            .u64("row")
            .ok()
            .and_then(|column| column.first(0));
        let first: TantivyDocument = reader
            .get_store_reader(1)
            .map_err(tantivy::TantivyError::from)?
            .get(0)?;
        let bytes = record
            .and_then(|record| first.get_first(record))
            .and_then(|value| value.as_bytes());
        let id = bytes
            .and_then(|bytes| Credential::from_bytes(bytes).ok())
            .map(|credential| credential.id);
        // Occupations come after all skills and have no row.
        segments.push((row.unwrap_or(u64::MAX), id, reader.segment_id()));
    }
    segments.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    Ok(segments
        .into_iter()
        .map(|(_, _, segment)| segment)
        .collect())
}
