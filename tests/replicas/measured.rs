//! The figures of docs/replicas.md, measured on this machine: `SKILLGAP_REPLICA_MEASURE=1 cargo test --release --test replicas -- --nocapture measured`.

use std::time::{Duration, Instant};

use skillgap_catalogue::{build, starter_esco};
use tokio::time::sleep;

use crate::replica::Replica;

use crate::{World, credential, read, support};

const CREDENTIALS: usize = 100_000;
const CHANGES: u64 = 6_000;
const TOGETHER: u64 = 100;
const CALLERS: u64 = 4;

/// Changes a second that a replica acknowledges, in batches, by some callers.
async fn changes_a_second(replica: &Replica, from: u64) -> f64 {
    let began = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let mut client = replica.client();
            tokio::spawn(async move {
                for batch in 0..CHANGES / CALLERS / TOGETHER {
                    let first = from + caller * 1_000_000 + batch * TOGETHER;
                    let batch = (first..first + TOGETHER).map(|at| {
                        let mut one = credential(&format!("c{at}"), Some(1));
                        one.outcomes[0].text =
                            support::en(&format!("plan the maintenance of pumps and valves {at}"));
                        one
                    });
                    support::upsert(&mut client, batch.collect()).await.unwrap();
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    CHANGES as f64 / began.elapsed().as_secs_f64()
}

/// The 99th percentile of reads of one credential for some seconds.
async fn read_p99(replica: &Replica, id: &str, time: Duration) -> Duration {
    let (mut took, began) = (Vec::new(), Instant::now());
    while began.elapsed() < time {
        let one = Instant::now();
        read(replica, id, 0).await.unwrap();
        took.push(one.elapsed());
        sleep(Duration::from_millis(2)).await;
    }
    took.sort();
    took[took.len() * 99 / 100]
}

#[tokio::test(flavor = "multi_thread")]
async fn measured() {
    if std::env::var_os("SKILLGAP_REPLICA_MEASURE").is_none() {
        println!("skipped: SKILLGAP_REPLICA_MEASURE is not set");
        return;
    }
    let Some(mut world) = World::new("").await else {
        return;
    };
    let mut alone = Replica::new("", "");
    build(
        &alone.data(),
        starter_esco().unwrap(),
        Vec::new(),
        &|_, _, _| {},
    )
    .unwrap();
    alone.start().await;
    let mut on_log = Replica::new(&world.servers.addresses(), "catalogue = 'one'");
    build(
        &on_log.data(),
        starter_esco().unwrap(),
        Vec::new(),
        &|_, _, _| {},
    )
    .unwrap();
    on_log.rebuild(&[]).await;
    on_log.start().await;
    for replica in &mut world.replicas {
        replica.kill().await;
    }
    let mut three: Vec<Replica> = (0..2)
        .map(|_| Replica::new(&world.servers.addresses(), "catalogue = 'one'"))
        .collect();
    for turn in 0..3_u64 {
        let from = turn * 10_000_000;
        let one = changes_a_second(&alone, from).await;
        let logged = changes_a_second(&on_log, from).await;
        for replica in &mut three {
            replica.start().await;
        }
        sleep(Duration::from_secs(4)).await;
        let by_three = changes_a_second(&on_log, from + 5_000_000).await;
        for replica in &mut three {
            replica.kill().await;
        }
        println!(
            "turn {turn}: {one:.0} changes/s by one machine, {logged:.0} through the log, {by_three:.0} with three replicas on this machine"
        );
    }
    alone.kill().await;
    on_log.kill().await;
    let large = Replica::new(&world.servers.addresses(), "catalogue = 'large'");
    let all = (0..CREDENTIALS)
        .map(|at| credential(&format!("c{at}"), Some(1)))
        .collect();
    build(&large.data(), starter_esco().unwrap(), all, &|_, _, _| {}).unwrap();
    let began = Instant::now();
    large.rebuild(&[]).await;
    println!(
        "log made from {CREDENTIALS} credentials in {:.1} s",
        began.elapsed().as_secs_f64()
    );
    let mut fresh = Replica::new(&world.servers.addresses(), "catalogue = 'large'");
    let began = Instant::now();
    fresh.start().await;
    println!(
        "a replica from nothing with {CREDENTIALS} credentials serves after {:.1} s",
        began.elapsed().as_secs_f64()
    );
    println!("resident memory: {} MiB", fresh.resident_kib() / 1_024);
    let calm = read_p99(&fresh, "c7", Duration::from_secs(5)).await;
    fresh.kill().await;
    let mut writer = large;
    writer.start().await;
    changes_a_second(&writer, 50_000_000).await;
    writer.kill().await;
    fresh.start().await;
    let busy = read_p99(&fresh, "c7", Duration::from_secs(3)).await;
    println!(
        "p99 of reads: {calm:?} without changes, {busy:?} while {CHANGES} changes are caught up"
    );
}
