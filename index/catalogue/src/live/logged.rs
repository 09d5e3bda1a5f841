//! Changes that come out of a log which several machines follow: each has its number from there, and a commit says how far it has come.

use std::path::Path;
use std::sync::Arc;

use super::super::commit::{Commit, LogPosition};
use super::super::disk::{current, generation_of, install, writing};
use super::super::manifest::Manifest;
use super::group::Group;
use super::{Change, Outcome, Store, folder};
use crate::error::{CatalogueError, Result};

/// A message of a log.
#[derive(Clone, Debug)]
pub struct Logged {
    /// Its number.
    pub number: u64,
    /// Hash of it.
    pub hash: u64,
    /// The change, if it is one of a credential.
    pub change: Option<Change>,
}

impl Store {
    /// The last commit.
    pub fn commit(&self) -> Commit {
        self.commit
    }

    /// Makes changes of the log of `epoch`, in order, and notes that everything up to the last of them is there, also where nothing is written. Those that a
    /// former commit holds are not made again. One outcome a change.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn apply_logged(&mut self, changes: Vec<Logged>, epoch: u64) -> Result<Vec<Outcome>> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin()?,
        };
        let mut outcomes = Vec::with_capacity(changes.len());
        let mut changes = changes.into_iter().peekable();
        let done = |commit: &Commit, number| commit.log.is_some() && number <= commit.sequence;
        while let Some(logged) = changes.next_if(|logged| done(&self.commit, logged.number)) {
            let outcome = logged.change.map(|change| self.would(change));
            outcomes.push(outcome.unwrap_or(Ok(Outcome::Unchanged))?);
        }
        while changes.peek().is_some() {
            let mut group = Group::new(&self.catalogue, self.commit);
            let may_join = |group: &Group<'_>, logged: &Logged| {
                !logged
                    .change
                    .as_ref()
                    .is_some_and(|change| group.must_end_before(change))
            };
            while let Some(logged) = changes.next_if(|logged| may_join(&group, logged)) {
                let Logged {
                    number,
                    hash,
                    change,
                } = logged;
                let decided = change.map(|change| group.decide(change, Some(number)));
                outcomes.push(decided.unwrap_or(Ok(Outcome::Unchanged))?);
                group.reach(number, LogPosition { epoch, hash });
            }
            let made = writer.commit(group, &self.catalogue.credentials);
            let (credentials, commit) = made.map_err(writing(&writer.place))?;
            (self.catalogue, self.commit) =
                (Arc::new(self.catalogue.at(credentials, &commit)), commit);
        }
        self.writer = Some(writer);
        Ok(outcomes)
    }

    /// What would become of a change; nothing is written.
    ///
    /// # Errors
    /// What the catalogue says when it is asked for what is stored.
    pub fn would(&self, change: Change) -> Result<Outcome> {
        Group::new(&self.catalogue, self.commit).decide(change, None)
    }
}

/// Puts a copy of a data directory, as [`super::copy_commit`] makes it, in the place of what is in `data_dir`. `from` is emptied, and must be in the same file
/// system. Killed on the way, it leaves a generation without the changes to it, which is behind every log.
///
/// # Errors
/// [`CatalogueError::Locked`] if a process writes to it, and what the copy is damaged by.
pub fn restore(data_dir: &Path, from: &Path) -> Result<()> {
    let _lock = folder::lock(data_dir)?;
    let (name, sum) = current(from)?;
    let beside = generation_of(from, &name);
    let manifest = Manifest::verify(&beside, &sum)?;
    let live = folder::place(from, &name);
    folder::remove_others(data_dir, "")?;
    let copy = live
        .is_dir()
        .then(|| folder::copy(data_dir, &live))
        .transpose()?;
    install(data_dir, &beside, manifest)?;
    if let Some(copy) = copy {
        folder::put_in_place(data_dir, &name, copy)?;
    }
    Ok(())
}

/// Makes a generation that lies in `from` the current one of `data_dir`; [`Store::follow`] carries the changes over.
///
/// # Errors
/// What it is damaged by.
pub fn adopt(data_dir: &Path, from: &Path, name: &str, sum: &str) -> Result<()> {
    let manifest = Manifest::verify(from, sum)?;
    if manifest.generation != name {
        return Err(CatalogueError::damaged(name, "is another generation"));
    }
    install(data_dir, from, manifest).map(|_| ())
}
