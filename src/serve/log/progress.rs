//! [`LogProgress`]: how far this replica has come in its log, what became of the last changes, and whether it may take more. The way of a change into the log and
//! back.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::join_all;
use prost::Message;
use skillgap_catalogue::{Change, Outcome};
use tokio::sync::watch;
use tokio::time::sleep;

use super::change_log::{ChangeLog, LogError};
use super::message::LogMessage;
use crate::error::{Error, Result};

/// How long the log may be silent; after that changes are refused at once. An election takes less.
const ELECTION: Duration = Duration::from_secs(9);
/// How long a change is tried again while the log elects a leader. With the last attempt less than a call may take.
const TRIED: Duration = Duration::from_secs(7);
const TRY_AGAIN: Duration = Duration::from_millis(100);
/// How long a change that is in the log may take until it is on disk here.
const APPLIED: Duration = Duration::from_secs(10);
/// Changes whose outcome is remembered. More than can be on their way: they are asked for when they are in the log.
const REMEMBERED: usize = 65_536;

/// How far this replica has come in its log.
pub struct LogProgress {
    log: Arc<dyn ChangeLog>,
    applied: watch::Sender<u64>,
    outcomes: Mutex<VecDeque<(u64, Outcome)>>,
    health: Mutex<Health>,
    /// Makes ids of changes without a version differ.
    nonce: AtomicU64,
}

struct Health {
    /// Why no change is taken, however the log does.
    stopped: Option<String>,
    /// When the log was last heard of.
    heard: Instant,
}

/// What became of a change that is in the log.
pub enum Became {
    /// This.
    Known(Outcome),
    /// It was decided on before those that are remembered; what would become of it now is the answer.
    Forgotten(Change),
}

impl LogProgress {
    /// At the beginning.
    ///
    /// # Errors
    /// What the operating system says that has no random numbers.
    pub fn new(log: Arc<dyn ChangeLog>) -> std::result::Result<Self, LogError> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|error| LogError::Foreign(error.to_string()))?;
        Ok(Self {
            log,
            applied: watch::Sender::new(0),
            outcomes: Mutex::default(),
            health: Mutex::new(Health {
                stopped: None,
                heard: Instant::now(),
            }),
            nonce: AtomicU64::new(u64::from_le_bytes(random)),
        })
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the log was heard of.
    pub fn heard(&self) {
        self.health().heard = Instant::now();
    }

    /// Takes changes, or says why not.
    pub fn set_stopped(&self, reason: Option<&str>) {
        self.health().stopped = reason.map(str::to_owned);
    }

    /// How long nothing was heard of the log.
    pub fn silence(&self) -> Duration {
        self.health().heard.elapsed()
    }

    /// The same in seconds, if it is long.
    pub fn unheard_seconds(&self) -> Option<u32> {
        let silence = self.silence();
        (silence > ELECTION).then(|| silence.as_secs().try_into().unwrap_or(u32::MAX))
    }

    /// Whether changes are taken just now.
    ///
    /// # Errors
    /// [`Error::LogStopped`], [`Error::LogUnreachable`].
    pub fn admit(&self) -> Result<()> {
        let health = self.health();
        if health.stopped.is_some() {
            return Err(Error::LogStopped);
        }
        match health.heard.elapsed() > ELECTION {
            true => Err(Error::LogUnreachable),
            false => Ok(()),
        }
    }

    /// Number of the last message that is on disk here.
    pub fn number(&self) -> u64 {
        *self.applied.borrow()
    }

    /// Notes what became of messages up to a number, that is on disk and seen by requests.
    pub fn applied(&self, made: impl IntoIterator<Item = (u64, Outcome)>, number: u64) {
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        outcomes.extend(made);
        let surplus = outcomes.len().saturating_sub(REMEMBERED);
        outcomes.drain(..surplus);
        drop(outcomes);
        self.applied.send_replace(number);
    }

    /// Puts a change into the log, and waits until it is on disk here.
    async fn change(&self, change: Change) -> Result<Became> {
        let message = LogMessage::from(change.clone());
        let payload = Bytes::from(message.encode_to_vec());
        let id = message.id(&payload, self.nonce.fetch_add(1, Ordering::Relaxed));
        let number = self.append(&id, payload).await?;
        let mut applied = self.applied.subscribe();
        let reached = tokio::time::timeout(APPLIED, applied.wait_for(|at| *at >= number));
        if !matches!(reached.await, Ok(Ok(_))) {
            return Err(Error::NotStored);
        }
        let outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        match outcomes.binary_search_by_key(&number, |(number, _)| *number) {
            Ok(at) => Ok(Became::Known(outcomes[at].1)),
            Err(_) => Ok(Became::Forgotten(change)),
        }
    }

    /// Appends a message, again and again while the log elects a leader: the log takes it once.
    async fn append(&self, id: &str, payload: Bytes) -> Result<u64> {
        let began = Instant::now();
        let mut may_be_there = false;
        loop {
            let failed = match self.log.append(id, payload.clone()).await {
                Ok(number) => return Ok(number),
                Err(LogError::TooLarge) => {
                    return Err(Error::invalid("credential", "is larger than the log takes"));
                }
                Err(error) => error,
            };
            may_be_there |= !matches!(failed, LogError::Unreachable(_));
            if began.elapsed() > TRIED || self.admit().is_err() {
                tracing::warn!(error = %failed, "a change did not get into the log");
                return Err(match may_be_there {
                    true => Error::NotStored,
                    false => Error::LogUnreachable,
                });
            }
            sleep(TRY_AGAIN).await;
        }
    }

    /// Puts changes into the log, those of one credential in their order, and waits until all are on disk here. One result a change.
    ///
    /// # Errors
    /// The first that a change met; others may have been made.
    pub async fn make(&self, changes: Vec<Change>) -> Result<Vec<Became>> {
        self.admit()?;
        let (mut made, mut together) = (Vec::with_capacity(changes.len()), Vec::new());
        let mut ids = std::collections::BTreeSet::new();
        for change in changes {
            // The log takes messages in the order that they come in, which trying again upsets.
            if !ids.insert(change.id().to_owned()) {
                made.extend(self.together(std::mem::take(&mut together)).await?);
                ids = std::collections::BTreeSet::from([change.id().to_owned()]);
            }
            together.push(change);
        }
        made.extend(self.together(together).await?);
        Ok(made)
    }

    async fn together(&self, changes: Vec<Change>) -> Result<Vec<Became>> {
        let made = join_all(changes.into_iter().map(|change| self.change(change))).await;
        made.into_iter().collect()
    }
}
