//! How does what was read become what is served? Outcomes get their links, everything is indexed, counted and hashed, in memory or on disk.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;
use tantivy::index::SegmentId;
use tantivy::merge_policy::NoMergePolicy;
use tantivy::schema::Value;
use tantivy::{Index, IndexWriter, TantivyDocument};

use super::commit::{Commit, Entry, Tally};
use crate::error::{CatalogueError, Result};
use crate::schema::{ConceptFields, CredentialFields, Given, register_analyser};
use skillgap_credentials::credential::{Credential, Outcome, SkillLink, Texts};
use skillgap_credentials::migrate::lead_on;
use skillgap_esco::{Esco, Labels};
use skillgap_linker::encoder::Encoder;
use skillgap_linker::languages::{LanguageSkills, NAMED_CONFIDENCE, languages_at_levels};
use skillgap_linker::{Linker, Query};

/// A link from an outcome is inferred where the linker is at least this sure; below it, fewer than one link in five was right.
const INFERRED_CONFIDENCE_MIN: f32 = 0.25;
/// Most inferred links of one outcome.
const INFERRED_LINKS_MAX: usize = 3;
/// Memory of tantivy's writer before it writes a segment.
const WRITER_BYTES: usize = 100 << 20;
/// Outcomes linked between two reports of progress.
const LINK_CHUNK: usize = 2_000;

/// Hears how far a build is: the step's name, units done, units in all.
pub type Progress<'a> = &'a dyn Fn(&str, u64, u64);

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
    })
}

/// Leads links of former versions of ESCO on, and gives every outcome without links those that the linker is sure of, marked as inferred. Equal outcomes are linked once.
pub(super) fn infer_links(
    credentials: &mut [Credential],
    esco: &Esco,
    linker: &Linker,
    progress: Progress<'_>,
) {
    credentials
        .iter_mut()
        .for_each(|credential| lead_on(esco, credential));
    let texts: BTreeSet<(String, String)> = credentials
        .iter()
        .flat_map(|credential| &credential.outcomes)
        .filter_map(text_to_link)
        .collect();
    let texts: Vec<(String, String)> = texts.into_iter().collect();
    let mut links: HashMap<(String, String), Vec<SkillLink>> = HashMap::with_capacity(texts.len());
    for chunk in texts.chunks(LINK_CHUNK) {
        progress("linking outcomes", links.len() as u64, texts.len() as u64);
        let queries: Vec<Query<'_>> = chunk
            .iter()
            .map(|(language, text)| Query {
                text,
                language: Some(language.as_str()).filter(|language| *language != "und"),
            })
            .collect();
        let linked = linker.link_outcomes(&queries, INFERRED_LINKS_MAX);
        links.extend(chunk.iter().cloned().zip(linked.into_iter().map(|linked| {
            let sure = linked
                .into_iter()
                .filter(|linked| linked.confidence >= INFERRED_CONFIDENCE_MIN);
            let link = |linked: skillgap_linker::Linked| {
                SkillLink::inferred(
                    &esco.skills[linked.skill.row()].uri,
                    linked.confidence.into(),
                )
            };
            sure.map(link).collect()
        })));
    }
    progress("linking outcomes", texts.len() as u64, texts.len() as u64);
    let speaks = |(_, text): &(String, String)| !languages_at_levels(text).is_empty();
    let languages = texts.iter().any(speaks).then(|| LanguageSkills::of(esco));
    credentials.par_iter_mut().for_each(|credential| {
        let titles: Vec<&str> = credential.title.values().map(String::as_str).collect();
        for outcome in &mut credential.outcomes {
            let Some(text) = text_to_link(outcome) else {
                continue;
            };
            outcome.skills = links.get(&text).cloned().unwrap_or_default();
            if let Some(languages) = &languages {
                name_languages(languages, &titles, &text.1, &mut outcome.skills);
            }
        }
    });
}

/// Links an outcome that names a language with a level to it, as surely as an ad is that does the same, instead of what the linker guessed among its parts.
fn name_languages(
    languages: &LanguageSkills<'_>,
    titles: &[&str],
    outcome: &str,
    links: &mut Vec<SkillLink>,
) {
    let sure = languages.links(titles, outcome);
    if !sure.is_empty() {
        links.retain(|link| !languages.contains(&link.uri));
        let sure = sure.into_iter();
        links.extend(sure.map(|uri| SkillLink::inferred(uri, NAMED_CONFIDENCE)));
    }
}

/// Language and text of an outcome that has no links yet.
fn text_to_link(outcome: &Outcome) -> Option<(String, String)> {
    if !outcome.skills.is_empty() {
        return None;
    }
    let texts: &Texts = &outcome.text;
    let english = texts.get_key_value("en");
    let (language, text) = english.or_else(|| texts.first_key_value())?;
    Some((language.clone(), text.clone()))
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
