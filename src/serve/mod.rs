//! The composition root: what starts the service, what ends it, and everything that runs it.
//!
//! Ports are bound first, so that a taken one is noticed at once; calls are accepted, and `/ready` says so, when the catalogue is open. To end,
//! it says that it is not ready, takes no new calls, and lets the running ones finish.

pub mod admin;
pub mod admission;
mod answer;
pub mod audit;
mod budget;
mod connections;
mod incoming;
pub mod keys;
mod lane;
pub mod log;
mod market;
mod methods;
pub mod metrics;
mod observe;
pub mod pool;
mod process;
mod replica;
mod rest;
mod server;
pub mod snapshots;
pub mod telemetry;
mod tls;
mod web;
pub mod writes;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rayon::ThreadPoolBuildError;
use skillgap_catalogue::Store;
use skillgap_catalogue::{self as catalogue, Catalogue, CatalogueError};
use skillgap_esco::DataError;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use self::admin::Readiness;
use self::audit::Audit;
use self::keys::{Keys, KeysError};
use self::log::{ChangeLog, LogError, LogProgress};
use self::metrics::Metrics;
use self::pool::Pool;
use self::replica::{Replica, ReplicaParts};
use self::server::{Door, GrpcServer};
use self::snapshots::Snapshots;
use self::telemetry::TelemetryError;
use self::tls::{Tls, TlsError};
use self::writes::{Writes, log_carried};
use crate::config::{Config, Shutdown};
use crate::rpc::Context;

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A port cannot be bound.
    #[error("{setting}: {address}: {source}")]
    Bind {
        /// The setting that names the address.
        setting: &'static str,
        /// The address of the configuration.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The catalogue cannot be opened.
    #[error(transparent)]
    Index(#[from] CatalogueError),
    /// The threads of the pool cannot be started.
    #[error("pool of threads: {0}")]
    Pool(#[from] ThreadPoolBuildError),
    /// The file of keys is not taken.
    #[error("auth.keys_file: {0}")]
    Keys(#[from] KeysError),
    /// The certificates are not taken.
    #[error("tls: {0}")]
    Tls(#[from] TlsError),
    /// The audit log cannot be opened.
    #[error("auth.audit_file: {0}")]
    Audit(io::Error),
    /// The log of changes cannot be used as it is set.
    #[error("change_log: {0}")]
    ChangeLog(#[from] LogError),
    /// Logs cannot be set up.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The async runtime, a signal or a socket failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The service ended on its own.
    #[error("the service ended on its own: {0}")]
    Ended(String),
}

/// What the service answers from.
#[derive(Clone)]
pub enum Source {
    /// The starter data that the program carries.
    Starter,
    /// The current generation of a folder, now and whenever there is a new one.
    DataDir(PathBuf),
    /// A catalogue that is open already.
    Opened(Arc<Catalogue>),
}

impl Source {
    /// What the configuration names.
    pub fn of(config: &Config) -> Self {
        config
            .catalogue
            .data_dir()
            .map_or(Self::Starter, |dir| Self::DataDir(dir.to_path_buf()))
    }

    /// The catalogue, and the right to change it if there is one and no other process has it.
    fn open(self) -> Result<(Arc<Catalogue>, Option<Store>), CatalogueError> {
        match self {
            Self::Starter => Ok((Arc::new(catalogue::starter()?), None)),
            Self::DataDir(dir) => match Store::open(&dir) {
                Ok((store, carried)) => {
                    log_carried(&carried);
                    Ok((store.snapshot(), Some(store)))
                }
                Err(
                    CatalogueError::Locked(_)
                    | CatalogueError::ReadOnly(_)
                    | CatalogueError::Data(DataError::Io { .. }),
                ) => {
                    tracing::warn!(
                        "changes are refused: another process writes to the data directory, or it cannot be written to"
                    );
                    Ok((Arc::new(catalogue::open(&dir)?), None))
                }
                Err(error) => Err(error),
            },
            Self::Opened(catalogue) => Ok((catalogue, None)),
        }
    }
}

/// A service that runs.
pub struct Running {
    /// Where the service listens.
    pub grpc: SocketAddr,
    /// Where the admin pages are.
    pub admin: SocketAddr,
    /// The threads that do its work.
    pub pool: Arc<Pool>,
    /// The catalogue that it answers from.
    pub snapshots: Arc<Snapshots>,
    /// What it counts.
    pub metrics: Metrics,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), ServeError>>,
}

impl Running {
    /// Drains: says that it is not ready, takes no new calls, and waits for the running ones, at most as long as configured.
    ///
    /// # Errors
    /// [`ServeError`] if it had ended on its own.
    pub async fn stop(self) -> Result<(), ServeError> {
        // If nobody listens any more, it has ended, and says why.
        let _ = self.stop.send(());
        self.ended
            .await
            .map_err(|error| ServeError::Ended(error.to_string()))?
    }

    /// Waits for `signal`, then drains; or returns early if the service ends on its own.
    async fn until(mut self, signal: impl Future<Output = &'static str>) -> Result<(), ServeError> {
        tokio::select! {
            ended = &mut self.ended => ended.map_err(|error| ServeError::Ended(error.to_string()))?,
            name = signal => {
                tracing::info!(signal = name, "draining");
                self.stop().await
            }
        }
    }
}

/// Runs the service until SIGTERM, SIGINT or SIGHUP, then drains. This is what `skillgap serve` calls.
///
/// # Errors
/// [`ServeError`] if it cannot start or ends on its own.
pub fn run(config: Config) -> Result<(), ServeError> {
    telemetry::init(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(async {
        let signal = signal()?;
        let source = Source::of(&config);
        start(config, source).await?.until(signal).await?;
        tracing::info!("stopped");
        Ok(())
    });
    // What still runs after the grace period is not waited for.
    runtime.shutdown_background();
    ended
}

/// Waits for SIGTERM, SIGINT or SIGHUP, which are caught from now on, and says which.
fn signal() -> io::Result<impl Future<Output = &'static str>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt, mut hang_up) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
        signal(SignalKind::hangup())?,
    );
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
            _ = hang_up.recv() => "SIGHUP",
        }
    })
}

