//! The pool of threads that requests are worked on, off the async threads, and the places on it.
//!
//! A request takes a place, running or waiting, before its bytes are decoded, and is refused at once if there is none, or if what waits already
//! would take longer than it has time. The place goes by value into the job, so it is free again only when the job has really stopped, even if
//! nobody waits for it any more. Bulk, which is feeds and long texts, has at most half of the places and of the threads, so that a single short
//! call never waits behind all of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout_at;

use super::lane::{Lane, Queued};
use super::metrics::{Counted, Metrics};
use crate::config::PoolSize;
use crate::engine::Watch;
use crate::error::{Error, Result};

/// A message above this is bulk: it may hold a text that takes a hundred times as long as an ordinary ad.
const BULK_BYTES: usize = 16 << 10;

/// What a request asks of the pool.
#[derive(Clone, Copy, Debug)]
pub struct Weight {
    /// Bytes of its message: how long it may take.
    pub bytes: usize,
    /// Bytes that it may take in memory once it is decoded.
    pub decoded_bytes: usize,
}

/// The threads that do the work of requests.
pub struct Pool {
    threads: ThreadPool,
    /// One permit a request that runs or waits.
    places: Arc<Semaphore>,
    /// One permit a byte of the requests that run or wait.
    memory: Arc<Semaphore>,
    memory_bytes: usize,
    /// One permit a request that runs. What rayon splits off a job runs on the same threads.
    runners: Arc<Semaphore>,
    n_threads: usize,
    single: Arc<Lane>,
    bulk: Arc<Lane>,
    metrics: Metrics,
}

/// A place on the pool until a time; free when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Place {
    /// When the request is given up.
    pub deadline: Instant,
    taken: Arc<Taken>,
}

#[derive(Debug)]
struct Taken {
    _place: OwnedSemaphorePermit,
    _memory: OwnedSemaphorePermit,
    queued: Queued,
}

impl Pool {
    /// Starts the threads.
    ///
    /// # Errors
    /// What the operating system says to new threads.
    pub fn new(size: &PoolSize, metrics: Metrics) -> Result<Self, ThreadPoolBuildError> {
        let threads = ThreadPoolBuilder::new()
            .num_threads(size.threads)
            .thread_name(|at| format!("worker-{at}"))
            .build()?;
        let n_threads = threads.current_num_threads();
        let n_places = n_threads + size.queue;
        Ok(Self {
            threads,
            places: Arc::new(Semaphore::new(n_places)),
            memory: Arc::new(Semaphore::new(size.memory_bytes_max)),
            memory_bytes: size.memory_bytes_max,
            runners: Arc::new(Semaphore::new(n_threads)),
            n_threads,
            single: Arc::new(Lane::new(n_places, n_threads)),
            bulk: Arc::new(Lane::new((n_places / 2).max(1), (n_threads / 2).max(1))),
            metrics,
        })
    }

    /// A place for one request.
    ///
    /// # Errors
    /// [`Error::Busy`] at once if there is none, or if the request would be given up before its turn comes.
    pub fn admit(&self, weight: Weight, deadline: Instant) -> Result<Place> {
        self.take(weight, deadline).inspect_err(|_| {
            self.metrics.refused.inc();
        })
    }

    fn take(&self, weight: Weight, deadline: Instant) -> Result<Place> {
        let lane = if weight.bytes > BULK_BYTES {
            &self.bulk
        } else {
            &self.single
        };
        let time_left = deadline.saturating_duration_since(Instant::now());
        if lane.expected(weight.bytes, self.n_threads - self.bulk.running()) > time_left {
            return Err(Error::Busy);
        }
        let queued = lane.try_queue(weight.bytes).ok_or(Error::Busy)?;
        let place = Arc::clone(&self.places).try_acquire_owned();
        Ok(Place::new(
            deadline,
            place.map_err(|_| Error::Busy)?,
            self.hold(weight)?,
            queued,
        ))
    }

