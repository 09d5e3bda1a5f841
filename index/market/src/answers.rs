//! What is said of a cell: how many jobs, what they ask for, and how that moves. A cell that is too small is answered by the nearest one that is not.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::blocks::{JOBS_MIN, Tally};
use crate::job::{Job, Month, Table};
use crate::statistics::{Cluster, n_effective, share};
use crate::trend::{Compared, trends};
use crate::windows::{Window, Windows};
use crate::{Break, Change, IscoCode, Names, Trend, skill_blocks};

/// Share of the jobs of a cell that lie in blocks within it, from which these stand for it.
const COVERED_MIN: f64 = 0.8;
/// Share of jobs that may be of other sources or versions before a series is broken.
const OTHER_MAX: f64 = 0.1;

/// A part of the market. Empty codes are all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cell {
    /// Beginning of a NUTS code: a country, or a region of it.
    pub region: String,
    /// Beginning of an ISCO code.
    pub isco: IscoCode,
    /// Section of NACE.
    pub nace: Option<char>,
}

impl Cell {
    /// The next larger part: without the last of what jobs are split by.
    pub fn parent(&self) -> Option<Self> {
        let mut parent = self.clone();
        if parent.nace.take().is_some() {
            return Some(parent);
        }
        let region = [0, 0, 1, 4, 6, 8]
            .get(self.region.len())
            .copied()
            .unwrap_or(9);
        let isco = [0, 2, 3, 5, 7]
            .get(self.isco.digits())
            .copied()
            .unwrap_or_default();
        match (region, isco) {
            (0, 0) => return None,
            (region, isco) if region > isco => {
                let length = self.region.len().saturating_sub(1);
                parent.region.truncate(if length == 1 { 0 } else { length });
            }
            _ => parent.isco = self.isco.first(self.isco.digits() - 1),
        }
        Some(parent)
    }
}

/// What a skill is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct SkillDemand {
    /// Its URI, in [`Table::Skill`].
    pub skill: u32,
    /// Jobs that may ask for it.
    pub jobs: u32,
    /// Share of jobs that ask for it, by the sum of probabilities, with its interval.
    pub share: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How the share moves.
    pub trend: Trend,
    /// By how much; none where that cannot be said.
    pub change: Option<Change>,
}

/// How much an occupation is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct OccupationDemand {
    /// Its ISCO code.
    pub isco: IscoCode,
    /// Jobs.
    pub jobs: u32,
    /// Share of the jobs of the cell, with its interval.
    pub share: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How the share moves.
    pub trend: Trend,
    /// By how much; none where that cannot be said.
    pub change: Option<Change>,
}

/// What is said of a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The cell that is told about: the one that was asked for, or the nearest larger one that may be.
    pub cell: Cell,
    /// Its jobs in the period; 0 where not even all jobs together are enough.
    pub jobs: u32,
    /// The same in the period before.
    pub jobs_before: Option<u32>,
    /// Employers; those whose name is not stated count as one.
    pub employers: u32,
    /// How many employers of equal size would say as much.
    pub employers_effective: f64,
    /// Share of jobs that agencies offer, to a tenth.
    pub agencies: f64,
    /// Jobs of cells that are too small to be shown are left out: at most a fifth.
    pub is_partial: bool,
    /// Why no trend is told.
    pub no_trend: Option<Trend>,
    /// What is asked for, most often asked first; ties by URI.
    pub skills: Vec<SkillDemand>,
    /// Skills that too few jobs or employers ask for.
    pub n_withheld: u32,
    /// Jobs of each month; none where they may not be shown.
    pub months: Vec<(Month, Option<u32>)>,
}

/// The blocks of a window that lie within a cell.
struct Inside {
    blocks: Vec<bool>,
    n: u32,
    /// Jobs of the cell, in blocks within it or not; never told.
    n_all: u32,
}

impl Inside {
    fn of(window: &Window, all: &[Job], is_in: impl Fn(&Job) -> bool) -> Self {
        let blocks = &window.blocks;
        let (mut n, mut n_all) = (0, 0);
        let inside = blocks.positions.iter().enumerate().map(|(at, positions)| {
            let jobs = &blocks.jobs[positions.clone()];
            let n_in = jobs.iter().filter(|at| is_in(&all[**at as usize])).count();
            let is_whole = n_in == jobs.len() && !blocks.is_left_out[at];
            n += if is_whole { n_in as u32 } else { 0 };
            n_all += n_in as u32;
            is_whole
        });
        Self {
            blocks: inside.collect(),
            n,
            n_all,
        }
    }

    fn is_enough(&self) -> bool {
        self.n >= JOBS_MIN && f64::from(self.n) >= COVERED_MIN * f64::from(self.n_all)
    }

