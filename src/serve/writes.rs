//! The way of changes into the catalogue: one queue to one thread that owns the store; it commits what waits, then lets requests see it.
//!
//! Requests never wait for changes: they have threads of their own, and see a new snapshot when it is whole. A change that is acknowledged is on disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use skillgap_catalogue::{self as catalogue, Change, Outcome, Store};
use skillgap_catalogue::{Catalogue, CatalogueError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};

use super::log::{Became, LogProgress};
use super::metrics::{Counted, Metrics};
use super::snapshots::Snapshots;
use crate::config::WritesSize;
use crate::error::{Error, Result};

/// A generation that could not be opened is tried again after this time, in case it was mended.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// What is said where there is no data directory.
const NO_DATA_DIR: &str = "it is carried by the program; serve a data directory to change it";
/// What is said where the operator refuses changes.
const DISABLED: &str = "this service takes no changes";
/// What is said where another process has the lock.
const NOT_THE_WRITER: &str = "another process writes to its data directory";

/// The way for changes into the catalogue. Clones share it.
#[derive(Clone)]
pub struct Writes {
    jobs: Option<mpsc::Sender<Job>>,
    /// One permit a byte of the changes that wait.
    room: Arc<Semaphore>,
    room_bytes: usize,
    /// Why no change is taken, if none is.
    refused: Option<&'static str>,
    /// The log that changes go through first, if there is one.
    log: Option<Arc<LogProgress>>,
    metrics: Metrics,
}

/// What the thread that owns the store is asked to do with it.
type Work = Box<dyn FnOnce(&mut Writer) + Send>;

enum Job {
    Changes(Queued),
    /// Look whether there is something new on disk.
    Look,
    Work(Work),
    Stop(oneshot::Sender<()>),
}

/// Changes of one caller, who waits for what becomes of them.
struct Queued {
    changes: Vec<Change>,
    reply: oneshot::Sender<Result<Vec<Outcome>>>,
    _room: OwnedSemaphorePermit,
    _counted: Counted,
}

impl Writes {
    /// Refuses every change: there is no data directory.
    pub fn none(metrics: Metrics) -> Self {
        Self {
            jobs: None,
            room: Arc::new(Semaphore::new(0)),
            room_bytes: 0,
            refused: Some(NO_DATA_DIR),
            log: None,
            metrics,
        }
    }

    /// Starts the thread that makes changes to a data directory. Without a store, because another process has the lock, it takes over when that ends.
    ///
    /// # Errors
    /// What the operating system says to new threads.
    pub fn start(
        data_dir: PathBuf,
        store: Option<Store>,
        snapshots: Arc<Snapshots>,
        size: &WritesSize,
        log: Option<Arc<LogProgress>>,
        metrics: Metrics,
    ) -> Result<Self, ThreadPoolBuildError> {
        let threads = ThreadPoolBuilder::new()
            .num_threads(size.threads)
            .thread_name(|at| format!("linker-{at}"))
            .build()?;
        let (jobs, queue) = mpsc::channel(size.queue);
        let writer = Writer {
            data_dir,
            store,
            snapshots,
            threads,
            group_max: size.group,
            metrics: metrics.clone(),
            failed: None,
        };
        std::thread::spawn(move || writer.run(queue));
        Ok(Self {
            jobs: Some(jobs),
            room: Arc::new(Semaphore::new(size.queue_bytes)),
            room_bytes: size.queue_bytes,
            refused: Some(DISABLED).filter(|_| !size.enabled),
            log,
            metrics,
        })
    }

    /// Whether changes are taken at all. Every change passes here before anything else.
    ///
    /// # Errors
    /// [`Error::ReadOnly`], and what a log that cannot be written to says.
    pub fn admit(&self) -> Result<()> {
        if let Some(reason) = self.refused {
            return Err(Error::ReadOnly(reason));
        }
        self.log.as_ref().map_or(Ok(()), |log| log.admit())
    }

    /// The log that changes go through, if there is one.
    pub fn log(&self) -> Option<&LogProgress> {
        self.log.as_deref()
    }