    /// A place for one request of a feed, once there is one.
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`].
    pub async fn admit_of_feed(&self, weight: Weight, deadline: Instant) -> Result<Place> {
        let _waiting = Counted::new(&self.metrics.queued);
        let taken = async {
            let queued = self.bulk.queue(weight.bytes).await?;
            let place = Arc::clone(&self.places).acquire_owned().await;
            let memory = Arc::clone(&self.memory).acquire_many_owned(self.permits(weight));
            Ok(Place::new(
                deadline,
                place.map_err(|_| Error::Internal)?,
                memory.await.map_err(|_| Error::Internal)?,
                queued,
            ))
        };
        timeout_at(deadline.into(), taken)
            .await
            .unwrap_or(Err(Error::DeadlineExceeded))
    }

    /// Memory for what has no place on the pool, free when dropped.
    ///
    /// # Errors
    /// [`Error::Busy`] at once if there is none.
    pub fn hold(&self, weight: Weight) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.memory)
            .try_acquire_many_owned(self.permits(weight))
            .map_err(|_| Error::Busy)
    }

    fn permits(&self, weight: Weight) -> u32 {
        let bytes = weight.bytes.saturating_add(weight.decoded_bytes);
        bytes.min(self.memory_bytes).try_into().unwrap_or(u32::MAX)
    }

    /// Runs a job on the pool and waits for its result, at most until the deadline of its place. If time runs out, or if the returned future is
    /// dropped because the caller went away, the job stops the next time it looks at its [`Watch`], and does not begin if it still waits.
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`], [`Error::Internal`] if the job panics, and what the job says.
    pub async fn run<T, J>(&self, place: Place, job: J) -> Result<T>
    where
        T: Send + 'static,
        J: FnOnce(&mut Watch) -> Result<T> + Send + 'static,
    {
        let (waiting, deadline) = (Counted::new(&self.metrics.queued), place.deadline);
        let caller = Caller::default();
        let result = async {
            let lane_runner = place.taken.queued.runner().await?;
            let runner = Arc::clone(&self.runners)
                .acquire_owned()
                .await
                .map_err(|_| Error::Internal)?;
            drop(waiting);
            let running = Counted::new(&self.metrics.running);
            let (watch, metrics) = (
                Watch::new(Some(deadline), Arc::clone(&caller.gone)),
                self.metrics.clone(),
            );
            let (done, result) = oneshot::channel();
            self.threads.spawn(move || {
                let started = Instant::now();
                let worked = work(job, watch, &metrics);
                if worked.is_ok() {
                    place.taken.queued.took(started.elapsed());
                }
                // Free before the caller hears of it, so that the next call finds the place.
                drop((running, runner, lane_runner, place));
                // A caller that went away needs no result.
                let _ = done.send(worked);
            });
            result.await.map_err(|_| Error::Internal)?
        };
        timeout_at(deadline.into(), result)
            .await
            .unwrap_or(Err(Error::DeadlineExceeded))
    }
}

impl Place {
    fn new(
        deadline: Instant,
        place: OwnedSemaphorePermit,
        memory: OwnedSemaphorePermit,
        queued: Queued,
    ) -> Self {
        let taken = Arc::new(Taken {
            _place: place,
            _memory: memory,
            queued,
        });
        Self { deadline, taken }
    }
}

fn work<T>(
    job: impl FnOnce(&mut Watch) -> Result<T>,
    mut watch: Watch,
    metrics: &Metrics,
) -> Result<T> {
    let worked = catch_unwind(AssertUnwindSafe(|| job(&mut watch)));
    for (stage, duration) in watch.into_stages() {
        metrics.stage(stage, duration);
    }
    worked.unwrap_or(Err(Error::Internal))
}

/// Tells the job, when dropped, that nobody waits for it.
#[derive(Default)]
struct Caller {
    gone: Arc<AtomicBool>,
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    fn pool(queue: usize) -> Arc<Pool> {
        pool_of(1, queue)
    }

    fn pool_of(threads: usize, queue: usize) -> Arc<Pool> {
        let size = PoolSize {
            threads,
            queue,
            memory_bytes_max: 10_000_000,
        };
        Arc::new(Pool::new(&size, Metrics::new()).unwrap())
    }

    fn bytes(bytes: usize) -> Weight {
        Weight {
            bytes,
            decoded_bytes: 0,
        }
    }

    fn place(pool: &Pool) -> Result<Place> {
        pool.admit(bytes(10), in_a_minute())
    }

    fn in_a_minute() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    /// Occupies a thread until the sender is dropped.
    async fn occupy(pool: &Arc<Pool>) -> mpsc::Sender<()> {
        let place = place(pool).unwrap();
        occupy_with(pool, place).await
    }

