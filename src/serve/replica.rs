//! [`Replica`]: follows the log, so that this machine's directory holds what it says; takes snapshots, compares itself with the others, and stops taking changes
//! when directory and log do not agree.
//!
//! Nothing is believed: a commit holds epoch, number and hash of the last message that it is made of, and both are compared with the log whenever it is
//! connected to, and again and again.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use serde::{Deserialize, Serialize};
use skillgap_catalogue::{self as catalogue, CatalogueError, Change, Commit, Logged, Outcome};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::admin::Readiness;
use super::log::snapshot::{self, TransferError};
use super::log::{
    Bounds, ChangeLog, Checkpoint, Files, LogError, LogMessages, LogProgress, MessageKind,
    Received, message_hash, read,
};
use super::metrics::Metrics;
use super::writes::Writes;
use crate::config::ChangeLogSettings;

/// Between two looks at how far the log reaches.
const LOOK: Duration = Duration::from_secs(1);
/// Looks from one comparison with the other replicas to the next.
const COMPARE_EVERY: u32 = 10;
const TRY_AGAIN: Duration = Duration::from_millis(500);
/// All replicas commit at multiples of this number, so that their sums can be compared while they are behind by different numbers.
const CHECKPOINT: u64 = 1_000;
/// Checkpoints that are kept for the others to compare with.
const SUMS_KEPT: usize = 64;
/// Turns in which replicas look whether a snapshot is due.
const TURNS: u64 = 8;
/// Key of the note by which one replica tells the others that the log has lost changes.
const HALT: &str = "halt";
const SUMS: &str = "sums.";
/// File in the data directory with this replica's name among the others.
const NAME_FILE: &str = "REPLICA";

/// Why following is interrupted.
#[derive(Debug)]
enum Pause {
    /// The log or the disk does not answer; it is tried again.
    Retry(String),
    /// The log begins after what is here: a snapshot is needed.
    Behind,
    /// Directory and log do not agree. Looked at again and again, since it may be mended from outside.
    Disagree(String),
    /// It cannot be mended without emptying the directory, or another program.
    Stop(String),
}

impl From<LogError> for Pause {
    fn from(error: LogError) -> Self {
        match error {
            LogError::NoObject(_) => Self::Behind,
            LogError::Foreign(reason) => Self::Disagree(reason),
            error => Self::Retry(error.to_string()),
        }
    }
}

impl From<CatalogueError> for Pause {
    fn from(error: CatalogueError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<TransferError> for Pause {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Log(error) => error.into(),
            error => Self::Retry(error.to_string()),
        }
    }
}

/// Where a directory stands to a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LogStanding {
    /// It holds everything up to its number.
    Follows,
    /// The log begins after it.
    Behind,
    /// It holds what the log does not, or something else.
    Disagrees(&'static str),
}

/// Compares a commit with how far a log reaches; the hash of its last message is compared apart.
fn standing(commit: &Commit, generation: &str, bounds: Option<&Bounds>) -> LogStanding {
    use LogStanding::{Behind, Disagrees, Follows};
    let Some(bounds) = bounds else {
        return Disagrees("there is no log; `skillgap log rebuild` makes it from a directory");
    };
    let of_this_log = commit.log.is_some_and(|log| log.epoch == bounds.epoch);
    if of_this_log && commit.sequence > bounds.last {
        return Disagrees("the log has lost changes that are here");
    }
    if of_this_log {
        return if commit.sequence + 1 < bounds.first {
            Behind
        } else {
            Follows
        };
    }
    if commit.sequence < bounds.base.number {
        return Behind;
    }
    let here = Checkpoint {
        number: commit.sequence,
        generation: generation.to_owned(),
        sum: commit.sum,
    };
    if here == bounds.base && bounds.first <= here.number + 1 {
        Follows
    } else if here == bounds.base {
        Behind
    } else {
        Disagrees("this directory holds changes that the log was not made from")
    }
}

