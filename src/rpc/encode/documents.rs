//! How is it shown what a person's documents said? Each credential with what is known of its validity, and that nobody has verified it.

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::schema::taught;
use skillgap_credentials::credential::{text_in, text_of};
use skillgap_credentials::wallet::Refused;

use super::wire;
use crate::rpc::decode::Document;

/// What every document of this version is.
const NOT_VERIFIED: &str = "not verified";

/// The credentials of a person's documents.
pub(in crate::rpc) fn held(
    catalogue: &Catalogue,
    documents: &[Document],
    language: &str,
) -> Vec<wire::HeldDocument> {
    let credentials = documents
        .iter()
        .enumerate()
        .flat_map(|(at, document)| document.held.iter().map(move |held| (at, held)));
    let shown = credentials.map(|(at, held)| wire::HeldDocument {
        document: at as u32,
        id: held.credential.id.clone(),
        title: text_in(&held.credential.title, language).to_owned(),
        issuer: held
            .credential
            .awarding_body_name()
            .unwrap_or_default()
            .to_owned(),
        valid_until: text_of(&held.credential.validity, |validity| &validity.valid_until)
            .unwrap_or_default()
            .to_owned(),
        expired: held.expired,
        revoked: held.revoked,
        status_not_asked: held.status_unknown,
        verification: NOT_VERIFIED.to_owned(),
        skills: taught(&held.credential, &catalogue.esco).len() as u32,
        not_yet_valid: held.not_yet_valid,
    });
    shown.collect()
}

/// What of some documents could not be read; `refused` has the parts of each.
pub(in crate::rpc) fn refused<'a>(
    refused: impl IntoIterator<Item = &'a [Refused]>,
) -> Vec<wire::RefusedPart> {
    let parts = refused
        .into_iter()
        .enumerate()
        .flat_map(|(at, parts)| parts.iter().map(move |part| (at, part)));
    parts
        .map(|(at, part)| wire::RefusedPart {
            document: at as u32,
            path: part.path.clone(),
            reason: part.reason.clone(),
        })
        .collect()
}
