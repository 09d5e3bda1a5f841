//! Is there still time, and is the caller still there? Looked at between two stages of a request, never within one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// Watches the clock and the caller for one request, and keeps how long each stage took.
#[derive(Debug)]
pub struct Watch {
    deadline: Option<Instant>,
    cancelled: Arc<AtomicBool>,
    stages: Mutex<Stages>,
}

/// The stage that was entered last, and those that were left.
#[derive(Debug, Default)]
struct Stages {
    entered: Option<(&'static str, Instant)>,
    left: Vec<(&'static str, Duration)>,
}

impl Stages {
    fn leave(&mut self, now: Instant) {
        if let Some((stage, since)) = self.entered.take() {
            self.left.push((stage, now - since));
        }
    }
}

impl Watch {
    /// Stops with [`Error::DeadlineExceeded`] after `deadline` and with [`Error::Cancelled`] once `cancelled` is set.
    pub fn new(deadline: Option<Instant>, cancelled: Arc<AtomicBool>) -> Self {
        Self {
            deadline,
            cancelled,
            stages: Mutex::default(),
        }
    }

    /// Never stops.
    pub fn unlimited() -> Self {
        Self::new(None, Arc::default())
    }

    /// Enters a stage, unless time is out or the caller is gone.
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`], [`Error::Cancelled`].
    pub fn enter(&self, stage: &'static str) -> Result<()> {
        let now = Instant::now();
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        stages.leave(now);
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        if self.deadline.is_some_and(|deadline| now >= deadline) {
            return Err(Error::DeadlineExceeded);
        }
        stages.entered = Some((stage, now));
        Ok(())
    }

    /// The stages that were passed, in order, with their durations.
    pub fn into_stages(self) -> Vec<(&'static str, Duration)> {
        let stages = self.stages.into_inner();
        let mut stages = stages.unwrap_or_else(PoisonError::into_inner);
        stages.leave(Instant::now());
        stages.left
    }
}
