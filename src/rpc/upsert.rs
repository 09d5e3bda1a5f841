//! Changes over the wire: a stream of credentials, one credential to delete. Answered when what was accepted is on disk and can be found.

use std::time::Duration;

use prost::Message;
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Change, Outcome, Refusal};
use skillgap_credentials::check::ID_BYTES_MAX;
use skillgap_credentials::credential::Credential;
use skillgap_esco::Fate;
use tokio::sync::mpsc;
use tokio::time::{timeout, timeout_at};
use tonic::{Request, Response, Status, Streaming};

use super::call::{Context, deadline};
use super::decode::Check;
use super::{encode, wire};
use crate::error::{Error, Result, Violation};
use crate::limits::Limits;
use crate::ops::writes::Done;

/// Refused credentials that an answer lists.
const REFUSALS_MAX: usize = 100;
/// Violations that are listed of one of them.
const VIOLATIONS_MAX: usize = 50;

/// Adds or replaces a stream of credentials. A caller that sends nothing for as long as a request may take is given up.
pub(super) async fn upsert(
    context: &Context,
    request: Request<Streaming<wire::UpsertCredentialsRequest>>,
) -> Result<Response<wire::UpsertCredentialsResponse>, Status> {
    let _place = context.writes.admit()?;
    let (mut stream, mut answer) = (
        request.into_inner(),
        wire::UpsertCredentialsResponse::default(),
    );
    let (replies, mut done) = mpsc::unbounded_channel();
    let idle_max = Duration::from_millis(context.limits.deadline_ms);
    let mut position = 0;
    loop {
        let message = timeout(idle_max, stream.message())
            .await
            .map_err(|_| Error::DeadlineExceeded)??;
        let Some(message) = message else { break };
        if position >= context.limits.upserts_max as u64 {
            return Err(Error::invalid(
                "credential",
                format!(
                    "at most {} may come in one stream",
                    context.limits.upserts_max
                ),
            )
            .into());
        }
        let bytes = message.encoded_len();
        match credential(&context.snapshots.pin(), &context.limits, message) {
            Ok((credential, Links { unknown, carried })) => {
                answer.unknown_links += unknown;
                answer.carried_links += carried;
                context
                    .writes
                    .send(
                        Change::Upsert(Box::new(credential)),
                        bytes,
                        position,
                        replies.clone(),
                    )
                    .await?;
            }
            Err((id, violations)) => refuse(&mut answer, invalid(position, id, violations)),
        }
        position += 1;
        while let Ok(done) = done.try_recv() {
            count(&mut answer, done)?;
        }
    }
    drop(replies);
    while let Some(done) = done.recv().await {
        count(&mut answer, done)?;
    }
    answer.refusals.sort_by_key(|refused| refused.position);
    answer.refusals.truncate(REFUSALS_MAX);
    answer.snapshot = Some(encode::snapshot(&context.snapshots.pin()));
    Ok(Response::new(answer))
}

/// Links of a credential to URIs that this ESCO does not have.
struct Links {
    /// Those that lead nowhere.
    unknown: u64,
    /// Those of a former version that are led on.
    carried: u64,
}

/// The credential of a message, with its links to skills that this ESCO does not have; else its id with all that is wrong.
fn credential(
    catalogue: &Catalogue,
    limits: &Limits,
    message: wire::UpsertCredentialsRequest,
) -> Result<(Credential, Links), (String, Vec<Violation>)> {
    let Some(given) = message.credential else {
        return Err((
            String::new(),
            vec![Violation::new("credential", "is missing")],
        ));
    };
    let mut check = Check::new(catalogue, limits);
    let credential = check.credential("credential", &given);
    match check.done() {
        Ok(()) => {
            let links = credential
                .outcomes
                .iter()
                .flat_map(|outcome| &outcome.skills)
                .map(|link| &link.uri);
            let unknown = links
                .chain(credential.skills_required())
                .filter(|uri| catalogue.esco.skill_by_uri(uri).is_none());
            let leads_on = |uri: &&String| {
                matches!(
                    catalogue.esco.former.get(uri.as_str()),
                    Some(Fate::Replaced { .. } | Fate::Relinked { .. })
                )
            };
            let (carried, unknown): (Vec<&String>, Vec<&String>) = unknown.partition(leads_on);
            let links = Links {
                unknown: unknown.len() as u64,
                carried: carried.len() as u64,
            };
            Ok((credential, links))
        }
        Err(Error::Invalid(violations)) => Err((credential.id, violations)),
        Err(error) => Err((
            credential.id,
            vec![Violation::new("credential", error.to_string())],
        )),
    }
}

