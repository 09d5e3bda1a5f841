//! Messages that are small on the wire and large in memory, and words that are short when typed and long when folded.

use std::time::{Duration, Instant};

use skillgap::api::wire::SearchSkillsRequest;
use skillgap::api::wire::skills_service_client::SkillsServiceClient;
use tokio::task::JoinSet;

use crate::support::{
    Program, RECOMMEND, RESOURCE_EXHAUSTED, alone, beside, framed, many_entries, open, raw, read,
};

#[tokio::test]
async fn a_message_of_empty_entries_is_refused_before_it_is_decoded() {
    let _alone = alone().await;
    let program = Program::start(&[]).await;
    let before = program.mib();
    let message = framed(&many_entries());
    let attack = async {
        let mut calls = JoinSet::new();
        for _ in 0..4 {
            let connection = raw(&program.grpc, 1 << 16).await;
            for _ in 0..50 {
                let (response, mut send) = open(&connection, RECOMMEND).await;
                send.send_data(message.clone(), true).unwrap();
                calls.spawn(read(response));
            }
        }
        calls.join_all().await
    };
    let ((codes, most), _) = beside(&program, program.most_mib(attack)).await;
    let n_refused = codes
        .iter()
        .filter(|(_, code)| *code == Some(RESOURCE_EXHAUSTED))
        .count();
    println!(
        "200 messages of 524,200 empty entries: {before:.0} MiB before, at most {most:.0}, {n_refused} refused"
    );
    assert_eq!(n_refused, 200);
    // Decoded, each would take 70 MiB; half a gigabyte is far above the messages themselves.
    assert!(most - before < 500.0);
}

#[tokio::test]
async fn letters_that_fold_to_many_cost_no_more_than_others() {
    let _alone = alone().await;
    let program = Program::start(&[]).await;
    let address = format!("http://{}", program.grpc);
    let mut client = SkillsServiceClient::connect(address).await.unwrap();
    let mut times = Vec::new();
    for text in ["x".repeat(198), "\u{fdfa}".repeat(66)] {
        let request = SearchSkillsRequest {
            text,
            ..Default::default()
        };
        client.search_skills(request.clone()).await.unwrap();
        // The shortest of some: what else the machine does only makes a search longer.
        let mut shortest = Duration::MAX;
        for _ in 0..15 {
            let started = Instant::now();
            client.search_skills(request.clone()).await.unwrap();
            shortest = shortest.min(started.elapsed());
        }
        times.push(shortest);
    }
    println!(
        "a search for 198 bytes of x takes {:?}, of U+FDFA {:?}",
        times[0], times[1]
    );
    assert!(times[1] < times[0].max(Duration::from_millis(5)) * 5);
}
