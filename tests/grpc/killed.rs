//! Kills the program at random points while credentials are written and deleted: nothing that was acknowledged is lost, nothing that was not sent is there.
//!
//! 200 kills, or as many as `SKILLGAP_KILLS` says. Three callers write, each to credentials of its own; every credential says its version in several fields,
//! so that a half-written one would show.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use skillgap::api::wire::catalogue_service_client::CatalogueServiceClient;
use skillgap::api::wire::{
    Credential, DeleteCredentialRequest, GetCredentialRequest, GetServerInfoRequest, Outcome,
    Workload,
};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tonic::Code;
use tonic::transport::Channel;

use crate::support::{connect, en, small_generation, tally, upsert};

const KILLS: usize = 200;
const WRITERS: usize = 3;
/// Credentials of one writer.
const IDS: u64 = 12;
/// The longest time from being ready to being killed.
const LIFE_MS: u64 = 80;

/// What a credential is: at this version, or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    At(u64),
    Gone,
}

/// One credential, as far as its writer knows.
#[derive(Clone, Debug)]
struct Known {
    version: u64,
    acknowledged: State,
    /// Sent since, in order, without an answer.
    sent: Vec<State>,
}

type Model = BTreeMap<String, Known>;

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

fn credential(id: &str, version: u64) -> Credential {
    Credential {
        id: id.to_owned(),
        title: en(&format!("{id} at {version}")),
        // One that is linked by us.
        outcomes: vec![Outcome {
            text: en(&format!("weld metal {version}")),
            skills: Vec::new(),
        }],
        workload: Some(Workload {
            hours: Some((version % 1_000) as f64),
            ..Default::default()
        }),
        version: Some(version),
        ..Default::default()
    }
}

/// What is stored under an id; fails if its fields do not fit together.
async fn stored(client: &mut CatalogueServiceClient<Channel>, id: &str) -> State {
    let found = match client
        .get_credential(GetCredentialRequest {
            id: id.to_owned(),
            ..Default::default()
        })
        .await
    {
        Ok(found) => found.into_inner().credential.unwrap(),
        Err(status) if status.code() == Code::NotFound => return State::Gone,
        Err(status) => panic!("{status:?}"),
    };
    let version = found.version.unwrap();
    let expected = credential(id, version);
    assert_eq!(
        (&found.title, &found.workload, &found.outcomes[0].text),
        (
            &expected.title,
            &expected.workload,
            &expected.outcomes[0].text
        )
    );
    State::At(version)
}

/// Starts the program and waits until it serves.
async fn start(dir: &std::path::Path) -> (Child, Channel) {
    let mut child = spawn(dir);
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    let address = loop {
        let line = log
            .next_line()
            .await
            .unwrap()
            .unwrap_or_else(|| panic!("the program ended before it served: {said:?}"));
        // What is no line of the log is not ours to judge as long as the program serves; it is shown if it does not.
        let Ok(line) = serde_json::from_str::<serde_json::Value>(&line) else {
            said.push(line);
            continue;
        };
        assert_ne!(line["level"], "ERROR", "{line}");
        if line["message"] == "serving" {
            break line["grpc"].as_str().unwrap().to_owned();
        }
    };
    // Whatever it says later is read away, so that it never waits for us.
    tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
    (child, connect(&address).await)
}

