//! A feed of requests: answers in order, errors in their place, and an end when the caller goes away.

use std::time::Duration;

use skillgap::api::wire::stream_recommendations_response::Result as Answered;
use skillgap::api::wire::{RecommendCredentialsRequest, StreamRecommendationsRequest};
use skillgap::serve::Source;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;
use tonic_types::StatusExt;

use crate::support::{AD, Service, ad_target, config, starter_catalogue};

fn marked(at: u32, request: RecommendCredentialsRequest) -> StreamRecommendationsRequest {
    StreamRecommendationsRequest {
        request_id: Some(format!("mark {at}")),
        request: Some(request),
    }
}

fn request(top_k: u32) -> StreamRecommendationsRequest {
    let request = RecommendCredentialsRequest {
        target: ad_target(AD),
        top_k,
        ..Default::default()
    };
    marked(top_k, request)
}

#[tokio::test]
async fn answers_come_in_order_with_errors_in_their_place() {
    let service = Service::start().await;
    let requests: Vec<_> = (0..12)
        .map(|at| {
            if at % 5 == 3 {
                marked(at, RecommendCredentialsRequest::default())
            } else {
                request(1 + at % 3)
            }
        })
        .collect();
    let mut answers = service
        .matching()
        .stream_recommendations(tokio_stream::iter(requests))
        .await
        .unwrap()
        .into_inner();
    for at in 0..12 {
        let answer = answers.next().await.unwrap().unwrap();
        assert_eq!(answer.position, u64::from(at));
        match answer.result.unwrap() {
            Answered::Error(error) => {
                let status = error.to_status();
                let violations = status.get_details_bad_request().unwrap().field_violations;
                assert_eq!(
                    (at % 5, status.code(), violations[0].field.as_str()),
                    (3, Code::InvalidArgument, "target")
                );
                assert_eq!(answer.request_id, Some(format!("mark {at}")));
            }
            Answered::Response(response) => {
                assert_eq!(response.recommendations.len() as u32, 1 + at % 3);
            }
        }
    }
    assert!(answers.next().await.is_none());
}

#[tokio::test]
async fn a_feed_waits_for_a_place_and_is_read_as_fast_as_it_is_answered() {
    let service = Service::narrow(0).await;
    let busy = service.occupy().await;
    let (send, requests) = mpsc::channel(1);
    let mut answers = service
        .matching()
        .stream_recommendations(ReceiverStream::new(requests))
        .await
        .unwrap()
        .into_inner();
    send.send(request(1)).await.unwrap();
    service.until_metric("skillgap_pool_queued", 1.0).await;
    drop(busy);
    assert!(
        matches!(
            answers.next().await.unwrap().unwrap().result,
            Some(Answered::Response(_))
        ),
        "a feed is not refused because the pool is full for a moment"
    );
    drop(send);
    assert!(answers.next().await.is_none());
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_nothing_behind() {
    let service = Service::start().await;
    let requests = tokio_stream::iter(std::iter::repeat_n(request(5), 1_000));
    let mut answers = service
        .matching()
        .stream_recommendations(requests)
        .await
        .unwrap()
        .into_inner();
    answers.next().await.unwrap().unwrap();
    drop(answers);
    let quiet = async {
        loop {
            let before = service.metric("skillgap_stage_seconds_count{stage=\"demand\"}");
            tokio::time::sleep(Duration::from_millis(300)).await;
            if before == service.metric("skillgap_stage_seconds_count{stage=\"demand\"}") {
                return before;
            }
        }
    };
    let answered = tokio::time::timeout(Duration::from_secs(30), quiet)
        .await
        .expect("work goes on without a caller");
    assert!(answered < 1_000.0, "{answered}");
}

#[tokio::test]
async fn a_feed_is_counted_by_what_became_of_it() {
    let mut config = config();
    config.limits.idle_ms_max = 50;
    let service = Service::start_with(config, Source::Opened(starter_catalogue())).await;
    let (_send, requests) = mpsc::channel::<StreamRecommendationsRequest>(1);
    let mut answers = service
        .matching()
        .stream_recommendations(ReceiverStream::new(requests))
        .await
        .unwrap()
        .into_inner();
    let status = answers.next().await.unwrap().unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "it says nothing");
    let method = "skillgap.v1.MatchingService/StreamRecommendations";
    let count = |code: &str| {
        format!("skillgap_requests_total{{method=\"{method}\",scope=\"stream\",code=\"{code}\"}}")
    };
    service.until_metric(&count("deadline_exceeded"), 1.0).await;
    assert_eq!(service.metric(&count("ok")), 0.0);
}

#[tokio::test]
async fn feeds_are_refused_beyond_the_most_of_one_connection() {
    let service = Service::start().await;
    let mut open = Vec::new();
    let code = loop {
        let (send, requests) = mpsc::channel::<StreamRecommendationsRequest>(1);
        let opened = service
            .matching()
            .stream_recommendations(ReceiverStream::new(requests))
            .await;
        match opened {
            Ok(answers) => open.push((send, answers)),
            Err(status) => break status.code(),
        }
    };
    assert_eq!((open.len(), code), (4, Code::ResourceExhausted));
    drop(open);
    service.until_metric("skillgap_feeds", 0.0).await;
}
