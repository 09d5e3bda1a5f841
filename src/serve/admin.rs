//! The admin port: whether the service is alive, whether it is ready, and its metrics. Three pages over HTTP.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::connections::{self, Rules};
use super::metrics::Metrics;

/// The content type that Prometheus expects.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Who asks for a page does so at once, and reads it.
const RULES: Rules = Rules {
    connections_max: 32,
    streams_max: 8,
    first_call: Duration::from_secs(5),
    keepalive: Duration::from_secs(30),
    age_max: Duration::from_secs(300),
    grace: Duration::from_secs(5),
    tls: None,
};

const STARTING: u8 = 0;
const READY: u8 = 1;
const DRAINING: u8 = 2;

/// Whether calls are welcome: first not yet, then yes, at last never again.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    stage: Arc<AtomicU8>,
    /// Why calls are not welcome just now, if they are not.
    held: Arc<Mutex<Option<String>>>,
}

impl Readiness {
    /// Calls are welcome, unless the service drains already.
    pub fn open(&self) {
        let _ = self
            .stage
            .compare_exchange(STARTING, READY, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Calls are not welcome any more.
    pub fn drain(&self) {
        self.stage.store(DRAINING, Ordering::Relaxed);
    }

    /// Calls are not welcome as long as there is a reason.
    pub fn hold(&self, reason: Option<String>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = reason;
    }

    fn answer(&self) -> (StatusCode, String) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (code, text) = match self.stage.load(Ordering::Relaxed) {
            STARTING => (StatusCode::SERVICE_UNAVAILABLE, "starting"),
            READY => match held.as_deref() {
                None => (StatusCode::OK, "ready"),
                Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason),
            },
            _ => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        };
        (code, format!("{text}\n"))
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

/// Serves the pages. Ends only when dropped.
pub async fn serve(listener: TcpListener, pages: Router, metrics: Metrics) {
    let (_never, drain) = watch::channel(false);
    connections::serve(listener, pages, RULES, metrics, drain).await;
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
        readiness.hold(Some("7 changes behind".to_owned()));
        assert_eq!(
            readiness.answer(),
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "7 changes behind\n".to_owned()
            )
        );
        readiness.hold(None);
        assert_eq!(readiness.answer().0, StatusCode::OK);
        readiness.drain();
        readiness.open();
        assert_eq!(readiness.answer().1, "draining\n");
    }
}
