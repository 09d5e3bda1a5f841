//! The connections of a port: no more than configured and than the process has descriptors for, and each with an end.
//!
//! Where there is no room for another, the oldest that is without a call gives way, first one that never made any. So neither many idle sockets
//! nor many half requests keep others out.

use std::collections::BTreeMap;
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use axum::{Extension, Router};
use hyper::rt::Executor;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::server::TlsStream;
use tower::Layer;

use super::metrics::{Counted, Metrics};
use super::process::files_max;
use super::tls::Tls;

/// Time until the next try, where the process or the machine has no descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);
/// What the operating system says then: EMFILE and ENFILE.
const NO_DESCRIPTORS: [i32; 2] = [24, 23];
/// A connection that does not answer a probe within this time is closed.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// Time for TLS to shake hands.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Bytes of all headers of a call.
const HEADER_BYTES_MAX: u32 = 16 << 10;
/// Bytes of one stream that may be unread.
const STREAM_WINDOW_BYTES: u32 = 65_535;
/// Feeds of one connection. Only these are not read as fast as they come.
pub const FEEDS_MAX: usize = 4;
/// Bytes of one connection that may be unread. h2 ends a connection on which more than half as many are lost to small frames, 256 less its
/// length for each that is unread. The smallest message is a frame of 5 bytes: 4 feeds may have 4 * 65,535 / 5 * 251 = 13.2 MB of these unread.
const CONNECTION_WINDOW_BYTES: u32 = 32 << 20;

/// How connections of a port are kept.
#[derive(Clone)]
pub struct Rules {
    /// How many there may be.
    pub connections_max: usize,
    /// Open calls of one.
    pub streams_max: u32,
    /// Time for the first call.
    pub first_call: Duration,
    /// Time between probes of an idle one.
    pub keepalive: Duration,
    /// Time until it is asked to end.
    pub age_max: Duration,
    /// Time for it to end then.
    pub grace: Duration,
    /// TLS, where it is spoken.
    pub tls: Option<Tls>,
}

/// One connection.
#[derive(Debug)]
pub struct Connection {
    open_calls: AtomicUsize,
    called: AtomicBool,
    /// True once it is asked to end.
    ending: watch::Sender<bool>,
    closed: Notify,
    why_closed: OnceLock<&'static str>,
    /// One permit a feed that may be opened.
    pub feeds: Arc<Semaphore>,
}

impl Connection {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            open_calls: AtomicUsize::new(0),
            called: AtomicBool::new(false),
            ending: watch::Sender::new(false),
            closed: Notify::new(),
            why_closed: OnceLock::new(),
            feeds: Arc::new(Semaphore::new(FEEDS_MAX)),
        })
    }

    fn is_idle(&self) -> bool {
        self.open_calls.load(Ordering::Relaxed) == 0
    }

    fn has_called(&self) -> bool {
        self.called.load(Ordering::Relaxed)
    }

    /// Waits until it is asked to end.
    pub async fn ending(&self) {
        // The sender lives as long as this.
        let _ = self.ending.subscribe().wait_for(|ending| *ending).await;
    }

    fn close(&self, why: &'static str) {
        // The first reason counts.
        let _ = self.why_closed.set(why);
        self.closed.notify_one();
    }

    /// Notes that a call is open as long as what is returned lives.
    pub fn call(self: &Arc<Self>) -> ConnectionCall {
        self.called.store(true, Ordering::Relaxed);
        self.open_calls.fetch_add(1, Ordering::Relaxed);
        ConnectionCall(Arc::clone(self))
    }
}

/// An open call of a connection.
pub struct ConnectionCall(Arc<Connection>);

impl ConnectionCall {
    /// What its answer goes out on where a connection has no streams (HTTP/1): only all of it can be cut off.
    pub fn stream(&self) -> Stream {
        Stream {
            cancelled: Arc::default(),
            handed_over: Arc::new(AtomicBool::new(true)),
            connection: Arc::clone(&self.0),
        }
    }
}

impl Drop for ConnectionCall {
    fn drop(&mut self) {
        self.0.open_calls.fetch_sub(1, Ordering::Relaxed);
    }
}

tokio::task_local! {
    static STREAM: Stream;
}

/// The stream of a call, which can be cut off.
#[derive(Clone, Debug)]
pub struct Stream {
    cancelled: Arc<Notify>,
    /// All is handed over, but may not be read.
    handed_over: Arc<AtomicBool>,
    connection: Arc<Connection>,
}

impl Stream {
    /// The stream that is worked on.
    pub fn current() -> Option<Self> {
        STREAM.try_with(Clone::clone).ok()
    }

    /// Cuts it off; with its connection, if nothing but that is left of it.
    pub fn cancel(&self) {
        if self.handed_over.load(Ordering::Relaxed) {
            self.connection.close("unread");
        } else {
            self.cancelled.notify_one();
        }
    }
}

/// Runs the streams of a connection.
#[derive(Clone)]
struct Streams(Arc<Connection>);

impl<F> Executor<F> for Streams
where
    F: Future + Send + 'static,
{
    fn execute(&self, task: F) {
        let stream = Stream {
            cancelled: Arc::default(),
            handed_over: Arc::default(),
            connection: Arc::clone(&self.0),
        };
        tokio::spawn(STREAM.scope(stream.clone(), async move {
            tokio::select! {
                _ = task => {}
                () = stream.cancelled.notified() => {}
            }
            stream.handed_over.store(true, Ordering::Relaxed);
        }));
    }
}

/// The connections that are open, in the order in which they came.
struct Connections {
    max: usize,
    open: Mutex<BTreeMap<u64, Arc<Connection>>>,
    metrics: Metrics,
}