/// Checkpoints of one replica at some numbers, as its note has them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Checkpoints {
    epoch: u64,
    marks: VecDeque<Checkpoint>,
}

/// The first number at which others have another sum than `own`, and no fewer of them than agree with it; and whether they are as many.
fn outvoted(own: &Checkpoints, others: &[Checkpoints]) -> Option<(u64, bool)> {
    let others: Vec<_> = others
        .iter()
        .filter(|sums| sums.epoch == own.epoch)
        .collect();
    own.marks.iter().find_map(|mark| {
        let at = |sums: &&&Checkpoints| {
            sums.marks
                .iter()
                .find(|other| other.number == mark.number)
                .cloned()
        };
        let (mut agreeing, mut differing) = (1, BTreeMap::<(String, u64), usize>::new());
        for other in others.iter().filter_map(|sums| at(&sums)) {
            match other == *mark {
                true => agreeing += 1,
                false => *differing.entry((other.generation, other.sum)).or_default() += 1,
            }
        }
        let most = differing.into_values().max().unwrap_or_default();
        (most > 0 && most >= agreeing).then_some((mark.number, most == agreeing))
    })
}

/// Follows the log.
pub struct Replica {
    log: Arc<dyn ChangeLog>,
    progress: Arc<LogProgress>,
    writes: Writes,
    data_dir: PathBuf,
    group_max: usize,
    settings: ChangeLogSettings,
    readiness: Readiness,
    metrics: Metrics,
    name: String,
    sums: Checkpoints,
    /// At which number as many others disagreed as agreed when they were compared last.
    tied: Option<u64>,
    /// Number of the last message, as far as is known.
    last: u64,
    snapshots: SnapshotSchedule,
}

/// When the next snapshot is due.
struct SnapshotSchedule {
    /// Number of the last one, by whomever; none before it was looked for.
    last: Option<u64>,
    running: Option<tokio::task::JoinHandle<Result<u64, TransferError>>>,
}

/// All that a replica needs.
pub struct ReplicaParts {
    /// The log.
    pub log: Arc<dyn ChangeLog>,
    /// How far it has come.
    pub progress: Arc<LogProgress>,
    /// The way to the store.
    pub writes: Writes,
    /// The directory.
    pub data_dir: PathBuf,
    /// Changes of one commit.
    pub group_max: usize,
    /// What is set.
    pub settings: ChangeLogSettings,
    /// Whether calls are welcome.
    pub readiness: Readiness,
    /// Counts.
    pub metrics: Metrics,
}

/// Fills a directory that has no generation with the newest snapshot, once there is one.
///
/// # Errors
/// What the directory says.
pub async fn fill(log: &dyn ChangeLog, data_dir: &Path) -> Result<(), CatalogueError> {
    while let Err(CatalogueError::NoGeneration(_)) = catalogue::current(data_dir) {
        match fetch_newest(log, data_dir).await {
            Ok(copy) => return catalogue::restore(data_dir, copy.path()),
            Err(reason) => {
                tracing::warn!(
                    ?reason,
                    "an empty directory waits for a snapshot of the log"
                );
                sleep(LOOK).await;
            }
        }
    }
    Ok(())
}

/// The newest snapshot, in a folder beside the generations.
async fn fetch_newest(log: &dyn ChangeLog, data_dir: &Path) -> Result<tempfile::TempDir, Pause> {
    let none = |what: &str| Pause::Disagree(format!("there is no {what} yet"));
    let bounds = log.bounds().await?.ok_or_else(|| none("log"))?;
    let files = snapshot::newest(log, bounds.epoch).await?;
    let files = files.ok_or_else(|| none("snapshot"))?;
    tracing::info!(
        number = files.number,
        files = files.files.len(),
        "a snapshot is fetched"
    );
    let (folder, _building) = catalogue::scratch(data_dir)?;
    snapshot::get_files(log, &files, folder.path()).await?;
    Ok(folder)
}

