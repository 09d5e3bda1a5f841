//! A replica as a process of its own, and what it holds.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use skillgap::api::wire::GetServerInfoRequest;
use skillgap::api::wire::catalogue_service_client::CatalogueServiceClient;
use skillgap_catalogue::{Commit, committed};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::sleep;
use tonic::transport::Channel;

use crate::support::{connect, http_get};

/// How long anything may take that heals on its own.
pub const HEALS: Duration = Duration::from_secs(40);

/// A replica: its directory, and the process on it if it runs.
pub struct Replica {
    pub dir: TempDir,
    config: PathBuf,
    pub running: Option<Running>,
}

pub struct Running {
    child: Child,
    pub channel: Channel,
    admin: String,
}

impl Replica {
    /// A replica on an empty directory that is not started yet.
    pub fn new(servers: &str, more: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("skillgap.toml");
        let text = format!(
            "[grpc]\nlisten = '127.0.0.1:0'\n[admin]\nlisten = '127.0.0.1:0'\n[auth]\nanonymous = 'write'\n[log]\nformat = 'json'\nfilter = 'warn,skillgap=debug'\n\
             [catalogue]\ndata_dir = '{}'\n[change_log]\nservers = '{servers}'\n{more}\n",
            dir.path().join("data").display()
        );
        std::fs::write(&config, text).unwrap();
        std::fs::create_dir(dir.path().join("data")).unwrap();
        Self {
            dir,
            config,
            running: None,
        }
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn log_file(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// A command of the program with this replica's configuration; its output.
    pub async fn command(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_skillgap"))
            .args(arguments)
            .arg("--config")
            .arg(&self.config)
            .output();
        let output = output.await.unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// Makes the log from this replica's directory.
    pub async fn rebuild(&self, more: &[&str]) {
        let data = self.data();
        let arguments = [&["log", "rebuild", "--from", data.to_str().unwrap()], more].concat();
        let (done, said) = self.command(&arguments).await;
        assert!(done, "{said}");
    }

    pub fn config(&self) -> &Path {
        &self.config
    }

    /// Starts the program and waits until it serves.
    pub async fn start(&mut self) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_skillgap"))
            .args(["serve", "--config"])
            .arg(&self.config)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let path = self.dir.path().join("log");
        let mut said = File::options()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        let (grpc, admin) = loop {
            let line = log.next_line().await.unwrap().unwrap_or_else(|| {
                panic!("the program ended before it served: {}", self.log_file())
            });
            use std::io::Write;
            writeln!(said, "{line}").unwrap();
            let line: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
            if line["message"] == "serving" {
                let address = |name: &str| line[name].as_str().unwrap().to_owned();
                break (address("grpc"), address("admin"));
            }
        };
        tokio::spawn(async move {
            use std::io::Write;
            while let Ok(Some(line)) = log.next_line().await {
                let _ = writeln!(said, "{line}");
            }
        });
        let channel = connect(&grpc).await;
        self.running = Some(Running {
            child,
            channel,
            admin,
        });
    }

    pub async fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.child.kill().await.unwrap();
        }
    }

    pub fn client(&self) -> CatalogueServiceClient<Channel> {
        CatalogueServiceClient::new(self.running.as_ref().unwrap().channel.clone())
    }

    /// Resident memory of the process.
    pub fn resident_kib(&self) -> u64 {
        let id = self.running.as_ref().unwrap().child.id().unwrap();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// The commit that its answers rest on, if it runs.
    async fn seen(&self) -> Option<u64> {
        let mut client = self.running.as_ref().map(|_| self.client())?;
        let info = client
            .get_server_info(GetServerInfoRequest {})
            .await
            .unwrap();
        Some(info.into_inner().context.unwrap().snapshot.unwrap().commit)
    }

    pub async fn page(&self, path: &str) -> (u16, String) {
        http_get(&self.running.as_ref().unwrap().admin, path)
            .await
            .unwrap()
    }

    /// Waits until `/ready` says this, at its beginning.
    pub async fn until_ready_says(&self, text: &str) -> String {
        let began = Instant::now();
        loop {
            let (_, body) = self.page("/ready").await;
            if body.starts_with(text) {
                return body;
            }
            assert!(
                began.elapsed() < HEALS,
                "it says {body:?}, not {text:?}\n{}",
                self.log_file()
            );
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// What is on disk.
    pub fn committed(&self) -> (String, Commit) {
        let began = Instant::now();
        loop {
            // A list of files that is being replaced is read again.
            match committed(&self.data()) {
                Ok(committed) => return committed,
                Err(error) => assert!(began.elapsed() < HEALS, "{error}"),
            }
        }
    }
}

/// Waits until all hold the same, up to this number at least; what that is.
pub async fn until_equal(replicas: &[Replica], number: u64) -> (String, Commit) {
    let began = Instant::now();
    loop {
        let all: Vec<_> = replicas.iter().map(Replica::committed).collect();
        let same = all.iter().all(|one| *one == all[0]);
        if same && all[0].1.sequence >= number {
            // What is on disk is seen a moment later.
            for replica in replicas {
                while replica
                    .seen()
                    .await
                    .is_some_and(|seen| seen < all[0].1.sequence)
                {
                    sleep(Duration::from_millis(10)).await;
                }
            }
            return all[0].clone();
        }
        if began.elapsed() > HEALS {
            let logs: Vec<_> = replicas.iter().map(Replica::log_file).collect();
            panic!("not equal at {number}: {all:?}\n{}", logs.join("\n\n"));
        }
        sleep(Duration::from_millis(50)).await;
    }
}
