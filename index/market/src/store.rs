//! The one that writes: takes jobs as they were posted, finds those that are there already, and commits.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use skillgap_esco::text::{stable_hash, words};
use skillgap_esco::{DataError, Result};

use crate::duplicates::{Duplicates, NO_TITLE};
use crate::job::{Asked, Change, Counted, Job, Key, Names, Rows, Table, Traits};
use crate::log::{Commit, Writer, replay};
use crate::posting::{Place, Posting, folded_hash};
use crate::{IscoCode, Market, Signature};

/// The folder of the market in a data directory.
pub const FOLDER: &str = "market";
const LOCK: &str = "LOCK";
/// The key of the hashes of employers: random, and never written out.
const KEY: &str = "KEY";

/// What became of a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// A job that was not there.
    New,
    /// A further posting of a job that is there.
    Copy,
    /// It was there, and is as it is stated now.
    Replaced,
}

/// What was read in the text of a posting.
#[derive(Clone, Debug, Default)]
pub struct Understood {
    /// Its occupation, unless the feed states it, and how sure that is, in [0, 1].
    pub isco: Option<(IscoCode, f64)>,
    /// URI of the ESCO occupation.
    pub occupation: String,
    /// Skills by URI, with probability and whether they are a must.
    pub asked: Vec<(String, f64, bool)>,
    /// Of its requirements.
    pub signature: Option<Signature>,
    /// Versions of linker and ESCO.
    pub version: String,
}

/// The market of a data directory, open for changes.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    commit: Commit,
    rows: Rows,
    duplicates: Duplicates,
    key: [u8; 32],
    changes: Vec<Change>,
    /// Jobs that the log has, those that were replaced among them.
    n_written: u64,
    writer: Writer,
    _lock: File,
}

impl Store {
    /// Opens the market of a data directory; an empty one where there is none. One process at a time may have it.
    ///
    /// # Errors
    /// [`DataError::Damaged`] if it is not what was committed, [`DataError::Input`] if another process has it.
    pub fn open(data_dir: &Path) -> Result<Self> {
        let folder = data_dir.join(FOLDER);
        fs::create_dir_all(&folder).map_err(DataError::io(&folder))?;
        let lock = lock(&folder)?;
        let key = key(&folder)?;
        let commit = Commit::read(&folder)?.unwrap_or_else(|| Commit::before(0, 0));
        let (mut rows, mut duplicates) = (Rows::default(), Duplicates::default());
        let mut n_written = 0;
        if commit.sequence > 0 {
            replay(&folder, &commit, &mut |change| {
                n_written += u64::from(matches!(change, Change::Job(..)));
                rows.apply(change);
            })?;
        }
        let newest = rows.jobs.iter().map(|job| job.last_day).max();
        for (at, traits) in std::mem::take(&mut rows.traits) {
            if let Some(job) = rows.jobs.get(at as usize) {
                duplicates.add(at, job, &traits);
            }
        }
        duplicates.forget_before(newest.unwrap_or_default());
        remove_others(&folder, &commit)?;
        Ok(Self {
            writer: Writer::open(&folder, &commit)?,
            folder,
            commit,
            rows,
            duplicates,
            key,
            changes: Vec::new(),
            n_written,
            _lock: lock,
        })
    }

    /// The key of an employer, by its number in a register or its name.
    fn employer(&self, employer: &str) -> u64 {
        let words: Vec<String> = words(employer)
            .into_iter()
            .map(|word| word.folded)
            .collect();
        if words.is_empty() {
            return 0;
        }
        let hash = blake3::keyed_hash(&self.key, words.join(" ").as_bytes());
        let (first, _) = hash.as_bytes().split_at(8);
        u64::from_le_bytes(first.try_into().unwrap_or_default()).max(1)
    }

    /// Adds a posting: one job a place. It is on disk after [`Self::commit`].
    pub fn add(&mut self, posting: &Posting, understood: &Understood) -> Vec<Added> {
        let nowhere = [Place::default()];
        let places = match posting.places.is_empty() {
            true => &nowhere[..],
            false => &posting.places,
        };
        let numbered = places.iter().enumerate();
        numbered
            .map(|(at, place)| self.add_at(posting, understood, at, place))
            .collect()
    }

