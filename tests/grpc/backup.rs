//! Backup while the service writes: each copy is whole, serves, and holds all that was acknowledged before it was begun.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use skillgap::api::wire::{Credential, Outcome};
use skillgap::serve::Source;
use skillgap_catalogue::{self as catalogue, backup};

use crate::support::{Service, config, en, get, small_generation, tally, upsert};

/// Copies that are made.
const COPIES: usize = 12;
/// Credentials of one write.
const TOGETHER: usize = 5;

fn credential(number: usize) -> Credential {
    let outcomes = vec![Outcome {
        text: en("weld metal"),
        skills: Vec::new(),
    }];
    Credential {
        id: format!("c{number:05}"),
        title: en(&format!("Course {number}")),
        outcomes,
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_made_while_writing_hold_all_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    small_generation(&data, &["a"]);
    let service = Service::start_with(config(), Source::DataDir(data.clone())).await;
    let (acknowledged, ended) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let writer = tokio::spawn({
        let (mut client, acknowledged, ended) = (
            service.catalogue(),
            Arc::clone(&acknowledged),
            Arc::clone(&ended),
        );
        async move {
            let mut written = 0;
            while !ended.load(Ordering::SeqCst) {
                let batch = (written..written + TOGETHER).map(credential).collect();
                let answer = upsert(&mut client, batch).await.unwrap();
                assert_eq!(tally(&answer), [TOGETHER, 0, 0]);
                written += TOGETHER;
                acknowledged.store(written, Ordering::SeqCst);
            }
        }
    });
    let mut held = Vec::new();
    for copy in 0..COPIES {
        let to = dir.path().join(format!("copy{copy}"));
        let before = acknowledged.load(Ordering::SeqCst);
        let from = data.clone();
        let target = to.clone();
        let copied = tokio::task::spawn_blocking(move || backup(&from, &target))
            .await
            .unwrap()
            .unwrap();
        held.push((to, before, copied.manifest.counts["credentials"]));
    }
    // The last copies are of a catalogue that has grown since the first.
    while acknowledged.load(Ordering::SeqCst) < 10 * TOGETHER {
        tokio::task::yield_now().await;
    }
    ended.store(true, Ordering::SeqCst);
    writer.await.unwrap();
    for (to, before, counted) in &held {
        let checked = catalogue::open(to).unwrap();
        assert_eq!(checked.manifest.counts["credentials"], *counted);
        assert!(
            *counted > *before as u64,
            "{counted} with what was built, {before} acknowledged before"
        );
        for number in 0..*before {
            assert!(
                checked
                    .credentials
                    .get(&format!("c{number:05}"))
                    .unwrap()
                    .is_some(),
                "{number} of {before}"
            );
        }
    }
    // A copy serves, and takes changes, without a change to what it was copied from.
    let (last, before, counted) = held.last().unwrap();
    let restored = Service::start_with(config(), Source::DataDir(last.clone())).await;
    if let Some(number) = before.checked_sub(1) {
        restored
            .catalogue()
            .get_credential(get(&format!("c{number:05}")))
            .await
            .unwrap();
    }
    let answer = upsert(&mut restored.catalogue(), vec![credential(99_999)]).await;
    assert_eq!(tally(&answer.unwrap()), [1, 0, 0]);
    assert_eq!(
        catalogue::open(last).unwrap().manifest.counts["credentials"],
        counted + 1
    );
    assert!(
        catalogue::open(&data)
            .unwrap()
            .credentials
            .get("c99999")
            .unwrap()
            .is_none()
    );
}
