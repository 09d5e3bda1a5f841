//! What an operator sees: health, reflection, metrics, logs, the admin port.

use skillgap::api::wire::{
    ExtractDemandRequest, GetSkillRequest, LinkTextRequest, RecommendCredentialsRequest,
    SearchSkillsRequest,
};
use skillgap::serve::{ServeError, Source, start};
use tokio_stream::StreamExt;
use tonic::Request;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1alpha;

use crate::support::{AD, Service, ad_target, config, logged, starter_catalogue};

#[tokio::test]
async fn health_says_serving_for_the_whole_and_each_service() {
    let service = Service::start().await;
    let mut health = HealthClient::new(service.channel.clone());
    for name in [
        "",
        "skillgap.v1.MatchingService",
        "skillgap.v1.SkillsService",
        "skillgap.v1.CatalogueService",
    ] {
        let answer = health
            .check(HealthCheckRequest {
                service: name.to_owned(),
            })
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{name}");
    }
}

#[tokio::test]
async fn reflection_lists_the_services() {
    let service = Service::start().await;
    let question = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let questions = tokio_stream::once(question);
    let mut answers = ServerReflectionClient::new(service.channel.clone())
        .server_reflection_info(questions)
        .await
        .unwrap()
        .into_inner();
    let Some(MessageResponse::ListServicesResponse(list)) =
        answers.next().await.unwrap().unwrap().message_response
    else {
        panic!("no list")
    };
    let mut names: Vec<String> = list
        .service
        .into_iter()
        .map(|service| service.name)
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "skillgap.v1.CatalogueService",
            "skillgap.v1.MarketService",
            "skillgap.v1.MatchingService",
            "skillgap.v1.SkillsService"
        ]
    );
}

#[tokio::test]
async fn reflection_is_there_in_the_version_that_most_tools_ask_for() {
    let service = Service::start().await;
    let question = v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(
            v1alpha::server_reflection_request::MessageRequest::ListServices(String::new()),
        ),
    };
    let mut answers =
        v1alpha::server_reflection_client::ServerReflectionClient::new(service.channel.clone())
            .server_reflection_info(tokio_stream::once(question))
            .await
            .unwrap()
            .into_inner();
    let answer = answers.next().await.unwrap().unwrap().message_response;
    assert!(
        matches!(
            &answer,
            Some(v1alpha::server_reflection_response::MessageResponse::ListServicesResponse(list))
                if list.service.iter().any(|one| one.name == "skillgap.v1.SkillsService")
        ),
        "{answer:?}"
    );
}

#[tokio::test]
async fn metrics_show_calls_by_method_and_code_stages_pool_and_generation() {
    let service = Service::start().await;
    service
        .matching()
        .recommend_credentials(RecommendCredentialsRequest {
            target: ad_target(AD),
            ..Default::default()
        })
        .await
        .unwrap();
    service
        .matching()
        .recommend_credentials(RecommendCredentialsRequest::default())
        .await
        .unwrap_err();
    service
        .skills()
        .get_skill(GetSkillRequest {
            uri: "none".to_owned(),
            ..Default::default()
        })
        .await
        .unwrap_err();
    let (status, text) = service.page("/metrics").await;
    assert_eq!(status, 200);
    for line in [
        "skillgap_requests_total{method=\"skillgap.v1.MatchingService/RecommendCredentials\",scope=\"read\",code=\"ok\"} 1",
        "skillgap_requests_total{method=\"skillgap.v1.MatchingService/RecommendCredentials\",scope=\"read\",code=\"invalid_argument\"} 1",
        "skillgap_requests_total{method=\"skillgap.v1.SkillsService/GetSkill\",scope=\"read\",code=\"not_found\"} 1",
        "skillgap_request_seconds_count{method=\"skillgap.v1.SkillsService/GetSkill\"} 1",
        "skillgap_stage_seconds_count{stage=\"rank\"} 1",
        "skillgap_pool_running 0",
        "skillgap_pool_queued 0",
        "skillgap_credentials 44",
        concat!(
            "skillgap_build_info{version=\"",
            env!("CARGO_PKG_VERSION"),
            "\"} 1"
        ),
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in\n{text}"
        );
    }
    let generation = format!(
        "skillgap_generation{{generation=\"{}\"",
        starter_catalogue().manifest.generation
    );
    assert!(
        text.contains(&generation) && text.contains("skillgap_generation_opened_seconds 1"),
        "{text}"
    );
}

#[tokio::test]
async fn live_and_ready_are_pages_and_others_are_not() {
    let service = Service::start().await;
    assert_eq!(service.page("/live").await, (200, "alive\n".to_owned()));
    assert_eq!(service.page("/ready").await, (200, "ready\n".to_owned()));
    assert_eq!(service.page("/secrets").await.0, 404);
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let service = Service::start().await;
    let mut second = config();
    second.grpc.listen = service.running.grpc;
    let refused = start(second, Source::Opened(starter_catalogue())).await;
    assert!(
        matches!(refused, Err(ServeError::Bind { address, .. }) if address == service.running.grpc)
    );
}

#[tokio::test]
async fn logs_have_methods_and_codes_and_never_what_a_caller_wrote() {
    let service = Service::start().await;
    let secret = |what: &str| format!("unbelievable-secret-{what} weld metal");
    let mut request = Request::new(ExtractDemandRequest {
        ad: secret("ad"),
        ..Default::default()
    });
    request.metadata_mut().insert(
        "traceparent",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            .parse()
            .unwrap(),
    );
    service.matching().extract_demand(request).await.unwrap();
    let profile = skillgap::api::wire::Profile {
        text: Some(secret("profile")),
        credentials: vec![secret("credential")],
        ..Default::default()
    };
    service
        .matching()
        .recommend_credentials(RecommendCredentialsRequest {
            target: ad_target(&secret("ad")),
            profile: Some(profile),
            ..Default::default()
        })
        .await
        .unwrap_err();
    service
        .skills()
        .search_skills(SearchSkillsRequest {
            text: secret("query"),
            ..Default::default()
        })
        .await
        .unwrap();
    service
        .skills()
        .link_text(LinkTextRequest {
            text: secret("text"),
            ..Default::default()
        })
        .await
        .unwrap();
    service.running.stop().await.unwrap();
    let logs = logged();
    let ended = logs
        .lines()
        .find(|line| {
            line.contains("4bf92f3577b34da6a3ce929d0e0e4736") && line.contains("call ended")
        })
        .expect("a line for the call");
    assert!(
        ended.contains("skillgap.v1.MatchingService/ExtractDemand")
            && ended.contains("code=\"ok\"")
            && ended.contains("request_bytes="),
        "{ended}"
    );
    let told = logs
        .lines()
        .find(|line| line.contains("unbelievable-secret"));
    assert_eq!(told, None);
}
