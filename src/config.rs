//! How is the service set up? The commented default file, then a file, then the environment, then the command line; all errors at once.
//!
//! `config/default.toml` names every key, so a key that is not there is unknown; [`RULES`] says what each may be.

mod policy;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use config::{Environment, File, FileFormat, Value, ValueKind};
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

pub use policy::Policy;

use crate::limits::Limits;
use crate::serve::keys::Scope;

/// The defaults, with comments that explain every key.
pub const DEFAULTS: &str = include_str!("config/default.toml");
const ENVIRONMENT_PREFIX: &str = "SKILLGAP";

/// Bytes around a message that is read.
const HEAD_BYTES_MAX: usize = 1_024;

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Config {
    /// The service itself.
    pub grpc: Grpc,
    /// Calls from browsers.
    pub rest: Rest,
    /// The page for people.
    web: Web,
    /// Who may call what.
    pub auth: Auth,
    /// Encryption.
    pub tls: TlsSettings,
    /// Liveness, readiness and metrics.
    pub admin: Admin,
    /// What requests are answered from.
    pub catalogue: CatalogueSource,
    /// Whether jobs are counted.
    pub market: MarketSwitch,
    /// Where requests are worked on.
    pub pool: PoolSize,
    /// How the catalogue is changed.
    pub writes: WritesSize,
    /// The log that several machines follow.
    pub change_log: ChangeLogSettings,
    /// Limits on what comes from outside.
    pub limits: Limits,
    /// How the service ends.
    pub shutdown: Shutdown,
    /// What is logged.
    pub log: Log,
    /// How costs in several currencies are compared.
    money: MoneySource,
    /// Whose accreditation counts.
    trust: TrustSource,
    /// What the files of `money` and `trust` say.
    #[serde(skip)]
    pub policy: Policy,
}

/// The port of the service.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Grpc {
    /// Address and port.
    pub listen: SocketAddr,
    /// Connections.
    pub connections_max: usize,
    /// Seconds for the first call of a connection.
    pub first_call_seconds_max: u64,
    /// Seconds until a connection is asked to end.
    pub connection_seconds_max: u64,
    /// Open calls of one connection.
    pub concurrent_streams_max: u32,
    /// Seconds between probes of an idle connection.
    pub keepalive_seconds: u64,
}

/// What holds for REST and gRPC-Web only.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Rest {
    /// Origins whose pages may call, with commas between them.
    cors_origins: String,
}

impl Rest {
    /// Origins whose pages may call.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        origins(&self.cors_origins)
    }
}

/// The page for people.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
struct Web {
    enabled: Switch,
}

/// Whether something is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Switch {
    /// As it is best where the service listens.
    Auto,
    On,
    Off,
}

fn origins(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|of| !of.is_empty())
}

/// Who may call what.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Auth {
    /// File; empty for none.
    keys_file: PathBuf,
    anonymous: Anonymous,
    /// File of the audit log; empty for none.
    pub audit_file: PathBuf,
}

/// What callers without a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Anonymous {
    /// Nothing where there are keys, else what `Read` says.
    Auto,
    None,
    /// All but changes.
    Read,
    Write,
}

impl Auth {
    /// The file of keys, if there is one.
    pub fn keys_file(&self) -> Option<&Path> {
        Some(self.keys_file.as_path()).filter(|file| !file.as_os_str().is_empty())
    }

    /// The scopes of callers without a key.
    pub fn anonymous(&self) -> &'static [Scope] {
        match self.anonymous {
            Anonymous::None => &[],
            Anonymous::Auto if self.keys_file().is_some() => &[],
            Anonymous::Auto | Anonymous::Read => &[Scope::Read, Scope::Stream],
            Anonymous::Write => &[Scope::Read, Scope::Stream, Scope::Write],
        }
    }

    /// Lets everybody change the catalogue. For a machine that nobody else reaches.
    pub fn open_to_all(&mut self) {
        self.anonymous = Anonymous::Write;
    }
}

/// Encryption of the port of the service.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TlsSettings {
    #[serde(flatten)]
    files: TlsFiles,
}

/// The files of certificates.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TlsFiles {
    /// The chain of certificates; empty for no TLS.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// Certificates by which callers are known; empty where they need none.
    pub client_ca: PathBuf,
}

impl TlsSettings {
    /// The files, if there is TLS.
    pub fn files(&self) -> Option<&TlsFiles> {
        Some(&self.files).filter(|files| !files.cert.as_os_str().is_empty())
    }
}