fn spawn(dir: &std::path::Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skillgap"));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(dir);
    command.envs([
        ("SKILLGAP__ADMIN__LISTEN", "127.0.0.1:0"),
        ("SKILLGAP__AUTH__ANONYMOUS", "write"),
        ("SKILLGAP__LOG__FORMAT", "json"),
    ]);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Writes and deletes until the program is gone. What is sent is noted before, what is acknowledged after.
async fn write(channel: Channel, model: Arc<Mutex<Model>>, seed: u64) {
    let (mut client, mut random) = (CatalogueServiceClient::new(channel), Random(seed));
    loop {
        let ids: Vec<String> = model.lock().unwrap().keys().cloned().collect();
        if random.below(4) == 0 {
            let id = ids[random.below(IDS) as usize].clone();
            let version = note(&model, &id, |_| State::Gone);
            if client
                .delete_credential(DeleteCredentialRequest {
                    id: id.clone(),
                    version: Some(version),
                })
                .await
                .is_err()
            {
                return;
            }
            acknowledge(&model, &[id]);
            continue;
        }
        let batch: Vec<String> = (0..1 + random.below(6))
            .map(|_| ids[random.below(IDS) as usize].clone())
            .collect();
        let sent = batch
            .iter()
            .map(|id| credential(id, note(&model, id, State::At)))
            .collect();
        match upsert(&mut client, sent).await {
            Ok(answer) => {
                assert_eq!(tally(&answer), [batch.len(), 0, 0], "{answer:?}");
                acknowledge(&model, &batch);
            }
            Err(_) => return,
        }
    }
}

/// Takes the next version of a credential, and notes what is being sent.
fn note(model: &Mutex<Model>, id: &str, state: impl Fn(u64) -> State) -> u64 {
    let mut model = model.lock().unwrap();
    let known = model.get_mut(id).unwrap();
    known.version += 1;
    known.sent.push(state(known.version));
    known.version
}

fn acknowledge(model: &Mutex<Model>, ids: &[String]) {
    let mut model = model.lock().unwrap();
    for id in ids {
        let known = model.get_mut(id).unwrap();
        if let Some(last) = known.sent.drain(..).next_back() {
            known.acknowledged = last;
        }
    }
}

/// Compares what is there with what was acknowledged; returns how many acknowledged writes are lost, and how many phantoms there are.
async fn compare(channel: Channel, models: &[Arc<Mutex<Model>>]) -> (usize, usize) {
    let (mut client, mut lost, mut phantoms, mut here) =
        (CatalogueServiceClient::new(channel), 0, 0, 0);
    for model in models {
        let known: Vec<(String, Known)> = model
            .lock()
            .unwrap()
            .iter()
            .map(|(id, known)| (id.clone(), known.clone()))
            .collect();
        for (id, known) in known {
            let found = stored(&mut client, &id).await;
            here += u64::from(found != State::Gone);
            if found != known.acknowledged && !known.sent.contains(&found) {
                match (found, known.acknowledged) {
                    (State::At(found), _) if found > known.version => phantoms += 1,
                    _ => lost += 1,
                }
            }
            let mut model = model.lock().unwrap();
            let known = model.get_mut(&id).unwrap();
            (known.acknowledged, known.sent) = (found, Vec::new());
        }
    }
    let info = client.get_server_info(GetServerInfoRequest {}).await;
    let credentials = info.unwrap().into_inner().counts.unwrap().credentials;
    // One more is of the build, and was never touched.
    phantoms += u64::from(credentials).saturating_sub(here + 1) as usize;
    (lost, phantoms)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_and_nothing_unsent_is_there() {
    let kills: usize = std::env::var("SKILLGAP_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(KILLS);
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["untouched"]);
    let known = Known {
        version: 0,
        acknowledged: State::Gone,
        sent: Vec::new(),
    };
    let model = |writer| {
        (0..IDS)
            .map(|at| (format!("w{writer}-{at}"), known.clone()))
            .collect::<Model>()
    };
    let models: Vec<Arc<Mutex<Model>>> = (0..WRITERS)
        .map(|writer| Arc::new(Mutex::new(model(writer))))
        .collect();
    let mut random = Random(0x5eed);
    let (mut lost, mut phantoms) = (0, 0);
    for round in 0..kills as u64 {
        if random.below(8) == 0 {
            let mut child = spawn(dir.path());
            tokio::time::sleep(Duration::from_millis(random.below(40))).await;
            child.kill().await.unwrap();
            continue;
        }
        let (mut child, channel) = start(dir.path()).await;
        let (more_lost, more_phantoms) = compare(channel.clone(), &models).await;
        (lost, phantoms) = (lost + more_lost, phantoms + more_phantoms);
        let writers: Vec<_> = models
            .iter()
            .enumerate()
            .map(|(writer, model)| {
                tokio::spawn(write(
                    channel.clone(),
                    Arc::clone(model),
                    round * 31 + writer as u64 + 1,
                ))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(random.below(LIFE_MS))).await;
        child.kill().await.unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
    }
    let (child, channel) = start(dir.path()).await;
    let (more_lost, more_phantoms) = compare(channel, &models).await;
    drop(child);
    let versions: u64 = models
        .iter()
        .flat_map(|model| {
            model
                .lock()
                .unwrap()
                .values()
                .map(|known| known.version)
                .collect::<Vec<_>>()
        })
        .sum();
    println!(
        "{kills} kills during {versions} changes: {} acknowledged writes lost, {} phantoms",
        lost + more_lost,
        phantoms + more_phantoms
    );
    assert_eq!((lost + more_lost, phantoms + more_phantoms), (0, 0));
    assert!(
        versions as usize > kills,
        "hardly anything was written: {versions}"
    );
}
