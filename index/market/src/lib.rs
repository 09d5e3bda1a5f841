//! The market at rest: one row a job, without a word of its ad, and what can be counted of all of them.
//!
//! [`Store`] takes postings, finds out which are the same job, and keeps them; [`Market`] is what a request sees of one commit, and counts.

mod answers;
mod blocks;
mod duplicates;
mod job;
mod log;
mod periods;
pub mod posting;
mod signature;
mod skill_blocks;
mod statistics;
mod store;
mod students_t;
#[cfg(test)]
mod tests;
mod trend;
mod windows;

pub use answers::{Answer, Cell, OccupationDemand, SkillDemand};
pub use job::{Asked, Counted, IscoCode, Job, Month, Names, Table};
pub use log::Commit;
pub use periods::Periods;
pub use signature::Signature;
pub use store::{Added, FOLDER, Store, Understood, backup};
pub use trend::{Break, Change, Trend};

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use rustc_hash::FxHashMap;
use skillgap_esco::{DataError, Result};

/// Answers that are kept, so that a cell that is asked for again costs nothing.
const KEPT_MAX: usize = 2_000;

/// What was found before, by what was asked for.
type Kept<K, V> = Mutex<FxHashMap<K, Arc<V>>>;

/// One commit of the market, whole and unchanging.
#[derive(Debug, Default)]
pub struct Market {
    /// What was committed.
    pub commit: Commit,
    names: Names,
    jobs: Vec<Job>,
    windows: OnceLock<windows::Windows>,
    kept: Kept<Cell, Answer>,
    kept_occupations: Kept<(Cell, usize), Vec<OccupationDemand>>,
}

impl Market {
    /// Opens the last commit that lies in the folder of a data directory; nothing where there is none.
    ///
    /// # Errors
    /// [`DataError::Damaged`] if it is not what was committed.
    pub fn open(data_dir: &Path) -> Result<Option<Self>> {
        let folder = data_dir.join(FOLDER);
        let Some(commit) = Commit::read(&folder)? else {
            return Ok(None);
        };
        let mut rows = job::Rows::default();
        log::replay(&folder, &commit, &mut |change| rows.apply(change))?;
        if rows.counted() != commit.counted {
            return Err(DataError::damaged(
                FOLDER,
                "it does not hold what its last commit says",
            ));
        }
        Ok(Some(Self::of(commit, rows)))
    }

    fn of(commit: Commit, rows: job::Rows) -> Self {
        Self {
            commit,
            names: rows.names,
            jobs: rows.jobs,
            ..Self::default()
        }
    }

    /// Number of the last commit of a data directory; nothing where there is none.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn latest(data_dir: &Path) -> Result<Option<u64>> {
        Ok(Commit::read(&data_dir.join(FOLDER))?.map(|commit| commit.sequence))
    }

    /// The texts that ids stand for.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// All jobs, in the order in which they came.
    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    fn windows(&self) -> &windows::Windows {
        self.windows
            .get_or_init(|| windows::Windows::of(&self.jobs, &self.names))
    }

    /// What months are counted.
    pub fn periods(&self) -> &Periods {
        &self.windows().periods
    }

    /// What the jobs of a cell ask for. Cost: a look at every job, unless it was asked before.
    pub fn answer(&self, cell: &Cell) -> Arc<Answer> {
        kept(&self.kept, cell.clone(), || {
            answers::answer(self.windows(), &self.jobs, &self.names, cell)
        })
    }

    /// Which occupations the jobs of a cell are, by ISCO codes of this many digits; most jobs first. The cell is taken as it is.
    pub fn occupations(&self, cell: &Cell, digits: usize) -> Arc<Vec<OccupationDemand>> {
        kept(&self.kept_occupations, (cell.clone(), digits), || {
            answers::occupations(self.windows(), &self.jobs, &self.names, cell, digits)
        })
    }

    /// How much a region asks for an occupation: of the region or the nearest larger one, and of the occupation or the nearest wider group, of
    /// which that may be told.
    pub fn occupation(&self, region: &str, isco: IscoCode) -> Option<(Cell, OccupationDemand)> {
        let mut wanted = Cell {
            region: region.to_owned(),
            isco,
            nace: None,
        };
        loop {
            let cell = Cell {
                isco: IscoCode::default(),
                ..wanted.clone()
            };
            let told = self.occupations(&cell, wanted.isco.digits());
            if let Some(demand) = told.iter().find(|of| of.isco == wanted.isco) {
                return Some((cell, demand.clone()));
            }
            wanted = wanted.parent().filter(|parent| parent.isco.digits() > 0)?;
        }
    }
}

/// What was found before, else what is found now.
fn kept<K: Eq + std::hash::Hash, V>(kept: &Kept<K, V>, key: K, find: impl FnOnce() -> V) -> Arc<V> {
    let known = kept.lock().ok().and_then(|kept| kept.get(&key).cloned());
    if let Some(known) = known {
        return known;
    }
    let found = Arc::new(find());
    if let Ok(mut kept) = kept.lock()
        && kept.len() < KEPT_MAX
    {
        kept.insert(key, Arc::clone(&found));
    }
    found
}
