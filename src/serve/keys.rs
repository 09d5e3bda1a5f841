//! Who may call what: keys with scopes, known by their digests only, in a file that is read again when it changes.
//!
//! A key has 256 random bits, so a plain digest of it gives nothing away, and what is looked up is the digest: how long that takes tells
//! nothing about a key either.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::Deserialize;
use skillgap_credentials::day;

use crate::error::{Error, Result};

/// Time between looks at the file. A key that is taken out of it is refused a moment later.
const LOOK: Duration = Duration::from_millis(500);
/// What all keys begin with, so that scanners for lost secrets know them.
const PREFIX: &str = "sg_";
/// Random bytes of a key.
const SECRET_BYTES: usize = 32;
/// Bytes of a header with a key, beyond which none is looked for.
const HEADER_BYTES_MAX: usize = 256;
/// Bytes of the name of a key.
pub const NAME_BYTES_MAX: usize = 64;
/// Bits of a file's mode that let anybody change it.
const WRITABLE_BY_ALL: u32 = 0o002;

/// What a call needs of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Answers to single requests.
    Read,
    /// Feeds.
    Stream,
    /// Changes of the catalogue.
    Write,
    /// All of it.
    Admin,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 4] = [Self::Read, Self::Stream, Self::Write, Self::Admin];

    /// Its name in files and errors.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Stream => "stream",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

/// A file of keys.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    key: Vec<Entry>,
}

/// A key in a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    blake3: String,
    scopes: Vec<Scope>,
    /// The last day on which it is good.
    expires: Option<String>,
    /// Calls a second, messages of feeds included.
    per_second: Option<NonZeroU32>,
}

/// A key that is known.
#[derive(Debug)]
struct Key {
    name: Arc<str>,
    scopes: Vec<Scope>,
    /// The last day on which it is good, since 1970-01-01.
    expires: Option<i64>,
    rate: Option<Rate>,
}

#[derive(Clone, Debug)]
struct Rate {
    per_second: NonZeroU32,
    limiter: Arc<DefaultDirectRateLimiter>,
}

type Table = HashMap<[u8; blake3::OUT_LEN], Arc<Key>>;

/// Why a file of keys is not taken.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// It is no file of keys. Neither digests nor values are quoted.
    #[error("{path}: {reason}")]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the name of the key.
        reason: String,
    },
}

/// Who calls.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    digest: Option<[u8; blake3::OUT_LEN]>,
    /// The name of the key; none without one.
    pub name: Option<Arc<str>>,
}

/// The keys that are good now. Clones share them.
#[derive(Clone, Debug)]
pub struct Keys {
    file: Option<PathBuf>,
    table: Arc<ArcSwap<Table>>,
    /// What callers without a key may do.
    anonymous: &'static [Scope],
}

impl Keys {
    /// The keys of a file, if there is one.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn open(file: Option<&Path>, anonymous: &'static [Scope]) -> Result<Self, KeysError> {
        let table = match file {
            Some(file) => read(file, &Table::default())?,
            None => Table::default(),
        };
        Ok(Self {
            file: file.map(Path::to_path_buf),
            table: Arc::new(ArcSwap::from_pointee(table)),
            anonymous,
        })
    }

    /// Who calls, if the call is permitted.
    ///
    /// # Errors
    /// [`Error::Key`], [`Error::Scope`], [`Error::Quota`].
    pub fn admit(&self, headers: &HeaderMap, scope: Option<Scope>) -> Result<Caller> {
        let Some(scope) = scope else {
            return Ok(Caller::default());
        };
        let digest = presented(headers).map(|key| *blake3::hash(key).as_bytes());
        let caller = Caller { digest, name: None };
        let name = self.check(&caller, scope)?;
        Ok(Caller { name, ..caller })
    }

    /// Whether a caller may still do what it does; counts as one call. Says the name of the key.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub fn check(&self, caller: &Caller, scope: Scope) -> Result<Option<Arc<str>>> {
        let Some(digest) = &caller.digest else {
            return if self.anonymous.contains(&scope) {
                Ok(None)
            } else if self.anonymous.is_empty() || self.file.is_some() {
                Err(Error::Key)
            } else {
                Err(Error::Scope(scope.name()))
            };
        };
        let table = self.table.load();
        let key = table.get(digest).ok_or(Error::Key)?;
        if key.expires.is_some_and(|last| last < day::today()) {
            return Err(Error::Key);
        }
        if !key.scopes.contains(&scope) && !key.scopes.contains(&Scope::Admin) {
            return Err(Error::Scope(scope.name()));
        }
        if let Some(rate) = &key.rate {
            rate.limiter.check().map_err(|refused| {
                Error::Quota(refused.wait_time_from(DefaultClock::default().now()))
            })?;
        }
        Ok(Some(Arc::clone(&key.name)))
    }

    /// Reads the file again whenever it has changed. Ends only when dropped.
    pub async fn follow(self) {
        let Some(file) = &self.file else { return };
        let mut ticks = tokio::time::interval(LOOK);
        let (mut seen, mut has_failed) = (None, false);
        loop {
            ticks.tick().await;
            let digest = digest(file.clone()).await;
            if seen == Some(digest) {
                continue;
            }
            let is_first = seen.is_none();
            seen = Some(digest);
            match read(file, &self.table.load()) {
                Ok(table) => {
                    if !is_first || has_failed {
                        tracing::info!(keys = table.len(), "keys were read again");
                    }
                    has_failed = false;
                    self.table.store(Arc::new(table));
                }
                Err(error) => {
                    has_failed = true;
                    tracing::error!(%error, "keys cannot be read; the old ones stay");
                }
            }
        }
    }
}

