//! The server on the port of the service: all services, health and reflection, with the layers that every call has to pass.
//!
//! From the outside in: the limit of connections ([`super::connections`]), TLS where there will be some, then [`super::admission`].

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tonic_health::ServingStatus;
use tonic_health::server::{HealthReporter, health_reporter};

use super::admission::{Admission, admit};
use super::budget::Budget;
use super::connections::{self, Rules};
use super::methods::Methods;
use crate::api::wire::FILE_DESCRIPTOR_SET;
use crate::config::Config;
use crate::rpc::{self, Context};

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
        config: &Config,
    ) -> Result<Self, tonic_reflection::server::Error> {
        let (health, health_server) = health_reporter();
        for name in health_names() {
            health
                .set_service_status(name, ServingStatus::Serving)
                .await;
        }
        let (drain, drained) = watch::channel(false);
        let admission = admission(&context, config)?;
        let budgets = [&admission.unfinished, &admission.unread]
            .map(|budget| tokio::spawn(Arc::clone(budget).watch()));
        let metrics = context.metrics.clone();
        let reflection = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        let routes = rpc::routes(Arc::new(context))
            .add_service(reflection().build_v1()?)
            .add_service(reflection().build_v1alpha()?)
            .add_service(health_server);
        let router: Router = routes
            .prepare()
            .into_axum_router()
            .layer(from_fn_with_state(Arc::new(admission), admit));
        let task = tokio::spawn(connections::serve(
            listener,
            router,
            rules(config),
            metrics,
            drained,
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

fn admission(context: &Context, config: &Config) -> Result<Admission, prost::DecodeError> {
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
        pool: Arc::clone(&context.pool),
        feeds: Arc::new(Semaphore::new(limits.feeds_max)),
        limits,
        unfinished,
        unread,
        metrics,
    })
}

fn rules(config: &Config) -> Rules {
    let grpc = &config.grpc;
    Rules {
        connections_max: connections::connections_max(grpc.connections_max),
        streams_max: grpc.concurrent_streams_max,
        first_call: Duration::from_secs(grpc.first_call_seconds_max),
        keepalive: Duration::from_secs(grpc.keepalive_seconds),
        age_max: Duration::from_secs(grpc.connection_seconds_max),
        grace: Duration::from_millis(config.shutdown.grace_ms),
        http1: false,
    }
}

/// The names under which the health service knows us; the empty one is the whole.
fn health_names() -> impl Iterator<Item = &'static str> {
    std::iter::once("").chain(rpc::SERVICES)
}