    async fn occupy_with(pool: &Arc<Pool>, place: Place) -> mpsc::Sender<()> {
        let ((release, released), (started, start)) = (mpsc::channel::<()>(), oneshot::channel());
        let pool = Arc::clone(pool);
        let job = move |_: &mut Watch| {
            started.send(()).unwrap();
            Ok(released.recv().is_ok())
        };
        tokio::spawn(async move { pool.run(place, job).await });
        start.await.unwrap();
        release
    }

    #[tokio::test]
    async fn a_job_without_a_place_is_refused_at_once() {
        let pool = pool(0);
        let release = occupy(&pool).await;
        assert!(matches!(place(&pool), Err(Error::Busy)));
        assert_eq!(pool.metrics.refused.get(), 1);
        drop(release);
    }

    #[tokio::test]
    async fn a_job_that_waits_beyond_its_deadline_never_begins() {
        let pool = pool(1);
        let release = occupy(&pool).await;
        let begun = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&begun);
        let soon = Instant::now() + Duration::from_millis(5);
        let late = pool.run(pool.admit(bytes(10), soon).unwrap(), move |_| {
            flag.store(true, Ordering::Relaxed);
            Ok(())
        });
        assert!(matches!(late.await, Err(Error::DeadlineExceeded)));
        drop(release);
        pool.run(place(&pool).unwrap(), |_| Ok(())).await.unwrap();
        assert!(!begun.load(Ordering::Relaxed));
        assert_eq!(
            (pool.metrics.queued.get(), pool.metrics.running.get()),
            (0, 0)
        );
    }

    #[tokio::test]
    async fn a_job_whose_caller_went_away_stops_at_the_next_stage() {
        let pool = pool(0);
        let ((go_on, may_go_on), (ended, end)) = (mpsc::channel::<()>(), oneshot::channel());
        let (started, start) = oneshot::channel();
        let job = move |watch: &mut Watch| {
            started.send(()).unwrap();
            let _ = may_go_on.recv();
            ended.send(watch.enter("next")).unwrap();
            Ok(())
        };
        let call = tokio::spawn({
            let (pool, place) = (Arc::clone(&pool), place(&pool).unwrap());
            async move { pool.run(place, job).await }
        });
        start.await.unwrap();
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        drop(go_on);
        assert!(matches!(end.await.unwrap(), Err(Error::Cancelled)));
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_frees_the_place() {
        let pool = pool(0);
        let panicked: Result<()> = pool
            .run(place(&pool).unwrap(), |_| panic!("as this test wants"))
            .await;
        assert!(matches!(panicked, Err(Error::Internal)));
        assert!(pool.run(place(&pool).unwrap(), |_| Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn bulk_has_half_of_the_places_and_of_the_threads() {
        let pool = pool_of(2, 6);
        let bulk = || pool.admit(bytes(BULK_BYTES + 1), in_a_minute());
        let mut taken: Vec<Place> = (0..4).map(|_| bulk().unwrap()).collect();
        assert!(matches!(bulk(), Err(Error::Busy)));
        let release = occupy_with(&pool, taken.pop().unwrap()).await;
        let waiting = pool.run(taken.pop().unwrap(), |_| Ok(()));
        let single = pool.run(place(&pool).unwrap(), |_| Ok(()));
        tokio::select! {
            biased;
            _ = waiting => panic!("bulk runs on the second thread"),
            answered = single => answered.unwrap(),
        }
        drop(release);
    }

    #[tokio::test]
    async fn what_would_wait_beyond_its_deadline_is_refused() {
        let pool = pool(8);
        let slow = |_: &mut Watch| {
            std::thread::sleep(Duration::from_millis(50));
            Ok(())
        };
        pool.run(place(&pool).unwrap(), slow).await.unwrap();
        let _queued: Vec<Place> = (0..4).map(|_| place(&pool).unwrap()).collect();
        let soon = Instant::now() + Duration::from_millis(100);
        assert!(matches!(pool.admit(bytes(10), soon), Err(Error::Busy)));
        assert!(place(&pool).is_ok());
    }

    #[tokio::test]
    async fn requests_that_do_not_fit_into_memory_together_are_refused() {
        let pool = pool(8);
        let large = Weight {
            bytes: 10,
            decoded_bytes: 6_000_000,
        };
        let first = pool.admit(large, in_a_minute()).unwrap();
        assert!(matches!(pool.admit(large, in_a_minute()), Err(Error::Busy)));
        drop(first);
        assert!(pool.admit(large, in_a_minute()).is_ok());
    }
}
