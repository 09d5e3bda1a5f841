//! The context of an answer: the data, the day and the language that it rests on, and what became of what the caller gave.

use skillgap_credentials::day;

use super::{Words, documents};
use crate::api::check::{Accepted, Document};
use crate::api::{View, wire};

/// What an answer rests on.
pub(in crate::api) fn context(
    view: &View<'_>,
    accepted: Accepted,
    documents: &[Document],
) -> Option<wire::AnswerContext> {
    let (rates, accreditors) = (&view.policy.rates, &view.policy.accreditors);
    let manifest = &view.catalogue.manifest;
    Some(wire::AnswerContext {
        snapshot: Some(wire::Snapshot {
            esco_version: manifest.esco_version.clone(),
            generation: manifest.generation.clone(),
            commit: manifest.commit,
            unheard_seconds: view.unheard_seconds,
        }),
        as_of: day::format(accepted.as_of_day).unwrap_or_default(),
        language_code: Words::of(&accepted.language).code().to_owned(),
        documents: documents::held(view.catalogue, documents, &accepted.language),
        refused_documents: documents::refused(documents),
        carried_uris: accepted.carried,
        rates: rates.as_ref().map(|rates| rates.origin()),
        accreditors: accreditors.as_ref().map(|list| list.source().to_owned()),
    })
}
