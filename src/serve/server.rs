//! What listens on the port? The three services, health and reflection, all with the same limit on messages.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::Server;
use tonic::transport::server::{Router, TcpIncoming};
use tonic_health::ServingStatus;
use tonic_health::server::{HealthReporter, health_reporter};
use tower::layer::util::{Identity, Stack};

use super::observe::ObserveLayer;
use crate::config::Grpc;
use crate::rpc::wire::FILE_DESCRIPTOR_SET;
use crate::rpc::{self, Context};

/// Bytes of all headers of a call.
const HEADER_BYTES_MAX: u32 = 16 << 10;
/// A connection that does not answer a probe within this time is closed.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// The server on the port of the service.
pub struct GrpcServer {
    health: HealthReporter,
    drain: oneshot::Sender<()>,
    task: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl GrpcServer {
    /// Takes calls from now on.
    ///
    /// # Errors
    /// None but for a fault in the generated descriptors, which every test of the service rules out.
    pub async fn start(
        context: Context,
        listener: TcpListener,
        grpc: &Grpc,
    ) -> Result<Self, tonic_reflection::server::Error> {
        let (health, health_server) = health_reporter();
        for name in health_names() {
            health
                .set_service_status(name, ServingStatus::Serving)
                .await;
        }
        let bytes_max = context.limits.message_bytes_max;
        let (drain, drained) = oneshot::channel::<()>();
        let router =
            router(context, grpc)?.add_service(health_server.max_decoding_message_size(bytes_max));
        let keepalive = Some(Duration::from_secs(grpc.keepalive_seconds));
        let connections = TcpIncoming::from(listener)
            .with_nodelay(Some(true))
            .with_keepalive(keepalive);
        let task = tokio::spawn(
            router.serve_with_incoming_shutdown(connections, async move {
                // A sender that is dropped drains, too.
                let _ = drained.await;
            }),
        );
        Ok(Self {
            health,
            drain,
            task,
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

    /// Takes no new calls and waits for the running ones. Streams of those who watch the health are ended, since they never end on their own.
    pub async fn drain(mut self) {
        drop(self.drain);
        for name in health_names() {
            self.health.clear_service_status(name).await;
        }
        // It was asked to end; how it does is of no interest.
        let _ = self.task.await;
    }
}

/// Puts all services but health together.
fn router(
    context: Context,
    grpc: &Grpc,
) -> Result<Router<Stack<ObserveLayer, Identity>>, tonic_reflection::server::Error> {
    let bytes_max = context.limits.message_bytes_max;
    let layer = ObserveLayer {
        metrics: context.metrics.clone(),
    };
    let context = Arc::new(context);
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let router = Server::builder()
        .max_concurrent_streams(grpc.concurrent_streams_max)
        .http2_keepalive_interval(Some(Duration::from_secs(grpc.keepalive_seconds)))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        .http2_max_header_list_size(HEADER_BYTES_MAX)
        .layer(layer)
        .add_routes(rpc::routes(context, bytes_max))
        .add_service(reflection.max_decoding_message_size(bytes_max));
    Ok(router)
}

/// The names under which the health service knows us; the empty one is the whole.
fn health_names() -> impl Iterator<Item = &'static str> {
    std::iter::once("").chain(rpc::SERVICES)
}
