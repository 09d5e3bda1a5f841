//! One fault a test, and what each must look like from outside.

use std::time::{Duration, Instant};

use tonic::Code;

use crate::replica::Replica;
use crate::servers::Servers;
use crate::{World, credential, read, reason, support, upsert};

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_goes_pauses_writes_and_a_majority_that_goes_refuses_them() {
    let Some(mut world) = World::new("").await else {
        return;
    };
    world.write(0, "a", 1).await;
    let mut version = 1;
    for stopped in [false, true] {
        let leader = world.servers.leader("skillgap-main").await;
        match stopped {
            true => world.servers.signal(leader, "-STOP"),
            false => world.servers.kill(leader),
        }
        let began = Instant::now();
        version += 1;
        world.write(1, "a", version).await;
        let pause = began.elapsed();
        println!(
            "writes paused for {pause:?} (leader {})",
            if stopped { "stopped" } else { "killed" }
        );
        match stopped {
            true => world.servers.signal(leader, "-CONT"),
            false => world.servers.start_all().await,
        }
        world.equal(version).await;
    }
    // Two of three are gone: changes are refused, at once when that is known, and reads go on and say how old they are.
    world.servers.kill(0);
    world.servers.kill(1);
    let refused = upsert(&world.replicas[0], vec![credential("b", Some(1))])
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    let mut at_once = Duration::MAX;
    for _ in 0..20 {
        let began = Instant::now();
        let refused = upsert(&world.replicas[0], vec![credential("b", Some(1))])
            .await
            .unwrap_err();
        at_once = began.elapsed();
        if reason(&refused) == "LOG_UNREACHABLE" && at_once < Duration::from_millis(200) {
            break;
        }
    }
    assert!(
        at_once < Duration::from_millis(200),
        "refused after {at_once:?}"
    );
    let request = support::get("a");
    let answer = world.replicas[0]
        .client()
        .get_credential(request)
        .await
        .unwrap()
        .into_inner();
    let snapshot = answer.context.unwrap().snapshot.unwrap();
    assert!(
        snapshot.unheard_seconds.is_some_and(|seconds| seconds >= 9),
        "{snapshot:?}"
    );
    assert_eq!(world.replicas[0].page("/ready").await.0, 200);
    world.servers.start_all().await;
    world.write(0, "b", 2).await;
    world.equal(version + 1).await;
    let answer = read(&world.replicas[2], "b", version + 1).await.unwrap();
    assert_eq!(answer.version, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_lost_its_end_or_everything_is_made_again_from_a_replica() {
    let Some(mut world) = World::new("").await else {
        return;
    };
    for version in 1..=5 {
        world.write(0, "a", version).await;
    }
    world.equal(5).await;
    // One server's store is wiped: it catches up from the others.
    world.servers.kill(1);
    world.servers.wipe(1);
    world.servers.start_all().await;
    world.servers.until_current("skillgap-main").await;
    world.write(1, "a", 6).await;
    world.equal(6).await;
    // All servers go back to what they held before three changes, as after a power cut without syncing.
    let copies = tempfile::tempdir().unwrap();
    world.servers.kill_all();
    world.servers.copy_stores(copies.path(), false);
    world.servers.start_all().await;
    for version in 7..=9 {
        world.write(2, "a", version).await;
    }
    world.equal(9).await;
    world.servers.kill_all();
    world.servers.copy_stores(copies.path(), true);
    world.servers.start_all().await;
    for replica in &world.replicas {
        let said = replica.until_ready_says("stopped").await;
        assert!(said.contains("the log has lost changes"), "{said}");
        assert_eq!(read(replica, "a", 9).await.unwrap().version, Some(9));
    }
    let refused = upsert(&world.replicas[1], vec![credential("a", Some(10))])
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Unavailable, "REPLICA_STOPPED")
    );
    let (done, said) = {
        let data = world.replicas[1].data();
        world.replicas[1]
            .command(&["log", "rebuild", "--from", data.to_str().unwrap()])
            .await
    };
    assert!(
        !done && said.contains("there is a log up to change 6"),
        "{said}"
    );
    world.replicas[1].rebuild(&["--replace"]).await;
    until_all_are_ready(&world.replicas).await;
    world.write(0, "a", 10).await;
    world.equal(10).await;
    // All stores are wiped.
    world.servers.kill_all();
    (0..3).for_each(|at| world.servers.wipe(at));
    world.servers.start_all().await;
    for replica in &world.replicas {
        let said = replica.until_ready_says("stopped").await;
        assert!(said.contains("there is no log"), "{said}");
    }
    // From a replica that was away, and lacks the last change: those that have it do not follow, and say so.
    world.replicas[2].rebuild(&[]).await;
    until_all_are_ready(&world.replicas).await;
    world.write(1, "a", 11).await;
    let (_, held) = world.equal(11).await;
    assert_eq!(held.sequence, 11);
    world.replicas[0].kill().await;
    world.write(1, "a", 12).await;
    world.servers.kill_all();
    (0..3).for_each(|at| world.servers.wipe(at));
    world.servers.start_all().await;
    world.replicas[0].rebuild(&[]).await;
    let said = world.replicas[1]
        .until_ready_says("stopped: this directory")
        .await;
    assert!(
        said.contains("holds changes that the log was not made from"),
        "{said}"
    );
    world.replicas[1].rebuild(&["--replace"]).await;
    world.replicas[0].start().await;
    until_all_are_ready(&world.replicas).await;
    world.equal(12).await;
}

async fn until_all_are_ready(replicas: &[Replica]) {
    for replica in replicas {
        replica.until_ready_says("ready").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_is_cut_off_serves_and_catches_up() {
    let Some(mut world) = World::new("").await else {
        return;
    };
    let (proxies, addresses) = Servers::behind_proxies(&world.servers).await;
    let mut behind = Replica::new(&addresses, "lag_max = 5");
    behind.start().await;
    world.replicas[2] = behind;
    world.write(2, "a", 1).await;
    proxies.iter().for_each(|proxy| proxy.cut(true));
    for version in 2..=20 {
        world.write(0, "a", version).await;
    }
    let cut_off = &world.replicas[2];
    let refused = upsert(cut_off, vec![credential("b", Some(1))])
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    // It has what came before the proxies noticed, and answers.
    let version = read(cut_off, "a", 1).await.unwrap().version;
    assert!(version < Some(20), "{version:?}");
    proxies.iter().for_each(|proxy| proxy.cut(false));
    let (_, held) = world.equal(20).await;
    // What was refused may have been on its way: then it is there once, on all.
    assert!((20..=21).contains(&held.sequence), "{held:?}");
    world.write(2, "b", 2).await;
    world.equal(held.sequence + 1).await;
}