    /// Does something with the store, on its thread, and lets requests see what came of it. A store that failed begins again with what is on disk.
    ///
    /// # Errors
    /// What `work` says, and [`CatalogueError::Locked`] if another process has the lock.
    pub async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, CatalogueError> + Send + 'static,
    ) -> Result<T, CatalogueError> {
        self.work(move |writer| {
            let worked = writer.with_store(work);
            writer.show();
            worked
        })
        .await
    }

    /// Does something with the data directory while its store is closed, and opens it again.
    ///
    /// # Errors
    /// What `work` says, and opening it.
    pub async fn with_directory<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> Result<T, CatalogueError> + Send + 'static,
    ) -> Result<T, CatalogueError> {
        self.work(move |writer| {
            writer.store = None;
            let worked = work(&writer.data_dir)?;
            writer.open()?;
            Ok(worked)
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, CatalogueError> + Send + 'static,
    ) -> Result<T, CatalogueError> {
        let ended = || CatalogueError::input("writes", "the service ends");
        let (reply, done) = oneshot::channel();
        let work = Box::new(move |writer: &mut Writer| {
            // Who asked may be gone.
            let _ = reply.send(work(writer));
        });
        let jobs = self.jobs.as_ref().ok_or_else(ended)?;
        jobs.send(Job::Work(work)).await.map_err(|_| ended())?;
        done.await.map_err(|_| ended())?
    }

    /// Queues changes of about `bytes` once there is room for them, and waits until they are on disk. One outcome a change, in their order.
    ///
    /// # Errors
    /// [`Error::ReadOnly`], [`Error::NotStored`] while the service ends, and why none of them was made.
    pub async fn make(&self, changes: Vec<Change>, bytes: usize) -> Result<Vec<Outcome>> {
        self.admit()?;
        let jobs = self.jobs.as_ref().ok_or(Error::ReadOnly(NO_DATA_DIR))?;
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let bytes = bytes
            .clamp(1, self.room_bytes)
            .try_into()
            .unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room)
            .acquire_many_owned(bytes)
            .await
            .map_err(|_| Error::NotStored)?;
        if let Some(log) = &self.log {
            let _counted = Counted::new(&self.metrics.changes_queued);
            let made = self.through_log(log, changes).await;
            drop(room);
            return made;
        }
        let (reply, made) = oneshot::channel();
        let queued = Queued {
            changes,
            reply,
            _room: room,
            _counted: Counted::new(&self.metrics.changes_queued),
        };
        jobs.send(Job::Changes(queued))
            .await
            .map_err(|_| Error::NotStored)?;
        made.await.map_err(|_| Error::NotStored)?
    }

    /// Puts changes into the log, and waits until they are on disk.
    async fn through_log(&self, log: &LogProgress, changes: Vec<Change>) -> Result<Vec<Outcome>> {
        let mut outcomes = Vec::with_capacity(changes.len());
        for became in log.make(changes).await? {
            let outcome = match became {
                Became::Known(outcome) => outcome,
                Became::Forgotten(change) => {
                    self.with_store(move |store| store.would(change)).await?
                }
            };
            self.metrics.changed(outcome_name(Some(&outcome)));
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    /// Looks for a new generation, or what another process wrote, again and again. Ends only when dropped.
    pub async fn follow(self, every: Duration) {
        let Some(jobs) = self.jobs.filter(|_| self.log.is_none()) else {
            return;
        };
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if jobs.send(Job::Look).await.is_err() {
                return;
            }
        }
    }

    /// Makes the changes that wait, and gives the lock back.
    pub async fn stop(&self) {
        let Some(jobs) = &self.jobs else { return };
        let (stopped, stop) = oneshot::channel();
        if jobs.send(Job::Stop(stopped)).await.is_ok() {
            // It ends in any case.
            let _ = stop.await;
        }
    }
}

/// The thread that makes changes.
struct Writer {
    data_dir: PathBuf,
    /// None while another process has the lock.
    store: Option<Store>,
    snapshots: Arc<Snapshots>,
    threads: ThreadPool,
    group_max: usize,
    metrics: Metrics,
    /// The last generation that could not be opened, and when.
    failed: Option<(String, Instant)>,
}

impl Writer {
    fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut next = None;
        while let Some(job) = next.take().or_else(|| jobs.blocking_recv()) {
            match job {
                Job::Look => self.look(),
                Job::Work(work) => {
                    if catch_unwind(AssertUnwindSafe(|| work(&mut self))).is_err() {
                        self.store = None;
                    }
                }
                Job::Stop(stopped) => {
                    drop(self);
                    // Whoever asked may be gone.
                    let _ = stopped.send(());
                    return;
                }
                Job::Changes(first) => {
                    let mut n_changes = first.changes.len();
                    let mut group = vec![first];
                    while n_changes < self.group_max {
                        match jobs.try_recv() {
                            Ok(Job::Changes(queued)) => {
                                n_changes += queued.changes.len();
                                group.push(queued);
                            }
                            other => {
                                next = other.ok();
                                break;
                            }
                        }
                    }
                    self.make(group);
                }
            }
        }
    }

    /// Makes changes as one commit, lets requests see it, and says how each ended.
    fn make(&mut self, mut group: Vec<Queued>) {
        let started = Instant::now();
        let sizes: Vec<usize> = group.iter().map(|queued| queued.changes.len()).collect();
        let changes = group
            .iter_mut()
            .flat_map(|queued| std::mem::take(&mut queued.changes))
            .collect();
        let made = catch_unwind(AssertUnwindSafe(|| self.apply(changes))).unwrap_or_else(|_| {
            // The panic itself is logged by the hook. The store begins again with what is on disk.
            self.store = None;
            Err(Failure::Other)
        });
        if made.is_ok() {
            self.metrics.committed(started.elapsed());
        }
        let mut made = made.map(Vec::into_iter);
        for (queued, n_changes) in group.into_iter().zip(sizes) {
            let outcomes = match &mut made {
                Ok(outcomes) => Ok(outcomes.take(n_changes).collect::<Vec<_>>()),
                Err(failure) => Err(failure.error()),
            };
            for at in 0..n_changes {
                let outcome = outcomes.as_ref().ok().and_then(|made| made.get(at));
                self.metrics.changed(outcome_name(outcome));
            }
            // A caller that went away needs no answer.
            let _ = queued.reply.send(outcomes);
        }
    }

    fn apply(&mut self, changes: Vec<Change>) -> Result<Vec<Outcome>, Failure> {
        let made = self.with_store(|store| store.apply(changes));
        self.show();
        made.map_err(|error| {
            let failure = Failure::of(&error);
            if !matches!(failure, Failure::Locked) {
                tracing::error!(%error, "changes could not be stored");
            }
            failure
        })
    }

    /// Works with the store on the threads that link, once the lock is taken.
    fn with_store<T: Send>(
        &mut self,
        work: impl FnOnce(&mut Store) -> Result<T, CatalogueError> + Send,
    ) -> Result<T, CatalogueError> {
        if self.store.is_none() {
            self.open()?;
        }
        let Some(store) = &mut self.store else {
            return Err(CatalogueError::Locked(self.data_dir.clone()));
        };
        self.threads.install(|| work(store))
    }

    /// Takes the lock, if it is free.
    fn open(&mut self) -> Result<(), CatalogueError> {
        let (store, carried) = Store::open(&self.data_dir)?;
        tracing::info!("changes are taken");
        log_carried(&carried);
        self.store = Some(store);
        self.show();
        Ok(())
    }

    /// Lets requests see what the store holds.
    fn show(&self) {
        if let Some(store) = &self.store {
            let (new, old) = (store.snapshot(), self.snapshots.pin());
            if !same(&new, &old) {
                self.snapshots.swap(new);
            }
        }
    }

    /// Looks whether there is a new generation, or whether another process wrote or gave the lock back.
    fn look(&mut self) {
        let named = match catalogue::current(&self.data_dir) {
            Ok((generation, _)) => generation,
            Err(error) => return self.failed(&error, String::new()),
        };
        if self
            .failed
            .as_ref()
            .is_some_and(|(generation, at)| *generation == named && at.elapsed() < TRY_AGAIN)
        {
            return;
        }
        if let Err(error) = self.look_at_disk() {
            self.failed(&error, named);
        }
    }

    fn look_at_disk(&mut self) -> Result<(), CatalogueError> {
        if let Some(store) = &mut self.store {
            if let Some(carried) = store.follow()? {
                log_carried(&carried);
            }
            self.show();
            return Ok(());
        }
        match self.open() {
            Err(CatalogueError::Locked(_) | CatalogueError::ReadOnly(_)) => {}
            opened => return opened,
        }
        let pinned = self.snapshots.pin();
        if catalogue::latest(&self.data_dir)?
            != (pinned.manifest.generation.clone(), pinned.manifest.commit)
        {
            self.snapshots
                .swap(Arc::new(catalogue::open(&self.data_dir)?));
        }
        Ok(())
    }

    /// Logs a failure, once for each generation until it is tried again.
    fn failed(&mut self, error: &CatalogueError, generation: String) {
        if self
            .failed
            .as_ref()
            .is_some_and(|(known, at)| *known == generation && at.elapsed() < TRY_AGAIN)
        {
            return;
        }
        tracing::error!(%error, generation, "new generation cannot be opened; the old one stays");
        self.metrics.reload_failed();
        self.failed = Some((generation, Instant::now()));
    }
}

