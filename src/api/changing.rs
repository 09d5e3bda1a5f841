//! A change from check to answer, as every transport makes it: what is pure stands in `changes`, between its two halves the writer works.

use super::changes::{self, Changes};
use super::wire;
use crate::error::Result;
use crate::rpc::Context;
use crate::serve::audit::Changed;

/// Adds or replaces a batch of credentials that `read` finds in a message; with how many of them changed, for the audit log.
///
/// # Errors
/// What `read` and the check say, and why nothing was stored.
pub(super) async fn upsert<M: Send + 'static>(
    context: &Context,
    message: M,
    read: impl FnOnce(M) -> Result<wire::BatchUpsertCredentialsRequest> + Send + 'static,
) -> Result<(wire::BatchUpsertCredentialsResponse, Changed)> {
    context.writes.admit()?;
    let checked = context.check(message, |view, message| {
        changes::check_upsert(view, read(message)?)
    });
    let (Changes { changes, bytes }, batch) = checked.await?;
    let made = context.writes.make(changes, bytes).await?;
    let answer = context.at_once(|view| changes::present_upsert(view, batch, made))?;
    let n = |result: wire::UpsertResult| {
        let outcomes = answer.outcomes.iter();
        outcomes.filter(|one| one.result() == result).count()
    };
    let changed = Changed {
        n_changed: n(wire::UpsertResult::Written),
        n_unchanged: n(wire::UpsertResult::Unchanged),
        n_refused: n(wire::UpsertResult::Refused),
    };
    Ok((answer, changed))
}

/// Deletes a credential that `read` finds in a message.
///
/// # Errors
/// As [`upsert`].
pub(super) async fn delete<M: Send + 'static>(
    context: &Context,
    message: M,
    read: impl FnOnce(M) -> Result<wire::DeleteCredentialRequest> + Send + 'static,
) -> Result<(wire::DeleteCredentialResponse, Changed)> {
    context.writes.admit()?;
    let checked = context.check(message, |view, message| {
        changes::check_delete(view, read(message)?)
    });
    let Changes { changes, bytes } = checked.await?;
    let made = context.writes.make(changes, bytes).await?;
    let made = made.first().copied();
    let answer = context.at_once(|view| changes::present_delete(view, made))?;
    let changed = Changed {
        n_changed: usize::from(answer.deleted),
        n_unchanged: usize::from(!answer.deleted),
        n_refused: 0,
    };
    Ok((answer, changed))
}
