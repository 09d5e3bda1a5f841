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
#[cfg(test)]
mod tests;
mod trend;
mod windows;

pub use answers::{Answer, Cell, OccupationDemand, SkillDemand};
pub use job::{Asked, IscoCode, Job, Month, Names, Table};
pub use log::Commit;
pub use periods::Periods;
pub use signature::Signature;
pub use store::{Added, Counted, FOLDER, Store, Understood, backup};
pub use trend::{Break, Change, Trend};

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use rustc_hash::FxHashMap;
use skillgap_esco::{DataError, Result};

/// Answers that are kept, so that a cell that is asked for again costs nothing.
const KEPT_MAX: usize = 2_000;

/// One commit of the market, whole and unchanging.
#[derive(Debug, Default)]
pub struct Market {
    /// What was committed.
    pub commit: Commit,
    names: Names,
    jobs: Vec<Job>,
    windows: OnceLock<windows::Windows>,
    kept: Mutex<FxHashMap<Cell, Arc<Answer>>>,
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
        let kept = |kept: &Mutex<FxHashMap<Cell, Arc<Answer>>>| {
            let kept = kept.lock().ok()?;
            kept.get(cell).cloned()
        };
        if let Some(answer) = kept(&self.kept) {
            return answer;
        }
        let answer = Arc::new(answers::answer(
            self.windows(),
            &self.jobs,
            &self.names,
            cell,
        ));
        if let Ok(mut kept) = self.kept.lock()
            && kept.len() < KEPT_MAX
        {
            kept.insert(cell.clone(), Arc::clone(&answer));
        }
        answer
    }

    /// Which occupations the jobs of a cell are, by ISCO codes of this many digits.
    pub fn occupations(&self, cell: &Cell, digits: usize) -> Vec<OccupationDemand> {
        answers::occupations(self.windows(), &self.jobs, &self.names, cell, digits)
    }
}
