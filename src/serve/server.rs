//! The server on the port of the service: all services over gRPC, gRPC-Web and REST, the page, health and reflection, with the layers that every call has to
//! pass.
//!
//! From the outside in: the limit of connections ([`super::connections`]), TLS where there is some, which door a call comes through, then
//! [`super::admission`].

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::{Extension, Router};
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method, Version};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tonic_health::ServingStatus;
use tonic_health::server::{HealthReporter, health_reporter};
use tonic_web::{GrpcWebLayer, GrpcWebService};
use tower::{Layer, ServiceExt};
use tower_http::cors::CorsLayer;

use super::admission::{Admission, admit};
use super::audit::Audit;
use super::budget::Budget;
use super::connections::{self, Connection, Rules};
use super::keys::Keys;
use super::methods::Methods;
use super::rest::Rest;
use super::tls::Tls;
use super::web::Web;
use crate::api::wire::FILE_DESCRIPTOR_SET;
use crate::config::Config;
use crate::rpc::{self, Context};

/// Headers that pages of other origins may send, and may read.
const ALLOWED_HEADERS: [&str; 8] = [
    "authorization",
    "content-type",
    "grpc-timeout",
    "traceparent",
    "x-api-key",
    "x-grpc-web",
    "x-request-id",
    "x-user-agent",
];
const EXPOSED_HEADERS: [&str; 5] = [
    "grpc-message",
    "grpc-status",
    "grpc-status-details-bin",
    "retry-after",
    "x-request-id",
];
/// How long a browser need not ask again.
const PREFLIGHT_AGE: Duration = Duration::from_secs(3_600);

/// The server on the port of the service.
pub struct GrpcServer {
    health: HealthReporter,
    drain: watch::Sender<bool>,
    task: JoinHandle<()>,
    budgets: [JoinHandle<()>; 2],
}

impl GrpcServer {
    /// Takes calls from now on.
    ///
    /// # Errors
    /// None but for a fault in the generated descriptors, which every test of the service rules out.
    pub async fn start(
        context: Context,
        listener: TcpListener,
        door: Door,
        config: &Config,
    ) -> Result<Self, tonic_reflection::server::Error> {
        let (health, health_server) = health_reporter();
        for name in health_names() {
            health
                .set_service_status(name, ServingStatus::Serving)
                .await;
        }
        let (drain, drained) = watch::channel(false);
        let rules = rules(config, door.tls.clone());
        let admission = Arc::new(admission(&context, door, config)?);
        let budgets = [&admission.unfinished, &admission.unread]
            .map(|budget| tokio::spawn(Arc::clone(budget).watch()));
        let metrics = context.metrics.clone();
        let reflection = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        let context = Arc::new(context);
        let rest = Rest {
            admission: Arc::clone(&admission),
            context: Arc::clone(&context),
        };
        let web = Web {
            admission: Arc::clone(&admission),
            context: Arc::clone(&context),
        };
        let routes = rpc::routes(context)
            .add_service(reflection().build_v1()?)
            .add_service(reflection().build_v1alpha()?)
            .add_service(health_server);
        let grpc: Router = routes
            .prepare()
            .into_axum_router()
            .layer(from_fn_with_state(admission, admit));
        let doors = Doors {
            grpc_web: GrpcWebLayer::new().layer(grpc.clone()),
            grpc,
            rest: Arc::new(rest),
            web: config.has_page().then(|| Arc::new(web)),
        };
        let router = Router::new().fallback(enter).with_state(doors);
        let router = match cors(config) {
            Some(cors) => router.layer(cors),
            None => router,
        };
        let task = tokio::spawn(connections::serve(
            listener, router, rules, metrics, drained,
        ));
        Ok(Self {
            health,
            drain,
            task,
            budgets,
        })
    }

    /// Waits for an end that nobody asked for, and says why.
    pub async fn failed(&mut self) -> String {
        format!("{:?}", (&mut self.task).await)
    }

    /// Health says NOT_SERVING from now on. Calls are still taken.
    pub async fn not_serving(&self) {
        for name in health_names() {
            self.health
                .set_service_status(name, ServingStatus::NotServing)
                .await;
        }
    }

