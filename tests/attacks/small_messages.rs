//! Honest feeds of small messages, one DATA frame each, sent faster than they are answered: all are answered, however small.

use prost::bytes::Bytes;
use tokio::task::JoinSet;

use crate::support::{FEED, Program, alone, fed, framed, open, raw, read, small};

async fn check(n_feeds: usize, n_messages: usize, message: Bytes) {
    let program = Program::start(&[]).await;
    let connection = raw(&program.grpc, 1 << 20).await;
    let mut feeds = JoinSet::new();
    for _ in 0..n_feeds {
        let (response, mut send) = open(&connection, FEED).await;
        for at in 0..n_messages {
            send.send_data(message.clone(), at + 1 == n_messages)
                .unwrap();
        }
        feeds.spawn(read(response));
    }
    let answered = feeds.join_all().await;
    println!(
        "{n_feeds} feeds of {n_messages} messages of {} bytes: {answered:?}, {:.0} MiB",
        message.len(),
        program.mib()
    );
    assert!(
        answered
            .iter()
            .all(|answered| *answered == (n_messages, Some(0)))
    );
}

#[tokio::test]
async fn two_feeds_on_one_connection_are_answered_to_the_end() {
    let _alone = alone().await;
    check(2, 12_000, framed(&fed(small()))).await;
}

#[tokio::test]
async fn as_many_feeds_of_the_smallest_messages_as_a_connection_has_are_answered_to_the_end() {
    let _alone = alone().await;
    check(4, 20_000, framed(&())).await;
}
