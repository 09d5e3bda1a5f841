//! Random changes at random replicas, and random faults, with a seed that makes the same ones: every acknowledged change is on every replica, nothing is there
//! that was not sent, all sums are equal, and the order in which one writer's changes took effect is the one in which it made them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use skillgap::api::wire::catalogue_service_client::CatalogueServiceClient;
use skillgap::api::wire::{DeleteCredentialRequest, UpsertResult};
use tokio::time::sleep;
use tonic::Code;
use tonic::transport::Channel;

use crate::{World, credential, read, support};

const FAULTS: u64 = 4;
const SEED: u64 = 0x5eed;
const WRITERS: u64 = 3;
const IDS: u64 = 8;

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// One credential as its only writer knows it. `None` is: not there.
#[derive(Clone, Debug, Default)]
struct Known {
    version: u64,
    acknowledged: Option<u64>,
    /// Sent since, without an answer: each may be what is there.
    unknown: Vec<Option<u64>>,
}

/// The model: what may be there is what was acknowledged last, or was sent after it.
impl Known {
    fn may_be(&self, found: Option<u64>) -> bool {
        found == self.acknowledged || self.unknown.contains(&found)
    }
}

type Model = Arc<Mutex<BTreeMap<String, Known>>>;
type Channels = Arc<Mutex<Vec<Option<Channel>>>>;

