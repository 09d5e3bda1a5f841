//! Where is a request worked on, and what if there is too much to do? On one bounded pool of threads, off the async threads.
//!
//! A request takes a place, running or waiting, before anything else, and is refused at once if there is none. The place goes by value into the
//! job, so it is free again only when the job has really stopped, even if nobody waits for it any more.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout_at;

use super::metrics::{Counted, Metrics};
use crate::config::PoolSize;
use crate::engine::Watch;
use crate::error::{Error, Result};

/// The threads that do the work of requests.
pub struct Pool {
    threads: ThreadPool,
    /// One permit a request that runs or waits.
    places: Arc<Semaphore>,
    /// One permit a request that runs. What rayon splits off a job runs on the same threads.
    runners: Arc<Semaphore>,
    metrics: Metrics,
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
        let (places, runners) = (
            Semaphore::new(n_threads + size.queue),
            Semaphore::new(n_threads),
        );
        Ok(Self {
            threads,
            places: Arc::new(places),
            runners: Arc::new(runners),
            metrics,
        })
    }

    /// Runs a job on the pool and waits for its result, at most until `deadline`. If time runs out, or if the returned future is dropped
    /// because the caller went away, the job stops the next time it looks at its [`Watch`], and does not begin if it still waits.
    ///
    /// # Errors
    /// [`Error::Busy`] at once if all places are taken, [`Error::DeadlineExceeded`], [`Error::Internal`] if the job panics, and what the job says.
    pub async fn run<T, J>(&self, deadline: Instant, job: J) -> Result<T>
    where
        T: Send + 'static,
        J: FnOnce(&mut Watch) -> Result<T> + Send + 'static,
    {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            self.metrics.refused.inc();
            return Err(Error::Busy);
        };
        let waiting = Counted::new(&self.metrics.queued);
        let caller = Caller::default();
        let result = async {
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
                let worked = work(job, watch, &metrics);
                // Free before the caller hears of it, so that the next call finds the place.
                drop((running, runner, place));
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
        Arc::new(Pool::new(&PoolSize { threads: 1, queue }, Metrics::new()).unwrap())
    }

    fn in_a_minute() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    /// Occupies a thread until the sender is dropped.
    async fn occupy(pool: &Arc<Pool>) -> mpsc::Sender<()> {
        let ((release, released), (started, start)) = (mpsc::channel::<()>(), oneshot::channel());
        let pool = Arc::clone(pool);
        let job = move |_: &mut Watch| {
            started.send(()).unwrap();
            Ok(released.recv().is_ok())
        };
        tokio::spawn(async move { pool.run(in_a_minute(), job).await });
        start.await.unwrap();
        release
    }

    #[tokio::test]
    async fn a_job_without_a_place_is_refused_at_once() {
        let pool = pool(0);
        let release = occupy(&pool).await;
        assert!(matches!(
            pool.run(in_a_minute(), |_| Ok(())).await,
            Err(Error::Busy)
        ));
        assert_eq!(pool.metrics.refused.get(), 1);
        drop(release);
    }

    #[tokio::test]
    async fn a_job_that_waits_beyond_its_deadline_never_begins() {
        let pool = pool(1);
        let release = occupy(&pool).await;
        let begun = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&begun);
        let late = pool.run(Instant::now() + Duration::from_millis(5), move |_| {
            flag.store(true, Ordering::Relaxed);
            Ok(())
        });
        assert!(matches!(late.await, Err(Error::DeadlineExceeded)));
        drop(release);
        pool.run(in_a_minute(), |_| Ok(())).await.unwrap();
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
            let pool = Arc::clone(&pool);
            async move { pool.run(in_a_minute(), job).await }
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
            .run(in_a_minute(), |_| panic!("as this test wants"))
            .await;
        assert!(matches!(panicked, Err(Error::Internal)));
        assert!(pool.run(in_a_minute(), |_| Ok(())).await.is_ok());
    }
}
