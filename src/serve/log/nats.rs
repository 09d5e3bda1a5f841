//! [`Nats`]: the log in NATS JetStream. The only file that knows NATS.
//!
//! A stream holds the changes, an object store the files of snapshots and generations, a bucket of keys the notes. What the log began with stands in the
//! stream's metadata, so that it cannot be lost apart from it.

use std::collections::HashMap;
use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::context::{
    Context, ContextBuilder, GetStreamErrorKind, PublishErrorKind,
};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::object_store::{GetErrorKind, ObjectMetadata, ObjectStore};
use async_nats::jetstream::stream::{self, LastRawMessageErrorKind, Stream};
use async_nats::jetstream::{ErrorCode, kv, object_store};
use async_nats::{Client, ConnectOptions};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};

use super::change_log::{
    Bounds, ChangeLog, Checkpoint, LogError, LogMessages, ObjectReader, ObjectWriter, Received,
};
use crate::config::ChangeLogSettings;

/// How long a server may take to answer; an election takes longer, and is waited for by trying again.
const ANSWER: Duration = Duration::from_secs(2);
/// A server that does not answer two of these is given up for another.
const PING: Duration = Duration::from_secs(1);
/// How long a connection may take to be made; there are others.
const CONNECT: Duration = Duration::from_secs(1);
/// The longest time between two attempts to connect.
const RECONNECT_MS_MAX: usize = 500;
/// How long a message that comes again is told from a new one.
const DUPLICATES: Duration = Duration::from_secs(120);
/// LogMessages that are sent and not acknowledged yet.
const IN_FLIGHT_MAX: usize = 1_024;
/// LogMessages of one request to the server.
const READ_TOGETHER: i64 = 500;
const NOTE_AGE: Duration = Duration::from_secs(3_600);
const EPOCH: &str = "skillgap-epoch";
const BASE: &str = "skillgap-base";

/// The log in NATS JetStream.
pub struct Nats {
    context: Context,
    /// Name of the stream and of both buckets.
    name: String,
    subject: String,
    replicas: usize,
}

fn unreachable(error: impl Display) -> LogError {
    LogError::Unreachable(error.to_string())
}

/// Connects to the servers; where none is reached yet, it goes on trying.
///
/// # Errors
/// [`LogError::Foreign`] for files of the settings that cannot be read.
pub async fn connect(settings: &ChangeLogSettings) -> Result<Client, LogError> {
    let mut options = ConnectOptions::new()
        .name("skillgap")
        .retry_on_initial_connect()
        .request_timeout(Some(ANSWER))
        .connection_timeout(CONNECT)
        .ping_interval(PING)
        .reconnect_delay_callback(|attempts| {
            Duration::from_millis((attempts * 100).min(RECONNECT_MS_MAX) as u64)
        });
    let is_set = |path: &Path| !path.as_os_str().is_empty();
    if is_set(&settings.tls_ca) {
        options = options
            .require_tls(true)
            .add_root_certificates(settings.tls_ca.clone());
    }
    if is_set(&settings.tls_cert) {
        options =
            options.add_client_certificate(settings.tls_cert.clone(), settings.tls_key.clone());
    }
    if is_set(&settings.login_file) {
        let read = std::fs::read_to_string(&settings.login_file);
        let login = read.map_err(|error| {
            LogError::Foreign(format!("{}: {error}", settings.login_file.display()))
        })?;
        options = match login.trim().split_once(':') {
            Some((user, password)) => {
                options.user_and_password(user.to_owned(), password.to_owned())
            }
            None => options.token(login.trim().to_owned()),
        };
    }
    let servers: Vec<String> = settings.servers().map(str::to_owned).collect();
    options.connect(servers).await.map_err(unreachable)
}