impl Replica {
    /// A replica with the name that its directory has, or gets.
    ///
    /// # Errors
    /// [`CatalogueError::Data`] for a directory that cannot be written to.
    pub fn new(parts: ReplicaParts) -> Result<Self, CatalogueError> {
        let path = parts.data_dir.join(NAME_FILE);
        let name = match std::fs::read_to_string(&path) {
            Ok(name) => name.trim().to_owned(),
            Err(_) => {
                let mut random = [0; 8];
                getrandom::fill(&mut random)
                    .map_err(|error| CatalogueError::input("REPLICA", error.to_string()))?;
                let name = format!("{:016x}", u64::from_le_bytes(random));
                std::fs::write(&path, format!("{name}\n")).map_err(CatalogueError::io(&path))?;
                name
            }
        };
        let ReplicaParts {
            log,
            progress,
            writes,
            data_dir,
            group_max,
            settings,
            readiness,
            metrics,
        } = parts;
        let (sums, last) = (Checkpoints::default(), 0);
        let snapshots = SnapshotSchedule {
            last: None,
            running: None,
        };
        Ok(Self {
            log,
            progress,
            writes,
            data_dir,
            group_max,
            settings,
            readiness,
            metrics,
            name,
            sums,
            tied: None,
            last,
            snapshots,
        })
    }

    /// Follows the log. Ends only when dropped.
    pub async fn run(mut self) {
        let mut said = String::new();
        loop {
            let Err(pause) = self.follow().await;
            let reason = match &pause {
                Pause::Retry(reason) => {
                    // An election is no news; it is over before this is an error.
                    tracing::debug!(reason, "the log is tried again");
                    self.show(None);
                    None
                }
                Pause::Behind => match self.catch_up().await {
                    Ok(()) => continue,
                    Err(pause) => Some(format!("a snapshot cannot be taken over: {pause:?}")),
                },
                Pause::Disagree(reason) | Pause::Stop(reason) => {
                    self.progress.set_stopped(Some(reason));
                    self.show(Some(reason));
                    Some(reason.clone())
                }
            };
            if let Some(reason) = reason.filter(|reason| *reason != said) {
                tracing::error!(reason, "this replica takes no changes; reads go on");
                said = reason;
            }
            if matches!(pause, Pause::Stop(_)) {
                std::future::pending::<()>().await;
            }
            sleep(TRY_AGAIN).await;
        }
    }

    /// Replaces the directory by the newest snapshot.
    async fn catch_up(&mut self) -> Result<(), Pause> {
        let copy = fetch_newest(&*self.log, &self.data_dir).await?;
        let restored = self
            .writes
            .with_directory(move |data_dir| catalogue::restore(data_dir, copy.path()));
        Ok(restored.await?)
    }

