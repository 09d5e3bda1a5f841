//! Which catalogue do requests see? The one that is open when they arrive, whole; a new generation is opened beside it and swapped in.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use skillgap_index::{Catalogue, IndexError, catalogue};
use tokio::time::{MissedTickBehavior, interval};

use super::metrics::Metrics;

/// A generation that could not be opened is tried again after this time, in case it was mended.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// The open catalogue.
pub struct Snapshots {
    current: ArcSwap<Catalogue>,
    metrics: Metrics,
}

impl Snapshots {
    /// Begins with this catalogue.
    pub fn new(catalogue: Arc<Catalogue>, metrics: Metrics) -> Self {
        metrics.opened(&catalogue.manifest.generation, &catalogue.manifest.esco_version);
        warm(&catalogue);
        Self { current: ArcSwap::new(catalogue), metrics }
    }

    /// The open catalogue; it stays as it is for as long as the caller holds it.
    pub fn pin(&self) -> Arc<Catalogue> {
        self.current.load_full()
    }

    /// Lets all requests from now on see another catalogue.
    pub fn swap(&self, catalogue: Arc<Catalogue>) {
        let manifest = &catalogue.manifest;
        tracing::info!(generation = manifest.generation, esco_version = manifest.esco_version, "catalogue opened");
        self.metrics.opened(&manifest.generation, &manifest.esco_version);
        warm(&catalogue);
        self.current.store(catalogue);
    }

    /// Looks for a new generation in `data_dir` again and again, and swaps to it. One that cannot be opened is logged, and the old one stays.
    /// Ends only when dropped.
    pub async fn follow(self: Arc<Self>, data_dir: PathBuf, every: Duration) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failed: Option<(String, Instant)> = None;
        loop {
            ticks.tick().await;
            let named = match off_thread(&data_dir, catalogue::current).await {
                Ok((generation, _)) => generation,
                Err(error) => {
                    self.failed(&error, &mut failed, String::new());
                    continue;
                }
            };
            let tried = failed.as_ref().is_some_and(|(generation, at)| *generation == named && at.elapsed() < TRY_AGAIN);
            if tried || named == self.pin().manifest.generation {
                continue;
            }
            match off_thread(&data_dir, catalogue::open).await {
                Ok(catalogue) => self.swap(Arc::new(catalogue)),
                Err(error) => self.failed(&error, &mut failed, named),
            }
        }
    }

    /// Logs a failure, once for each generation until it is tried again.
    fn failed(&self, error: &IndexError, failed: &mut Option<(String, Instant)>, generation: String) {
        if failed.as_ref().is_some_and(|(known, at)| *known == generation && at.elapsed() < TRY_AGAIN) {
            return;
        }
        tracing::error!(%error, generation, "new generation cannot be opened; the old one stays");
        self.metrics.reload_failed();
        *failed = Some((generation, Instant::now()));
    }
}

/// Does in the background what the first requests would otherwise share: half a second of finding neighbours, and indexing the titles of occupations. Answers
/// are the same before, while and after.
fn warm(catalogue: &Arc<Catalogue>) {
    let catalogue = Arc::clone(catalogue);
    std::thread::spawn(move || {
        catalogue.linker.titles(&catalogue.esco);
        catalogue.linker.find_all_neighbours();
    });
}

/// Reads from disk off the async threads.
async fn off_thread<T: Send + 'static>(data_dir: &Path, read: fn(&Path) -> skillgap_index::Result<T>) -> skillgap_index::Result<T> {
    let path = data_dir.to_path_buf();
    let read = tokio::task::spawn_blocking(move || read(&path)).await;
    read.unwrap_or_else(|_| Err(IndexError::damaged("generation", "reading it failed without a reason")))
}