    /// The jobs of the blocks.
    fn jobs<'a>(&'a self, window: &'a Window, all: &'a [Job]) -> impl Iterator<Item = &'a Job> {
        let numbered = window.blocks.block_of.iter().zip(&window.blocks.jobs);
        let inside = numbered.filter(|(block, _)| self.blocks[**block as usize]);
        inside.map(|(_, at)| &all[*at as usize])
    }
}

/// The blocks of a window whose jobs are of one occupation.
#[derive(Default)]
struct OfCode {
    blocks: Vec<usize>,
    n: u32,
    /// Jobs of the occupation, in such blocks or not; never told.
    n_all: u32,
}

impl OfCode {
    fn is_enough(&self) -> bool {
        self.n >= JOBS_MIN && f64::from(self.n) >= COVERED_MIN * f64::from(self.n_all)
    }

    fn jobs<'a>(&'a self, window: &'a Window, all: &'a [Job]) -> impl Iterator<Item = &'a Job> {
        let blocks = &window.blocks;
        let positions = self
            .blocks
            .iter()
            .flat_map(|at| blocks.positions[*at].clone());
        positions.map(|at| &all[blocks.jobs[at] as usize])
    }
}

/// The occupations of a cell, by codes of so many digits.
fn by_code(
    window: &Window,
    all: &[Job],
    is_in: impl Fn(&Job) -> bool,
    digits: usize,
) -> BTreeMap<IscoCode, OfCode> {
    let mut codes: BTreeMap<IscoCode, OfCode> = BTreeMap::new();
    let blocks = &window.blocks;
    for (at, positions) in blocks.positions.iter().enumerate() {
        let jobs = || {
            blocks.jobs[positions.clone()]
                .iter()
                .map(|job| &all[*job as usize])
        };
        for job in jobs().filter(|job| is_in(job)) {
            codes.entry(job.isco.first(digits)).or_default().n_all += 1;
        }
        let Some(code) = jobs().next().map(|job| job.isco.first(digits)) else {
            continue;
        };
        let is_one = jobs().all(|job| is_in(job) && job.isco.first(digits) == code);
        if is_one && !blocks.is_left_out[at] {
            let of = codes.entry(code).or_default();
            of.n += positions.len() as u32;
            of.blocks.push(at);
        }
    }
    codes.retain(|code, _| code.digits() == digits);
    codes
}

/// Tells which places begin with a code.
fn places_in(names: &Names, region: &str) -> Vec<bool> {
    let ids = 0..names.len(Table::Place) as u32;
    ids.map(|id| names.text(Table::Place, id).starts_with(region))
        .collect()
}

/// Tells which jobs are of a cell.
fn is_in<'a>(names: &Names, cell: &'a Cell) -> impl Fn(&Job) -> bool + use<'a> {
    let places = places_in(names, &cell.region);
    move |job| {
        places[job.place as usize]
            && cell.isco.contains(job.isco)
            && cell.nace.is_none_or(|nace| job.nace == nace as u8)
    }
}

/// What two periods are compared by: which jobs of the cell count, or why none do.
struct Comparison<'a> {
    windows: &'a Windows,
    all: &'a [Job],
    version: u32,
    /// Employers, numbered.
    employers: FxHashMap<u64, usize>,
}

impl<'a> Comparison<'a> {
    /// # Errors
    /// Why there is no trend.
    fn of(windows: &'a Windows, all: &'a [Job], insides: [&Inside; 2]) -> Result<Self, Trend> {
        if windows.periods.before.is_none() {
            return Err(Trend::TooLittle);
        }
        let both = [(&windows.now, insides[0]), (&windows.before, insides[1])];
        let mut versions: FxHashMap<u32, u32> = FxHashMap::default();
        for job in insides[0].jobs(&windows.now, all) {
            *versions.entry(job.version).or_default() += 1;
        }
        let version = versions
            .into_iter()
            .max_by_key(|(version, n)| (*n, *version));
        let mut of = Self {
            windows,
            all,
            version: version.map_or(0, |(version, _)| version),
            employers: FxHashMap::default(),
        };
        for (window, inside) in both {
            let (mut n, mut n_common, mut n_version) = (0, 0, 0);
            for job in inside.jobs(window, all) {
                n += 1;
                n_common += u32::from(of.is_common(job));
                n_version += u32::from(job.version == of.version);
                let next = of.employers.len();
                of.employers.entry(job.employer).or_insert(next);
            }
            let is_other = |same: u32| f64::from(n - same) > OTHER_MAX * f64::from(n);
            if is_other(n_common) {
                return Err(Trend::Broken(Break::Sources));
            }
            if is_other(n_version) {
                return Err(Trend::Broken(Break::Versions));
            }
        }
        match insides.iter().all(|inside| inside.is_enough()) {
            true => Ok(of),
            false => Err(Trend::TooLittle),
        }
    }

