//! A lane of the pool: its share of places and threads, what waits in it, and how long that will take.
//!
//! Work is counted in units: one a request and one a KiB of its message. What a unit takes is measured on the requests that were answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};

/// How much of the new is in the mean of old and new.
const MEMORY: u64 = 8;

/// A share of the pool.
#[derive(Debug)]
pub struct Lane {
    places: Arc<Semaphore>,
    runners: Arc<Semaphore>,
    n_runners: usize,
    /// Units of all requests that run or wait.
    queued: AtomicU64,
    /// Nanoseconds a unit; 0 until the first was measured.
    pace: AtomicU64,
}

impl Lane {
    /// So many places, of which so many run.
    pub fn new(n_places: usize, n_runners: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(n_places)),
            runners: Arc::new(Semaphore::new(n_runners)),
            n_runners,
            queued: AtomicU64::new(0),
            pace: AtomicU64::new(0),
        }
    }

    /// Requests that run.
    pub fn running(&self) -> usize {
        self.n_runners
            .saturating_sub(self.runners.available_permits())
    }

    /// How long a request of so many bytes will take on these threads, waiting included. Nothing if none waits, however long it may run.
    pub fn expected(&self, bytes: usize, n_threads: usize) -> Duration {
        let queued = self.queued.load(Ordering::Relaxed);
        if queued == 0 {
            return Duration::ZERO;
        }
        let n_threads = n_threads.clamp(1, self.n_runners) as u64;
        let units = (queued / n_threads).saturating_add(units(bytes));
        Duration::from_nanos(units.saturating_mul(self.pace.load(Ordering::Relaxed)))
    }

    /// A place in the lane, if there is one.
    pub fn try_queue(self: &Arc<Self>, bytes: usize) -> Option<Queued> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(Queued::new(self, place, bytes))
    }

    /// A place in the lane, once there is one.
    ///
    /// # Errors
    /// None: the lane is never closed.
    pub async fn queue(self: &Arc<Self>, bytes: usize) -> Result<Queued> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        place
            .map(|place| Queued::new(self, place, bytes))
            .map_err(|_| Error::Internal)
    }
}

fn units(bytes: usize) -> u64 {
    1 + (bytes as u64 >> 10)
}

/// A request in a lane, until it is dropped.
#[derive(Debug)]
pub struct Queued {
    lane: Arc<Lane>,
    _place: OwnedSemaphorePermit,
    units: u64,
}

impl Queued {
    fn new(lane: &Arc<Lane>, place: OwnedSemaphorePermit, bytes: usize) -> Self {
        let units = units(bytes);
        lane.queued.fetch_add(units, Ordering::Relaxed);
        Self {
            lane: Arc::clone(lane),
            _place: place,
            units,
        }
    }

    /// Waits until one of the lane's threads is free.
    ///
    /// # Errors
    /// None: the lane is never closed.
    pub async fn runner(&self) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.lane.runners)
            .acquire_owned()
            .await
            .map_err(|_| Error::Internal)
    }

    /// Notes how long the request ran.
    pub fn took(&self, ran: Duration) {
        let unit = u64::try_from(ran.as_nanos()).unwrap_or(u64::MAX) / self.units;
        let before = self.lane.pace.load(Ordering::Relaxed);
        let pace = if before == 0 {
            unit
        } else {
            before - before / MEMORY + unit / MEMORY
        };
        // Of two that end at once, one counts: it is a mean.
        self.lane.pace.store(pace, Ordering::Relaxed);
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        self.lane.queued.fetch_sub(self.units, Ordering::Relaxed);
    }
}
