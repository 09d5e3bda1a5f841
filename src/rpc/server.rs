//! What listens on the port? The three services, health and reflection, all with the same limit on messages.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tonic::server::NamedService;
use tonic::transport::Server;
use tonic::transport::server::{Router, TcpIncoming};
use tonic_health::ServingStatus;
use tonic_health::server::{HealthReporter, health_reporter};
use tower::layer::util::{Identity, Stack};

use super::call::Context;
use super::catalogue::Catalogues;
use super::matching::Matching;
use super::observe::ObserveLayer;
use super::skills::Skills;
use super::wire::FILE_DESCRIPTOR_SET;
use super::wire::catalogue_service_server::CatalogueServiceServer;
use super::wire::matching_service_server::MatchingServiceServer;
use super::wire::skills_service_server::SkillsServiceServer;
use crate::config::Grpc;

/// Bytes of all headers of a call.
const HEADER_BYTES_MAX: u32 = 16 << 10;
/// A connection that does not answer a probe within this time is closed.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// The names under which the health service knows us; the empty one is the whole.
const HEALTH_NAMES: [&str; 4] = [
    "",
    <MatchingServiceServer<Matching> as NamedService>::NAME,
    <SkillsServiceServer<Skills> as NamedService>::NAME,
    <CatalogueServiceServer<Catalogues> as NamedService>::NAME,
];

/// What the health service says.
pub struct Health(HealthReporter);

impl Health {
    async fn open() -> (Self, tonic_health::pb::health_server::HealthServer<impl tonic_health::pb::health_server::Health>) {
        let (reporter, server) = health_reporter();
        for name in HEALTH_NAMES {
            reporter.set_service_status(name, ServingStatus::Serving).await;
        }
        (Self(reporter), server)
    }

    /// Says NOT_SERVING from now on.
    pub async fn drain(&self) {
        for name in HEALTH_NAMES {
            self.0.set_service_status(name, ServingStatus::NotServing).await;
        }
    }

    /// Ends the streams of those who watch, since these would never end on their own.
    pub async fn close(mut self) {
        for name in HEALTH_NAMES {
            self.0.clear_service_status(name).await;
        }
    }
}

/// Puts the services together.
///
/// # Errors
/// None but for a fault in the generated descriptors, which every test of the service rules out.
pub async fn router(
    context: Context,
    grpc: &Grpc,
) -> Result<(Health, Router<Stack<ObserveLayer, Identity>>), tonic_reflection::server::Error> {
    let message_bytes_max = context.limits.message_bytes_max;
    let layer = ObserveLayer { metrics: context.metrics.clone() };
    let context = Arc::new(context);
    let (health, health_server) = Health::open().await;
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
        .add_service(health_server.max_decoding_message_size(message_bytes_max))
        .add_service(reflection.max_decoding_message_size(message_bytes_max))
        .add_service(MatchingServiceServer::new(Matching(Arc::clone(&context))).max_decoding_message_size(message_bytes_max))
        .add_service(SkillsServiceServer::new(Skills(Arc::clone(&context))).max_decoding_message_size(message_bytes_max))
        .add_service(CatalogueServiceServer::new(Catalogues(context)).max_decoding_message_size(message_bytes_max));
    Ok((health, router))
}

/// The connections of a port.
pub fn incoming(listener: TcpListener, grpc: &Grpc) -> TcpIncoming {
    TcpIncoming::from(listener).with_nodelay(Some(true)).with_keepalive(Some(Duration::from_secs(grpc.keepalive_seconds)))
}
