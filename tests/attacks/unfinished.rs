//! Requests that never end: they are given up in time, and all of them together have a bound.

use std::time::Duration;

use prost::bytes::Bytes;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::support::{
    DEADLINE_EXCEEDED, Program, RECOMMEND, RESOURCE_EXHAUSTED, alone, beside, open, raw, read,
};

/// The head of a message of 1 MiB, and all of it but the last byte.
fn unfinished() -> Bytes {
    let mut bytes = vec![0, 0, 0x10, 0, 0];
    bytes.resize((1 << 20) + 4, 0);
    bytes.into()
}

const N_CONNECTIONS: usize = 12;
const N_EACH: usize = 80;

#[tokio::test]
async fn memory_of_requests_without_an_end_has_a_bound() {
    let _alone = alone().await;
    let program = Program::start(&[("SKILLGAP__LIMITS__DEADLINE_MS", "4000")]).await;
    let before = program.mib();
    let attack = async {
        let mut calls = JoinSet::new();
        for _ in 0..N_CONNECTIONS {
            let connection = raw(&program.grpc, 1 << 16).await;
            for _ in 0..N_EACH {
                let (response, mut send) = open(&connection, RECOMMEND).await;
                send.send_data(unfinished(), false).unwrap();
                calls.spawn(async move {
                    let answered = read(response).await.1;
                    drop(send);
                    answered
                });
            }
        }
        timeout(Duration::from_secs(60), calls.join_all())
            .await
            .expect("calls are given up")
    };
    let (((codes, most), _), after) = (
        beside(&program, program.most_mib(attack)).await,
        program.mib(),
    );
    let n_of = |code| codes.iter().filter(|one| **one == Some(code)).count();
    println!(
        "{} requests of 1 MiB without their last byte: {before:.0} MiB before, at most {most:.0}, {after:.0} after; {} gave way, {} ran out of time",
        N_CONNECTIONS * N_EACH,
        n_of(RESOURCE_EXHAUSTED),
        n_of(DEADLINE_EXCEEDED)
    );
    // Kept, they would be the 960 MiB that were sent. Half of that is far above what the limits let
    // in (128 MiB of messages, the sockets, the honest caller's own work), whatever the machine does.
    let sent = (N_CONNECTIONS * N_EACH) as f64;
    assert!(most - before < sent / 2.0);
    program.until_metric("skillgap_unfinished_bytes", 0.0).await;
}

#[tokio::test]
async fn a_request_that_trickles_is_given_up() {
    let _alone = alone().await;
    let program = Program::start(&[("SKILLGAP__LIMITS__DEADLINE_MS", "1000")]).await;
    let connection = raw(&program.grpc, 1 << 16).await;
    let (response, mut send) = open(&connection, RECOMMEND).await;
    let trickle = tokio::spawn(async move {
        for byte in unfinished() {
            if send.send_data(vec![byte].into(), false).is_err() {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
    });
    let answered = timeout(Duration::from_secs(20), read(response)).await;
    assert_eq!(answered.expect("it is given up").1, Some(DEADLINE_EXCEEDED));
    trickle.abort();
}

#[tokio::test]
async fn a_caller_that_goes_away_in_the_middle_has_cancelled() {
    let _alone = alone().await;
    let program = Program::start(&[]).await;
    for _ in 0..20 {
        let connection = raw(&program.grpc, 1 << 16).await;
        let (response, mut send) = open(&connection, RECOMMEND).await;
        send.send_data(unfinished().slice(..1_000), false).unwrap();
        sleep(Duration::from_millis(5)).await;
        drop((response, send, connection));
    }
    let count = |code: &str| {
        format!(
            "skillgap_requests_total{{method=\"{}\",scope=\"read\",code=\"{code}\"}}",
            &RECOMMEND[1..]
        )
    };
    sleep(Duration::from_millis(500)).await;
    let (cancelled, internal) = (
        program.metric(&count("cancelled")).await,
        program.metric(&count("internal")).await,
    );
    println!("20 callers that went away: {cancelled} cancelled, {internal} internal");
    assert!(cancelled > 0.0 && internal == 0.0);
}
