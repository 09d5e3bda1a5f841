//! A person's documents: read by the readers of the catalogue, their outcomes linked to skills. Only once the request is known to be good,
//! since that costs the most of all that is done before the engine.

use skillgap_credentials::credential::Credential;
use skillgap_credentials::cv;
use skillgap_credentials::verify::{Keys, Verification};
use skillgap_credentials::wallet::{Held, Refused, read};

use super::{Accepted, Check, View};
use crate::error::Result;
use crate::gap::ProfileParts;

/// Where they stand in a request.
const FIELD: &str = "profile.documents";

/// One document of a person, read.
#[derive(Clone, Debug, Default)]
pub(in crate::api) struct Document {
    /// Its credentials, with their outcomes linked.
    pub held: Vec<Held>,
    /// What of it cannot be read.
    pub refused: Vec<Refused>,
}

impl Check<'_> {
    /// Too many documents, and empty ones, are violations.
    pub(super) fn documents_form(&mut self, given: &[String]) {
        let most = self.view.limits.documents_max;
        let entries = self.entries(FIELD, given, most).iter().enumerate();
        for (at, document) in entries {
            if document.trim().is_empty() {
                self.refuse(format!("{FIELD}[{at}]"), "is empty");
            }
        }
    }
}

/// Reads the documents of a person on the day of the request, and adds the credentials that count to what is held: an expired one was earned
/// all the same; one that was revoked, is not valid yet, or whose signature is broken, does not count. What cannot be read is no violation, since the others count.
///
/// # Errors
/// As [`crate::engine::Watch::enter`].
pub(in crate::api) fn read_documents(
    view: &View<'_>,
    accepted: &Accepted,
    given: &[String],
    profile: &mut ProfileParts<'_>,
) -> Result<Vec<Document>> {
    let most = view.limits.document_outcomes_max;
    let (mut documents, mut left) = (Vec::new(), most);
    let none = Keys::default();
    let keys = view.policy.keys.as_deref().unwrap_or(&none);
    for document in given {
        view.watch.enter("documents")?;
        if let Some(words) = cv::words(document) {
            let mut cv = Document::default();
            if profile.text.is_none_or(|text| text.as_str() != words) {
                let reason = "is a CV, and another text is the profile's: its words are not read";
                cv.refused.push(at_root(reason.to_owned()));
            }
            documents.push(cv);
            continue;
        }
        let (mut held, mut refused) = read(document, accepted.as_of_day, keys);
        if held.is_empty() && refused.is_empty() {
            refused.push(at_root("has no credential that can be read".to_owned()));
        }
        for one in &mut held {
            left = link(view, &mut one.credential, left);
        }
        if left == 0 {
            let reason = format!("outcomes after the first {most} are not linked");
            refused.push(at_root(reason));
        }
        let counting = held
            .iter()
            .filter(|held| !held.revoked && !held.not_yet_valid)
            .filter(|held| held.verification != Verification::Broken);
        profile
            .credentials
            .extend(counting.map(|held| held.credential.clone()));
        documents.push(Document { held, refused });
    }
    Ok(documents)
}

fn at_root(reason: String) -> Refused {
    Refused {
        path: "$".to_owned(),
        reason,
    }
}

/// Links at most `left` outcomes; returns how many may still be linked.
fn link(view: &View<'_>, credential: &mut Credential, left: usize) -> usize {
    let beyond = credential
        .outcomes
        .split_off(left.min(credential.outcomes.len()));
    let linked = credential.outcomes.len();
    view.catalogue
        .link_outcomes(std::slice::from_mut(credential));
    credential.outcomes.extend(beyond);
    left - linked
}
