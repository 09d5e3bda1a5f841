//! Blocks: one partition of the jobs of a period, of which every block may be shown. All figures are of unions of blocks.
//!
//! So no sum or difference of figures, however many, tells of fewer jobs than a block has: what is added up and taken away are whole blocks
//! (docs/decisions/0132). Jobs are split by place and occupation in turns, from coarse to fine; children that are too small stay together, and
//! where even all of them are too small they are left out of every figure if they are few, else they stay with the smallest other child.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::Names;
use crate::job::{Job, Table};

/// Jobs and employers of whatever is shown, and the largest share of one employer, agencies apart.
pub(crate) const JOBS_MIN: u32 = 10;
const EMPLOYERS_MIN: usize = 3;
const DOMINANCE_MAX: f64 = 0.85;

/// Share of jobs that are left out rather than that they blur a child that may be shown.
pub(crate) const LEFT_OUT_MAX: f64 = 0.05;

/// How much there is of something: jobs, by employer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub n: u32,
    employers: FxHashMap<u64, (u32, bool)>,
}

impl Tally {
    pub fn add(&mut self, job: &Job) {
        self.n += 1;
        let employer = self.employers.entry(job.employer).or_default();
        *employer = (employer.0 + 1, job.is_agency);
    }

    pub fn merge(&mut self, other: Self) {
        self.n += other.n;
        for (employer, (n, is_agency)) in other.employers {
            let known = self.employers.entry(employer).or_default();
            *known = (known.0 + n, is_agency);
        }
    }

    /// Distinct employers; all whose name is not stated count as one.
    pub fn employers(&self) -> usize {
        self.employers.len()
    }

    /// Whether it may be shown.
    pub fn may_be_shown(&self) -> bool {
        let most = self.employers.values().filter(|(_, is_agency)| !is_agency);
        let most = most.map(|(n, _)| *n).max().unwrap_or_default();
        self.n >= JOBS_MIN
            && self.employers.len() >= EMPLOYERS_MIN
            && f64::from(most) <= DOMINANCE_MAX * f64::from(self.n)
    }
}

impl<'j> FromIterator<&'j Job> for Tally {
    fn from_iter<I: IntoIterator<Item = &'j Job>>(jobs: I) -> Self {
        let mut tally = Self::default();
        jobs.into_iter().for_each(|job| tally.add(job));
        tally
    }
}

/// One way to split, from coarse to fine. The parent of a cell leaves out the last of its steps (`Cell::parent`).
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Letters of the code of a place.
    Place(usize),
    /// Digits of ISCO.
    Isco(usize),
    Nace,
    /// Months together.
    Months(i32),
}

const STEPS: [Step; 11] = [
    Step::Place(2),
    Step::Isco(1),
    Step::Isco(2),
    Step::Place(3),
    Step::Isco(3),
    Step::Place(4),
    Step::Isco(4),
    Step::Place(5),
    Step::Nace,
    Step::Months(3),
    Step::Months(1),
];

/// Blocks and what they were split from.
#[derive(Debug)]
pub(crate) struct Node {
    /// Its blocks.
    pub blocks: Range<usize>,
    /// None where it is one block.
    pub children: Vec<Node>,
}

impl Node {
    fn block(at: usize) -> Self {
        Self {
            blocks: at..at + 1,
            children: Vec::new(),
        }
    }
}

/// The partition of the jobs of a period.
#[derive(Debug)]
pub(crate) struct Blocks {
    /// Numbers of the jobs, block by block.
    pub jobs: Vec<u32>,
    /// The positions in `jobs` of each block.
    pub positions: Vec<Range<usize>>,
    /// Whether each block is left out.
    pub is_left_out: Vec<bool>,
    /// The block of each position.
    pub block_of: Vec<u32>,
    /// The whole; none where not even all jobs together may be shown.
    pub root: Option<Node>,
}

/// What jobs are split into.
struct Parts {
    shown: Vec<Vec<u32>>,
    left_out: Vec<u32>,
}

struct Builder<'m> {
    all: &'m [Job],
    /// Codes of places of each length, by id.
    places: Vec<[u32; 6]>,
    jobs: Vec<u32>,
    positions: Vec<Range<usize>>,
    is_left_out: Vec<bool>,
}