fn same(a: &Catalogue, b: &Catalogue) -> bool {
    (&a.manifest.generation, a.manifest.commit) == (&b.manifest.generation, b.manifest.commit)
}

/// Says what became of changes that were made to another generation.
pub(super) fn log_carried(carried: &catalogue::Carried) {
    if carried.kept > 0 || !carried.replaced.is_empty() {
        tracing::info!(
            kept = carried.kept,
            replaced = carried.replaced.len(),
            "changes were carried over to the new generation"
        );
    }
}

fn outcome_name(outcome: Option<&Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Written) => "written",
        Some(Outcome::Deleted) => "deleted",
        Some(Outcome::Unchanged) => "unchanged",
        Some(Outcome::Refused(_)) => "refused",
        None => "failed",
    }
}

/// Why a whole group could not be stored.
#[derive(Clone, Copy, Debug)]
enum Failure {
    Locked,
    DiskFull,
    Other,
}

impl Failure {
    fn of(error: &CatalogueError) -> Self {
        match error {
            CatalogueError::Locked(_) | CatalogueError::ReadOnly(_) => Self::Locked,
            error if error.is_disk_full() => Self::DiskFull,
            _ => Self::Other,
        }
    }

    fn error(self) -> Error {
        match self {
            Self::Locked => Error::ReadOnly(NOT_THE_WRITER),
            Self::DiskFull => Error::DiskFull,
            Self::Other => Error::NotStored,
        }
    }
}
