//! How does the catalogue change while it is served? One process writes; changes are linked, committed in groups, and acknowledged when they are on disk.
//!
//! Readers need no lock: a commit is one small file that is replaced in one step, and what it names never changes.

mod backup;
mod change;
mod folder;
mod group;
mod logged;
#[cfg(test)]
mod logged_tests;
#[cfg(test)]
mod opening_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod ties_tests;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{DocAddress, Index, IndexWriter, Term};

pub use backup::{backup, copy_commit};
pub use change::{Change, Outcome, Refusal};
pub(crate) use folder::with_changes;
pub use folder::{changes_of_others, committed, latest};
pub use logged::{Logged, adopt, restore};

use super::commit::{Commit, Entry};
use super::directory::open_index;
use super::disk::{credentials_of, current, open_base, remove_abandoned, writing};
use super::durable::sync;
use super::{Catalogue, CredentialIndex};
use crate::error::{CatalogueError, Result};
use crate::schema::{CredentialFields, register_analyser};
use group::Group;
use skillgap_credentials::credential::Credential;

/// Memory of tantivy's writer before it writes a segment.
const WRITER_BYTES: usize = 32 << 20;
/// Share of deleted credentials above which a segment is written again without them.
const DELETED_MAX: f32 = 0.3;
/// Changes of one group when they are carried over to another generation.
const CARRIED_TOGETHER: usize = 5_000;

/// What became of the changes when a new generation came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Changes that hold for the new generation, too.
    pub kept: usize,
    /// Ids whose credential in the new generation has a version of its own, which is not older; it counts.
    pub replaced: Vec<(String, Refusal)>,
}

/// A data directory that this process may write to.
pub struct Store {
    data_dir: PathBuf,
    catalogue: Arc<Catalogue>,
    commit: Commit,
    /// Opened by the first change; gone after a failure, so that the next change begins with what is on disk.
    writer: Option<Writer>,
    /// The last to be dropped, after the writer.
    _lock: File,
}

impl Store {
    /// Takes the lock and opens the current generation with all changes. Changes that were made to another generation are carried over first.
    ///
    /// # Errors
    /// [`CatalogueError::Locked`] if another process writes, and what [`super::open`] says.
    pub fn open(data_dir: &Path) -> Result<(Self, Carried)> {
        let lock = folder::lock(data_dir)?;
        let base = open_base(data_dir)?;
        let generation = base.manifest.generation.clone();
        let mut carried = Carried::default();
        let mut newest = None;
        for name in folder::generations(data_dir)? {
            let sequence = Commit::read(&open_index(&folder::place(data_dir, &name))?)?.sequence;
            // Of two with the same number, one was carried over to the other; that of the current generation is the later.
            newest = newest.max(Some((sequence, name == generation, name)));
        }
        if let Some((_, false, from)) = newest {
            carried = carry_over(data_dir, &from, &base)?;
        }
        folder::remove_others(data_dir, &generation)?;
        remove_abandoned(data_dir)?;
        let (catalogue, commit) = with_changes(data_dir, base)?;
        Ok((
            Self {
                data_dir: data_dir.to_path_buf(),
                catalogue: Arc::new(catalogue),
                commit,
                writer: None,
                _lock: lock,
            },
            carried,
        ))
    }

    /// What is there now.
    pub fn snapshot(&self) -> Arc<Catalogue> {
        Arc::clone(&self.catalogue)
    }

