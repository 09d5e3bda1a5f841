//! What do the tests share? A service on port 0, clients for it, a way to keep its threads busy, and what it logs.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use skillgap::api::wire::catalogue_service_client::CatalogueServiceClient;
use skillgap::api::wire::matching_service_client::MatchingServiceClient;
use skillgap::api::wire::skills_service_client::SkillsServiceClient;
use skillgap::api::wire::{
    BatchUpsertCredentialsRequest, BatchUpsertCredentialsResponse, CefrLevel, DemandedSkill,
    GetCredentialRequest, Level, Proficiency, Target, UpsertResult, level,
};
use skillgap::config::Config;
use skillgap::serve::pool::{Pool, Weight};
use skillgap::serve::{Running, Source, start};
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{self as catalogue, starter};
use skillgap_credentials::credential::{Credential, texts};
use skillgap_esco::{Esco, Labels, Skill};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use tracing_subscriber::fmt::MakeWriter;

/// The ad of the demo.
pub const AD: &str = include_str!("../../index/starter/demo/ad.txt");

/// The one skill of [`small_generation`].
pub const SKILL: &str = "http://data.europa.eu/esco/skill/1";

static STARTER: LazyLock<Arc<Catalogue>> = LazyLock::new(|| Arc::new(starter().unwrap()));
static LOGS: LazyLock<Logs> = LazyLock::new(|| {
    let logs = Logs::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(logs.clone())
        .init();
    logs
});

/// The catalogue of starter data.
pub fn starter_catalogue() -> Arc<Catalogue> {
    Arc::clone(&STARTER)
}

/// Everything that was logged in this process so far, on every level, by everyone.
pub fn logged() -> String {
    String::from_utf8(LOGS.0.lock().unwrap().clone()).unwrap()
}

#[derive(Clone, Default)]
struct Logs(Arc<Mutex<Vec<u8>>>);

impl io::Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Logs {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// An English text.
pub fn en(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("en".to_owned(), text.to_owned())])
}

/// A level by its name: `B1`, `basic`; none for an empty one.
pub fn level(name: &str) -> Option<Level> {
    let of = |level| Some(Level { level: Some(level) });
    let cefr = CefrLevel::from_str_name(&format!("CEFR_LEVEL_{name}"));
    let word = Proficiency::from_str_name(&format!("PROFICIENCY_{}", name.to_uppercase()));
    match (cefr, word) {
        (Some(cefr), _) => of(level::Level::Cefr(cefr.into())),
        (_, Some(word)) => of(level::Level::Proficiency(word.into())),
        _ => None,
    }
}

/// Sends credentials as one batch.
pub async fn upsert(
    client: &mut CatalogueServiceClient<Channel>,
    credentials: Vec<Credential>,
) -> Result<BatchUpsertCredentialsResponse, Status> {
    let request = BatchUpsertCredentialsRequest { credentials };
    let answer = client.batch_upsert_credentials(request).await;
    answer.map(tonic::Response::into_inner)
}

/// How many of a batch were written, were there already, and were refused.
pub fn tally(answer: &BatchUpsertCredentialsResponse) -> [usize; 3] {
    [
        UpsertResult::Written,
        UpsertResult::Unchanged,
        UpsertResult::Refused,
    ]
    .map(|result| {
        let outcomes = answer.outcomes.iter();
        outcomes.filter(|one| one.result() == result).count()
    })
}

/// Asks for one credential.
pub fn get(id: &str) -> GetCredentialRequest {
    GetCredentialRequest {
        id: id.to_owned(),
        ..Default::default()
    }
}

/// An ad as a target.
pub fn ad_target(ad: &str) -> Option<Target> {
    Some(Target {
        ad: Some(ad.to_owned()),
        ..Target::default()
    })
}

/// Skills as a target.
pub fn skills_target(demand: Vec<DemandedSkill>) -> Option<Target> {
    Some(Target {
        demand,
        ..Target::default()
    })
}

/// An occupation as a target.
pub fn occupation_target(uri: &str) -> Option<Target> {
    Some(Target {
        occupation_uri: Some(uri.to_owned()),
        ..Target::default()
    })
}

/// A service that runs, and a connection to it.
pub struct Service {
    pub running: Running,
    pub channel: Channel,
}

/// The defaults, on free ports, and open to all changes.
pub fn config() -> Config {
    let mut config = Config::defaults().unwrap();
    config.auth.open_to_all();
    config.grpc.listen.set_port(0);
    config.admin.listen.set_port(0);
    config
}

/// One thread, and so many places to wait for it.
pub fn narrow(queue: usize) -> Config {
    let mut config = config();
    (config.pool.threads, config.pool.queue) = (1, queue);
    config
}

impl Service {
    pub async fn start() -> Self {
        Self::start_with(config(), Source::Opened(starter_catalogue())).await
    }

