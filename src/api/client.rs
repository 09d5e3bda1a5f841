//! The client of a running service, by which the command line hands credentials over: in batches, each acknowledged when it is on disk there.

use std::time::Duration;

use prost::Message;
use skillgap_credentials::credential::Credential;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use super::wire;
use super::wire::catalogue_service_client::CatalogueServiceClient;

/// Credentials of one batch, and bytes of its message: the limits of a service that was not told otherwise.
const BATCH_MAX: usize = 500;
const BATCH_BYTES_MAX: usize = 1_000_000;
/// How often a batch is sent again that the service was too busy for.
const TRIES_MAX: usize = 50;

/// What became of credentials that were handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Added or replaced.
    pub written: u64,
    /// There already, just so.
    pub unchanged: u64,
    /// Refused, with the reason.
    pub refused: Vec<(String, String)>,
    /// Links to skills that the service's ESCO does not have.
    pub unknown_links: u64,
    /// Links to URIs of former versions of ESCO that are led on.
    pub carried_links: u64,
}

/// A connection to a service.
pub struct Importer {
    server: String,
    client: CatalogueServiceClient<Channel>,
    /// How the caller is known.
    authorization: Option<MetadataValue<Ascii>>,
}

impl Importer {
    /// Connects, with a key where the service asks for one.
    ///
    /// # Errors
    /// A sentence that says why the service cannot be reached.
    pub async fn connect(server: &str, key: Option<&str>) -> Result<Self, String> {
        let authorization = key.map(|key| {
            let value = format!("Bearer {}", key.trim()).parse::<MetadataValue<Ascii>>();
            value.map_err(|_| "the key is none".to_owned())
        });
        let address = if server.contains("://") {
            server.to_owned()
        } else {
            format!("http://{server}")
        };
        let endpoint =
            Endpoint::from_shared(address).map_err(|error| format!("{server}: {error}"))?;
        let channel = endpoint
            .connect()
            .await
            .map_err(|error| format!("{server}: cannot be reached ({})", root(&error)))?;
        Ok(Self {
            server: server.to_owned(),
            client: CatalogueServiceClient::new(channel),
            authorization: authorization.transpose()?,
        })
    }

    /// Hands credentials over and waits until they are on the service's disk.
    ///
    /// # Errors
    /// A sentence that says why the service did not take them. Some may have been taken; handing them over again does no harm.
    pub async fn import(&mut self, credentials: &[Credential]) -> Result<Imported, String> {
        let (mut imported, mut batch, mut bytes) = (Imported::default(), Vec::new(), 0);
        for credential in credentials {
            let credential = credential.clone();
            let size = credential.encoded_len() + 8;
            if batch.len() == BATCH_MAX || bytes + size > BATCH_BYTES_MAX {
                self.send(std::mem::take(&mut batch), &mut imported).await?;
                bytes = 0;
            }
            bytes += size;
            batch.push(credential);
        }
        self.send(batch, &mut imported).await?;
        Ok(imported)
    }

    async fn send(
        &mut self,
        credentials: Vec<Credential>,
        imported: &mut Imported,
    ) -> Result<(), String> {
        if credentials.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = credentials.iter().map(|of| of.id.clone()).collect();
        let request = wire::BatchUpsertCredentialsRequest { credentials };
        let answer = self.take(request).await.map_err(|status| {
            let server = &self.server;
            match status.code() {
                Code::Unimplemented => format!("{server}: is no service that takes credentials"),
                _ => format!("{server}: {}", status.message()),
            }
        })?;
        for (id, outcome) in ids.into_iter().zip(answer.outcomes) {
            imported.unknown_links += u64::from(outcome.n_unknown_links);
            imported.carried_links += u64::from(outcome.n_carried_links);
            match outcome.result() {
                wire::UpsertResult::Written => imported.written += 1,
                wire::UpsertResult::Unchanged => imported.unchanged += 1,
                wire::UpsertResult::Refused | wire::UpsertResult::Unspecified => {
                    let error = outcome.error.unwrap_or_default();
                    imported.refused.push((id, reason(&error.to_status())));
                }
            }
        }
        Ok(())
    }

    /// Sends a batch, again and again while the service has too much to do.
    async fn take(
        &mut self,
        request: wire::BatchUpsertCredentialsRequest,
    ) -> Result<wire::BatchUpsertCredentialsResponse, Status> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut request = Request::new(request.clone());
            if let Some(key) = &self.authorization {
                request.metadata_mut().insert("authorization", key.clone());
            }
            let answered = self.client.batch_upsert_credentials(request).await;
            let status = match answered {
                Ok(answer) => return Ok(answer.into_inner()),
                Err(status) => status,
            };
            let delay = status.get_details_retry_info();
            let delay: Option<Duration> = delay.and_then(|info| info.retry_delay);
            match delay.filter(|_| tries < TRIES_MAX) {
                Some(delay) => tokio::time::sleep(delay).await,
                None => return Err(status),
            }
        }
    }
}

/// Why a credential was refused, in one sentence.
fn reason(status: &Status) -> String {
    let Some(request) = status.get_details_bad_request() else {
        return status.message().to_owned();
    };
    let violations = request.field_violations.iter();
    let violations = violations.map(|violation| {
        // The place in the batch means nothing to whoever reads this.
        let field = violation
            .field
            .split_once("].")
            .map_or("", |(_, field)| field);
        format!("{field}: {}", violation.description)
    });
    violations.collect::<Vec<_>>().join("; ")
}

/// What went wrong at last; the outer errors of a connection say only that it failed.
fn root(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
