//! More than the machine can do: what is accepted is answered, and single short calls go on beside long texts and feeds.

use std::time::Duration;

use skillgap::api::wire::matching_service_client::MatchingServiceClient;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};
use tonic::{Code, Request};

use crate::support::{
    FEED, Program, alone, beside, fed, framed, open, ordinary, raw, read, with_ad_of,
};

#[tokio::test]
async fn long_texts_are_refused_rather_than_given_up_after_waiting() {
    let _alone = alone().await;
    let program = Program::start(&[]).await;
    let client = MatchingServiceClient::connect(format!("http://{}", program.grpc))
        .await
        .unwrap();
    let attack = async {
        let (mut calls, mut ticks) = (JoinSet::new(), interval(Duration::from_millis(25)));
        for _ in 0..320 {
            ticks.tick().await;
            let mut client = client.clone();
            let mut request = Request::new(with_ad_of(60_000));
            request.set_timeout(Duration::from_secs(2));
            calls.spawn(async move {
                client
                    .recommend_credentials(request)
                    .await
                    .map_or_else(|status| status.code(), |_| Code::Ok)
            });
        }
        calls.join_all().await
    };
    let (codes, honest) = beside(&program, attack).await;
    let n_of = |code| codes.iter().filter(|one| **one == code).count();
    let (answered, refused) = (n_of(Code::Ok), n_of(Code::ResourceExhausted));
    println!(
        "320 texts of 60 kB in 8 s, each with 2 s: {answered} answered, {refused} refused, {} ran out of time",
        320 - answered - refused
    );
    assert!(answered > 0 && answered > (320 - answered - refused) / 2);
    assert!(honest.failed.is_empty(), "{:?}", honest.failed);
}

#[tokio::test]
async fn single_calls_are_answered_beside_twenty_feeds() {
    let _alone = alone().await;
    let program = Program::start(&[]).await;
    let message = framed(&fed(ordinary()));
    let attack = async {
        let mut feeds = JoinSet::new();
        for _ in 0..5 {
            let connection = raw(&program.grpc, 1 << 20).await;
            for _ in 0..4 {
                let (response, mut send) = open(&connection, FEED).await;
                for _ in 0..2_000 {
                    send.send_data(message.clone(), false).unwrap();
                }
                feeds.spawn(async move {
                    let answered = read(response).await;
                    drop(send);
                    answered
                });
            }
        }
        sleep(Duration::from_secs(6)).await;
        let n_feeds = program.metric("skillgap_feeds").await;
        feeds.abort_all();
        n_feeds
    };
    let (n_feeds, honest) = beside(&program, attack).await;
    println!(
        "{n_feeds} feeds, {} single calls answered",
        honest.times.len()
    );
    assert_eq!(
        (n_feeds, honest.failed.len()),
        (20.0, 0),
        "{:?}",
        honest.failed
    );
}
