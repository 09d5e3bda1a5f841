//! How many credentials a second are taken and kept, what do requests feel of it, and how long does a start take?
//!
//! `cargo bench --bench writes [-- N]`: full ESCO 1.1.1, a catalogue of N credentials (100,000 unless given), then further ones whose outcomes are linked. Every
//! commit is on disk when it counts. Prints medians and 99th percentiles of requests, one after the other, without writes and during them.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench may stop with a message"
)]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use skillgap::Limits;
use skillgap::api::{View, answer_json, recommend_credentials};
use skillgap::config::Policy;
use skillgap::engine::Watch;
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Change, Store, build};
use skillgap_credentials::credential::Credential;
use support::{ads, credentials, esco, percentile, timed};

/// Changes of one commit, as the service takes them when many wait.
const GROUP: usize = 400;
/// Groups, and changes that come alone.
const GROUPS: usize = 10;
const ALONE: usize = 50;
const REQUESTS: usize = 300;

fn main() {
    let size = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(100_000);
    let directory = tempfile::tempdir().unwrap();
    build(directory.path(), esco(), credentials(size), &|_, _, _| {}).unwrap();
    println!("{size} credentials");
    let mut store = opened(directory.path(), "as built");
    let changes = further(size);
    let requests: Vec<String> = ads(REQUESTS)
        .iter()
        .map(|ad| serde_json::json!({"ad": ad, "topK": 10, "persona": "unemployed"}).to_string())
        .collect();

    let snapshot = store.snapshot();
    recommend(&snapshot, &requests[0]);
    print(
        "requests without writes",
        &timed(&requests, |request| recommend(&snapshot, request)),
    );

    let (shown, ended) = (RwLock::new(snapshot), AtomicBool::new(false));
    let during = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut times, mut at) = (Vec::new(), 0);
            while !ended.load(Ordering::Relaxed) {
                let pinned = Arc::clone(&shown.read().unwrap());
                let started = Instant::now();
                recommend(&pinned, &requests[at % requests.len()]);
                times.push(started.elapsed());
                at += 1;
            }
            times.sort();
            times
        });
        write(&mut store, &changes, &shown);
        ended.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    print(&format!("{} requests during writes", during.len()), &during);
    drop(store);
    opened(directory.path(), "after the writes");
}

/// Groups first, then changes one by one, each on disk before the next.
fn write(store: &mut Store, changes: &[Credential], shown: &RwLock<Arc<Catalogue>>) {
    let threads = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let mut apply = |credentials: &[Credential]| {
        let changes = credentials
            .iter()
            .cloned()
            .map(|credential| Change::Upsert(Box::new(credential)))
            .collect();
        threads.install(|| store.apply(changes)).unwrap();
        *shown.write().unwrap() = store.snapshot();
    };
    let (grouped, alone) = changes.split_at(GROUP * GROUPS);
    let started = Instant::now();
    let groups: Vec<&[Credential]> = grouped.chunks(GROUP).collect();
    let times = timed(&groups, |group| apply(group));
    println!(
        "  groups of {GROUP}: {:.0} credentials a second",
        grouped.len() as f64 / started.elapsed().as_secs_f64()
    );
    print("commit of a group", &times);
    print(
        "commit of one",
        &timed(alone, |credential| apply(std::slice::from_ref(credential))),
    );
}

fn opened(directory: &std::path::Path, when: &str) -> Store {
    let started = Instant::now();
    let (store, _) = Store::open(directory).unwrap();
    let n_credentials = store.snapshot().manifest.counts["credentials"];
    println!(
        "  verified and opened for writing {when} in {:.0} ms ({n_credentials} credentials)",
        started.elapsed().as_secs_f64() * 1e3
    );
    store
}

/// New credentials, and every fourth time one that is there already, changed.
fn further(size: usize) -> Vec<Credential> {
    let mut made = credentials(GROUP * GROUPS + ALONE);
    for (at, credential) in made.iter_mut().enumerate() {
        credential.workload.get_or_insert_default().hours = Some(at as f64 + 0.5);
        if at % 4 != 0 || at >= size {
            credential.id = format!("new{at:06}");
        }
    }
    made
}

fn recommend(catalogue: &Catalogue, request: &str) {
    let view = View {
        catalogue,
        limits: &Limits::default(),
        policy: &Policy::default(),
        today: 20_779,
        market: None,
        unheard_seconds: None,
        watch: &Watch::unlimited(),
    };
    let request = serde_json::from_str(request).unwrap();
    answer_json(&view, recommend_credentials, request).unwrap();
}

fn print(name: &str, times: &[Duration]) {
    println!(
        "  {name:<34} p50 {:6.2} ms  p99 {:6.2} ms",
        percentile(times, 50),
        percentile(times, 99)
    );
}