    pub async fn narrow(queue: usize) -> Self {
        Self::start_with(narrow(queue), Source::Opened(starter_catalogue())).await
    }

    pub async fn start_with(config: Config, source: Source) -> Self {
        LazyLock::force(&LOGS);
        let running = start(config, source).await.unwrap();
        let channel = connect(&running.grpc.to_string()).await;
        Self { running, channel }
    }

    pub fn matching(&self) -> MatchingServiceClient<Channel> {
        MatchingServiceClient::new(self.channel.clone()).max_decoding_message_size(64 << 20)
    }

    pub fn skills(&self) -> SkillsServiceClient<Channel> {
        SkillsServiceClient::new(self.channel.clone())
    }

    pub fn catalogue(&self) -> CatalogueServiceClient<Channel> {
        CatalogueServiceClient::new(self.channel.clone())
    }

    /// An admin page: the number of the status, and the text.
    pub async fn page(&self, path: &str) -> (u16, String) {
        http_get(&self.running.admin.to_string(), path)
            .await
            .unwrap()
    }

    /// The value of a metric, by its name with labels; 0 if there is none yet.
    pub fn metric(&self, name: &str) -> f64 {
        let text = self.running.metrics.text().unwrap();
        let line = text.lines().find(|line| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(' '))
        });
        line.map_or(0.0, |line| {
            line.rsplit(' ').next().unwrap().parse().unwrap()
        })
    }

    /// Waits until a metric has this value.
    pub async fn until_metric(&self, name: &str, value: f64) {
        let reached = async {
            while self.metric(name) != value {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), reached)
            .await
            .unwrap_or_else(|_| {
                panic!(
                    "{name} is not {value}:\n{}",
                    self.running.metrics.text().unwrap()
                )
            });
    }

    /// Keeps one thread busy until what is returned is dropped.
    pub async fn occupy(&self) -> Busy {
        occupy(&self.running.pool).await
    }
}

/// Builds a generation with one skill and a credential for each id; returns its name.
pub fn small_generation(dir: &Path, ids: &[&str]) -> String {
    small_generation_of("1.2", dir, ids)
}

/// The same, of some version of ESCO.
pub fn small_generation_of(version: &str, dir: &Path, ids: &[&str]) -> String {
    let labels = Labels {
        language: "en".to_owned(),
        preferred: "weld metal".to_owned(),
        alternatives: Vec::new(),
    };
    let skill = Skill {
        uri: SKILL.to_owned(),
        labels: vec![labels],
        ..Skill::default()
    };
    let esco = Esco {
        version: version.to_owned(),
        languages: vec!["en".to_owned()],
        skills: vec![skill],
        ..Esco::default()
    };
    let title = texts([("en", "Welding")]);
    let credential = |id: &&str| Credential {
        id: (*id).to_owned(),
        title: title.clone(),
        ..Credential::default()
    };
    catalogue::build(
        dir,
        esco,
        ids.iter().map(credential).collect(),
        &|_, _, _| {},
    )
    .unwrap()
    .manifest
    .generation
}

pub async fn connect(address: &str) -> Channel {
    Channel::from_shared(format!("http://{address}"))
        .unwrap()
        .connect()
        .await
        .unwrap()
}

pub async fn http_get(address: &str, path: &str) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes())
        .await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Ok((
        head.split(' ').nth(1).unwrap().parse().unwrap(),
        body.to_owned(),
    ))
}

/// A thread is busy as long as this lives.
pub struct Busy {
    _release: mpsc::Sender<()>,
}

async fn occupy(pool: &Arc<Pool>) -> Busy {
    let ((release, released), (started, start)) = (mpsc::channel::<()>(), oneshot::channel());
    let pool = Arc::clone(pool);
    tokio::spawn(async move {
        let job = move |_: &mut skillgap::engine::Watch| {
            started.send(()).unwrap();
            Ok(released.recv().is_ok())
        };
        let weight = Weight {
            bytes: 0,
            decoded_bytes: 0,
        };
        let place = pool.admit(weight, Instant::now() + Duration::from_secs(60));
        pool.run(place.unwrap(), job).await
    });
    start.await.unwrap();
    Busy { _release: release }
}

/// The violations of an INVALID_ARGUMENT, as `field: reason`.
#[track_caller]
pub fn violations<T: std::fmt::Debug>(answer: Result<T, Status>) -> Vec<String> {
    let status = answer.expect_err("an invalid request");
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let details = status.get_details_bad_request().expect("field violations");
    details
        .field_violations
        .into_iter()
        .map(|violation| format!("{}: {}", violation.field, violation.description))
        .collect()
}

/// The fields of the violations.
#[track_caller]
pub fn violated<T: std::fmt::Debug>(answer: Result<T, Status>) -> Vec<String> {
    violations(answer)
        .into_iter()
        .map(|violation| violation.split(':').next().unwrap().to_owned())
        .collect()
}