/// The admin port.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Admin {
    /// Address and port.
    pub listen: SocketAddr,
}

/// Where the catalogue lies.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct CatalogueSource {
    /// Folder of the generations; empty for the starter data.
    data_dir: PathBuf,
    /// Seconds between looks for a new generation.
    pub reload_seconds: u64,
}

impl CatalogueSource {
    /// Folder of the generations; none for the starter data.
    pub fn data_dir(&self) -> Option<&Path> {
        Some(self.data_dir.as_path()).filter(|dir| !dir.as_os_str().is_empty())
    }
}

/// Whether the jobs of the data directory are counted.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MarketSwitch {
    /// Whether the market that `skillgap market import` keeps is opened.
    pub enabled: bool,
}

/// Size of the pool of threads.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct PoolSize {
    /// Threads; 0 means one a processor.
    pub threads: usize,
    /// Requests that may wait for a thread.
    pub queue: usize,
    /// Bytes of memory of the requests that run or wait.
    pub memory_bytes_max: usize,
}

/// Size of what changes may take, apart from requests.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct WritesSize {
    /// Whether changes are taken at all.
    pub enabled: bool,
    /// Batches of changes that wait.
    pub queue: usize,
    /// Bytes of changes that wait.
    pub queue_bytes: usize,
    /// Changes of one commit.
    pub group: usize,
    /// Threads that link outcomes.
    pub threads: usize,
}

/// The log of changes that several machines follow.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ChangeLogSettings {
    /// Addresses, with commas between them; empty for no log.
    servers: String,
    /// What the log is of; a part of all names in it.
    pub catalogue: String,
    /// Servers that keep each message.
    pub copies: usize,
    /// File with user and password, or a token; empty for none.
    pub login_file: PathBuf,
    /// File of certificates by which servers are known; empty for no TLS.
    pub tls_ca: PathBuf,
    /// File with the certificate of this machine; empty for none.
    pub tls_cert: PathBuf,
    /// File with its key.
    pub tls_key: PathBuf,
    /// Changes from one snapshot to the next.
    pub snapshot_changes: u64,
    /// Changes that a replica which is ready may be behind.
    pub lag_max: u64,
}

impl ChangeLogSettings {
    /// Addresses of the servers; none where there is no log.
    pub fn servers(&self) -> impl Iterator<Item = &str> {
        origins(&self.servers)
    }
}

/// How the service ends.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Shutdown {
    /// Milliseconds from "not ready" until no new call is taken.
    pub notice_ms: u64,
    /// Milliseconds for running calls to finish.
    pub grace_ms: u64,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// Directives of what to log.
    pub filter: String,
}

/// Shape of a line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One readable line.
    Plain,
    /// One JSON object.
    Json,
}

/// Where rates of exchange come from.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct MoneySource {
    /// File; empty for none.
    rates: PathBuf,
}

/// Where the list of accreditors and the keys come from.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct TrustSource {
    /// File; empty for none.
    accreditors: PathBuf,
    /// File; empty for none.
    keys: PathBuf,
}

/// What the command line sets; it comes last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Address and port of the service.
    pub listen: Option<SocketAddr>,
    /// Folder of the generations.
    pub data_dir: Option<PathBuf>,
    /// Listens beyond this machine without keys or encryption.
    pub insecure: bool,
}

/// What a key may be set to.
#[derive(Clone, Copy, Debug)]
enum Rule {
    Whole(u64, u64),
    Address,
    Path,
    OneOf(&'static [&'static str]),
    LogFilter,
    Origins,
    Servers,
    Name,
}

