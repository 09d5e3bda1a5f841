//! What the attacks share: the program in a process of its own, raw HTTP/2, and an honest caller.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use prost::Message;
use prost::bytes::Bytes;
use skillgap::api::wire;
use skillgap::api::wire::matching_service_client::MatchingServiceClient;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

pub const RECOMMEND: &str = "/skillgap.v1.MatchingService/RecommendCredentials";
pub const FEED: &str = "/skillgap.v1.MatchingService/StreamRecommendations";
/// The codes of gRPC that attacks meet.
pub const DEADLINE_EXCEEDED: u16 = 4;
pub const RESOURCE_EXHAUSTED: u16 = 8;
pub const UNAVAILABLE: u16 = 14;

const AD: &str = include_str!("../../index/starter/demo/ad.txt");

/// One attack at a time: they are measured.
pub async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::const_new(());
    ALONE.lock().await
}

fn with(target: wire::Target) -> wire::RecommendCredentialsRequest {
    wire::RecommendCredentialsRequest {
        target: Some(target),
        ..Default::default()
    }
}

/// An ordinary request.
pub fn ordinary() -> wire::RecommendCredentialsRequest {
    with(wire::Target {
        ad: Some(AD.to_owned()),
        ..Default::default()
    })
}

/// The same with an ad of so many bytes.
pub fn with_ad_of(bytes: usize) -> wire::RecommendCredentialsRequest {
    let letters = AD.chars().filter(char::is_ascii).cycle();
    with(wire::Target {
        ad: Some(letters.take(bytes).collect()),
        ..Default::default()
    })
}

/// A request of about 40 bytes that is answered at once: nothing is known of what it names.
pub fn small() -> wire::RecommendCredentialsRequest {
    with(wire::Target {
        occupation_uri: Some("http://data.europa.eu/esco/occupation/x".to_owned()),
        ..Default::default()
    })
}

/// A request with as many empty entries as 1 MiB holds.
pub fn many_entries() -> wire::RecommendCredentialsRequest {
    with(wire::Target {
        demand: vec![wire::DemandedSkill::default(); 524_200],
        ..Default::default()
    })
}

/// A request as a message of a feed.
pub fn fed(request: wire::RecommendCredentialsRequest) -> wire::StreamRecommendationsRequest {
    wire::StreamRecommendationsRequest {
        request: Some(request),
        ..Default::default()
    }
}

/// A message with its head.
pub fn framed(message: &impl Message) -> Bytes {
    let encoded = message.encode_to_vec();
    let mut bytes = vec![0];
    bytes.extend((encoded.len() as u32).to_be_bytes());
    bytes.extend(encoded);
    bytes.into()
}

/// The program, on free ports.
pub struct Program {
    child: Child,
    pub grpc: String,
    pub admin: String,
}

impl Program {
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        Self::start_with_files(4_096, settings).await
    }

    /// With so many files that it may open.
    pub async fn start_with_files(files: usize, settings: &[(&str, &str)]) -> Self {
        let command = format!("ulimit -n {files}; exec \"$0\" serve --listen 127.0.0.1:0");
        let mut child = Command::new("sh")
            .args(["-c", &command, env!("CARGO_BIN_EXE_skillgap")])
            .env("SKILLGAP__ADMIN__LISTEN", "127.0.0.1:0")
            .env("SKILLGAP__LOG__FORMAT", "json")
            .env(
                "SKILLGAP__LOG__FILTER",
                "warn,skillgap::serve=info,skillgap::serve::observe=off",
            )
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let serving = loop {
            let line = log.next_line().await.unwrap().expect("it does not serve");
            let line: serde_json::Value = serde_json::from_str(&line).expect(&line);
            if line["message"] == "serving" {
                break line;
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        let address = |name: &str| serving[name].as_str().unwrap().to_owned();
        let program = Self {
            child,
            grpc: address("grpc"),
            admin: address("admin"),
        };
        // What the first call costs is not the attack's.
        let probe = Probe::start(&program).await;
        sleep(Duration::from_millis(500)).await;
        probe.stop().await;
        program
    }

    /// MiB of memory that the program has.
    pub fn mib(&self) -> f64 {
        let status = format!("/proc/{}/status", self.child.id().unwrap());
        let status = std::fs::read_to_string(status).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kib = line.unwrap().split_whitespace().nth(1).unwrap();
        kib.parse::<f64>().unwrap() / 1_024.0
    }

    /// Seconds of processor time that the program has used.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = format!("/proc/{}/stat", self.child.id().unwrap());
        let stat = std::fs::read_to_string(stat).unwrap();
        let fields = stat.rsplit(')').next().unwrap().split_whitespace();
        let ticks: f64 = fields
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse::<f64>().unwrap())
            .sum();
        ticks / 100.0
    }

    /// The most memory until the attack ends.
    pub async fn most_mib<T>(&self, attack: impl Future<Output = T>) -> (T, f64) {
        let mut attack = std::pin::pin!(attack);
        let mut most = self.mib();
        loop {
            tokio::select! {
                done = &mut attack => return (done, most.max(self.mib())),
                () = sleep(Duration::from_millis(20)) => most = most.max(self.mib()),
            }
        }
    }

    pub async fn metric(&self, name: &str) -> f64 {
        let text = http_get(&self.admin, "/metrics").await;
        let line = text.lines().find(|line| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(' '))
        });
        line.map_or(0.0, |line| {
            line.rsplit(' ').next().unwrap().parse().unwrap()
        })
    }

    pub async fn until_metric(&self, name: &str, value: f64) {
        let reached = async {
            while self.metric(name).await != value {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let reached = timeout(Duration::from_secs(30), reached).await;
        assert!(reached.is_ok(), "{name} is {}", self.metric(name).await);
    }
}

pub async fn http_get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.0\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// A raw HTTP/2 connection whose streams have a window of so many bytes for answers.
pub async fn raw(address: &str, window_bytes: u32) -> SendRequest<Bytes> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (send, connection) = h2::client::Builder::new()
        .initial_window_size(window_bytes)
        // The client's own budget for small frames is half of it.
        .initial_connection_window_size(64 << 20)
        .handshake(stream)
        .await
        .unwrap();
    tokio::spawn(connection);
    send
}

