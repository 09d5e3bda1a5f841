//! Is the service alive, is it ready, how is it doing? Three pages over HTTP on a port of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use super::metrics::Metrics;

/// The content type that Prometheus expects.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const STARTING: u8 = 0;
const READY: u8 = 1;
const DRAINING: u8 = 2;

/// Whether calls are welcome: first not yet, then yes, at last never again.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicU8>);

impl Readiness {
    /// Calls are welcome, unless the service drains already.
    pub fn open(&self) {
        let _ = self
            .0
            .compare_exchange(STARTING, READY, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Calls are not welcome any more.
    pub fn drain(&self) {
        self.0.store(DRAINING, Ordering::Relaxed);
    }

    fn answer(&self) -> (StatusCode, &'static str) {
        match self.0.load(Ordering::Relaxed) {
            STARTING => (StatusCode::SERVICE_UNAVAILABLE, "starting\n"),
            READY => (StatusCode::OK, "ready\n"),
            _ => (StatusCode::SERVICE_UNAVAILABLE, "draining\n"),
        }
    }
}

/// The pages `/live`, `/ready` and `/metrics`.
pub fn router(readiness: Readiness, metrics: Metrics) -> Router {
    Router::new()
        .route("/live", get(|| async { "alive\n" }))
        .route(
            "/ready",
            get(|State(readiness): State<Readiness>| async move { readiness.answer() }),
        )
        .with_state(readiness)
        .route("/metrics", get(show_metrics).with_state(metrics))
}

async fn show_metrics(State(metrics): State<Metrics>) -> impl IntoResponse {
    let text = metrics
        .text()
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok::<_, StatusCode>(([(CONTENT_TYPE, OPENMETRICS)], text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drains_is_never_ready_again() {
        let readiness = Readiness::default();
        assert_eq!(readiness.answer().1, "starting\n");
        readiness.open();
        assert_eq!(readiness.answer().0, StatusCode::OK);
        readiness.drain();
        readiness.open();
        assert_eq!(readiness.answer().1, "draining\n");
    }
}
