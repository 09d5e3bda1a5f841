//! Which catalogue do requests see? The one that is open when they arrive, whole; another commit or generation is opened beside it and swapped in.

use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use skillgap_catalogue::Catalogue;
use skillgap_market::Market;

use super::metrics::Metrics;

/// The open catalogue.
pub struct Snapshots {
    current: ArcSwap<Catalogue>,
    /// What jobs ask for; none where that is not counted.
    pub market: ArcSwapOption<Market>,
    metrics: Metrics,
}

impl Snapshots {
    /// Begins with this catalogue, once it is warm.
    pub fn new(catalogue: Arc<Catalogue>, metrics: Metrics) -> Self {
        metrics.opened(&catalogue.manifest);
        metrics.at_commit(&catalogue.manifest);
        warm(&catalogue);
        Self {
            current: ArcSwap::new(catalogue),
            market: ArcSwapOption::empty(),
            metrics,
        }
    }

    /// The open catalogue; it stays as it is for as long as the caller holds it.
    pub fn pin(&self) -> Arc<Catalogue> {
        self.current.load_full()
    }

    /// Lets all requests from now on see another catalogue.
    pub fn swap(&self, catalogue: Arc<Catalogue>) {
        let before = self.current.swap(Arc::clone(&catalogue));
        let manifest = &catalogue.manifest;
        self.metrics.at_commit(manifest);
        // Told only once it is so.
        if manifest.generation != before.manifest.generation {
            tracing::info!(
                generation = manifest.generation,
                esco_version = manifest.esco_version,
                "catalogue opened"
            );
            self.metrics.opened(manifest);
            std::thread::spawn(move || warm(&catalogue));
        }
    }
}

/// Does what the first requests would otherwise share: half a second of finding neighbours, and indexing the titles of occupations. Answers are the
/// same before, while and after.
fn warm(catalogue: &Catalogue) {
    catalogue.linker.titles(&catalogue.esco);
    catalogue.linker.find_all_neighbours();
}