/// Starts the service and returns once it accepts calls.
///
/// # Errors
/// [`ServeError`] if a port is taken, the catalogue cannot be opened, or threads cannot be started.
pub async fn start(config: Config, source: Source) -> Result<Running, ServeError> {
    let door = Door {
        keys: Keys::open(config.auth.keys_file(), config.auth.anonymous())?,
        audit: Audit::open(&config.auth.audit_file).map_err(ServeError::Audit)?,
        tls: config.tls.files().map(Tls::open).transpose()?,
    };
    let (grpc, admin) = (
        bind("grpc.listen", config.grpc.listen).await?,
        bind("admin.listen", config.admin.listen).await?,
    );
    let (grpc_address, admin_address) = (grpc.local_addr()?, admin.local_addr()?);
    let (metrics, readiness) = (Metrics::new(), Readiness::default());
    let pages = admin::router(readiness.clone(), metrics.clone());
    let mut background = Background(vec![
        tokio::spawn(admin::serve(admin, pages, metrics.clone())),
        tokio::spawn(door.keys.clone().follow()),
    ]);
    if let Some(tls) = &door.tls {
        background.0.push(tokio::spawn(tls.clone().follow()));
    }
    let log = log::open(&config.change_log).await?;
    let (context, background) =
        put_together(&config, source, log, &readiness, &metrics, background).await?;

    let (pool, snapshots, writes) = (
        Arc::clone(&context.pool),
        Arc::clone(&context.snapshots),
        context.writes.clone(),
    );
    let server = GrpcServer::start(context, grpc, door, &config)
        .await
        .map_err(|error| ServeError::Ended(error.to_string()))?;
    readiness.open();
    tracing::info!(grpc = %grpc_address, admin = %admin_address, "serving");
    let (stop, stopped) = oneshot::channel();
    let serving = Serving {
        server,
        readiness,
        writes,
        shutdown: config.shutdown,
        _background: background,
    };
    let ended = tokio::spawn(serving.until(stopped));
    Ok(Running {
        grpc: grpc_address,
        admin: admin_address,
        pool,
        snapshots,
        metrics,
        stop,
        ended,
    })
}

