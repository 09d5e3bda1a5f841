//! Real servers of NATS on this machine, and a proxy before them that can be cut.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_nats::jetstream;
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio::time::sleep;

const SERVERS: usize = 3;

/// The program, if there is one that syncs each write: Debian's 2.9 does not.
pub fn program() -> Option<PathBuf> {
    let named =
        std::env::var_os("SKILLGAP_NATS_SERVER").map_or("nats-server".into(), PathBuf::from);
    let version = Command::new(&named).arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let numbers = version.split_once(": v")?.1;
    let mut numbers = numbers
        .split('.')
        .map_while(|number| number.parse::<u32>().ok());
    ((numbers.next()?, numbers.next()?) >= (2, 10)).then_some(named)
}

/// A port that is free now.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Three servers that keep everything three times, and sync each write.
pub struct Servers {
    program: PathBuf,
    dir: TempDir,
    ports: Vec<u16>,
    running: Vec<Option<Child>>,
}

impl Servers {
    pub async fn start(program: PathBuf) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ports: Vec<u16> = (0..SERVERS).map(|_| port()).collect();
        let routes: Vec<u16> = (0..SERVERS).map(|_| port()).collect();
        let all: Vec<String> = routes
            .iter()
            .map(|port| format!("nats://127.0.0.1:{port}"))
            .collect();
        for at in 0..SERVERS {
            let (port, route, all) = (ports[at], routes[at], all.join(", "));
            let config = format!(
                "server_name: s{at}\nlisten: \"127.0.0.1:{port}\"\n\
                 jetstream {{ store_dir: \"{}\", sync_interval: always }}\n\
                 cluster {{ name: tests, listen: \"127.0.0.1:{route}\", no_advertise: true, routes: [{all}] }}\n",
                dir.path().join(format!("store{at}")).display()
            );
            fs::write(dir.path().join(format!("s{at}.conf")), config).unwrap();
        }
        let running = (0..SERVERS).map(|_| None).collect();
        let mut servers = Self {
            program,
            dir,
            ports,
            running,
        };
        servers.start_all().await;
        servers
    }

    pub async fn start_all(&mut self) {
        for at in 0..SERVERS {
            if self.running[at].is_none() {
                self.start_one(at);
            }
        }
        self.until_they_agree().await;
    }

    pub fn start_one(&mut self, at: usize) {
        let path = self.dir.path().join(format!("s{at}.log"));
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        let child = Command::new(&self.program)
            .arg("-c")
            .arg(self.dir.path().join(format!("s{at}.conf")))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.running[at] = Some(child.unwrap());
    }

    /// Waits until JetStream has a leader.
    async fn until_they_agree(&self) {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(60) {
            if let Ok(client) =
                async_nats::connect(self.addresses().split(',').collect::<Vec<_>>()).await
            {
                let asked = jetstream::new(client).query_account().await;
                if asked.is_ok() {
                    return;
                }
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("the servers found no leader");
    }

    pub fn addresses(&self) -> String {
        let all = self
            .ports
            .iter()
            .map(|port| format!("nats://127.0.0.1:{port}"));
        all.collect::<Vec<_>>().join(",")
    }

    pub async fn jetstream(&self) -> jetstream::Context {
        let servers: Vec<String> = self.addresses().split(',').map(str::to_owned).collect();
        jetstream::new(async_nats::connect(servers).await.unwrap())
    }

    /// Which server leads a stream.
    pub async fn leader(&self, stream: &str) -> usize {
        loop {
            if let Ok(stream) = self.jetstream().await.get_stream(stream).await
                && let Some(leader) = stream
                    .cached_info()
                    .cluster
                    .as_ref()
                    .and_then(|cluster| cluster.leader.clone())
            {
                return leader.trim_start_matches('s').parse().unwrap();
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until every server holds all that the stream holds: only then may another one lose it.
    pub async fn until_current(&self, stream: &str) {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(60) {
            if let Ok(stream) = self.jetstream().await.get_stream(stream).await
                && let Some(cluster) = &stream.cached_info().cluster
                && cluster.leader.is_some()
                && cluster.replicas.len() == SERVERS - 1
                && cluster
                    .replicas
                    .iter()
                    .all(|peer| peer.current && !peer.offline)
            {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("a server does not catch up");
    }

    pub fn kill(&mut self, at: usize) {
        if let Some(mut child) = self.running[at].take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub fn kill_all(&mut self) {
        (0..SERVERS).for_each(|at| self.kill(at));
    }

    /// Stops a server without ending it, or lets it go on.
    pub fn signal(&self, at: usize, signal: &str) {
        let id = self.running[at].as_ref().unwrap().id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    pub fn wipe(&self, at: usize) {
        fs::remove_dir_all(self.store(at)).unwrap();
    }

    pub fn store(&self, at: usize) -> PathBuf {
        self.dir.path().join(format!("store{at}"))
    }

    /// Copies what all stores hold, or puts a copy back. No server runs.
    pub fn copy_stores(&self, to: &Path, back: bool) {
        for at in 0..SERVERS {
            let (mut from, mut to) = (self.store(at), to.join(format!("store{at}")));
            if back {
                std::mem::swap(&mut from, &mut to);
                fs::remove_dir_all(&to).unwrap();
            }
            let copied = Command::new("cp").arg("-r").args([&from, &to]).status();
            assert!(copied.unwrap().success());
        }
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.kill_all();
    }
}

/// Passes connections on, until it is cut.
pub struct Proxy {
    pub port: u16,
    cut: Arc<AtomicBool>,
}

impl Proxy {
    pub async fn to(port: u16) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let cut = Arc::new(AtomicBool::new(false));
        let is_cut = Arc::clone(&cut);
        tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let is_cut = Arc::clone(&is_cut);
                tokio::spawn(async move {
                    if is_cut.load(Ordering::Relaxed) {
                        return;
                    }
                    let Ok(mut to) = TcpStream::connect(("127.0.0.1", port)).await else {
                        return;
                    };
                    let watch = async {
                        while !is_cut.load(Ordering::Relaxed) {
                            sleep(Duration::from_millis(20)).await;
                        }
                    };
                    tokio::select! {
                        _ = copy_bidirectional(&mut from, &mut to) => {}
                        () = watch => {}
                    }
                });
            }
        });
        Self { port: own, cut }
    }

    pub fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Relaxed);
    }
}

impl Servers {
    /// Proxies before all servers, and their addresses.
    pub async fn behind_proxies(&self) -> (Vec<Proxy>, String) {
        let mut proxies = Vec::new();
        for port in &self.ports {
            proxies.push(Proxy::to(*port).await);
        }
        let all = proxies
            .iter()
            .map(|proxy| format!("nats://127.0.0.1:{}", proxy.port));
        let addresses = all.collect::<Vec<_>>().join(",");
        (proxies, addresses)
    }
}
