//! What does a commit hold, and is it whole? Its number, its counts, and a sum over all credentials, kept in tantivy's payload.
//!
//! The sum does not depend on the order or the segments of the credentials, so that merging does not change it, and adding or removing one costs one addition.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tantivy::{DocId, Index};

use super::CredentialIndex;
use super::segment::Segment;
use crate::error::{CatalogueError, Result};
use crate::schema::codes::id_hash;
use crate::schema::{Given, LIVE, TOMBSTONE};
use skillgap_credentials::credential::{Credential, SkillLink};
use skillgap_esco::Esco;
use skillgap_esco::text::stable_hash;

/// Name of the folder of credentials, in messages.
const CREDENTIALS: &str = "credentials";

/// What is counted of one credential, and of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Learning outcomes.
    pub outcomes: u64,
    /// Links that providers declare.
    pub declared: u64,
    /// Links that we, or whoever prepared the data, inferred.
    pub inferred: u64,
    /// Links to skills that the generation's ESCO does not have.
    pub foreign: u64,
}

impl Tally {
    /// Counts one credential.
    pub fn of(credential: &Credential, esco: &Esco) -> Self {
        let links = credential.links();
        let (inferred, declared): (Vec<_>, Vec<_>) = links.partition(|link| link.is_inferred());
        let is_foreign = |link: &&SkillLink| esco.skill_by_uri(&link.uri).is_none();
        Self {
            outcomes: credential.outcomes.len() as u64,
            declared: declared.len() as u64,
            inferred: inferred.len() as u64,
            foreign: credential.links().filter(is_foreign).count() as u64,
        }
    }

    /// Adds another's counts, or takes them away.
    fn changed(self, other: Self, change: Change) -> Self {
        Self {
            outcomes: change(self.outcomes, other.outcomes),
            declared: change(self.declared, other.declared),
            inferred: change(self.inferred, other.inferred),
            foreign: change(self.foreign, other.foreign),
        }
    }
}

/// Addition or subtraction, modulo 2^64.
type Change = fn(u64, u64) -> u64;

/// One document, as far as it counts for a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Hash of the id.
    id: u64,
    /// A credential, or the mark of a deleted one.
    pub here: bool,
    pub version: Option<u64>,
    /// Number of the change that wrote it; none for what the build wrote.
    pub sequence: Option<u64>,
    /// Hash of the credential as given; none for a mark.
    pub given: Option<u64>,
}

impl Entry {
    /// A credential.
    pub fn here(credential: &Credential, given: &Given, sequence: Option<u64>) -> Self {
        Self {
            id: id_hash(&credential.id),
            here: true,
            version: credential.version,
            sequence,
            given: Some(given.hash),
        }
    }

    /// The mark of a deleted one.
    pub fn gone(id: &str, version: Option<u64>, sequence: u64) -> Self {
        Self {
            id: id_hash(id),
            here: false,
            version,
            sequence: Some(sequence),
            given: None,
        }
    }

    /// What stands in the columns.
    pub fn read(segment: &Segment, document: DocId) -> Self {
        Self {
            id: segment.id_hash.first(document).unwrap_or_default(),
            here: segment.is_here(document),
            version: segment.version.first(document),
            sequence: segment.sequence.first(document),
            given: segment.given.first(document),
        }
    }

    fn hash(&self) -> u64 {
        let optional = |value: Option<u64>| [u64::from(value.is_some()), value.unwrap_or_default()];
        let [a, b] = optional(self.version);
        let [c, d] = optional(self.sequence);
        let [e, f] = optional(self.given);
        let state = if self.here { LIVE } else { TOMBSTONE };
        stable_hash(
            [self.id, state, a, b, c, d, e, f]
                .into_iter()
                .flat_map(u64::to_le_bytes),
        )
    }
}

/// Where a commit stands in a log of changes that several machines follow; its number is the commit's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPosition {
    /// Which log: one that was made again has another.
    pub epoch: u64,
    /// Hash of the last message of it that the commit holds.
    pub hash: u64,
}