    fn add_at(
        &mut self,
        posting: &Posting,
        understood: &Understood,
        at: usize,
        place: &Place,
    ) -> Added {
        let source = self.id(Table::Source, &posting.source);
        let id = [posting.id.as_bytes(), &at.to_le_bytes()].concat();
        let key: Key = (source, stable_hash(id));
        let asked = understood.asked.iter();
        let asked = asked.map(|(uri, probability, is_essential)| Asked {
            skill: self.id(Table::Skill, uri),
            confidence: (probability.clamp(0.0, 1.0) * 255.0).round() as u8,
            is_essential: *is_essential,
        });
        let (isco, sure) = match posting.isco {
            Some(stated) => (stated, 1.0),
            None => understood.isco.unwrap_or_default(),
        };
        let job = Job {
            asked: asked.collect(),
            first_day: posting.first_day,
            last_day: posting.last_day.unwrap_or(posting.first_day),
            sources: vec![source],
            place: self.id(Table::Place, place.code()),
            isco,
            isco_confidence: (sure.clamp(0.0, 1.0) * 255.0).round() as u8,
            occupation: self.id(Table::Occupation, &understood.occupation),
            nace: posting.nace.map_or(0, |section| section as u8),
            employer: self.employer(&posting.employer),
            is_agency: posting.is_agency,
            version: self.id(Table::Version, &understood.version),
        };
        let traits = understood.signature.clone().map(|signature| Traits {
            signature,
            title: match words(&posting.title).is_empty() {
                true => NO_TITLE,
                false => folded_hash(&posting.title),
            },
            place: place.hash(),
        });
        self.place(key, job, traits)
    }

    /// Decides what a posting is.
    fn place(&mut self, key: Key, job: Job, traits: Option<Traits>) -> Added {
        let known = self.rows.postings.get(&key).copied();
        let has_begun = known.is_some_and(|at| self.rows.begun_by.get(at as usize) == Some(&key));
        let found = traits.as_ref().filter(|_| !has_begun);
        let found = found.and_then(|traits| self.duplicates.find(&job, traits));
        let replaced = match known {
            Some(_) => Added::Replaced,
            None => Added::New,
        };
        if let Some(at) = found {
            let (first, last) = (job.first_day, job.last_day);
            self.duplicates.extend(at, first, last);
            self.change(Change::Copy(key, at, first, last));
            return match replaced {
                Added::New => Added::Copy,
                replaced => replaced,
            };
        }
        let at = known
            .filter(|_| has_begun)
            .unwrap_or(self.rows.jobs.len() as u32);
        if let Some(traits) = &traits {
            self.duplicates.add(at, &job, traits);
        }
        self.change(Change::Job(key, job, traits));
        replaced
    }

    /// Notes that a posting is there no more since a day, if it was.
    pub fn over(&mut self, source: &str, id: &str, day: i32) {
        let Some(source) = self.rows.names.id(Table::Source, source) else {
            return;
        };
        for at in 0_usize.. {
            let key = (
                source,
                stable_hash([id.as_bytes(), &at.to_le_bytes()].concat()),
            );
            if !self.rows.postings.contains_key(&key) {
                return;
            }
            self.change(Change::Over(key, day));
        }
    }

    fn id(&mut self, table: Table, text: &str) -> u32 {
        if let Some(id) = self.rows.names.id(table, text) {
            return id;
        }
        self.change(Change::Name(table, text.to_owned()));
        self.rows.names.id(table, text).unwrap_or_default()
    }

    fn change(&mut self, change: Change) {
        self.n_written += u64::from(matches!(change, Change::Job(..)));
        self.changes.push(change.clone());
        self.rows.apply(change);
        self.rows.traits.clear();
    }

    /// Waits until what was added is on disk.
    ///
    /// # Errors
    /// [`DataError::Io`] if the disk is full, for example. Then what was added since the last commit may not be there, and this store is of no
    /// further use.
    pub fn commit(&mut self) -> Result<Counted> {
        if !self.changes.is_empty() {
            let changes = std::mem::take(&mut self.changes);
            let mut next = self.writer.append(&self.folder, &self.commit, &changes)?;
            next.counted = self.rows.counted();
            next.write(&self.folder)?;
            self.commit = next;
        }
        Ok(self.commit.counted)
    }

    /// Whether more than half of the jobs of the log were replaced since.
    pub fn is_worth_compacting(&self) -> bool {
        let n_jobs = self.rows.jobs.len() as u64;
        n_jobs > 0 && self.n_written > 2 * n_jobs
    }