    /// Takes no new calls, ends feeds after the answers that are under way, and waits for the running calls. Streams of those who watch the health
    /// are ended, since they never end on their own.
    pub async fn drain(mut self) {
        // Nobody listens if it has ended.
        let _ = self.drain.send(true);
        for name in health_names() {
            self.health.clear_service_status(name).await;
        }
        // It was asked to end; how it does is of no interest.
        let _ = (&mut self.task).await;
    }
}

impl Drop for GrpcServer {
    fn drop(&mut self) {
        self.budgets.iter().for_each(JoinHandle::abort);
    }
}

/// What stands between a caller and the services.
pub struct Door {
    /// Who may call.
    pub keys: Keys,
    /// Where changes and refusals are noted.
    pub audit: Audit,
    /// What the service proves who it is with.
    pub tls: Option<Tls>,
}

/// The ways in, told apart by the form of the body.
#[derive(Clone)]
struct Doors {
    grpc: Router,
    /// gRPC-Web: the same in the bodies of browsers, which know no trailers.
    grpc_web: GrpcWebService<Router>,
    rest: Arc<Rest>,
    /// The page, if it is switched on.
    web: Option<Arc<Web>>,
}

async fn enter(
    State(doors): State<Doors>,
    Extension(connection): Extension<Arc<Connection>>,
    request: Request,
) -> Response {
    let form = request.headers().get(CONTENT_TYPE);
    let form = form.map_or(&b""[..], HeaderValue::as_bytes);
    if form.starts_with(b"application/grpc-web") {
        let Ok(answer) = doors.grpc_web.oneshot(request).await;
        answer.map(Body::new)
    } else if form.starts_with(b"application/grpc") && request.version() == Version::HTTP_2 {
        let Ok(answer) = doors.grpc.oneshot(request).await;
        answer
    } else if let Some(web) = doors.web.filter(|_| Web::serves(request.uri().path())) {
        web.answer(connection, request).await
    } else {
        doors.rest.answer(connection, request).await
    }
}

/// Lets pages of the listed origins call, if there are any.
fn cors(config: &Config) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = config
        .rest
        .origins()
        .filter_map(|origin| origin.parse().ok())
        .collect();
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST, Method::DELETE])
            .allow_headers(ALLOWED_HEADERS.map(HeaderName::from_static))
            .expose_headers(EXPOSED_HEADERS.map(HeaderName::from_static))
            .max_age(PREFLIGHT_AGE)
    })
}

fn admission(
    context: &Context,
    door: Door,
    config: &Config,
) -> Result<Admission, prost::DecodeError> {
    let (limits, metrics) = (config.limits.clone(), context.metrics.clone());
    let unfinished = Budget::new(
        limits.unfinished_bytes_max,
        // Twice what ends a call or a stream anyway.
        2 * Duration::from_millis(limits.idle_ms_max.max(limits.deadline_ms)),
        metrics.unfinished_bytes.clone(),
    );
    let unread = Budget::new(
        limits.unread_bytes_max,
        Duration::from_millis(limits.unread_ms_max),
        metrics.unread_bytes.clone(),
    );
    Ok(Admission {
        methods: Methods::new()?,
        keys: door.keys,
        audit: door.audit,
        pool: Arc::clone(&context.pool),
        feeds: Arc::new(Semaphore::new(limits.feeds_max)),
        limits,
        unfinished,
        unread,
        metrics,
    })
}

fn rules(config: &Config, tls: Option<Tls>) -> Rules {
    let grpc = &config.grpc;
    Rules {
        connections_max: connections::connections_max(grpc.connections_max),
        streams_max: grpc.concurrent_streams_max,
        first_call: Duration::from_secs(grpc.first_call_seconds_max),
        keepalive: Duration::from_secs(grpc.keepalive_seconds),
        age_max: Duration::from_secs(grpc.connection_seconds_max),
        grace: Duration::from_millis(config.shutdown.grace_ms),
        tls,
    }
}

/// The names under which the health service knows us; the empty one is the whole.
fn health_names() -> impl Iterator<Item = &'static str> {
    std::iter::once("").chain(rpc::SERVICES)
}