/// Opens a call.
pub async fn open(
    connection: &SendRequest<Bytes>,
    path: &str,
) -> (ResponseFuture, SendStream<Bytes>) {
    let request = http::Request::post(format!("http://localhost{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .unwrap();
    let mut connection = connection.clone().ready().await.unwrap();
    connection.send_request(request, false).unwrap()
}

/// How many messages a call was answered with, and its code at the end; none if it was cut off.
pub async fn read(response: ResponseFuture) -> (usize, Option<u16>) {
    let response = match response.await {
        Ok(response) => response,
        Err(error) => {
            println!("no answer: {error}");
            return (0, None);
        }
    };
    let code = |headers: &http::HeaderMap| {
        let code = headers.get("grpc-status")?;
        code.to_str().unwrap().parse().ok()
    };
    let (head, mut body) = response.into_parts();
    let n_messages = count(&mut body).await;
    let trailers = body.trailers().await.ok().flatten();
    let code = code(&head.headers).or_else(|| code(&trailers?));
    (n_messages, code)
}

async fn count(body: &mut RecvStream) -> usize {
    let (mut read, mut n_messages) = (Vec::new(), 0);
    while let Some(data) = body.data().await {
        let data = match data {
            Ok(data) => data,
            Err(error) => {
                println!("an answer breaks off: {error}");
                break;
            }
        };
        body.flow_control().release_capacity(data.len()).unwrap();
        read.extend_from_slice(&data);
        let mut from = 0;
        while let Some(head) = read[from..].first_chunk::<5>() {
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
            if read.len() - from < 5 + length {
                break;
            }
            (from, n_messages) = (from + 5 + length, n_messages + 1);
        }
        read.drain(..from);
    }
    n_messages
}

/// An honest caller: one ordinary request each tenth of a second.
pub struct Probe {
    stop: Arc<AtomicBool>,
    calls: JoinHandle<Figures>,
}

/// What it saw.
#[derive(Debug, Default)]
pub struct Figures {
    pub times: Vec<Duration>,
    pub failed: Vec<tonic::Code>,
}

impl Figures {
    pub fn p(&self, share: f64) -> Duration {
        let mut times = self.times.clone();
        times.sort();
        let at = (times.len() as f64 * share) as usize;
        times
            .get(at.min(times.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    }
}

impl Probe {
    pub async fn start(program: &Program) -> Self {
        let address = format!("http://{}", program.grpc);
        let mut client = MatchingServiceClient::connect(address).await.unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let calls = tokio::spawn(async move {
            let mut figures = Figures::default();
            while !stopped.load(Ordering::Relaxed) {
                let started = Instant::now();
                match client.recommend_credentials(ordinary()).await {
                    Ok(_) => figures.times.push(started.elapsed()),
                    Err(status) => figures.failed.push(status.code()),
                }
                sleep(Duration::from_millis(100)).await;
            }
            figures
        });
        Self { stop, calls }
    }

    pub async fn stop(self) -> Figures {
        self.stop.store(true, Ordering::Relaxed);
        self.calls.await.unwrap()
    }
}

/// The times of an honest caller alone, and beside an attack; with what the attack gave.
pub async fn beside<T>(program: &Program, attack: impl Future<Output = T>) -> (T, Figures) {
    let probe = Probe::start(program).await;
    sleep(Duration::from_secs(2)).await;
    let before = probe.stop().await;
    let probe = Probe::start(program).await;
    let done = attack.await;
    let meanwhile = probe.stop().await;
    let ratio = meanwhile.p(0.99).as_secs_f64() / before.p(0.99).as_secs_f64().max(1e-9);
    println!(
        "an honest caller: p50 {:?}, p99 {:?} alone; p50 {:?}, p99 {:?} beside it ({ratio:.1} times); {} of {} failed: {:?}",
        before.p(0.5),
        before.p(0.99),
        meanwhile.p(0.5),
        meanwhile.p(0.99),
        meanwhile.failed.len(),
        meanwhile.failed.len() + meanwhile.times.len(),
        meanwhile.failed,
    );
    assert!(
        meanwhile.p(0.99) < Duration::from_secs(5),
        "an honest caller waits for {:?}",
        meanwhile.p(0.99)
    );
    (done, meanwhile)
}