    /// Follows the log until something keeps it from doing so.
    async fn follow(&mut self) -> Result<std::convert::Infallible, Pause> {
        let (mut commit, generation) = self.here().await?;
        let bounds = self.compare(&commit, &generation).await?;
        let epoch = bounds.epoch;
        self.halted(epoch).await?;
        if self.sums.epoch != epoch {
            self.sums = Checkpoints {
                epoch,
                marks: VecDeque::new(),
            };
        }
        self.progress.applied([], commit.sequence);
        let mut messages = self.log.read_from(commit.sequence + 1).await?;
        self.progress.set_stopped(None);
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut look, mut waited_at) = (0_u32, None);
        loop {
            tokio::select! {
                biased;
                _ = ticks.tick() => {}
                message = messages.next() => {
                    let ended = || Pause::Retry("its messages ended".to_owned());
                    let first = message.ok_or_else(ended)??;
                    commit = self.take(first, &mut messages, commit, epoch).await?;
                    continue;
                }
            }
            look = look.wrapping_add(1);
            let (_, generation) = self.here().await?;
            let bounds = self.compare(&commit, &generation).await?;
            if bounds.epoch != epoch {
                return Err(Pause::Retry("it was made again".to_owned()));
            }
            self.show(None);
            // Who sent messages may be gone without a word.
            if bounds.last > commit.sequence && waited_at == Some(commit.sequence) {
                return Err(Pause::Retry("no messages come".to_owned()));
            }
            waited_at = (bounds.last > commit.sequence).then_some(commit.sequence);
            self.snapshot(&commit, epoch).await?;
            if look % COMPARE_EVERY == 1 {
                self.mark(&commit, &generation);
                self.halted(epoch).await?;
                self.compare_with_others().await?;
            }
        }
    }

    /// The last commit here, and its generation.
    async fn here(&self) -> Result<(Commit, String), Pause> {
        let here = self
            .writes
            .with_store(|store| Ok((store.commit(), store.snapshot().manifest.generation.clone())));
        Ok(here.await?)
    }

    /// Compares the directory with the log.
    async fn compare(&mut self, commit: &Commit, generation: &str) -> Result<Bounds, Pause> {
        let bounds = self.log.bounds().await?;
        self.progress.heard();
        let disagree = match standing(commit, generation, bounds.as_ref()) {
            LogStanding::Behind => return Err(Pause::Behind),
            LogStanding::Disagrees(reason) => Some(reason),
            LogStanding::Follows => None,
        };
        let bounds = bounds.unwrap_or_default();
        let disagree = match (disagree, commit.log) {
            (None, Some(log)) if log.epoch == bounds.epoch && commit.sequence >= bounds.first => {
                let message = self.log.message(commit.sequence).await?;
                let same = message.is_some_and(|message| message_hash(&message) == log.hash);
                (!same).then_some("the log has another message where one was applied here")
            }
            (disagree, _) => disagree,
        };
        if let Some(reason) = disagree {
            // The others may not have come so far, and would go on with what the log has now.
            if bounds.epoch != 0 && commit.log.is_some_and(|log| log.epoch == bounds.epoch) {
                let note = format!("{} {}", bounds.epoch, self.name);
                let _told = self.log.put_note(HALT, Bytes::from(note)).await;
            }
            let (here, log) = (commit.sequence, bounds.last);
            return Err(Pause::Disagree(format!(
                "{reason} (here {here}, log {log})"
            )));
        }
        self.last = bounds.last;
        self.metrics.log_at(&bounds);
        Ok(bounds)
    }

    /// Whether another replica says that the log has lost changes.
    async fn halted(&self, epoch: u64) -> Result<(), Pause> {
        let notes = self.log.notes().await?;
        let halt = notes.into_iter().find(|(key, _)| key == HALT);
        let halt = halt.map(|(_, note)| String::from_utf8_lossy(&note).into_owned());
        match halt.as_deref().and_then(|halt| halt.split_once(' ')) {
            Some((of, by)) if of == epoch.to_string() && by != self.name => Err(Pause::Disagree(
                format!("replica {by} holds changes that the log has lost"),
            )),
            _ => Ok(()),
        }
    }

    /// Applies a message, and those after it that are there already, as one commit.
    async fn take(
        &mut self,
        first: Received,
        messages: &mut LogMessages,
        commit: Commit,
        epoch: u64,
    ) -> Result<Commit, Pause> {
        let (mut group, mut next) = (Vec::new(), Some(first));
        let mut expected = commit.sequence + 1;
        let mut switch = None;
        while let Some(Received { number, payload }) = next.take() {
            if number < expected {
                self.metrics.log_redelivered();
            } else if number > expected {
                let bounds = self.log.bounds().await?.unwrap_or_default();
                return Err(match bounds.first > expected {
                    true => Pause::Behind,
                    false => Pause::Disagree(format!("message {expected} is not in the log")),
                });
            } else {
                let kind = read(&payload).map_err(|reason| {
                    Pause::Stop(format!("message {number} of the log {reason}"))
                })?;
                let change = match kind {
                    MessageKind::Upsert(credential) => Some(Change::Upsert(credential)),
                    MessageKind::Delete(deletion) => Some(Change::Delete {
                        id: deletion.id,
                        version: deletion.version,
                    }),
                    MessageKind::Generation(files) => {
                        switch = Some(files);
                        None
                    }
                };
                let hash = message_hash(&payload);
                group.push(Logged {
                    number,
                    hash,
                    change,
                });
                expected += 1;
            }
            if group.len() < self.group_max
                && switch.is_none()
                && !(expected - 1).is_multiple_of(CHECKPOINT)
            {
                next = messages.next().now_or_never().flatten().transpose()?;
            }
        }
        if group.is_empty() {
            return Ok(commit);
        }
        let at = Instant::now();
        let commit = match switch {
            None => self.apply(group, epoch).await?,
            Some(files) => {
                let generation = group.pop().into_iter().collect();
                if !group.is_empty() {
                    self.apply(group, epoch).await?;
                }
                self.switch(files, generation, epoch).await?
            }
        };
        self.metrics.committed(at.elapsed());
        if commit.sequence.is_multiple_of(CHECKPOINT) {
            let (_, generation) = self.here().await?;
            self.mark(&commit, &generation);
        }
        Ok(commit)
    }

    /// Makes changes, and says what became of them to whoever waits.
    async fn apply(&self, group: Vec<Logged>, epoch: u64) -> Result<Commit, Pause> {
        let numbers: Vec<u64> = group.iter().map(|logged| logged.number).collect();
        let applied = self
            .writes
            .with_store(move |store| Ok((store.apply_logged(group, epoch)?, store.commit())));
        let (outcomes, commit): (Vec<Outcome>, Commit) = applied.await?;
        self.progress
            .applied(numbers.into_iter().zip(outcomes), commit.sequence);
        Ok(commit)
    }

    /// Goes on with another generation, to which all changes so far are made again.
    async fn switch(
        &self,
        files: Files,
        message: Vec<Logged>,
        epoch: u64,
    ) -> Result<Commit, Pause> {
        let (folder, _building) = catalogue::scratch(&self.data_dir)?;
        snapshot::get_files(&*self.log, &files, folder.path()).await?;
        let data_dir = self.data_dir.clone();
        let switched = self.writes.with_store(move |store| {
            catalogue::adopt(&data_dir, folder.path(), &files.generation, &files.manifest)?;
            if let Some(carried) = store.follow()? {
                super::writes::log_carried(&carried);
            }
            store.apply_logged(message, epoch)?;
            Ok(store.commit())
        });
        let commit = switched.await?;
        self.progress.applied([], commit.sequence);
        Ok(commit)
    }

    /// Keeps the sum of a commit, for the others to compare with.
    fn mark(&mut self, commit: &Commit, generation: &str) {
        let mark = Checkpoint {
            number: commit.sequence,
            generation: generation.to_owned(),
            sum: commit.sum,
        };
        self.metrics.log_sum(commit.sum);
        if self.sums.marks.back() != Some(&mark) {
            self.sums.marks.push_back(mark);
        }
        while self.sums.marks.len() > SUMS_KEPT {
            self.sums.marks.pop_front();
        }
    }

    async fn compare_with_others(&mut self) -> Result<(), Pause> {
        let own = serde_json::to_vec(&self.sums).unwrap_or_default();
        let key = format!("{SUMS}{}", self.name);
        self.log.put_note(&key, Bytes::from(own)).await?;
        let notes = self.log.notes().await?.into_iter();
        let others = notes.filter(|(other, _)| other.starts_with(SUMS) && *other != key);
        let others: Vec<Checkpoints> = others
            .filter_map(|(_, note)| serde_json::from_slice(&note).ok())
            .collect();
        let outvoted = outvoted(&self.sums, &others);
        // A third one may not have said yet whom it agrees with.
        let tied = outvoted
            .filter(|(_, is_tie)| *is_tie)
            .map(|(number, _)| number);
        let tied_before = std::mem::replace(&mut self.tied, tied);
        match outvoted {
            Some((number, is_tie)) if !is_tie || tied_before == tied => Err(Pause::Stop(format!(
                "other replicas hold something else at change {number}; empty this directory to take their snapshot"
            ))),
            _ => Ok(()),
        }
    }

    /// Takes a snapshot where one is due, beside everything else; the log is trimmed behind the last but one.
    async fn snapshot(&mut self, commit: &Commit, epoch: u64) -> Result<(), Pause> {
        if let Some(running) = self
            .snapshots
            .running
            .take_if(|running| running.is_finished())
        {
            match running.await {
                Ok(Ok(number)) => self.snapshots.last = Some(number),
                Ok(Err(error)) => tracing::warn!(%error, "a snapshot failed; it is tried again"),
                Err(error) => tracing::warn!(%error, "a snapshot failed; it is tried again"),
            }
        }
        // Not all at once: who comes later finds that it is not due any more.
        let every = self.settings.snapshot_changes;
        let turn = message_hash(self.name.as_bytes()) % TURNS;
        let due = |last: u64| commit.sequence >= last + every + turn * every / (2 * TURNS);
        if self.snapshots.running.is_some() || self.snapshots.last.is_some_and(|last| !due(last)) {
            return Ok(());
        }
        // Another replica may have taken it.
        let newest = snapshot::newest(&*self.log, epoch).await?;
        let last = newest.map_or(0, |files| files.number);
        self.snapshots.last = Some(last);
        if due(last) && commit.log.is_some() {
            let (log, data_dir, writes) = (
                Arc::clone(&self.log),
                self.data_dir.clone(),
                self.writes.clone(),
            );
            let taken = async move { take_snapshot(&*log, &writes, data_dir, epoch).await };
            self.snapshots.running = Some(tokio::spawn(taken));
        }
        Ok(())
    }

    /// Says how far behind this replica is, and whether it is ready.
    fn show(&self, stopped: Option<&str>) {
        let lag = self.last.saturating_sub(self.progress.number());
        self.metrics
            .log_lag(lag, self.progress.silence(), stopped.is_some());
        self.readiness.hold(match stopped {
            Some(reason) => Some(format!("stopped: {reason}")),
            None if lag > self.settings.lag_max => Some(format!("{lag} changes behind the log")),
            None => None,
        });
    }
}