    /// Makes changes, in order, as one commit: all that are not refused are on disk when this returns, and in [`Self::snapshot`]. Cost: that of
    /// linking, and that of one commit, which does not grow with the catalogue.
    ///
    /// # Errors
    /// [`CatalogueError::Io`] if the disk is full, for example. Then none of the changes is acknowledged, and what is on disk is what was there before or,
    /// if only the confirmation failed, all of it.
    pub fn apply(&mut self, changes: Vec<Change>) -> Result<Vec<Outcome>> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin()?,
        };
        let mut outcomes = Vec::with_capacity(changes.len());
        let mut changes = changes.into_iter().peekable();
        while changes.peek().is_some() {
            let mut group = Group::new(&self.catalogue, self.commit);
            while let Some(change) = changes.next_if(|change| !group.must_end_before(change)) {
                outcomes.push(group.decide(change, None)?);
            }
            if !group.is_empty() {
                let made = writer.commit(group, &self.catalogue.credentials);
                let (credentials, commit) = made.map_err(writing(&writer.place))?;
                (self.catalogue, self.commit) =
                    (Arc::new(self.catalogue.at(credentials, &commit)), commit);
            }
        }
        // Only after success: a writer that failed is not used again.
        self.writer = Some(writer);
        Ok(outcomes)
    }

    /// Opens the writer at what is on disk, which after a failure may be more than what was acknowledged.
    fn begin(&mut self) -> Result<Writer> {
        let generation = self.catalogue.manifest.generation.clone();
        let place = folder::place(&self.data_dir, &generation);
        if !place.is_dir() {
            let copy = folder::copy(&self.data_dir, &credentials_of(&self.data_dir, &generation))?;
            folder::put_in_place(&self.data_dir, &generation, copy)?;
        }
        let writer = Writer::open(&place).map_err(writing(&place))?;
        let commit = Commit::read(&writer.index)?;
        if commit != self.commit {
            let opened = folder::open(&place, &generation, Some(&self.catalogue.credentials))?;
            self.catalogue = Arc::new(self.catalogue.at(opened.credentials, &opened.commit));
            self.commit = opened.commit;
        }
        Ok(writer)
    }

    /// Moves to the current generation, if that is another one now, and carries the changes over. After an error everything is as before.
    ///
    /// # Errors
    /// What opening the new generation says.
    pub fn follow(&mut self) -> Result<Option<Carried>> {
        let former = self.catalogue.manifest.generation.clone();
        if current(&self.data_dir)?.0 == former {
            return Ok(None);
        }
        let base = open_base(&self.data_dir)?;
        let generation = base.manifest.generation.clone();
        let carried = match folder::place(&self.data_dir, &former).is_dir() {
            true => carry_over(&self.data_dir, &former, &base)?,
            false => Carried::default(),
        };
        let (catalogue, commit) = with_changes(&self.data_dir, base)?;
        self.writer = None;
        (self.catalogue, self.commit) = (Arc::new(catalogue), commit);
        folder::remove_others(&self.data_dir, &generation)?;
        Ok(Some(carried))
    }
}

/// Makes the changes to generation `from` again, on `base`. What was linked by us is linked again, since skills may have changed.
fn carry_over(data_dir: &Path, from: &str, base: &Catalogue) -> Result<Carried> {
    let old = folder::open(&folder::place(data_dir, from), from, None)?;
    let mut changes = Vec::new();
    for (segment, reader) in (0..).zip(old.credentials.searcher.segment_readers()) {
        for document in reader.doc_ids_alive() {
            changes.extend(old.credentials.change(DocAddress::new(segment, document))?);
        }
    }
    changes.sort_by_key(|(sequence, _)| *sequence);
    let generation = &base.manifest.generation;
    let copy = folder::copy(data_dir, &credentials_of(data_dir, generation))?;
    let mut writer = Writer::open(copy.path()).map_err(writing(copy.path()))?;
    let mut commit = Commit::read(&writer.index)?;
    // Numbers go on from those that were given out.
    commit.sequence = commit.sequence.max(old.commit.sequence);
    // Changes of a log keep its numbers: they are the same on all machines.
    commit.log = old.commit.log;
    let mut carried = Carried::default();
    let mut current = base.at(
        CredentialIndex::open(&writer.index, Some(&base.credentials))?,
        &commit,
    );
    let mut left = changes.as_slice();
    loop {
        let mut group = Group::new(&current, commit);
        let mut n_taken = 0;
        for (number, change) in left.iter().take(CARRIED_TOGETHER) {
            if group.must_end_before(change) {
                break;
            }
            n_taken += 1;
            match group.decide(change.clone(), commit.log.map(|_| *number))? {
                Outcome::Refused(refusal) => {
                    carried.replaced.push((change.id().to_owned(), refusal))
                }
                Outcome::Written | Outcome::Deleted | Outcome::Unchanged => carried.kept += 1,
            }
        }
        if let Some(position) = commit.log {
            group.reach(old.commit.sequence, position);
        }
        let (credentials, next) = writer
            .commit(group, &current.credentials)
            .map_err(writing(copy.path()))?;
        (current, commit) = (current.at(credentials, &next), next);
        left = &left[n_taken..];
        if left.is_empty() {
            break;
        }
    }
    drop(writer);
    folder::put_in_place(data_dir, generation, copy)?;
    Ok(carried)
}

