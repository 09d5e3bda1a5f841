//! Answers that nobody reads: they have a bound together, and a time.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{
    FEED, Program, RECOMMEND, alone, beside, fed, framed, open, ordinary, raw, read,
};

#[tokio::test]
async fn answers_that_nobody_reads_are_dropped() {
    let _alone = alone().await;
    let settings = [
        ("SKILLGAP__LIMITS__UNREAD_MS_MAX", "1500"),
        ("SKILLGAP__GRPC__CONCURRENT_STREAMS_MAX", "200"),
    ];
    let program = Program::start(&settings).await;
    let before = program.mib();
    let mut request = ordinary();
    (request.top_k, request.plan_pathway) = (100, true);
    let (request, feed) = (framed(&request), framed(&fed(request.clone())));
    let attack = async {
        let mut calls = JoinSet::new();
        for window_bytes in [0, 1, 0] {
            let connection = raw(&program.grpc, window_bytes).await;
            for _ in 0..20 {
                let (response, mut send) = open(&connection, RECOMMEND).await;
                send.send_data(request.clone(), true).unwrap();
                calls.spawn(unread(response));
            }
            let (response, mut send) = open(&connection, FEED).await;
            for _ in 0..20 {
                send.send_data(feed.clone(), false).unwrap();
            }
            calls.spawn(async move {
                unread(response).await;
                drop(send);
            });
        }
        timeout(Duration::from_secs(60), calls.join_all())
            .await
            .expect("streams are cut off")
    };
    let (_, most) = beside(&program, program.most_mib(attack)).await.0;
    println!("63 streams that nobody reads: {before:.0} MiB before, at most {most:.0}");
    // The limit of 128 MiB, and as much again for sockets and for the honest caller's own work.
    assert!(most - before < 256.0);
    program.until_metric("skillgap_unread_bytes", 0.0).await;
    program.until_metric("skillgap_feeds", 0.0).await;
}

/// Waits until a stream that is not read is cut off.
async fn unread(response: h2::client::ResponseFuture) {
    let Ok(response) = response.await else { return };
    // Bytes of a window of one are read, and no more are asked for.
    let mut body = response.into_body();
    while let Some(Ok(_)) = body.data().await {}
}

#[tokio::test]
async fn a_feed_that_says_nothing_ends() {
    let _alone = alone().await;
    let program = Program::start(&[("SKILLGAP__LIMITS__IDLE_MS_MAX", "300")]).await;
    let connection = raw(&program.grpc, 1 << 16).await;
    let (response, _send) = open(&connection, FEED).await;
    let answered = timeout(Duration::from_secs(20), read(response)).await;
    assert_eq!(
        answered.expect("it ends").1,
        Some(crate::support::DEADLINE_EXCEEDED)
    );
}