async fn take_snapshot(
    log: &dyn ChangeLog,
    writes: &Writes,
    data_dir: PathBuf,
    epoch: u64,
) -> Result<u64, TransferError> {
    let (folder, _building) = catalogue::scratch(&data_dir)?;
    let copy = folder.path().join("copy");
    let to = copy.clone();
    let number = writes.with_store(move |store| {
        catalogue::copy_commit(&data_dir, &to)?;
        Ok(store.commit().sequence)
    });
    let number = number.await?;
    let listed = copy.clone();
    let listed = tokio::task::spawn_blocking(move || snapshot::list_files(&listed));
    let ended = |error: tokio::task::JoinError| LogError::Foreign(error.to_string());
    let files = Files {
        epoch,
        number,
        ..listed.await.map_err(ended)??
    };
    // While one stores files, no other removes what no list names yet.
    if !log.claim(snapshot::STORING).await? {
        return Err(LogError::Unreachable("another replica stores one".to_owned()).into());
    }
    let stored = store_snapshot(log, &files, &copy).await;
    log.release(snapshot::STORING).await?;
    stored?;
    tracing::info!(number, "a snapshot is in the log's store");
    Ok(number)
}

async fn store_snapshot(
    log: &dyn ChangeLog,
    files: &Files,
    copy: &Path,
) -> Result<(), TransferError> {
    snapshot::put_snapshot(log, files, copy).await?;
    if let Some(number) = snapshot::remove_former(log, files.epoch).await? {
        log.trim(number).await?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "replica_tests.rs"]
mod tests;
