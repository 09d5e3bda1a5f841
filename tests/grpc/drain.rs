//! The end of the service: it says so, takes nothing new, and finishes what runs.

use std::time::Duration;

use skillgap::api::wire::stream_recommendations_response::Result as Answered;
use skillgap::api::wire::{
    ExtractDemandRequest, RecommendCredentialsRequest, StreamRecommendationsRequest,
};
use skillgap::serve::Source;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::support::{AD, Service, ad_target, http_get, narrow, starter_catalogue};

#[tokio::test]
async fn those_who_watch_hear_that_the_service_drains_and_do_not_hold_it_up() {
    let service = Service::start().await;
    let mut watched = HealthClient::new(service.channel.clone())
        .watch(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        watched.next().await.unwrap().unwrap().status(),
        ServingStatus::Serving
    );
    let stopped = tokio::spawn(service.running.stop());
    assert_eq!(
        watched.next().await.unwrap().unwrap().status(),
        ServingStatus::NotServing
    );
    stopped.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_running_call_is_finished_while_the_service_is_not_ready() {
    let service = Service::narrow(1).await;
    let (busy, admin) = (service.occupy().await, service.running.admin.to_string());
    let mut matching = service.matching();
    let call = tokio::spawn(async move {
        matching
            .extract_demand(ExtractDemandRequest {
                ad: AD.to_owned(),
                ..Default::default()
            })
            .await
    });
    service.until_metric("skillgap_pool_queued", 1.0).await;
    let mut watched = HealthClient::new(service.channel.clone())
        .watch(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner();
    watched.next().await.unwrap().unwrap();
    let stopped = tokio::spawn(service.running.stop());
    assert_eq!(
        watched.next().await.unwrap().unwrap().status(),
        ServingStatus::NotServing
    );
    assert_eq!(
        http_get(&admin, "/ready").await.unwrap(),
        (503, "draining\n".to_owned())
    );
    assert_eq!(http_get(&admin, "/live").await.unwrap().0, 200);
    drop(busy);
    assert!(!call.await.unwrap().unwrap().into_inner().demand.is_empty());
    stopped.await.unwrap().unwrap();
    assert!(http_get(&admin, "/live").await.is_err());
}

#[tokio::test]
async fn a_call_that_does_not_end_is_not_waited_for_beyond_the_grace_period() {
    let mut config = narrow(1);
    config.shutdown.grace_ms = 10;
    let service = Service::start_with(config, Source::Opened(starter_catalogue())).await;
    let _busy = service.occupy().await;
    let mut matching = service.matching();
    let call = tokio::spawn(async move {
        matching
            .extract_demand(ExtractDemandRequest {
                ad: AD.to_owned(),
                ..Default::default()
            })
            .await
    });
    service.until_metric("skillgap_pool_queued", 1.0).await;
    service.running.stop().await.unwrap();
    assert!(!call.is_finished());
}

#[tokio::test]
async fn a_feed_ends_after_the_answers_under_way_and_does_not_hold_the_drain_up() {
    let service = Service::narrow(4).await;
    let busy = service.occupy().await;
    let (send, requests) = mpsc::channel(1);
    let mut answers = service
        .matching()
        .stream_recommendations(ReceiverStream::new(requests))
        .await
        .unwrap()
        .into_inner();
    let request = RecommendCredentialsRequest {
        target: ad_target(AD),
        ..Default::default()
    };
    let request = StreamRecommendationsRequest {
        request: Some(request),
        ..Default::default()
    };
    send.send(request).await.unwrap();
    service.until_metric("skillgap_pool_queued", 1.0).await;
    let stopped = tokio::spawn(service.running.stop());
    drop(busy);
    let answer = answers.next().await.unwrap().unwrap();
    assert!(matches!(answer.result, Some(Answered::Response(_))));
    let status = answers.next().await.unwrap().unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    let ended = tokio::time::timeout(Duration::from_secs(20), stopped);
    ended.await.expect("less than the grace").unwrap().unwrap();
}
