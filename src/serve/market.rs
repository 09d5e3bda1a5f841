//! Which market do requests see? The last commit that lies in the data directory, if jobs are counted at all; a later one is opened beside it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use skillgap_market::Market;
use tokio::time::{MissedTickBehavior, interval};

use super::snapshots::Snapshots;

/// Looks for a new commit, again and again. Ends only when dropped.
pub async fn follow(data_dir: PathBuf, snapshots: Arc<Snapshots>, every: Duration) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let (data_dir, snapshots) = (data_dir.clone(), Arc::clone(&snapshots));
        let looked = tokio::task::spawn_blocking(move || {
            if let Err(error) = look(&data_dir, &snapshots) {
                tracing::error!(%error, "the market could not be opened");
            }
        });
        // A panic is logged by the hook; the next look tries again.
        let _ = looked.await;
    }
}

/// Opens the last commit unless it is open.
pub fn look(data_dir: &std::path::Path, snapshots: &Snapshots) -> skillgap_esco::Result<()> {
    let open = snapshots.market.load();
    let open = open.as_ref().map(|market| market.commit.sequence);
    let latest = Market::latest(data_dir)?;
    if latest.is_some() && latest != open {
        let market = Market::open(data_dir)?;
        tracing::info!(commit = latest, "market opened");
        snapshots.market.store(market.map(Arc::new));
    }
    Ok(())
}