/// Writes at random replicas until told to stop; what is sent is noted before, what is acknowledged after. Returns how many changes were acknowledged, and the
/// longest time without one.
async fn write(
    channels: Channels,
    model: Model,
    writer: u64,
    seed: u64,
    stop: Arc<AtomicBool>,
) -> (u64, Duration) {
    let (mut random, mut acknowledged, mut pause) = (Random(seed), 0, Duration::ZERO);
    let mut last = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        let at = random.below(3) as usize;
        let Some(channel) = channels.lock().unwrap()[at].clone() else {
            sleep(Duration::from_millis(5)).await;
            continue;
        };
        let mut client = CatalogueServiceClient::new(channel);
        let id = format!("w{writer}-{}", random.below(IDS));
        let is_deletion = random.below(4) == 0;
        let version = {
            let mut model = model.lock().unwrap();
            let known = model.entry(id.clone()).or_default();
            known.version += 1;
            known
                .unknown
                .push(Some(known.version).filter(|_| !is_deletion));
            known.version
        };
        let done = if is_deletion {
            let request = DeleteCredentialRequest {
                id: id.clone(),
                version: Some(version),
            };
            client.delete_credential(request).await.map(|_| ())
        } else {
            let answer = support::upsert(&mut client, vec![credential(&id, Some(version))]).await;
            answer.map(|answer| {
                let result = answer.outcomes[0].result();
                assert_eq!(result, UpsertResult::Written, "{answer:?}");
            })
        };
        match done {
            Ok(()) => {
                let mut model = model.lock().unwrap();
                let known = model.get_mut(&id).unwrap();
                known.acknowledged = known.unknown.pop().unwrap();
                known.unknown.clear();
                acknowledged += 1;
                pause = pause.max(last.elapsed());
                last = Instant::now();
            }
            // A replica that was killed, a log without a leader: both say that it is not known.
            Err(status) => assert!(
                matches!(
                    status.code(),
                    Code::Unavailable
                        | Code::Cancelled
                        | Code::Unknown
                        | Code::DeadlineExceeded
                        | Code::Internal
                ),
                "{status:?}"
            ),
        }
    }
    (acknowledged, pause)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_and_all_hold_the_same_whatever_fails() {
    let number = |name: &str, usual: u64| {
        let set = std::env::var(name).ok().and_then(|set| set.parse().ok());
        set.unwrap_or(usual)
    };
    let (faults, seed) = (
        number("SKILLGAP_REPLICA_FAULTS", FAULTS),
        number("SKILLGAP_REPLICA_SEED", SEED),
    );
    let Some(mut world) = World::new("snapshot_changes = 500").await else {
        return;
    };
    let mut random = Random(seed);
    let (model, stop) = (Model::default(), Arc::new(AtomicBool::new(false)));
    let channel = |world: &World, at: usize| {
        let running = world.replicas[at].running.as_ref();
        running.map(|running| running.channel.clone())
    };
    let channels: Channels = Arc::new(Mutex::new((0..3).map(|at| channel(&world, at)).collect()));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (channels, model, stop) =
                (Arc::clone(&channels), Arc::clone(&model), Arc::clone(&stop));
            let seed = seed.wrapping_mul(31) + writer + 1;
            tokio::spawn(write(channels, model, writer, seed, stop))
        })
        .collect();
    for round in 0..faults {
        sleep(Duration::from_millis(300 + random.below(700))).await;
        let at = random.below(3) as usize;
        match random.below(6) {
            // A replica, at any point of a commit. Half of all, since that is ours.
            0..=2 => {
                channels.lock().unwrap()[at] = None;
                world.replicas[at].kill().await;
                sleep(Duration::from_millis(random.below(400))).await;
                world.replicas[at].start().await;
                channels.lock().unwrap()[at] = channel(&world, at);
            }
            3 => {
                let leader = world.servers.leader("skillgap-main").await;
                world.servers.kill(leader);
                sleep(Duration::from_millis(random.below(1_500))).await;
                world.servers.start_all().await;
            }
            4 => {
                world.servers.signal(at, "-STOP");
                sleep(Duration::from_millis(500 + random.below(2_500))).await;
                world.servers.signal(at, "-CONT");
            }
            _ => {
                world.servers.kill(at);
                world.servers.wipe(at);
                world.servers.start_all().await;
            }
        }
        world.servers.until_current("skillgap-main").await;
        if round % 4 == 3 {
            // The reads of all replicas, while changes go on, are of what was sent.
            let sent = model.lock().unwrap().clone();
            for (id, known) in &sent {
                for replica in world
                    .replicas
                    .iter()
                    .filter(|replica| replica.running.is_some())
                {
                    if let Ok(found) = read(replica, id, 0).await {
                        let newest = model.lock().unwrap()[id].version;
                        assert!(
                            found.version.unwrap() <= newest,
                            "{id}: {found:?} {known:?}"
                        );
                    }
                }
            }
        }
    }
    stop.store(true, Ordering::Relaxed);
    let (mut acknowledged, mut pause) = (0, Duration::ZERO);
    for writer in writers {
        let (by_one, longest) = writer.await.unwrap();
        (acknowledged, pause) = (acknowledged + by_one, pause.max(longest));
    }
    // A last change by each replica, so that all of them are known to follow.
    let mut number = 0;
    for at in 0..3 {
        number = number.max(world.write(at, &format!("last-{at}"), 1).await);
    }
    let (_, held) = world.equal(number).await;
    let (mut lost, mut here) = (Vec::new(), 0);
    let model = model.lock().unwrap().clone();
    for (id, known) in model {
        for replica in &world.replicas {
            let found = match read(replica, &id, held.sequence).await {
                Ok(found) => {
                    let version = found.version.unwrap();
                    assert_eq!(found.title, credential(&id, Some(version)).title);
                    Some(version)
                }
                Err(status) => {
                    assert_eq!(status.code(), Code::NotFound, "{status:?}");
                    None
                }
            };
            here += u64::from(found.is_some());
            if !known.may_be(found) {
                lost.push(format!("{id}: found {found:?}, {known:?}"));
            }
        }
    }
    println!(
        "seed {seed:#x}: {faults} faults during {acknowledged} acknowledged changes ({} in the log), longest pause {pause:?}, {} lost",
        held.sequence,
        lost.len()
    );
    assert!(lost.is_empty(), "{lost:#?}");
    // And nothing else but the three last ones.
    assert_eq!(held.credentials, here / 3 + 3, "phantoms");
    assert!(acknowledged > faults * 5, "hardly anything was written");
}
