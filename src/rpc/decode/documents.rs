//! What do a person's documents show? Each is read by the readers of the catalogue, and its outcomes are linked to skills; what cannot be read is kept to be told.

use skillgap_credentials::credential::Credential;
use skillgap_credentials::day;
use skillgap_credentials::wallet::{Held, Refused, read};

use super::Check;

/// Where they stand in a request.
const FIELD: &str = "profile.documents";

/// One document of a person, read.
#[derive(Clone, Debug, Default)]
pub(in crate::rpc) struct Document {
    /// Its credentials, with their outcomes linked.
    pub held: Vec<Held>,
    /// What of it cannot be read.
    pub refused: Vec<Refused>,
}

impl Document {
    /// The credentials that count as held: an expired one was earned all the same; one that was revoked, or is not valid yet, does not count.
    fn counting(&self) -> impl Iterator<Item = &Credential> {
        self.held
            .iter()
            .filter(|held| !held.revoked && !held.not_yet_valid)
            .map(|held| &held.credential)
    }
}

impl Check<'_> {
    /// Reads the documents of a person and returns their credentials that count; [`Self::take_documents`] then has all that was read. Too many of them, and
    /// empty ones, are violations; one that cannot be read is not, since the others count.
    pub(super) fn documents(&mut self, given: &[String]) -> Vec<Credential> {
        let today = day::today();
        let (mut documents, mut left) = (Vec::new(), self.limits.document_outcomes_max);
        for (at, document) in self
            .entries(FIELD, given, self.limits.documents_max)
            .iter()
            .enumerate()
        {
            if document.trim().is_empty() {
                self.refuse(format!("{FIELD}[{at}]"), "is empty");
                continue;
            }
            let (mut held, mut refused) = read(document, today);
            for one in &mut held {
                left = self.link(&mut one.credential, left);
            }
            if left == 0 {
                let reason = format!(
                    "outcomes after the first {} are not linked",
                    self.limits.document_outcomes_max
                );
                refused.push(Refused {
                    path: "$".to_owned(),
                    reason,
                });
            }
            documents.push(Document { held, refused });
        }
        let counting = documents
            .iter()
            .flat_map(Document::counting)
            .cloned()
            .collect();
        self.documents = documents;
        counting
    }

    /// What was read of the documents of the profile that was checked last.
    pub(in crate::rpc) fn take_documents(&mut self) -> Vec<Document> {
        std::mem::take(&mut self.documents)
    }

    /// Links at most `left` outcomes; returns how many may still be linked.
    fn link(&self, credential: &mut Credential, left: usize) -> usize {
        let beyond = credential
            .outcomes
            .split_off(left.min(credential.outcomes.len()));
        let linked = credential.outcomes.len();
        self.catalogue
            .link_outcomes(std::slice::from_mut(credential));
        credential.outcomes.extend(beyond);
        left - linked
    }
}
