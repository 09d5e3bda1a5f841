//! The services of the contract as one table of routes, ready for the server to put its layers around.

use std::sync::Arc;

use tonic::server::NamedService;
use tonic::service::Routes;

use super::call::Context;
use crate::api::grpc::{Catalogues, Markets, Matching, Skills};
use crate::api::wire::catalogue_service_server::CatalogueServiceServer;
use crate::api::wire::market_service_server::MarketServiceServer;
use crate::api::wire::matching_service_server::MatchingServiceServer;
use crate::api::wire::skills_service_server::SkillsServiceServer;

/// The names of the services.
pub const SERVICES: [&str; 4] = [
    <MatchingServiceServer<Matching> as NamedService>::NAME,
    <SkillsServiceServer<Skills> as NamedService>::NAME,
    <CatalogueServiceServer<Catalogues> as NamedService>::NAME,
    <MarketServiceServer<Markets> as NamedService>::NAME,
];

/// All services.
pub fn routes(context: Arc<Context>) -> Routes {
    let bytes_max = context.limits.message_bytes_max;
    let answer_bytes_max = context.limits.answer_bytes_max;
    Routes::new(
        MatchingServiceServer::new(Matching(Arc::clone(&context)))
            .max_decoding_message_size(bytes_max)
            .max_encoding_message_size(answer_bytes_max),
    )
    .add_service(
        SkillsServiceServer::new(Skills(Arc::clone(&context)))
            .max_decoding_message_size(bytes_max)
            .max_encoding_message_size(answer_bytes_max),
    )
    .add_service(
        CatalogueServiceServer::new(Catalogues(Arc::clone(&context)))
            .max_decoding_message_size(bytes_max)
            .max_encoding_message_size(answer_bytes_max),
    )
    .add_service(
        MarketServiceServer::new(Markets(context))
            .max_decoding_message_size(bytes_max)
            .max_encoding_message_size(answer_bytes_max),
    )
}