impl Blocks {
    /// Splits these jobs, given by number.
    pub fn of(all: &[Job], names: &Names, jobs: Vec<u32>) -> Self {
        let tally: Tally = jobs.iter().map(|at| &all[*at as usize]).collect();
        let mut builder = Builder {
            all,
            places: places(names),
            jobs: Vec::with_capacity(jobs.len()),
            positions: Vec::new(),
            is_left_out: Vec::new(),
        };
        let root = tally.may_be_shown().then(|| builder.split(jobs, &STEPS));
        let Builder {
            jobs,
            positions,
            is_left_out,
            ..
        } = builder;
        let mut block_of = vec![0; jobs.len()];
        for (block, positions) in (0..).zip(&positions) {
            block_of[positions.clone()].fill(block);
        }
        Self {
            jobs,
            positions,
            is_left_out,
            block_of,
            root,
        }
    }
}

/// The beginnings of the code of each place, numbered: of equal beginnings the same number.
fn places(names: &Names) -> Vec<[u32; 6]> {
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
    let ids = 0..names.len(Table::Place) as u32;
    ids.map(|id| {
        let text = names.text(Table::Place, id);
        std::array::from_fn(|length| {
            let n = numbers.len() as u32;
            *numbers
                .entry(text.get(..length).unwrap_or(text))
                .or_insert(n)
        })
    })
    .collect()
}

impl Builder<'_> {
    fn code(&self, at: u32, step: Step) -> (u8, u32) {
        let job = &self.all[at as usize];
        match step {
            Step::Place(length) => (0, self.places[job.place as usize][length]),
            Step::Isco(digits) => {
                let code = job.isco.first(digits);
                let number = code.to_string().parse().unwrap_or_default();
                (code.digits() as u8, number)
            }
            Step::Nace => (0, job.nace.into()),
            Step::Months(months) => (0, job.month().0.div_euclid(months) as u32),
        }
    }

    fn split(&mut self, jobs: Vec<u32>, steps: &[Step]) -> Node {
        let first = self.positions.len();
        let Some((step, finer)) = steps.split_first() else {
            return self.block(jobs, false);
        };
        let Parts {
            mut shown,
            left_out,
        } = self.parts(jobs, *step);
        if shown.len() < 2 && left_out.is_empty() {
            let whole = shown.pop().unwrap_or_default();
            return self.split(whole, finer);
        }
        let mut children: Vec<Node> = shown
            .into_iter()
            .map(|part| self.split(part, finer))
            .collect();
        if !left_out.is_empty() {
            children.push(self.block(left_out, true));
        }
        Node {
            blocks: first..self.positions.len(),
            children,
        }
    }

    fn block(&mut self, jobs: Vec<u32>, is_left_out: bool) -> Node {
        let (at, start) = (self.positions.len(), self.jobs.len());
        self.jobs.extend(jobs);
        self.positions.push(start..self.jobs.len());
        self.is_left_out.push(is_left_out);
        Node::block(at)
    }

    /// The parts that jobs are split into: those that may be shown, one of all others, and those that are left out.
    fn parts(&self, jobs: Vec<u32>, step: Step) -> Parts {
        let left_out_max = LEFT_OUT_MAX * jobs.len() as f64;
        let mut coded: Vec<((u8, u32), u32)> = jobs
            .into_iter()
            .map(|at| (self.code(at, step), at))
            .collect();
        coded.sort_unstable();
        let (mut shown, mut rest) = (Vec::new(), Vec::new());
        for group in coded.chunk_by(|a, b| a.0 == b.0) {
            let group: Vec<u32> = group.iter().map(|(_, at)| *at).collect();
            match self.may_be_shown(&group) {
                true => shown.push(group),
                false => rest.extend(group),
            }
        }
        let mut left_out = Vec::new();
        if self.may_be_shown(&rest) || shown.is_empty() {
            shown.push(rest);
        } else if rest.len() as f64 <= left_out_max {
            left_out = rest;
        } else if let Some(smallest) = shown.iter_mut().min_by_key(|group| group.len()) {
            smallest.append(&mut rest);
        }
        Parts { shown, left_out }
    }

    fn may_be_shown(&self, jobs: &[u32]) -> bool {
        let tally = || {
            jobs.iter()
                .map(|at| &self.all[*at as usize])
                .collect::<Tally>()
        };
        jobs.len() >= JOBS_MIN as usize && tally().may_be_shown()
    }
}
