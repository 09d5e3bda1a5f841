//! What does a credential leave unsaid? Over the wire: of one in the catalogue, or of a document that the caller sends.

use skillgap_catalogue::Catalogue;
use skillgap_credentials::credential::{Credential, text_in};
use skillgap_credentials::transparency::{ELEMENTS, State, check};
use skillgap_credentials::{day, wallet};

use super::decode::Check;
use super::{encode, wire};
use crate::engine::Watch;
use crate::error::{Error, Result};
use crate::limits::Limits;

/// Answers `CheckCredential`.
pub(super) fn check_credential(
    catalogue: &Catalogue,
    limits: &Limits,
    request: &wire::CheckCredentialRequest,
    watch: &mut Watch,
) -> Result<wire::CheckCredentialResponse> {
    watch.enter("decode")?;
    let mut form = Check::new(catalogue, limits);
    if request.id.is_empty() == request.document.is_empty() {
        form.refuse("id", "exactly one of id and document must be given");
    }
    let language = form.label_language(&request.language);
    form.done()?;
    watch.enter("check")?;
    let today = day::today();
    let (credentials, refused) = if request.id.is_empty() {
        let (held, refused) = wallet::read(&request.document, today);
        (
            held.into_iter().map(|held| held.credential).collect(),
            refused,
        )
    } else {
        let found = catalogue.credentials.get(&request.id)?;
        (
            vec![found.ok_or(Error::NotFound { field: "id" })?],
            Vec::new(),
        )
    };
    watch.enter("encode")?;
    Ok(wire::CheckCredentialResponse {
        credentials: credentials
            .iter()
            .take(limits.results_max)
            .map(|credential| checked(credential, today, &language))
            .collect(),
        refused: encode::refused([refused.as_slice()]),
        snapshot: Some(encode::snapshot(catalogue)),
    })
}

fn checked(credential: &Credential, today: i64, language: &str) -> wire::CheckedCredential {
    let elements = ELEMENTS
        .iter()
        .zip(check(credential, today))
        .map(|(element, finding)| wire::CheckedElement {
            element: element.name.to_owned(),
            group: element.group.name().to_owned(),
            state: match finding.state {
                State::There => wire::ElementState::There,
                State::Doubtful => wire::ElementState::Doubtful,
                State::Missing => wire::ElementState::Missing,
            }
            .into(),
            note: finding.note,
        });
    wire::CheckedCredential {
        id: credential.id.clone(),
        title: text_in(&credential.title, language).to_owned(),
        elements: elements.collect(),
        doubts: credential
            .doubts
            .iter()
            .map(|doubt| format!("{}: {}", doubt.field, doubt.reason))
            .collect(),
    }
}
