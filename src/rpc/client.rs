//! How does the command line hand credentials to a running service? In streams of some thousand, each acknowledged when it is on disk there.

use skillgap_catalogue::Refusal;
use skillgap_credentials::credential::Credential;
use tonic::Code;
use tonic::transport::Endpoint;

use super::wire::catalogue_service_client::CatalogueServiceClient;
use super::{encode, wire};

/// What became of credentials that were handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Added or replaced.
    pub written: u64,
    /// There already, just so.
    pub unchanged: u64,
    /// Refused.
    pub n_refused: u64,
    /// The first of them, with the reason.
    pub refused: Vec<(String, String)>,
    /// Links to skills that the service's ESCO does not have.
    pub unknown_links: u64,
    /// Links to URIs of former versions of ESCO that are led on.
    pub carried_links: u64,
}

/// Hands credentials over and waits until they are on the service's disk.
///
/// # Errors
/// A sentence that says why the service did not take them. Some may have been taken; handing them over again does no harm.
pub async fn import(server: &str, credentials: Vec<Credential>) -> Result<Imported, String> {
    let address = if server.contains("://") {
        server.to_owned()
    } else {
        format!("http://{server}")
    };
    let endpoint = Endpoint::from_shared(address).map_err(|error| format!("{server}: {error}"))?;
    let channel = endpoint
        .connect()
        .await
        .map_err(|error| format!("{server}: cannot be reached ({})", root(&error)))?;
    let ids: Vec<String> = credentials
        .iter()
        .map(|credential| credential.id.clone())
        .collect();
    let messages = credentials
        .into_iter()
        .map(|credential| wire::UpsertCredentialsRequest {
            credential: Some(encode::credential_without_labels(&credential)),
        });
    let stream = tokio_stream::iter(messages);
    let answer = CatalogueServiceClient::new(channel)
        .upsert_credentials(stream)
        .await
        .map_err(|status| match status.code() {
            Code::Unimplemented => format!("{server}: is no service that takes credentials"),
            _ => format!("{server}: {}", status.message()),
        })?;
    let answer = answer.into_inner();
    let refused = answer.refusals.into_iter().map(|refused| {
        let id = ids
            .get(refused.position as usize)
            .cloned()
            .unwrap_or(refused.id.clone());
        (id, reason(&refused))
    });
    Ok(Imported {
        written: answer.written,
        unchanged: answer.unchanged,
        n_refused: answer.refused,
        refused: refused.collect(),
        unknown_links: answer.unknown_links,
        carried_links: answer.carried_links,
    })
}

/// Why a credential was refused, in one sentence.
fn reason(refused: &wire::RefusedCredential) -> String {
    let stored = refused.stored_version.unwrap_or_default();
    match refused.reason() {
        wire::RefusalReason::StaleVersion => Refusal::Stale(stored).to_string(),
        wire::RefusalReason::VersionConflict => Refusal::Conflict(stored).to_string(),
        wire::RefusalReason::VersionMissing => Refusal::Unversioned(stored).to_string(),
        wire::RefusalReason::Invalid | wire::RefusalReason::Unspecified => {
            let violations = refused
                .violations
                .iter()
                .map(|violation| format!("{}: {}", violation.field, violation.reason));
            violations.collect::<Vec<_>>().join("; ")
        }
    }
}

/// What went wrong at last; the outer errors of a connection say only that it failed.
fn root(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
