//! CatalogueService, as far as it changes the catalogue: a batch of credentials, one credential to delete. What is pure stands here; between
//! the check and the answer the writer makes the changes, and answers come when they are on disk.

use prost::Message;
use skillgap_catalogue::{Change, Outcome, Refusal};
use skillgap_esco::Fate;

use super::check::Check;
use super::present;
use super::{View, wire};
use crate::error::{Error, Result};

/// A checked batch on its way to the writer.
pub(super) struct Batch {
    outcomes: Vec<wire::UpsertOutcome>,
    /// Places in `outcomes` of those that are to be written.
    places: Vec<usize>,
}

/// Changes that were found good, with about how many bytes they take.
pub(super) struct Changes {
    pub(super) changes: Vec<Change>,
    pub(super) bytes: usize,
}

/// Checks a batch: a credential that is not valid keeps no other out.
///
/// # Errors
/// As every method: what is wrong with the request as a whole.
pub(super) fn check_upsert(
    view: &View<'_>,
    request: wire::BatchUpsertCredentialsRequest,
) -> Result<(Changes, Batch)> {
    view.watch.enter("check")?;
    let mut check = Check::new(view);
    let given = &request.credentials;
    if given.is_empty() {
        check.refuse("credentials", "is empty");
    }
    check.entries("credentials", given, view.limits.batch_credentials_max);
    check.done()?;
    let mut batch = Batch {
        outcomes: Vec::with_capacity(given.len()),
        places: Vec::with_capacity(given.len()),
    };
    let mut changes = Vec::with_capacity(given.len());
    for (at, given) in given.iter().enumerate() {
        let mut check = Check::new(view);
        let credential = check.credential(&format!("credentials[{at}]"), given);
        let mut outcome = wire::UpsertOutcome {
            id: id_of(view, &given.id),
            ..wire::UpsertOutcome::default()
        };
        match check.done() {
            Ok(_) => {
                let links = credential
                    .outcomes
                    .iter()
                    .flat_map(|outcome| &outcome.skills)
                    .map(|link| link.uri.as_str())
                    .chain(credential.skills_required().iter().map(String::as_str));
                (outcome.n_unknown_links, outcome.n_carried_links) = foreign_links(view, links);
                batch.places.push(at);
                changes.push(Change::Upsert(Box::new(credential)));
            }
            Err(error) => refuse(&mut outcome, error),
        }
        batch.outcomes.push(outcome);
    }
    let bytes = request.encoded_len();
    Ok((Changes { changes, bytes }, batch))
}

/// An id that is valid; another may be anything, and as long as the message.
fn id_of(view: &View<'_>, given: &str) -> Option<String> {
    let mut check = Check::new(view);
    let id = check.credential_id("id", given);
    check.done().is_ok().then_some(id)
}

/// Links to URIs that this ESCO does not have: those that lead nowhere, and those of a former version that are led on.
fn foreign_links<'u>(view: &View<'_>, uris: impl Iterator<Item = &'u str>) -> (u32, u32) {
    let esco = &view.catalogue.esco;
    let (mut unknown, mut carried) = (0, 0);
    for uri in uris.filter(|uri| esco.skill_by_uri(uri).is_none()) {
        match esco.former.get(uri) {
            Some(Fate::Replaced { .. } | Fate::Relinked { .. }) => carried += 1,
            _ => unknown += 1,
        }
    }
    (unknown, carried)
}

fn refuse(outcome: &mut wire::UpsertOutcome, error: Error) {
    if let Error::Refused { refusal, .. } = &error {
        let (Refusal::Stale(stored) | Refusal::Conflict(stored) | Refusal::Unversioned(stored)) =
            refusal;
        outcome.stored_version = Some(*stored);
    }
    outcome.result = wire::UpsertResult::Refused.into();
    outcome.error = Some(error.into());
}

/// Says what became of each credential; `made` has one outcome a change, in their order.
pub(super) fn present_upsert(
    view: &View<'_>,
    mut batch: Batch,
    made: Vec<Outcome>,
) -> Result<wire::BatchUpsertCredentialsResponse> {
    for (place, made) in batch.places.into_iter().zip(made) {
        let outcome = &mut batch.outcomes[place];
        match made {
            Outcome::Written | Outcome::Deleted => {
                outcome.result = wire::UpsertResult::Written.into();
            }
            Outcome::Unchanged => outcome.result = wire::UpsertResult::Unchanged.into(),
            Outcome::Refused(refusal) => {
                let field = "version";
                refuse(outcome, Error::Refused { field, refusal });
            }
        }
    }
    Ok(wire::BatchUpsertCredentialsResponse {
        outcomes: batch.outcomes,
        context: present::context(view, Check::new(view).done()?, &[]),
    })
}

/// Checks a deletion.
///
/// # Errors
/// As every method.
pub(super) fn check_delete(
    view: &View<'_>,
    request: wire::DeleteCredentialRequest,
) -> Result<Changes> {
    view.watch.enter("check")?;
    let mut check = Check::new(view);
    let id = check.credential_id("id", &request.id);
    check.version("version", request.version);
    check.done()?;
    let bytes = id.len();
    let version = request.version;
    let changes = vec![Change::Delete { id, version }];
    Ok(Changes { changes, bytes })
}

/// Says what became of a deletion.
///
/// # Errors
/// [`Error::Refused`] because of the versions.
pub(super) fn present_delete(
    view: &View<'_>,
    made: Option<Outcome>,
) -> Result<wire::DeleteCredentialResponse> {
    let deleted = match made.ok_or(Error::Internal)? {
        Outcome::Written | Outcome::Deleted => true,
        Outcome::Unchanged => false,
        Outcome::Refused(refusal) => {
            return Err(Error::Refused {
                field: "version",
                refusal,
            });
        }
    };
    Ok(wire::DeleteCredentialResponse {
        deleted,
        context: present::context(view, Check::new(view).done()?, &[]),
    })
}