/// Every key with what it may be set to.
const RULES: [(&str, Rule); 66] = [
    ("admin.listen", Rule::Address),
    (
        "auth.anonymous",
        Rule::OneOf(&["auto", "none", "read", "write"]),
    ),
    ("auth.audit_file", Rule::Path),
    ("auth.keys_file", Rule::Path),
    ("catalogue.data_dir", Rule::Path),
    ("catalogue.reload_seconds", Rule::Whole(1, 86_400)),
    ("change_log.catalogue", Rule::Name),
    ("change_log.copies", Rule::Whole(1, 5)),
    ("change_log.lag_max", Rule::Whole(0, 1_000_000_000)),
    ("change_log.login_file", Rule::Path),
    ("change_log.servers", Rule::Servers),
    (
        "change_log.snapshot_changes",
        Rule::Whole(10, 1_000_000_000),
    ),
    ("change_log.tls_ca", Rule::Path),
    ("change_log.tls_cert", Rule::Path),
    ("change_log.tls_key", Rule::Path),
    ("grpc.concurrent_streams_max", Rule::Whole(1, 10_000)),
    ("grpc.connection_seconds_max", Rule::Whole(1, 604_800)),
    ("grpc.connections_max", Rule::Whole(1, 1_000_000)),
    ("grpc.first_call_seconds_max", Rule::Whole(1, 3_600)),
    ("grpc.keepalive_seconds", Rule::Whole(1, 7_200)),
    ("grpc.listen", Rule::Address),
    ("limits.ad_bytes_max", Rule::Whole(1, 64 << 20)),
    ("limits.answer_bytes_max", Rule::Whole(1_024, 1 << 30)),
    ("limits.batch_credentials_max", Rule::Whole(1, 10_000)),
    ("limits.candidates_max", Rule::Whole(1, 100_000)),
    ("limits.credential_entries_max", Rule::Whole(1, 100_000)),
    ("limits.deadline_ms", Rule::Whole(1, 600_000)),
    ("limits.decoded_bytes_max", Rule::Whole(1_024, 1 << 30)),
    ("limits.document_outcomes_max", Rule::Whole(0, 100_000)),
    ("limits.documents_max", Rule::Whole(0, 1_000)),
    ("limits.feeds_max", Rule::Whole(0, 10_000)),
    ("limits.idle_ms_max", Rule::Whole(1, 86_400_000)),
    ("limits.message_bytes_max", Rule::Whole(1_024, 64 << 20)),
    ("limits.page_bytes_max", Rule::Whole(1_024, 1 << 30)),
    ("limits.pathway_steps_max", Rule::Whole(1, 100)),
    ("limits.query_bytes_max", Rule::Whole(1, 64 << 20)),
    ("limits.results_max", Rule::Whole(1, 1_000_000)),
    ("limits.skills_demanded_max", Rule::Whole(1, 10_000)),
    ("limits.skills_held_max", Rule::Whole(0, 10_000)),
    ("limits.text_bytes_max", Rule::Whole(1, 64 << 20)),
    ("limits.top_k_max", Rule::Whole(1, 1_000)),
    ("limits.typed_bytes_max", Rule::Whole(1, 64 << 20)),
    ("limits.unfinished_bytes_max", Rule::Whole(1_024, 1 << 40)),
    ("limits.unread_bytes_max", Rule::Whole(1_024, 1 << 40)),
    ("limits.unread_ms_max", Rule::Whole(1, 3_600_000)),
    ("log.filter", Rule::LogFilter),
    ("log.format", Rule::OneOf(&["plain", "json"])),
    ("market.enabled", Rule::OneOf(&["true", "false"])),
    ("money.rates", Rule::Path),
    ("pool.memory_bytes_max", Rule::Whole(1_024, 1 << 40)),
    ("pool.queue", Rule::Whole(0, 100_000)),
    ("pool.threads", Rule::Whole(0, 1_024)),
    ("rest.cors_origins", Rule::Origins),
    ("shutdown.grace_ms", Rule::Whole(0, 600_000)),
    ("shutdown.notice_ms", Rule::Whole(0, 600_000)),
    ("tls.cert", Rule::Path),
    ("tls.client_ca", Rule::Path),
    ("tls.key", Rule::Path),
    ("trust.accreditors", Rule::Path),
    ("trust.keys", Rule::Path),
    ("web.enabled", Rule::OneOf(&["auto", "on", "off"])),
    ("writes.enabled", Rule::OneOf(&["true", "false"])),
    ("writes.group", Rule::Whole(1, 100_000)),
    ("writes.queue", Rule::Whole(1, 100_000)),
    ("writes.queue_bytes", Rule::Whole(1 << 20, 1 << 30)),
    ("writes.threads", Rule::Whole(1, 1_024)),
];