async fn bind(setting: &'static str, address: SocketAddr) -> Result<TcpListener, ServeError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| ServeError::Bind {
        setting,
        address,
        source,
    })
}

/// Opens the catalogue off the async threads, starts the pool and, for a folder, the look-out for new generations.
async fn put_together(
    config: &Config,
    source: Source,
    log: Option<Arc<dyn ChangeLog>>,
    readiness: &Readiness,
    metrics: &Metrics,
    mut background: Background,
) -> Result<(Context, Background), ServeError> {
    if let (Some(log), Source::DataDir(dir)) = (&log, &source) {
        replica::fill(&**log, dir).await?;
    }
    let progress = log.as_ref().map(|log| LogProgress::new(Arc::clone(log)));
    let progress = progress.transpose()?.map(Arc::new);
    let (opening, counts) = (source.clone(), metrics.clone());
    let opened = tokio::task::spawn_blocking(move || {
        let (catalogue, store) = opening.open()?;
        Ok::<_, CatalogueError>((Snapshots::new(catalogue, counts), store))
    });
    let (snapshots, store) = opened
        .await
        .map_err(|error| ServeError::Ended(error.to_string()))??;
    let snapshots = Arc::new(snapshots);
    let catalogue = snapshots.pin();
    let manifest = &catalogue.manifest;
    tracing::info!(
        generation = manifest.generation,
        esco_version = manifest.esco_version,
        starter = manifest.starter,
        "catalogue opened"
    );
    if let (true, Source::DataDir(dir)) = (config.market.enabled, &source) {
        let every = Duration::from_secs(config.catalogue.reload_seconds);
        market::look(dir, &snapshots).map_err(CatalogueError::from)?;
        let follow = market::follow(dir.clone(), Arc::clone(&snapshots), every);
        background.0.push(tokio::spawn(follow));
    }
    let writes = match source {
        Source::DataDir(ref dir) => Writes::start(
            dir.clone(),
            store,
            Arc::clone(&snapshots),
            &config.writes,
            progress.clone(),
            metrics.clone(),
        )?,
        Source::Starter | Source::Opened(_) => Writes::none(metrics.clone()),
    };
    if let (Some(log), Some(progress), Source::DataDir(data_dir)) = (log, progress, source) {
        let replica = Replica::new(ReplicaParts {
            log,
            progress,
            writes: writes.clone(),
            data_dir,
            group_max: config.writes.group,
            settings: config.change_log.clone(),
            readiness: readiness.clone(),
            metrics: metrics.clone(),
        })?;
        background.0.push(tokio::spawn(replica.run()));
    }
    let follow = writes
        .clone()
        .follow(Duration::from_secs(config.catalogue.reload_seconds));
    background.0.push(tokio::spawn(follow));
    let pool = Arc::new(Pool::new(&config.pool, metrics.clone())?);
    let (limits, policy) = (config.limits.clone(), config.policy.clone());
    Ok((
        Context {
            pool,
            snapshots,
            writes,
            limits,
            policy,
            metrics: metrics.clone(),
        },
        background,
    ))
}

/// All that is needed to end the service well.
struct Serving {
    server: GrpcServer,
    readiness: Readiness,
    writes: Writes,
    shutdown: Shutdown,
    _background: Background,
}

impl Serving {
    /// Waits until told to stop, then drains.
    async fn until(mut self, stopped: oneshot::Receiver<()>) -> Result<(), ServeError> {
        tokio::select! {
            reason = self.server.failed() => return Err(ServeError::Ended(reason)),
            _ = stopped => {}
        }
        self.readiness.drain();
        self.server.not_serving().await;
        sleep(Duration::from_millis(self.shutdown.notice_ms)).await;
        if timeout(
            Duration::from_millis(self.shutdown.grace_ms),
            self.server.drain(),
        )
        .await
        .is_err()
        {
            tracing::warn!(
                grace_ms = self.shutdown.grace_ms,
                "calls still ran at the end of the grace period"
            );
        }
        self.writes.stop().await;
        Ok(())
    }
}

/// Tasks that end when this is dropped.
struct Background(Vec<JoinHandle<()>>);

impl Drop for Background {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}
