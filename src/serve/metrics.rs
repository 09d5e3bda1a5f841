//! How is the service doing? Counts and latencies in the text format of Prometheus.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime};

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use skillgap_catalogue::Manifest;

use super::log::Bounds;
use super::process::Process;

/// Upper bounds of the buckets of latencies, in seconds.
const SECONDS: [f64; 12] = [
    0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0,
];

type Latencies<L> = Family<L, Histogram, fn() -> Histogram>;

/// Which call, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    method: &'static str,
    scope: &'static str,
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Method {
    method: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Stage {
    stage: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Opened {
    generation: String,
    esco_version: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Closed {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Changed {
    outcome: &'static str,
}

/// All metrics. Clones share their values.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Ended, Counter>,
    latencies: Latencies<Method>,
    stages: Latencies<Stage>,
    generation: Family<Opened, Gauge>,
    opened: Gauge<f64, AtomicU64>,
    reload_failures: Counter,
    changes: Family<Changed, Counter>,
    connections_closed: Family<Closed, Counter>,
    commits: Histogram,
    commit: Gauge,
    credentials: Gauge,
    log_number: Gauge,
    log_epoch: Gauge,
    log_lag: Gauge,
    log_silent: Gauge<f64, AtomicU64>,
    log_sum: Gauge,
    log_stopped: Gauge,
    log_redelivered: Counter,
    /// Connections that are open, on both ports.
    pub connections: Gauge,
    /// Feeds that are open.
    pub feeds: Gauge,
    /// Bytes of messages that are not whole yet.
    pub unfinished_bytes: Gauge,
    /// Bytes of answers that are not read yet.
    pub unread_bytes: Gauge,
    /// Changes that wait for the disk.
    pub changes_queued: Gauge,
    /// Jobs that run.
    pub running: Gauge,
    /// Jobs that wait for a thread.
    pub queued: Gauge,
    /// Jobs that were refused, because no place was free.
    pub refused: Counter,
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let latencies = || Histogram::new(SECONDS);
        let mut metrics = Self {
            registry: Arc::default(),
            requests: Family::default(),
            latencies: Family::new_with_constructor(latencies),
            stages: Family::new_with_constructor(latencies),
            generation: Family::default(),
            opened: Gauge::default(),
            reload_failures: Counter::default(),
            changes: Family::default(),
            connections_closed: Family::default(),
            log_number: Gauge::default(),
            log_epoch: Gauge::default(),
            log_lag: Gauge::default(),
            log_silent: Gauge::default(),
            log_sum: Gauge::default(),
            log_stopped: Gauge::default(),
            log_redelivered: Counter::default(),
            connections: Gauge::default(),
            feeds: Gauge::default(),
            unfinished_bytes: Gauge::default(),
            unread_bytes: Gauge::default(),
            commits: latencies(),
            commit: Gauge::default(),
            credentials: Gauge::default(),
            changes_queued: Gauge::default(),
            running: Gauge::default(),
            queued: Gauge::default(),
            refused: Counter::default(),
        };
        metrics.registry = Arc::new(metrics.registered());
        metrics
    }

    fn registered(&self) -> Registry {
        let mut all = Registry::default();
        all.register_collector(Box::new(Process::new()));
        let registry = all.sub_registry_with_prefix("skillgap");
        registry.register(
            "build",
            "The program",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
        registry.register(
            "requests",
            "Calls that ended, by method, the scope that it needs, and code",
            self.requests.clone(),
        );
        registry.register_with_unit(
            "request",
            "Time from a call to its answer",
            Unit::Seconds,
            self.latencies.clone(),
        );
        registry.register_with_unit(
            "stage",
            "Time that a stage of a call took",
            Unit::Seconds,
            self.stages.clone(),
        );
        registry.register("pool_running", "Jobs that run", self.running.clone());
        registry.register(
            "pool_queued",
            "Jobs that wait for a thread",
            self.queued.clone(),
        );
        registry.register(
            "pool_refused",
            "Jobs that were refused because no place was free",
            self.refused.clone(),
        );
        registry.register(
            "connections",
            "Connections that are open, on both ports",
            self.connections.clone(),
        );
        registry.register(
            "connections_closed",
            "Connections that were not let in or had to go, by reason",
            self.connections_closed.clone(),
        );
        registry.register("feeds", "Feeds that are open", self.feeds.clone());
        registry.register(
            "unfinished_bytes",
            "Bytes of messages that are not whole yet",
            self.unfinished_bytes.clone(),
        );
        registry.register(
            "unread_bytes",
            "Bytes of answers that are not read yet",
            self.unread_bytes.clone(),
        );
        registry.register(
            "generation",
            "The generation that is open, with the value 1",
            self.generation.clone(),
        );
        registry.register_with_unit(
            "generation_opened",
            "When it was opened, since 1970-01-01",
            Unit::Seconds,
            self.opened.clone(),
        );
        registry.register(
            "changes",
            "Changes of credentials that ended, by outcome",
            self.changes.clone(),
        );
        registry.register_with_unit(
            "commit",
            "Time that a group of changes took until it was on disk",
            Unit::Seconds,
            self.commits.clone(),
        );
        registry.register(
            "commit_number",
            "Number of the last change that requests see",
            self.commit.clone(),
        );
        registry.register(
            "credentials",
            "Credentials that requests see",
            self.credentials.clone(),
        );
        registry.register(
            "changes_queued",
            "Changes that wait for the disk",
            self.changes_queued.clone(),
        );
        registry.register(
            "reload_failures",
            "New generations that could not be opened",
            self.reload_failures.clone(),
        );
        for (name, help, gauge) in [
            (
                "log_number",
                "Number of the last message of the log",
                &self.log_number,
            ),
            (
                "log_epoch",
                "Which log it is; another one after it was made again",
                &self.log_epoch,
            ),
            (
                "log_lag",
                "Messages of the log that are not applied here yet",
                &self.log_lag,
            ),
            (
                "log_sum",
                "Sum over all credentials at the last comparison, modulo 2^48",
                &self.log_sum,
            ),
            (
                "log_stopped",
                "1 where this replica and the log do not agree, so that it takes no changes",
                &self.log_stopped,
            ),
        ] {
            registry.register(name, help, gauge.clone());
        }
        registry.register_with_unit(
            "log_silent",
            "Time since the log was last heard of",
            Unit::Seconds,
            self.log_silent.clone(),
        );
        registry.register(
            "log_redelivered",
            "Messages of the log that came again",
            self.log_redelivered.clone(),
        );
        all
    }

    /// Notes how far the log reaches.
    pub fn log_at(&self, bounds: &Bounds) {
        self.log_number.set(bounds.last as i64);
        self.log_epoch.set(bounds.epoch as i64);
    }

    /// Notes how far this replica is behind the log, and how long it has not heard of it.
    pub fn log_lag(&self, lag: u64, silence: Duration, stopped: bool) {
        self.log_lag.set(lag as i64);
        self.log_silent.set(silence.as_secs_f64());
        self.log_stopped.set(stopped.into());
    }

    /// Notes the sum over all credentials, as far as a number of Prometheus holds it.
    pub fn log_sum(&self, sum: u64) {
        self.log_sum.set((sum & ((1 << 48) - 1)) as i64);
    }

    /// Counts a message that came again.
    pub fn log_redelivered(&self) {
        self.log_redelivered.inc();
    }

    /// Counts a call that ended.
    pub fn ended(
        &self,
        method: &'static str,
        scope: &'static str,
        code: &'static str,
        duration: Duration,
    ) {
        let ended = Ended {
            method,
            scope,
            code,
        };
        self.requests.get_or_create(&ended).inc();
        self.latencies
            .get_or_create(&Method { method })
            .observe(duration.as_secs_f64());
    }

    /// Counts a stage that was passed.
    pub fn stage(&self, stage: &'static str, duration: Duration) {
        self.stages
            .get_or_create(&Stage { stage })
            .observe(duration.as_secs_f64());
    }

    /// Counts a change that ended.
    pub fn changed(&self, outcome: &'static str) {
        self.changes.get_or_create(&Changed { outcome }).inc();
    }

    /// Counts a connection that was not let in or had to go.
    pub fn connection_closed(&self, reason: &'static str) {
        self.connections_closed
            .get_or_create(&Closed { reason })
            .inc();
    }

    /// Counts a group of changes that is on disk.
    pub fn committed(&self, duration: Duration) {
        self.commits.observe(duration.as_secs_f64());
    }

    /// Notes the number of the last change that requests see, and how many credentials.
    pub fn at_commit(&self, manifest: &Manifest) {
        self.commit.set(manifest.commit as i64);
        let credentials = manifest.counts.get("credentials").copied();
        self.credentials.set(credentials.unwrap_or_default() as i64);
    }

    /// Notes that a generation was opened now.
    pub fn opened(&self, manifest: &Manifest) {
        self.generation.clear();
        self.generation
            .get_or_create(&Opened {
                generation: manifest.generation.clone(),
                esco_version: manifest.esco_version.clone(),
            })
            .set(1);
        self.opened.set(
            SystemTime::UNIX_EPOCH
                .elapsed()
                .unwrap_or_default()
                .as_secs_f64(),
        );
    }

    /// Counts a new generation that could not be opened.
    pub fn reload_failed(&self) {
        self.reload_failures.inc();
    }

    /// All metrics as text.
    ///
    /// # Errors
    /// None in practice: writing to a string does not fail.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Counts as long as it lives.
pub struct Counted(Gauge);

impl Counted {
    /// Adds one to the gauge.
    pub fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