impl Rule {
    fn allows(self, value: &Value) -> bool {
        let text = || value.clone().into_string();
        match self {
            Self::Whole(least, most) => text().is_ok_and(|text| {
                text.parse::<u64>()
                    .is_ok_and(|number| (least..=most).contains(&number))
            }),
            Self::Address => text().is_ok_and(|text| text.parse::<SocketAddr>().is_ok()),
            Self::Path => text().is_ok(),
            Self::OneOf(words) => text().is_ok_and(|text| words.contains(&text.as_str())),
            Self::LogFilter => text().is_ok_and(|text| EnvFilter::try_new(text).is_ok()),
            Self::Origins => text().is_ok_and(|text| origins(&text).all(is_origin)),
            Self::Servers => text().is_ok_and(|text| origins(&text).all(is_server)),
            Self::Name => text().is_ok_and(|text| {
                let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
                !text.is_empty() && text.len() <= 64 && text.bytes().all(letter)
            }),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(least, most) => write!(f, "must be a whole number from {least} to {most}"),
            Self::Address => f.write_str("must be an address and a port, such as 127.0.0.1:50051"),
            Self::Path => f.write_str("must be a path"),
            Self::OneOf(words) => write!(f, "must be one of: {}", words.join(", ")),
            Self::LogFilter => {
                f.write_str("must be a level or directives, such as warn,skillgap=info")
            }
            Self::Servers => {
                f.write_str("must be addresses with commas between them, such as nats://a:4222")
            }
            Self::Name => f.write_str("must be letters, digits and hyphens, at most 64"),
            Self::Origins => f.write_str(
                "must be origins with commas between them, such as https://jobs.example",
            ),
        }
    }
}

/// Whether a server of a log may be named so.
fn is_server(text: &str) -> bool {
    let host = text
        .strip_prefix("nats://")
        .or_else(|| text.strip_prefix("tls://"));
    is_origin(&format!("https://{}", host.unwrap_or("")))
}

/// A scheme and a host, perhaps with a port; never a pattern.
fn is_origin(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
        !host.is_empty() && host.bytes().all(letter)
    })
}

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key, such as `limits.ad_bytes_max`.
    pub key: String,
    /// Where it was set; empty where it is the combination that is wrong.
    pub origin: String,
    /// What is allowed.
    pub allowed: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.allowed)?;
        if self.origin.is_empty() {
            Ok(())
        } else {
            write!(f, " (set in {})", self.origin)
        }
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read at all.
    #[error("configuration cannot be read: {0}")]
    Unreadable(#[from] config::ConfigError),
    /// Everything that is wrong, one line each.
    #[error("configuration is not valid:{}", .0.iter().map(|problem| format!("\n  {problem}")).collect::<String>())]
    Invalid(Vec<Problem>),
}

impl Config {
    /// The defaults.
    ///
    /// # Errors
    /// None but for a fault in the default file, which a test rules out.
    pub fn defaults() -> Result<Self, ConfigError> {
        Self::load_with(None, &Overrides::default(), HashMap::new())
    }