    fn is_common(&self, job: &Job) -> bool {
        job.sources
            .iter()
            .any(|source| self.windows.is_common[*source as usize])
    }

    /// Jobs of each employer in both periods.
    fn base(&self, insides: [&Inside; 2]) -> Vec<Cluster> {
        let mut clusters = vec![Cluster::default(); self.employers.len()];
        for (at, window) in [&self.windows.now, &self.windows.before]
            .into_iter()
            .enumerate()
        {
            for job in insides[at].jobs(window, self.all) {
                self.add(&mut clusters, job, |cluster| cluster.n[at] += 1.0);
            }
        }
        clusters
    }

    fn add(&self, clusters: &mut [Cluster], job: &Job, add: impl FnOnce(&mut Cluster)) {
        if self.is_common(job)
            && job.version == self.version
            && let Some(at) = self.employers.get(&job.employer)
        {
            add(&mut clusters[*at]);
        }
    }
}

/// Adds a probability to what an employer asks for.
fn add(cluster: &mut Cluster, at: usize, probability: f64) {
    cluster.sum[at] += probability;
    cluster.squares[at] += probability * probability;
}

/// The jobs within blocks that ask for a skill, with the probability.
fn asking<'a>(
    window: &'a Window,
    all: &'a [Job],
    skill: u32,
    counted: &'a [bool],
) -> impl Iterator<Item = (&'a Job, f64)> {
    let positions = window.asking(skill).iter().map(|at| *at as usize);
    let counted = positions.filter(|at| counted[window.blocks.block_of[*at] as usize]);
    counted.filter_map(move |at| {
        let job = &all[window.blocks.jobs[at] as usize];
        let asked = job.asked.iter().find(|asked| asked.skill == skill)?;
        Some((job, asked.probability()))
    })
}

/// Answers for a cell, or for the nearest larger one that may be told about.
pub(crate) fn answer(windows: &Windows, all: &[Job], names: &Names, cell: &Cell) -> Answer {
    let mut cell = cell.clone();
    loop {
        let now = Inside::of(&windows.now, all, is_in(names, &cell));
        if now.is_enough() {
            return of_cell(windows, all, names, cell, now);
        }
        match cell.parent() {
            Some(parent) => cell = parent,
            None => {
                return Answer {
                    no_trend: Some(Trend::TooLittle),
                    ..Answer::default()
                };
            }
        }
    }
}

fn of_cell(windows: &Windows, all: &[Job], names: &Names, cell: Cell, now: Inside) -> Answer {
    let is_in = is_in(names, &cell);
    let before = Inside::of(&windows.before, all, &is_in);
    let mut employers: FxHashMap<u64, usize> = FxHashMap::default();
    let (mut tally, mut n_agencies) = (Tally::default(), 0);
    let mut jobs_of: Vec<u32> = vec![0; names.len(Table::Skill)];
    for job in now.jobs(&windows.now, all) {
        tally.add(job);
        n_agencies += u32::from(job.is_agency);
        let next = employers.len();
        employers.entry(job.employer).or_insert(next);
        job.asked
            .iter()
            .for_each(|asked| jobs_of[asked.skill as usize] += 1);
    }
    let mut sizes = vec![Cluster::default(); employers.len()];
    for job in now.jobs(&windows.now, all) {
        sizes[employers[&job.employer]].n[0] += 1.0;
    }
    let comparison = Comparison::of(windows, all, [&now, &before]);
    let base = comparison.as_ref().map_err(|trend| *trend);
    let base = base.map(|of| of.base([&now, &before]));
    let numbered = (0..).zip(&jobs_of);
    let some: Vec<(u32, u32)> = numbered
        .filter(|(_, n)| **n > 0)
        .map(|(skill, n)| (skill, *n))
        .collect();
    let countable = |skill| skill_blocks::countable(&windows.now, all, skill, &now.blocks);
    let shown: Vec<(u32, Vec<bool>)> = some
        .iter()
        .filter(|(_, n)| *n >= JOBS_MIN)
        .filter_map(|(skill, _)| Some((*skill, countable(*skill)?)))
        .collect();
    let compared: Vec<Compared> = shown
        .iter()
        .map(|(skill, counted)| match (&comparison, &base) {
            (Ok(comparison), Ok(base)) => comparison.skill(*skill, base, counted, &before),
            (Err(trend), _) | (_, Err(trend)) => Compared::Not(*trend),
        })
        .collect();
    let demand = shown
        .iter()
        .zip(trends(&compared))
        .filter_map(|(of, (trend, change))| {
            let (skill, counted) = of;
            let (mut clusters, mut jobs) = (sizes.clone(), 0);
            for (job, probability) in asking(&windows.now, all, *skill, counted) {
                add(&mut clusters[employers[&job.employer]], 0, probability);
                jobs += 1;
            }
            let of = share(&clusters)?;
            Some(SkillDemand {
                skill: *skill,
                jobs,
                share: of.share,
                low: of.low,
                high: of.high,
                trend,
                change,
            })
        });
    let mut skills: Vec<SkillDemand> = demand.collect();
    let uri = |of: &SkillDemand| names.text(Table::Skill, of.skill);
    skills.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| uri(a).cmp(uri(b))));
    let period = &windows.periods.now;
    let months = (period.start.0..period.end.0).map(|month| {
        let of = Inside::of(&windows.now, all, |job| {
            is_in(job) && job.month().0 == month
        });
        (Month(month), of.is_enough().then_some(of.n))
    });
    Answer {
        jobs: now.n,
        jobs_before: before.is_enough().then_some(before.n),
        employers: tally.employers() as u32,
        employers_effective: n_effective(sizes.iter().map(|of| of.n[0])),
        agencies: (10.0 * f64::from(n_agencies) / f64::from(now.n.max(1))).round() / 10.0,
        is_partial: now.n < now.n_all,
        no_trend: comparison.err(),
        n_withheld: (some.len() - skills.len()) as u32,
        skills,
        months: months.collect(),
        cell: cell.clone(),
    }
}

