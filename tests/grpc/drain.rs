//! The end of the service: it says so, takes nothing new, and finishes what runs.

use skillgap::rpc::wire::ExtractDemandRequest;
use skillgap::serve::Source;
use tokio_stream::StreamExt;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::support::{AD, Service, http_get, narrow, starter_catalogue};

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
    assert!(!call.await.unwrap().unwrap().into_inner().skills.is_empty());
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
