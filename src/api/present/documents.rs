//! A person's documents in messages: each credential with what is known of its validity, and by whom it is verified.

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::schema::taught;
use skillgap_credentials::credential::text_in;
use skillgap_credentials::verify::Verification;
use skillgap_credentials::wallet::{Held, Refused};

use crate::api::check::Document;
use crate::api::wire;

/// The credentials of a person's documents.
pub(super) fn held(
    catalogue: &Catalogue,
    documents: &[Document],
    language: &str,
) -> Vec<wire::HeldDocument> {
    let shown = |(at, held): (usize, &Held)| wire::HeldDocument {
        document: at as u32,
        id: held.credential.id.clone(),
        title: text_in(&held.credential.title, language).to_owned(),
        issuer: held.credential.awarding_body_name().map(str::to_owned),
        verification: match held.verification {
            Verification::NotVerified => wire::DocumentVerification::NotVerified,
            Verification::Verified(_) => wire::DocumentVerification::Verified,
            Verification::Broken => wire::DocumentVerification::Broken,
        }
        .into(),
        verified_by: match &held.verification {
            Verification::Verified(name) => Some(name.clone()),
            _ => None,
        },
        valid_until: held
            .credential
            .validity
            .as_ref()
            .and_then(|validity| validity.valid_until.clone()),
        expired: held.expired,
        not_yet_valid: held.not_yet_valid,
        revoked: held.revoked,
        status_not_asked: held.status_unknown,
        n_skills: taught(&held.credential, &catalogue.esco).len() as u32,
    };
    let documents = documents.iter().enumerate();
    documents
        .flat_map(|(at, document)| document.held.iter().map(move |held| (at, held)))
        .map(shown)
        .collect()
}

/// What of the documents could not be read.
pub(super) fn refused(documents: &[Document]) -> Vec<wire::RefusedDocument> {
    let refused = documents
        .iter()
        .enumerate()
        .filter(|(_, document)| !document.refused.is_empty());
    refused
        .map(|(at, document)| wire::RefusedDocument {
            document: at as u32,
            violations: violations(&document.refused),
        })
        .collect()
}

/// What is wrong with a document.
pub(in crate::api) fn violations(refused: &[Refused]) -> Vec<wire::Violation> {
    let violation = |refused: &Refused| wire::Violation {
        field: refused.path.clone(),
        reason: refused.reason.clone(),
    };
    refused.iter().map(violation).collect()
}