impl Connections {
    fn open(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes room for one more, if an idle one can give way.
    fn admit(&self, id: u64) -> Option<Arc<Connection>> {
        let mut open = self.open();
        if open.len() >= self.max {
            let mut idle = open.iter().filter(|(_, one)| one.is_idle());
            let fresh = idle.clone().find(|(_, one)| !one.has_called());
            let oldest = *fresh.or_else(|| idle.next())?.0;
            if let Some(oldest) = open.remove(&oldest) {
                oldest.close("gave_way");
            }
        }
        let connection = Connection::new();
        open.insert(id, Arc::clone(&connection));
        Some(connection)
    }
}

/// Takes connections until told to drain, then waits until the open ones have ended.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    rules: Rules,
    metrics: Metrics,
    mut drain: watch::Receiver<bool>,
) {
    let connections = Arc::new(Connections {
        max: rules.connections_max,
        open: Mutex::default(),
        metrics,
    });
    let (alive, mut ended) = mpsc::channel::<()>(1);
    let mut id = 0;
    loop {
        let stream = tokio::select! {
            stream = listener.accept() => stream,
            _ = drain.changed() => break,
        };
        match stream {
            Ok((stream, _)) => {
                id += 1;
                let Some(connection) = connections.admit(id) else {
                    connections.metrics.connection_closed("refused");
                    continue;
                };
                let one = One {
                    id,
                    connection,
                    rules: rules.clone(),
                    all: Arc::clone(&connections),
                };
                let (router, drain, alive) = (router.clone(), drain.clone(), alive.clone());
                tokio::spawn(async move {
                    one.serve(stream, router, drain).await;
                    drop(alive);
                });
            }
            Err(error) => pause(&error).await,
        }
    }
    drop((listener, alive));
    // Nothing is ever sent; it ends when the last connection does.
    let _ = ended.recv().await;
}

/// After a failure of `accept`: one of a single connection is nothing, one for want of descriptors lasts.
async fn pause(error: &io::Error) {
    if error
        .raw_os_error()
        .is_some_and(|code| NO_DESCRIPTORS.contains(&code))
    {
        tracing::warn!("no descriptors left; connections wait");
        sleep(ACCEPT_PAUSE).await;
    }
}

/// A connection that is served.
struct One {
    id: u64,
    connection: Arc<Connection>,
    rules: Rules,
    all: Arc<Connections>,
}

impl One {
    async fn serve(&self, stream: TcpStream, router: Router, drain: watch::Receiver<bool>) {
        let _counted = Counted::new(&self.all.metrics.connections);
        // Without it, answers are late, and nothing else.
        let _ = stream.set_nodelay(true);
        match &self.rules.tls {
            None => self.calls(stream, router, drain).await,
            Some(tls) => match self.handshake(tls, stream).await {
                Ok(stream) => self.calls(stream, router, drain).await,
                Err(reason) => self.all.metrics.connection_closed(reason),
            },
        }
    }

    /// Shakes hands, unless that takes too long or the connection has to give way.
    async fn handshake(
        &self,
        tls: &Tls,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, &'static str> {
        let connection = &self.connection;
        tokio::select! {
            stream = timeout(HANDSHAKE.min(self.rules.first_call), tls.accept(stream)) => {
                stream.map_err(|_| "handshake")?.map_err(|_| "handshake")
            }
            () = connection.closed.notified() => {
                Err(connection.why_closed.get().copied().unwrap_or_default())
            }
        }
    }

    async fn calls<S>(&self, stream: S, router: Router, mut drain: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (rules, connection) = (&self.rules, &self.connection);
        let service = Extension(Arc::clone(connection)).layer(router);
        let builder = builder(rules, connection);
        let http =
            builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let (mut http, mut first_call) = (pin!(http), pin!(sleep(rules.first_call)));
        let (mut end, mut ending, mut waiting) = (pin!(sleep(rules.age_max)), false, true);
        let reason = loop {
            tokio::select! {
                _ = &mut http => return,
                () = connection.closed.notified() => {
                    break connection.why_closed.get().copied().unwrap_or_default();
                }
                () = &mut first_call, if waiting => {
                    if !connection.has_called() {
                        break "without_call";
                    }
                    waiting = false;
                }
                () = &mut end => {
                    if ending {
                        break "too_old";
                    }
                    ending = true;
                    end.as_mut().reset(Instant::now() + rules.grace);
                    connection.ending.send_replace(true);
                    http.as_mut().graceful_shutdown();
                }
                _ = drain.changed(), if !ending => {
                    ending = true;
                    end.as_mut().reset(Instant::now() + rules.age_max);
                    connection.ending.send_replace(true);
                    http.as_mut().graceful_shutdown();
                }
            }
        };
        self.all.metrics.connection_closed(reason);
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.all.open().remove(&self.id);
    }
}

fn builder(rules: &Rules, connection: &Arc<Connection>) -> Builder<Streams> {
    let mut builder = Builder::new(Streams(Arc::clone(connection)));
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(rules.first_call)
        .max_buf_size(HEADER_BYTES_MAX as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_concurrent_streams(rules.streams_max)
        .keep_alive_interval(rules.keepalive)
        .keep_alive_timeout(KEEPALIVE_TIMEOUT)
        .max_header_list_size(HEADER_BYTES_MAX);
    builder
}

/// How many connections there may be, given how many descriptors the process may open: a quarter of these is for everything else.
pub fn connections_max(configured: usize) -> usize {
    let possible = files_max().map_or(usize::MAX, |limit| limit - limit / 4);
    if possible < configured {
        tracing::warn!(
            configured,
            possible,
            "fewer connections than configured: the process may open too few files"
        );
    }
    configured.min(possible).max(1)
}