impl Comparison<'_> {
    fn skill(&self, skill: u32, base: &[Cluster], now: &[bool], before: &Inside) -> Compared {
        let (windows, all) = (self.windows, self.all);
        let before = skill_blocks::countable(&windows.before, all, skill, &before.blocks);
        let Some(before) = before else {
            return Compared::Not(Trend::TooLittle);
        };
        let mut clusters = base.to_vec();
        let both = [(&windows.now, now), (&windows.before, before.as_slice())];
        for (at, (window, counted)) in both.into_iter().enumerate() {
            for (job, probability) in asking(window, all, skill, counted) {
                self.add(&mut clusters, job, |cluster| add(cluster, at, probability));
            }
        }
        Compared::Clusters(clusters)
    }
}

/// What the occupations of a cell are.
pub(crate) fn occupations(
    windows: &Windows,
    all: &[Job],
    names: &Names,
    cell: &Cell,
    digits: usize,
) -> Vec<OccupationDemand> {
    let is_in = is_in(names, cell);
    let insides = [&windows.now, &windows.before].map(|window| Inside::of(window, all, &is_in));
    let [now, before] = &insides;
    let [now_by_code, mut before_by_code] =
        [&windows.now, &windows.before].map(|window| by_code(window, all, &is_in, digits));
    let comparison = Comparison::of(windows, all, [now, before]);
    let base = comparison.as_ref().map_err(|trend| *trend);
    let base = base.map(|of| of.base([now, before]));
    let sizes = {
        let mut sizes: FxHashMap<u64, Cluster> = FxHashMap::default();
        for job in now.jobs(&windows.now, all) {
            sizes.entry(job.employer).or_default().n[0] += 1.0;
        }
        sizes
    };
    let mut shown = Vec::new();
    for (code, now) in now_by_code {
        let of_code = [now, before_by_code.remove(&code).unwrap_or_default()];
        if !of_code[0].is_enough() {
            continue;
        }
        let compared = match (&comparison, &base) {
            (Ok(of), Ok(base)) if of_code[1].n_all == 0 || of_code[1].is_enough() => {
                let mut clusters = base.to_vec();
                for (at, window) in [&windows.now, &windows.before].into_iter().enumerate() {
                    for job in of_code[at].jobs(window, all) {
                        of.add(&mut clusters, job, |cluster| add(cluster, at, 1.0));
                    }
                }
                Compared::Clusters(clusters)
            }
            (Ok(_), _) => Compared::Not(Trend::TooLittle),
            (Err(trend), _) => Compared::Not(*trend),
        };
        let mut clusters = sizes.clone();
        for job in of_code[0].jobs(&windows.now, all) {
            if let Some(cluster) = clusters.get_mut(&job.employer) {
                add(cluster, 0, 1.0);
            }
        }
        let clusters: Vec<Cluster> = clusters.into_values().collect();
        if let Some(of) = share(&clusters) {
            shown.push((code, of_code[0].n, of, compared));
        }
    }
    let (shown, compared): (Vec<_>, Vec<_>) = shown
        .into_iter()
        .map(|(code, n, of, compared)| ((code, n, of), compared))
        .unzip();
    let mut demand: Vec<OccupationDemand> = shown
        .into_iter()
        .zip(trends(&compared))
        .map(|((isco, jobs, of), (trend, change))| OccupationDemand {
            isco,
            jobs,
            share: of.share,
            low: of.low,
            high: of.high,
            trend,
            change,
        })
        .collect();
    demand.sort_by(|a, b| b.jobs.cmp(&a.jobs).then(a.isco.cmp(&b.isco)));
    demand
}