/// The key that a caller presents: as a bearer token or in a header of its own.
fn presented(headers: &HeaderMap) -> Option<&[u8]> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| {
        let (scheme, key) = value.as_bytes().split_at_checked(7)?;
        scheme.eq_ignore_ascii_case(b"bearer ").then_some(key)
    });
    let own = || headers.get("x-api-key").map(|value| value.as_bytes());
    let key = bearer.or_else(own)?;
    Some(&key[..key.len().min(HEADER_BYTES_MAX)])
}

/// Reads a file of keys; a key that stood in `before` at the same rate keeps what it has used of it.
fn read(path: &Path, before: &Table) -> Result<Table, KeysError> {
    use std::os::unix::fs::PermissionsExt;
    let io = |source| KeysError::Io {
        path: path.to_path_buf(),
        source,
    };
    let form = |reason: String| KeysError::Form {
        path: path.to_path_buf(),
        reason,
    };
    let mode = std::fs::metadata(path).map_err(io)?.permissions().mode();
    if mode & WRITABLE_BY_ALL != 0 {
        return Err(form("anybody may change it".to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(io)?;
    let parsed = config::Config::builder()
        .add_source(config::File::from_str(&text, config::FileFormat::Toml))
        .build()
        .and_then(config::Config::try_deserialize::<File>);
    // Its own message quotes what is there.
    let file = parsed.map_err(|_| form("is no list of keys; see docs/security.md".to_owned()))?;
    let mut table = Table::default();
    for entry in file.key {
        let named = |what: &str| form(format!("key {:?}: {what}", printable(&entry.name)));
        if !is_name(&entry.name) {
            return Err(named("the name must be letters, digits, - and _"));
        }
        let digest = blake3::Hash::from_hex(&entry.blake3);
        let digest = *digest.map_err(|_| named("blake3 is no digest"))?.as_bytes();
        if entry.scopes.is_empty() {
            return Err(named("has no scope"));
        }
        let expires = entry.expires.as_deref().map(|last| {
            day::parse(last).ok_or_else(|| named("expires is no day such as 2027-12-31"))
        });
        let expires = expires.transpose()?;
        let old = before.get(&digest).and_then(|old| old.rate.clone());
        let rate = entry.per_second.map(|per_second| {
            old.filter(|old| old.per_second == per_second)
                .unwrap_or_else(|| Rate {
                    per_second,
                    limiter: Arc::new(DefaultDirectRateLimiter::direct(Quota::per_second(
                        per_second,
                    ))),
                })
        });
        let key = Key {
            name: entry.name.as_str().into(),
            scopes: entry.scopes.clone(),
            expires,
            rate,
        };
        if table.insert(digest, Arc::new(key)).is_some() {
            return Err(named("stands there twice"));
        }
    }
    Ok(table)
}

/// What is in a file now, by its digest; nothing if it cannot be read.
pub(super) async fn digest(file: PathBuf) -> Option<blake3::Hash> {
    let read = tokio::task::spawn_blocking(move || std::fs::read(file).ok());
    let bytes = read.await.ok().flatten()?;
    Some(blake3::hash(&bytes))
}

fn printable(name: &str) -> String {
    name.chars().take(NAME_BYTES_MAX).collect()
}

/// Whether a key may have this name.
pub fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(letter)
}

/// A new key, and its digest.
///
/// # Errors
/// What the operating system says where it has no random bytes.
pub fn new_key(name: &str) -> Result<(String, String), getrandom::Error> {
    use base64::Engine;
    let mut secret = [0; SECRET_BYTES];
    getrandom::fill(&mut secret)?;
    let secret = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(secret);
    let key = format!("{PREFIX}{name}_{secret}");
    let digest = blake3::hash(key.as_bytes()).to_hex().to_string();
    Ok((key, digest))
}
