//! Which postings are the same job? Those whose requirements are much alike, and whose place, employer and title agree; where one has no title, the
//! occupation that the feed states. An inferred one says nothing new: it was read from the same words.

use rustc_hash::FxHashMap;

use crate::IscoCode;
use crate::job::{Job, Traits};

/// Similarity of the requirements from which two postings may be of one job: the lowest at which shortened copies of the made feed are found and no
/// pair of other jobs was merged (docs/market.md).
const SIMILARITY_MIN: f64 = 0.7;
/// Days after the end of a job within which it may be posted again (Lightcast: 60).
const DAYS_MAX: i32 = 60;
/// Jobs that are remembered; where there are more, those that ended first are forgotten.
const JOBS_MAX: usize = 200_000;
/// Jobs of one band that are compared; a band of more is boilerplate.
const BAND_MAX: usize = 64;

/// Hash of a title that is not there.
pub(crate) const NO_TITLE: u64 = 0;

/// The occupation of a job, if the feed states it whole.
fn stated_isco(job: &Job) -> Option<IscoCode> {
    let is_stated = job.isco_confidence == u8::MAX && job.isco.digits() == 4;
    is_stated.then_some(job.isco)
}

/// A job that copies may come of.
#[derive(Clone, Debug)]
struct Known {
    at: u32,
    traits: Traits,
    employer: u64,
    is_agency: bool,
    stated_isco: Option<IscoCode>,
    first_day: i32,
    last_day: i32,
}

/// The jobs that copies may come of, found by bands of their signatures.
#[derive(Debug, Default)]
pub(crate) struct Duplicates {
    known: Vec<Known>,
    /// Each job's last place in `known`.
    places: FxHashMap<u32, usize>,
    bands: FxHashMap<u64, Vec<u32>>,
}

impl Duplicates {
    /// Remembers a job.
    pub fn add(&mut self, at: u32, job: &Job, traits: &Traits) {
        let place = self.known.len();
        self.known.push(Known {
            at,
            traits: traits.clone(),
            employer: job.employer,
            is_agency: job.is_agency,
            stated_isco: stated_isco(job),
            first_day: job.first_day,
            last_day: job.last_day,
        });
        self.places.insert(at, place);
        self.index(place);
        if self.known.len() >= JOBS_MAX {
            self.forget(JOBS_MAX / 4);
        }
    }

    fn index(&mut self, place: usize) {
        let Some(known) = self.known.get(place) else {
            return;
        };
        for band in known.traits.signature.bands() {
            let places = self.bands.entry(band ^ known.traits.place).or_default();
            if places.len() >= BAND_MAX {
                places.remove(0);
            }
            places.push(place as u32);
        }
    }

    /// Forgets those that ended first.
    fn forget(&mut self, n: usize) {
        let mut kept = std::mem::take(&mut self.known);
        kept.sort_by_key(|known| known.last_day);
        kept.drain(..n.min(kept.len()));
        self.keep(kept);
    }

    /// Forgets those whose copies no longer come: over for [`DAYS_MAX`] days on this day.
    pub fn forget_before(&mut self, day: i32) {
        let mut kept = std::mem::take(&mut self.known);
        kept.retain(|known| known.last_day + DAYS_MAX >= day);
        self.keep(kept);
    }

    fn keep(&mut self, kept: Vec<Known>) {
        self.places = kept
            .iter()
            .zip(0..)
            .map(|(of, place)| (of.at, place))
            .collect();
        self.known = kept;
        self.bands.clear();
        (0..self.known.len()).for_each(|place| self.index(place));
    }

    /// What is remembered of a job, for a log that is written anew.
    pub fn traits(&self, at: u32) -> Option<&Traits> {
        let place = self.places.get(&at)?;
        self.known.get(*place).map(|known| &known.traits)
    }

    /// Notes that a job went on.
    pub fn extend(&mut self, at: u32, first_day: i32, last_day: i32) {
        let place = self.places.get(&at);
        if let Some(known) = place.and_then(|place| self.known.get_mut(*place)) {
            known.first_day = known.first_day.min(first_day);
            known.last_day = known.last_day.max(last_day);
        }
    }

    /// The job that a posting is a copy of: of several the most alike, then the first.
    pub fn find(&self, job: &Job, traits: &Traits) -> Option<u32> {
        let mut places: Vec<u32> = traits
            .signature
            .bands()
            .filter_map(|band| self.bands.get(&(band ^ traits.place)))
            .flatten()
            .copied()
            .collect();
        places.sort_unstable();
        places.dedup();
        let known = places
            .into_iter()
            .filter_map(|at| self.known.get(at as usize));
        let same = known
            .filter(|known| known.may_be(job, traits))
            .map(|known| {
                let similarity = known.traits.signature.similarity(&traits.signature);
                (similarity, known.at)
            });
        let same = same.filter(|(similarity, _)| *similarity >= SIMILARITY_MIN);
        let best = same.reduce(|best, other| if other.0 > best.0 { other } else { best });
        best.map(|(_, at)| at)
    }
}

impl Known {
    fn may_be(&self, job: &Job, traits: &Traits) -> bool {
        let is_in_time =
            job.first_day <= self.last_day + DAYS_MAX && self.first_day <= job.last_day + DAYS_MAX;
        let is_employer =
            (self.employer == job.employer && job.employer != 0) || self.is_agency || job.is_agency;
        let is_named = match self.traits.title == NO_TITLE || traits.title == NO_TITLE {
            true => self.stated_isco.is_some() && self.stated_isco == stated_isco(job),
            false => self.traits.title == traits.title,
        };
        is_in_time && is_employer && is_named && self.traits.place == traits.place
    }
}
