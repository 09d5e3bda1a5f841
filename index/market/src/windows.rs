//! The jobs of the two periods, ready to be counted: in blocks, and by the skills that they ask for.

use std::ops::Range;

use crate::blocks::Blocks;
use crate::job::{Job, Month, Table};
use crate::{Names, Periods};

/// The jobs of a period.
#[derive(Debug)]
pub(crate) struct Window {
    pub blocks: Blocks,
    /// Where the positions of the jobs that ask for a skill begin in `asking`, by skill.
    begins: Vec<u32>,
    asking: Vec<u32>,
}

/// Both periods.
#[derive(Debug)]
pub(crate) struct Windows {
    pub periods: Periods,
    /// Whether a source is there in both periods, in all months but one at most.
    pub is_common: Vec<bool>,
    pub now: Window,
    pub before: Window,
}

impl Windows {
    pub fn of(all: &[Job], names: &Names) -> Self {
        let periods = Periods::of(all);
        let months: Vec<Month> = all.iter().map(Job::month).collect();
        let empty = Month(0)..Month(0);
        let before = periods.before.clone().unwrap_or(empty);
        let window = |period: &Range<Month>| {
            let numbered = (0..).zip(&months);
            let jobs = numbered.filter(|(_, month)| period.contains(month));
            Window::of(all, names, jobs.map(|(at, _)| at).collect())
        };
        let in_now = common(all, &months, names, &periods.now);
        let in_before = common(all, &months, names, &before);
        Self {
            is_common: in_now.iter().zip(in_before).map(|(a, b)| *a && b).collect(),
            now: window(&periods.now),
            before: window(&before),
            periods,
        }
    }
}

/// Whether each source has jobs in all months of a period but one at most.
fn common(all: &[Job], months: &[Month], names: &Names, period: &Range<Month>) -> Vec<bool> {
    let length = (period.end.0 - period.start.0).max(0) as usize;
    let mut seen = vec![vec![false; length]; names.len(Table::Source)];
    for (job, month) in all.iter().zip(months) {
        if period.contains(month) {
            let at = (month.0 - period.start.0) as usize;
            job.sources
                .iter()
                .for_each(|source| seen[*source as usize][at] = true);
        }
    }
    let is_there = |months: Vec<bool>| {
        let missing = months.iter().filter(|seen| !**seen).count();
        length > 0 && missing <= usize::from(length > 3)
    };
    seen.into_iter().map(is_there).collect()
}

impl Window {
    fn of(all: &[Job], names: &Names, jobs: Vec<u32>) -> Self {
        let blocks = Blocks::of(all, names, jobs);
        let mut begins = vec![0_u32; names.len(Table::Skill) + 1];
        let of_positions = || {
            (0_u32..)
                .zip(&blocks.jobs)
                .map(|(at, job)| (at, &all[*job as usize]))
        };
        for (_, job) in of_positions() {
            job.asked
                .iter()
                .for_each(|asked| begins[asked.skill as usize + 1] += 1);
        }
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        let mut next = begins.clone();
        let mut asking = vec![0; begins.last().copied().unwrap_or_default() as usize];
        for (position, job) in of_positions() {
            for asked in &job.asked {
                let at = &mut next[asked.skill as usize];
                asking[*at as usize] = position;
                *at += 1;
            }
        }
        Self {
            blocks,
            begins,
            asking,
        }
    }

    /// Positions of the jobs that ask for a skill, in order.
    pub fn asking(&self, skill: u32) -> &[u32] {
        let bounds = self
            .begins
            .get(skill as usize)
            .zip(self.begins.get(skill as usize + 1));
        bounds.map_or(&[], |(from, to)| &self.asking[*from as usize..*to as usize])
    }
}
