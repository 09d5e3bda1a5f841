//! Is there still time, and is the caller still there? Looked at between two stages of a request, never within one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// Watches the clock and the caller for one request, and keeps how long each stage took.
#[derive(Debug)]
pub struct Watch {
    deadline: Option<Instant>,
    cancelled: Arc<AtomicBool>,
    entered: Option<(&'static str, Instant)>,
    stages: Vec<(&'static str, Duration)>,
}

impl Watch {
    /// Stops with [`Error::DeadlineExceeded`] after `deadline` and with [`Error::Cancelled`] once `cancelled` is set.
    pub fn new(deadline: Option<Instant>, cancelled: Arc<AtomicBool>) -> Self {
        Self {
            deadline,
            cancelled,
            entered: None,
            stages: Vec::new(),
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
    pub fn enter(&mut self, stage: &'static str) -> Result<()> {
        let now = Instant::now();
        self.leave(now);
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        if self.deadline.is_some_and(|deadline| now >= deadline) {
            return Err(Error::DeadlineExceeded);
        }
        self.entered = Some((stage, now));
        Ok(())
    }

    fn leave(&mut self, now: Instant) {
        if let Some((stage, since)) = self.entered.take() {
            self.stages.push((stage, now - since));
        }
    }

    /// The stages that were passed, in order, with their durations.
    pub fn into_stages(mut self) -> Vec<(&'static str, Duration)> {
        self.leave(Instant::now());
        self.stages
    }
}