/// What tantivy's payload says of a commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Number of the last change that the commit holds.
    pub sequence: u64,
    /// Credentials.
    pub credentials: u64,
    /// Marks of credentials that were deleted.
    pub deleted: u64,
    /// Counts over all credentials.
    pub tally: Tally,
    /// Sum over all documents, modulo 2^64.
    pub sum: u64,
    /// Where it stands in the log that the changes come from, if they come from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogPosition>,
}

impl Commit {
    /// Nothing yet, at this number.
    pub(super) fn empty(sequence: u64) -> Self {
        Self {
            sequence,
            ..Self::default()
        }
    }

    /// Adds a document.
    pub(super) fn add(&mut self, entry: &Entry, tally: Tally) {
        self.change(entry, tally, u64::wrapping_add);
    }

    /// Takes a document away.
    pub(super) fn remove(&mut self, entry: &Entry, tally: Tally) {
        self.change(entry, tally, u64::wrapping_sub);
    }

    fn change(&mut self, entry: &Entry, tally: Tally, change: Change) {
        let count = match entry.here {
            true => &mut self.credentials,
            false => &mut self.deleted,
        };
        *count = change(*count, 1);
        self.tally = self.tally.changed(tally, change);
        self.sum = change(self.sum, entry.hash());
    }

    /// The payload for tantivy.
    pub(super) fn payload(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|error| CatalogueError::input(CREDENTIALS, error.to_string()))
    }

    /// Reads the payload of the last commit.
    ///
    /// # Errors
    /// [`CatalogueError::Damaged`] if it says something else.
    pub(super) fn read(index: &Index) -> Result<Self> {
        let payload = index.load_metas()?.payload.unwrap_or_default();
        serde_json::from_str(&payload).map_err(|_| {
            CatalogueError::damaged(CREDENTIALS, "the commit does not say what it holds")
        })
    }

    /// Checks that the index holds exactly what the commit says. Cost: a pass over five columns.
    ///
    /// # Errors
    /// [`CatalogueError::Damaged`] if it does not.
    pub(super) fn verify(&self, credentials: &CredentialIndex) -> Result<()> {
        let mut found = Self {
            sequence: self.sequence,
            tally: self.tally,
            log: self.log,
            ..Self::default()
        };
        for (reader, segment) in credentials
            .searcher
            .segment_readers()
            .iter()
            .zip(&credentials.segments)
        {
            for document in reader.doc_ids_alive() {
                found.add(&Entry::read(segment, document), Tally::default());
            }
        }
        if found == *self {
            Ok(())
        } else {
            Err(CatalogueError::damaged(
                CREDENTIALS,
                "it does not hold what its last commit says",
            ))
        }
    }

    /// The counts under their names in a manifest.
    pub(super) fn counts(&self) -> BTreeMap<String, u64> {
        let counts = [
            ("credentials", self.credentials),
            ("outcomes", self.tally.outcomes),
            ("declared links", self.tally.declared),
            ("inferred links", self.tally.inferred),
            (
                "links to skills of another ESCO version",
                self.tally.foreign,
            ),
        ];
        counts
            .into_iter()
            .map(|(name, count)| (name.to_owned(), count))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_does_not_depend_on_the_order_and_every_part_counts() {
        let entry = |id| Entry {
            id,
            here: true,
            version: None,
            sequence: None,
            given: Some(7),
        };
        let sum = |entries: &[Entry]| {
            let mut commit = Commit::default();
            entries
                .iter()
                .for_each(|entry| commit.add(entry, Tally::default()));
            commit
        };
        assert_eq!(sum(&[entry(1), entry(2)]), sum(&[entry(2), entry(1)]));
        for other in [
            Entry {
                here: false,
                ..entry(1)
            },
            Entry {
                version: Some(0),
                ..entry(1)
            },
            Entry {
                sequence: Some(0),
                ..entry(1)
            },
            Entry {
                given: Some(8),
                ..entry(1)
            },
            Entry {
                given: None,
                ..entry(1)
            },
            entry(3),
        ] {
            assert_ne!(sum(&[entry(1)]).sum, sum(&[other]).sum, "{other:?}");
        }
        let mut back = sum(&[entry(1), entry(2)]);
        back.remove(&entry(2), Tally::default());
        assert_eq!(back, sum(&[entry(1)]));
    }
}