/// Counts a change that ended.
fn count(answer: &mut wire::UpsertCredentialsResponse, done: Done) -> Result<()> {
    match done.outcome? {
        Outcome::Written | Outcome::Deleted => answer.written += 1,
        Outcome::Unchanged => answer.unchanged += 1,
        Outcome::Refused(refusal) => refuse(answer, refused(done.position, done.id, refusal)),
    }
    Ok(())
}

/// Lists a refused credential; those that come first in the stream stay.
fn refuse(answer: &mut wire::UpsertCredentialsResponse, refused: wire::RefusedCredential) {
    answer.refused += 1;
    answer.refusals.push(refused);
    if answer.refusals.len() > 2 * REFUSALS_MAX {
        answer.refusals.sort_by_key(|refused| refused.position);
        answer.refusals.truncate(REFUSALS_MAX);
    }
}

fn invalid(position: u64, id: String, violations: Vec<Violation>) -> wire::RefusedCredential {
    let violations = violations.into_iter().take(VIOLATIONS_MAX);
    let violations = violations
        .map(|violation| wire::CredentialViolation {
            field: violation.field,
            reason: violation.reason,
        })
        .collect();
    // An id that is not valid may be anything, and as long as the message.
    let id = if id.len() <= ID_BYTES_MAX {
        id
    } else {
        String::new()
    };
    wire::RefusedCredential {
        position,
        id,
        reason: wire::RefusalReason::Invalid.into(),
        stored_version: None,
        violations,
    }
}

fn refused(position: u64, id: String, refusal: Refusal) -> wire::RefusedCredential {
    let (reason, stored) = match refusal {
        Refusal::Stale(stored) => (wire::RefusalReason::StaleVersion, stored),
        Refusal::Conflict(stored) => (wire::RefusalReason::VersionConflict, stored),
        Refusal::Unversioned(stored) => (wire::RefusalReason::VersionMissing, stored),
    };
    wire::RefusedCredential {
        position,
        id,
        reason: reason.into(),
        stored_version: Some(stored),
        violations: Vec::new(),
    }
}

/// Deletes one credential.
pub(super) async fn delete(
    context: &Context,
    request: Request<wire::DeleteCredentialRequest>,
) -> Result<Response<wire::DeleteCredentialResponse>, Status> {
    let deadline = deadline(request.metadata(), &context.limits);
    let wire::DeleteCredentialRequest { id, version } = request.into_inner();
    let pinned = context.snapshots.pin();
    let mut check = Check::new(&pinned, &context.limits);
    let id = check.credential_id("id", &id);
    check.done()?;
    let bytes = id.len();
    let made = timeout_at(
        deadline.into(),
        context.writes.make(Change::Delete { id, version }, bytes),
    )
    .await;
    let deleted = match made.map_err(|_| Error::DeadlineExceeded)?? {
        Outcome::Written | Outcome::Deleted => true,
        Outcome::Unchanged => false,
        Outcome::Refused(refusal) => {
            return Err(Error::Refused {
                field: "version",
                refusal,
            }
            .into());
        }
    };
    Ok(Response::new(wire::DeleteCredentialResponse {
        deleted,
        snapshot: Some(encode::snapshot(&context.snapshots.pin())),
    }))
}