impl Nats {
    /// The log that the settings name.
    ///
    /// # Errors
    /// As [`connect`].
    pub async fn open(settings: &ChangeLogSettings) -> Result<Self, LogError> {
        let context = ContextBuilder::new()
            .timeout(ANSWER)
            .ack_timeout(ANSWER)
            .max_ack_inflight(IN_FLIGHT_MAX)
            .backpressure_on_inflight(true)
            .build(connect(settings).await?);
        let name = format!("skillgap-{}", settings.catalogue);
        Ok(Self {
            context,
            subject: format!("skillgap.{}.changes", settings.catalogue),
            name,
            replicas: settings.copies,
        })
    }

    async fn stream(&self) -> Result<Option<Stream>, LogError> {
        match self.context.get_stream(&self.name).await {
            Ok(stream) => Ok(Some(stream)),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(error)
                    if error.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(None)
                }
                _ => Err(unreachable(error)),
            },
        }
    }

    async fn bucket(&self) -> Result<ObjectStore, LogError> {
        if let Ok(bucket) = self.context.get_object_store(&self.name).await {
            return Ok(bucket);
        }
        let made = self.context.create_object_store(object_store::Config {
            bucket: self.name.clone(),
            num_replicas: self.replicas,
            ..object_store::Config::default()
        });
        made.await.map_err(unreachable)
    }

    async fn keys(&self) -> Result<kv::Store, LogError> {
        if let Ok(bucket) = self.context.get_key_value(&self.name).await {
            return Ok(bucket);
        }
        let made = self.context.create_key_value(kv::Config {
            bucket: self.name.clone(),
            max_age: NOTE_AGE,
            history: 1,
            num_replicas: self.replicas,
            ..kv::Config::default()
        });
        made.await.map_err(unreachable)
    }
}

#[tonic::async_trait]
impl ChangeLog for Nats {
    async fn bounds(&self) -> Result<Option<Bounds>, LogError> {
        let Some(stream) = self.stream().await? else {
            return Ok(None);
        };
        let info = stream.cached_info();
        let leaderless = |cluster: &stream::ClusterInfo| cluster.leader.is_none();
        if info.cluster.as_ref().is_some_and(leaderless) {
            return Err(LogError::Unreachable("it has no leader".to_owned()));
        }
        let metadata = &info.config.metadata;
        let epoch = metadata.get(EPOCH).and_then(|epoch| epoch.parse().ok());
        let base = metadata
            .get(BASE)
            .and_then(|base| serde_json::from_str(base).ok());
        let (Some(epoch), Some(base)) = (epoch, base) else {
            let name = &self.name;
            return Err(LogError::Foreign(format!(
                "the stream {name} is none of skillgap"
            )));
        };
        Ok(Some(Bounds {
            epoch,
            base,
            first: info.state.first_sequence,
            last: info.state.last_sequence,
        }))
    }

    async fn create(&self, epoch: u64, base: &Checkpoint) -> Result<(), LogError> {
        if self.stream().await?.is_some() {
            let deleted = self.context.delete_stream(&self.name).await;
            deleted.map_err(unreachable)?;
        }
        let said = serde_json::to_string(base).map_err(unreachable)?;
        let metadata = [
            (EPOCH.to_owned(), epoch.to_string()),
            (BASE.to_owned(), said),
        ];
        let made = self.context.create_stream(stream::Config {
            name: self.name.clone(),
            subjects: vec![self.subject.clone()],
            num_replicas: self.replicas,
            duplicate_window: DUPLICATES,
            deny_delete: true,
            first_sequence: Some(base.number + 1),
            metadata: HashMap::from(metadata),
            ..stream::Config::default()
        });
        made.await.map(|_| ()).map_err(unreachable)
    }

    async fn append(&self, id: &str, payload: Bytes) -> Result<u64, LogError> {
        let message = PublishMessage::build()
            .message_id(id)
            .expected_stream(&self.name)
            .payload(payload);
        let sent = self
            .context
            .send_publish(self.subject.clone(), message)
            .await;
        let acknowledged = match sent {
            Ok(sent) => sent.await,
            Err(error) => Err(error),
        };
        match acknowledged {
            Ok(acknowledged) => Ok(acknowledged.sequence),
            Err(error) => Err(match error.kind() {
                PublishErrorKind::MaxPayloadExceeded => LogError::TooLarge,
                PublishErrorKind::StreamNotFound => unreachable(error),
                _ => LogError::Unknown(error.to_string()),
            }),
        }
    }