    /// Writes the log anew: without what was replaced, and without signatures whose copies no longer come.
    ///
    /// # Errors
    /// As [`Self::commit`]; then all is as before.
    pub fn compact(&mut self) -> Result<()> {
        self.commit()?;
        let newest = self.rows.jobs.iter().map(|job| job.last_day).max();
        self.duplicates.forget_before(newest.unwrap_or_default());
        let names = self.rows.names.all();
        let mut changes: Vec<Change> = names
            .map(|(table, text)| Change::Name(table, text.clone()))
            .collect();
        let jobs = self.rows.jobs.iter().zip(&self.rows.begun_by).zip(0..);
        changes.extend(jobs.map(|((job, key), at)| {
            Change::Job(*key, job.clone(), self.duplicates.traits(at).cloned())
        }));
        let mut copies: FxHashMap<Key, u32> = self.rows.postings.clone();
        for (key, at) in self.rows.begun_by.iter().zip(0..) {
            if copies.get(key) == Some(&at) {
                copies.remove(key);
            }
        }
        let mut copies: Vec<(Key, u32)> = copies.into_iter().collect();
        copies.sort_unstable();
        changes.extend(copies.into_iter().filter_map(|(key, at)| {
            let job = self.rows.jobs.get(at as usize)?;
            Some(Change::Copy(key, at, job.first_day, job.last_day))
        }));
        let begun = Commit::before(self.commit.sequence, self.commit.file_number() + 1);
        let mut writer = Writer::open(&self.folder, &begun)?;
        let mut next = writer.append(&self.folder, &begun, &changes)?;
        next.counted = self.rows.counted();
        next.write(&self.folder)?;
        (self.writer, self.commit) = (writer, next);
        self.n_written = self.rows.jobs.len() as u64;
        remove_others(&self.folder, &self.commit)
    }

    /// The number of the job of a posting, at its first place.
    #[cfg(test)]
    pub(crate) fn job_of(&self, source: &str, id: &str) -> Option<u32> {
        let source = self.rows.names.id(Table::Source, source)?;
        let key = (
            source,
            stable_hash([id.as_bytes(), &0_usize.to_le_bytes()].concat()),
        );
        self.rows.postings.get(&key).copied()
    }

    /// What was added so far, as requests see it after [`Self::commit`].
    pub fn market(&self) -> Market {
        let mut names = Names::default();
        for (table, text) in self.rows.names.all() {
            names.add(table, text.clone());
        }
        let rows = Rows {
            names,
            jobs: self.rows.jobs.clone(),
            ..Rows::default()
        };
        Market::of(self.commit.clone(), rows)
    }
}

/// Takes the lock of the folder; it is free again once the file is dropped, or the process ends in any way.
fn lock(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    let file = File::create(&path).map_err(DataError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DataError::input(
            folder.display().to_string(),
            "another process writes here",
        )),
        Err(TryLockError::Error(source)) => Err(DataError::io(&path)(source)),
    }
}

/// The key of this market: made once.
fn key(folder: &Path) -> Result<[u8; 32]> {
    let path = folder.join(KEY);
    if let Ok(bytes) = fs::read(&path) {
        let damaged = |_| DataError::damaged("market/KEY", "is no key");
        return bytes.try_into().map_err(damaged);
    }
    let mut key = [0; 32];
    let made = getrandom::fill(&mut key).map_err(|error| std::io::Error::other(error.to_string()));
    let written = made.and_then(|()| {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        std::io::Write::write_all(&mut file, &key)?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        File::open(folder)?.sync_all()
    });
    written.map_err(DataError::io(&path))?;
    Ok(key)
}

/// Removes logs that no commit names.
fn remove_others(folder: &Path, commit: &Commit) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(DataError::io(folder))? {
        let path = entry.map_err(DataError::io(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("log-") && name != commit.file {
            fs::remove_file(&path).map_err(DataError::io(&path))?;
        }
    }
    Ok(())
}

/// Copies one commit of the market of a data directory, also while another process writes to it, and checks the copy. Returns whether there is one.
///
/// # Errors
/// What copying and opening say.
pub fn backup(data_dir: &Path, to: &Path) -> Result<bool> {
    let (from, to_folder) = (data_dir.join(FOLDER), to.join(FOLDER));
    let Some(commit) = Commit::read(&from)? else {
        return Ok(false);
    };
    fs::create_dir_all(&to_folder).map_err(DataError::io(&to_folder))?;
    for name in [KEY, &commit.file] {
        let (source, target) = (from.join(name), to_folder.join(name));
        let copied = fs::copy(&source, &target).and_then(|_| File::open(&target)?.sync_all());
        copied.map_err(DataError::io(&source))?;
    }
    commit.write(&to_folder)?;
    Market::open(to)?;
    Ok(true)
}