    /// Reads the configuration: defaults, then `file`, then the environment of the process, then `overrides`.
    ///
    /// # Errors
    /// [`ConfigError::Unreadable`] for a file that is missing or no TOML; else [`ConfigError::Invalid`] with all that is wrong.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Self, ConfigError> {
        Self::load_with(
            file,
            overrides,
            std::env::vars_os()
                .filter_map(|(key, value)| {
                    Some((key.into_string().ok()?, value.into_string().ok()?))
                })
                .collect(),
        )
    }

    fn load_with(
        file: Option<&Path>,
        overrides: &Overrides,
        environment: HashMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let environment = Environment::with_prefix(ENVIRONMENT_PREFIX)
            .prefix_separator("__")
            .separator("__")
            .source(Some(environment));
        let mut sources =
            config::Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(file) = file {
            sources = sources.add_source(File::from(file).format(FileFormat::Toml));
        }
        let merged = sources.add_source(environment).build()?;
        let mut problems = problems(&merged.cache);
        if !problems.is_empty() {
            return Err(ConfigError::Invalid(problems));
        }
        let mut config: Self = merged.try_deserialize()?;
        if let Some(listen) = overrides.listen {
            config.grpc.listen = listen;
        }
        if let Some(data_dir) = &overrides.data_dir {
            config.catalogue.data_dir.clone_from(data_dir);
        }
        problems.extend(config.contradictions(overrides.insecure));
        match Policy::load(
            &config.money.rates,
            &config.trust.accreditors,
            &config.trust.keys,
        ) {
            Ok(policy) => config.policy = policy,
            Err(faults) => problems.extend(faults),
        }
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError::Invalid(problems))
        }
    }

    /// Whether the page is served: if nothing is said, on this machine only.
    pub fn has_page(&self) -> bool {
        match self.web.enabled {
            Switch::Auto => self.grpc.listen.ip().is_loopback(),
            Switch::On => true,
            Switch::Off => false,
        }
    }

    /// Values that are allowed each, and not together.
    fn contradictions(&self, insecure: bool) -> Vec<Problem> {
        let (limits, message) = (&self.limits, self.limits.message_bytes_max);
        let texts = [
            ("limits.ad_bytes_max", limits.ad_bytes_max),
            ("limits.text_bytes_max", limits.text_bytes_max),
            ("limits.query_bytes_max", limits.query_bytes_max),
            ("limits.typed_bytes_max", limits.typed_bytes_max),
        ];
        let too_long = texts
            .into_iter()
            .filter(|(_, bytes)| *bytes > message)
            .map(|(key, _)| (key, "must not be above limits.message_bytes_max"));
        let unread = limits.unread_bytes_max < limits.answer_bytes_max;
        let unread = unread.then_some((
            "limits.unread_bytes_max",
            "must not be below limits.answer_bytes_max",
        ));
        let unfinished = limits.unfinished_bytes_max < message + HEAD_BYTES_MAX;
        let unfinished = unfinished.then_some((
            "limits.unfinished_bytes_max",
            "must be above limits.message_bytes_max",
        ));
        let same_port = self.grpc.listen.port() != 0 && self.grpc.listen == self.admin.listen;
        let same_port =
            same_port.then_some(("admin.listen", "must not be the same as grpc.listen"));
        let (files, is_local) = (&self.tls.files, self.grpc.listen.ip().is_loopback());
        let half = files.cert.as_os_str().is_empty() != files.key.as_os_str().is_empty();
        let half = half.then_some(("tls.key", "must be set where tls.cert is, and only there"));
        let is_open = self.tls.files().is_none()
            || self.auth.keys_file().is_none()
            || self.auth.anonymous().contains(&Scope::Write);
        let beyond = (is_open && !is_local && !insecure).then_some((
            "grpc.listen",
            "other machines need tls.cert and auth.keys_file, and changes a key; --insecure listens all the same, for a private network or behind a proxy",
        ));
        let log = &self.change_log;
        let without_directory =
            log.servers().next().is_some() && self.catalogue.data_dir().is_none();
        let without_directory = without_directory.then_some((
            "change_log.servers",
            "needs catalogue.data_dir: a replica keeps what the log says",
        ));
        let half_log = log.tls_cert.as_os_str().is_empty() != log.tls_key.as_os_str().is_empty();
        let half_log = half_log.then_some((
            "change_log.tls_key",
            "must be set where change_log.tls_cert is, and only there",
        ));
        let problem = |(key, allowed): (&str, &str)| Problem {
            key: key.to_owned(),
            origin: String::new(),
            allowed: allowed.to_owned(),
        };
        too_long
            .chain(unread)
            .chain(unfinished)
            .chain(same_port)
            .chain(half)
            .chain(beyond)
            .chain(without_directory)
            .chain(half_log)
            .map(problem)
            .collect()
    }
}

/// Unknown keys and values that are not allowed, in the order of the keys.
fn problems(merged: &Value) -> Vec<Problem> {
    let mut values = BTreeMap::new();
    flatten(String::new(), merged, &mut values);
    let problem = |(key, value): (String, &Value)| {
        let rule = RULES
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, rule)| *rule);
        let allowed = match rule {
            None => "is no key of the configuration".to_owned(),
            Some(rule) if rule.allows(value) => return None,
            Some(rule) => rule.to_string(),
        };
        Some(Problem {
            key,
            origin: value.origin().unwrap_or_default().to_owned(),
            allowed,
        })
    };
    values.into_iter().filter_map(problem).collect()
}

/// Lists the leaves of nested tables by their dotted keys.
fn flatten<'a>(key: String, value: &'a Value, leaves: &mut BTreeMap<String, &'a Value>) {
    let ValueKind::Table(table) = &value.kind else {
        leaves.insert(key, value);
        return;
    };
    for (name, value) in table {
        let key = if key.is_empty() {
            name.clone()
        } else {
            format!("{key}.{name}")
        };
        flatten(key, value, leaves);
    }
}

#[cfg(test)]
mod tests;
