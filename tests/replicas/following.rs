//! What replicas do when nothing fails: the same decision everywhere, snapshots, another generation, messages of other versions of the program.

use async_nats::jetstream::message::PublishMessage;
use skillgap::api::wire::UpsertResult;
use tonic::Code;

use crate::replica::Replica;
use crate::support::{small_generation, tally};
use crate::{World, commit_of, credential, delete, read, reason, until, upsert};

#[tokio::test(flavor = "multi_thread")]
async fn all_hold_what_any_acknowledged_and_decide_the_same() {
    let Some(mut world) = World::new("").await else {
        return;
    };
    let [a, b, c] = &world.replicas[..] else {
        panic!()
    };
    // Written at one, read at all that have come so far.
    let batch = (0..20)
        .map(|at| credential(&format!("c{at}"), Some(1)))
        .collect();
    let answer = upsert(b, batch).await.unwrap();
    assert_eq!(tally(&answer), [20, 0, 0]);
    let commit = commit_of(&answer);
    assert_eq!(commit, 20);
    world.equal(commit).await;
    for replica in [a, b, c] {
        assert_eq!(read(replica, "c7", commit).await.unwrap().version, Some(1));
    }
    let ahead = read(c, "c7", commit + 1).await.unwrap_err();
    assert_eq!(
        (ahead.code(), reason(&ahead).as_str()),
        (Code::Unavailable, "COMMIT_NOT_REACHED")
    );
    // The same again, at another replica: the same decision, one change.
    let again = upsert(c, vec![credential("c7", Some(1))]).await.unwrap();
    assert_eq!(again.outcomes[0].result(), UpsertResult::Written);
    assert_eq!(world.equal(commit).await.1.sequence, commit);
    // A version that comes late, at a replica that did not see the other.
    upsert(a, vec![credential("c7", Some(5))]).await.unwrap();
    let late = upsert(b, vec![credential("c7", Some(3))]).await.unwrap();
    assert_eq!(late.outcomes[0].stored_version, Some(5));
    assert!(delete(c, "c7", 6).await.unwrap());
    // Without versions the last one counts, also where it is what was there before.
    for at in [1_u64, 2, 1] {
        let mut unversioned = credential("u", None);
        unversioned.workload.as_mut().unwrap().hours = Some(at as f64);
        upsert(&world.replicas[at as usize], vec![unversioned])
            .await
            .unwrap();
    }
    let (_, held) = world.equal(26).await;
    assert_eq!(held.sequence, 26);
    let hours = read(a, "u", 26).await.unwrap().workload.unwrap().hours;
    assert_eq!(hours, Some(1.0));
    // What one serves is what all were given, whichever changes were committed together.
    let served = read(b, "c3", 26).await.unwrap();
    assert!(!served.outcomes[0].skills.is_empty());
    let back = upsert(a, vec![served]).await.unwrap();
    assert_eq!(tally(&back), [0, 1, 0]);
    // One that was away has all of it once it is back.
    world.replicas[2].kill().await;
    world.write(0, "while-away", 1).await;
    world.replicas[2].start().await;
    let (_, held) = world.equal(28).await;
    assert_eq!((held.credentials, held.deleted), (21, 1));
    until("lag is zero", async || {
        let (_, text) = world.replicas[2].page("/metrics").await;
        text.contains("\nskillgap_log_lag 0\n") && text.contains("\nskillgap_log_number 28\n")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_replica_takes_a_snapshot_and_all_switch_at_one_change() {
    let Some(mut world) = World::new("snapshot_changes = 20").await else {
        return;
    };
    for round in 1..=6 {
        let batch = (0..15)
            .map(|at| credential(&format!("c{at}"), Some(round)))
            .collect();
        upsert(&world.replicas[round as usize % 3], batch)
            .await
            .unwrap();
        world.equal(round * 15).await;
        // Snapshots are looked for every two seconds.
        let jetstream = world.servers.jetstream().await;
        until("a snapshot", async || {
            let store = jetstream.get_object_store("skillgap-main").await.unwrap();
            use futures_util::TryStreamExt;
            let all: Vec<_> = store.list().await.unwrap().try_collect().await.unwrap();
            let snapshots = all
                .iter()
                .filter(|object| !object.deleted && object.name.starts_with("snapshot-"));
            let newest = snapshots
                .map(|object| object.name[9..29].parse::<u64>().unwrap())
                .max();
            newest.unwrap() + 30 > round * 15
        })
        .await;
    }
    let mut log = world
        .servers
        .jetstream()
        .await
        .get_stream("skillgap-main")
        .await
        .unwrap();
    let first = log.info().await.unwrap().state.first_sequence;
    assert!(first > 15, "nothing was trimmed: the log begins at {first}");
    // One with an empty disk, and one that slept while the log was trimmed behind it.
    let mut fresh = Replica::new(&world.servers.addresses(), "snapshot_changes = 20");
    fresh.start().await;
    world.replicas.push(fresh);
    let (generation, held) = world.equal(90).await;
    assert_eq!(held.credentials, 15);
    // Another generation, which is built elsewhere.
    let elsewhere = tempfile::tempdir().unwrap();
    let packages = elsewhere.path().join("more.jsonl");
    std::fs::write(
        &packages,
        "{\"id\": \"from-files\", \"title\": {\"en\": \"Welding\"}}\n",
    )
    .unwrap();
    let data = elsewhere.path().join("data");
    let index = tokio::process::Command::new(env!("CARGO_BIN_EXE_skillgap"))
        .args(["index", "--starter", "--credentials"])
        .arg(&packages)
        .arg("--data-dir")
        .arg(&data)
        .arg("--publish")
        .arg(world.replicas[0].config())
        .output();
    let index = index.await.unwrap();
    let said = String::from_utf8_lossy(&[index.stdout, index.stderr].concat()).into_owned();
    assert!(
        index.status.success() && said.contains("91 is its number in the log"),
        "{said}"
    );
    let (switched, held) = world.equal(91).await;
    assert_ne!(switched, generation);
    // The changes were carried over with their numbers, and one credential is of the new files.
    assert_eq!((held.credentials, held.sequence), (16, 91));
    for replica in &world.replicas {
        until("requests see it", async || {
            read(replica, "from-files", 91).await.is_ok()
        })
        .await;
        assert_eq!(read(replica, "c3", 91).await.unwrap().version, Some(6));
    }
    world.write(3, "after", 1).await;
    world.equal(92).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_program_writes_is_ignored_or_stops_and_a_minority_stops() {
    let Some(mut world) = World::new("").await else {
        return;
    };
    world.write(0, "a", 1).await;
    let jetstream = world.servers.jetstream().await;
    let send = async |payload: &'static [u8]| {
        let message = PublishMessage::build().payload(payload.into());
        let sent = jetstream
            .send_publish("skillgap.main.changes", message)
            .await;
        sent.unwrap().await.unwrap()
    };
    // A deletion with a field that is yet to come: field 2 is the deletion, with its id, its version and a field 9.
    send(b"\x12\x07\x0a\x01a\x10\x02\x48\x01").await;
    world.equal(2).await;
    assert_eq!(
        read(&world.replicas[1], "a", 2).await.unwrap_err().code(),
        Code::NotFound
    );
    // A generation that a replica was given by hand, and not by the log: the others are more.
    world.replicas[2].kill().await;
    small_generation(&world.replicas[2].data(), &["by", "hand"]);
    world.replicas[2].start().await;
    let said = world.replicas[2].until_ready_says("stopped").await;
    assert!(
        said.contains("other replicas hold something else at change"),
        "{said}"
    );
    let refused = upsert(&world.replicas[2], vec![credential("b", Some(1))])
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Unavailable, "REPLICA_STOPPED")
    );
    assert_eq!(world.replicas[0].until_ready_says("ready").await, "ready\n");
    world.write(0, "b", 1).await;
    // A kind of message that is yet to come: nobody goes on after it, and reads do.
    send(b"\x4a\x02\x08\x01").await;
    for replica in &world.replicas[..2] {
        let said = replica.until_ready_says("stopped").await;
        assert!(said.contains("message 4 of the log is of a kind"), "{said}");
        assert_eq!(read(replica, "b", 3).await.unwrap().version, Some(1));
    }
}