    async fn read_from(&self, number: u64) -> Result<LogMessages, LogError> {
        let gone = || LogError::Unreachable("there is no stream".to_owned());
        let stream = self.stream().await?.ok_or_else(gone)?;
        let made = stream.create_consumer(pull::OrderedConfig {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: number,
            },
            max_batch: READ_TOGETHER,
            ..pull::OrderedConfig::default()
        });
        let messages = made.await.map_err(unreachable)?.messages().await;
        let messages = messages.map_err(unreachable)?.map(|message| {
            let message = message.map_err(unreachable)?;
            let number = message.info().map_err(unreachable)?.stream_sequence;
            let payload = message.payload.clone();
            Ok(Received { number, payload })
        });
        Ok(messages.boxed())
    }

    async fn message(&self, number: u64) -> Result<Option<Bytes>, LogError> {
        let Some(stream) = self.stream().await? else {
            return Ok(None);
        };
        match stream.get_raw_message(number).await {
            Ok(message) => Ok(Some(message.payload)),
            Err(error) => match error.kind() {
                LastRawMessageErrorKind::NoMessageFound => Ok(None),
                _ => Err(unreachable(error)),
            },
        }
    }

    async fn trim(&self, number: u64) -> Result<(), LogError> {
        let Some(stream) = self.stream().await? else {
            return Ok(());
        };
        let purged = stream.purge().sequence(number + 1).await;
        purged.map(|_| ()).map_err(unreachable)
    }

    async fn objects(&self) -> Result<Vec<String>, LogError> {
        let listed = self.bucket().await?.list().await.map_err(unreachable)?;
        let listed = listed.map_err(unreachable);
        let kept = listed.try_filter_map(|object| async move {
            Ok(Some(object.name).filter(|_| !object.deleted))
        });
        kept.try_collect().await
    }

    async fn put_object(&self, name: &str, mut from: ObjectReader<'_>) -> Result<(), LogError> {
        let object = ObjectMetadata {
            name: name.to_owned(),
            ..ObjectMetadata::default()
        };
        let stored = self.bucket().await?.put(object, &mut from).await;
        stored.map(|_| ()).map_err(unreachable)
    }

    async fn get_object(&self, name: &str, to: ObjectWriter<'_>) -> Result<(), LogError> {
        let bucket = self.bucket().await?;
        let mut object = bucket.get(name).await.map_err(|error| match error.kind() {
            GetErrorKind::NotFound => LogError::NoObject(name.to_owned()),
            _ => unreachable(error),
        })?;
        let copied = tokio::io::copy(&mut object, to).await;
        copied.map(|_| ()).map_err(unreachable)
    }

    async fn remove_object(&self, name: &str) -> Result<(), LogError> {
        let removed = self.bucket().await?.delete(name).await;
        removed.map_err(unreachable)
    }

    async fn put_note(&self, key: &str, note: Bytes) -> Result<(), LogError> {
        let put = self.keys().await?.put(key, note).await;
        put.map(|_| ()).map_err(unreachable)
    }

    async fn claim(&self, key: &str) -> Result<bool, LogError> {
        match self.keys().await?.create(key, Bytes::new()).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == kv::CreateErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(unreachable(error)),
        }
    }

    async fn release(&self, key: &str) -> Result<(), LogError> {
        let released = self.keys().await?.purge(key).await;
        released.map_err(unreachable)
    }

    async fn notes(&self) -> Result<Vec<(String, Bytes)>, LogError> {
        let bucket = self.keys().await?;
        let keys: Vec<String> = bucket
            .keys()
            .await
            .map_err(unreachable)?
            .try_collect()
            .await
            .map_err(unreachable)?;
        let mut notes = Vec::with_capacity(keys.len());
        for key in keys {
            let note = bucket.get(key.as_str()).await.map_err(unreachable)?;
            notes.extend(note.map(|note| (key, note)));
        }
        Ok(notes)
    }
}