impl CredentialIndex {
    /// The change that wrote a document, with its number; nothing for what the build wrote.
    fn change(&self, address: DocAddress) -> Result<Option<(u64, Change)>> {
        let segment = self.segment(address);
        let entry = Entry::read(segment, address.doc_id);
        let Some(sequence) = entry.sequence else {
            return Ok(None);
        };
        let change = match entry.here {
            true => Change::Upsert(Box::new(self.unlinked(address)?)),
            false => Change::Delete {
                id: self.id(address).to_owned(),
                version: entry.version,
            },
        };
        Ok(Some((sequence, change)))
    }

    /// A credential without the links that were inferred for outcomes that were given without any.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn given(&self, id: &str) -> Result<Option<Credential>> {
        let Some(address) = self.find(id)? else {
            return Ok(None);
        };
        match self.segment(address).is_here(address.doc_id) {
            true => self.unlinked(address).map(Some),
            false => Ok(None),
        }
    }

    fn unlinked(&self, address: DocAddress) -> Result<Credential> {
        let mut credential = self.record(address)?;
        let unlinked = &self.segment(address).unlinked;
        for at in unlinked.values_for_doc(address.doc_id) {
            if let Some(outcome) = credential.outcomes.get_mut(at as usize) {
                outcome.skills.clear();
            }
        }
        Ok(credential)
    }
}

/// tantivy's writer on one folder.
struct Writer {
    place: PathBuf,
    index: Index,
    /// There until it is dropped.
    writer: Option<IndexWriter>,
}

impl Drop for Writer {
    /// Waits for what is being merged: dropped without, tantivy's threads would go on writing to the folder beside the next writer.
    fn drop(&mut self) {
        // What could not be merged stays as it was committed.
        let _merged = self.writer.take().map(IndexWriter::wait_merging_threads);
    }
}

impl Writer {
    fn open(place: &Path) -> Result<Self> {
        folder::remove_leftovers(place)?;
        let index = open_index(place)?;
        register_analyser(&index);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(WRITER_BYTES)
            .build();
        let writer: IndexWriter = index.writer_with_options(options)?;
        let mut merging = LogMergePolicy::default();
        merging.set_del_docs_ratio_before_merge(DELETED_MAX);
        writer.set_merge_policy(Box::new(merging));
        // tantivy gives the first change after opening the number of the last commit, so that a merge would take it for committed and delete before
        // what replaces it is there. This one deletes nothing: no id is empty.
        writer.delete_term(Term::from_field_text(CredentialFields::new().id, ""));
        Ok(Self {
            place: place.to_path_buf(),
            index,
            writer: Some(writer),
        })
    }

    /// Commits a group and waits until it is on disk.
    fn commit(
        &mut self,
        group: Group<'_>,
        former: &CredentialIndex,
    ) -> Result<(CredentialIndex, Commit)> {
        let writer = self
            .writer
            .as_mut()
            .ok_or_else(|| CatalogueError::damaged("live", "its writer is closed"))?;
        let commit = group.write(&CredentialFields::new(), writer)?;
        let mut prepared = writer.prepare_commit()?;
        prepared.set_payload(&commit.payload()?);
        prepared.commit()?;
        // tantivy syncs the files and replaces its list of them; that the list is the new one after a power cut is up to the folder.
        sync(&self.place)?;
        let credentials = CredentialIndex::open(&self.index, Some(former))?;
        if credentials.searcher.num_docs() != commit.credentials + commit.deleted {
            return Err(CatalogueError::damaged(
                "live",
                "it does not hold what was committed",
            ));
        }
        Ok((credentials, commit))
    }
}
