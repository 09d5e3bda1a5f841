//! May a change be made? Decided by the versions that sources give, so that a repeated or late change does no harm.

use crate::schema::Given;
use skillgap_credentials::credential::Credential;

use super::super::commit::Entry;

/// One change to the catalogue.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Adds a credential, or replaces the one with this id.
    Upsert(Box<Credential>),
    /// Deletes a credential.
    Delete {
        /// Its id.
        id: String,
        /// Number of this change among the changes of this credential, if its source numbers them.
        version: Option<u64>,
    },
}

impl Change {
    /// The id that it is about.
    pub fn id(&self) -> &str {
        match self {
            Self::Upsert(credential) => &credential.id,
            Self::Delete { id, .. } => id,
        }
    }
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The credential is there as given.
    Written,
    /// The credential is not there any more.
    Deleted,
    /// It was so before; nothing was written.
    Unchanged,
    /// It was not made.
    Refused(Refusal),
}

/// Why a change was not made, with the version that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A higher version is stored.
    Stale(u64),
    /// The same version is stored, with another content.
    Conflict(u64),
    /// What is stored has a version, and the change has none.
    Unversioned(u64),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stale(stored) => write!(f, "version {stored} is stored, which is higher"),
            Self::Conflict(stored) => write!(f, "version {stored} is stored with another content"),
            Self::Unversioned(stored) => write!(
                f,
                "version {stored} is stored; a change needs a higher version"
            ),
        }
    }
}

/// What a change that may be made does.
#[derive(Clone, Debug)]
pub(super) enum Write {
    /// Writes a credential.
    Put(Box<Credential>, Given),
    /// Leaves a mark that it was deleted.
    Mark(Option<u64>),
}

/// Decides on a credential to be written; `stored` is what is there under its id, and `served` the hash of the same as it is served, with the links that
/// we inferred. Who gives back what was served, as an export holds it, says nothing new.
pub(super) fn upsert(
    credential: Box<Credential>,
    given: Given,
    stored: Option<&Entry>,
    served: Option<u64>,
) -> Result<Write, Outcome> {
    if let Some(stored) = stored {
        if [stored.given, served].contains(&Some(given.hash)) {
            return Err(Outcome::Unchanged);
        }
        newer(credential.version, stored)?;
    }
    Ok(Write::Put(credential, given))
}

/// Decides on a credential to be deleted; `stored` is what is there under its id.
pub(super) fn delete(version: Option<u64>, stored: Option<&Entry>) -> Result<Write, Outcome> {
    match stored {
        None if version.is_none() => return Err(Outcome::Unchanged),
        Some(stored) if !stored.here && (version.is_none() || version == stored.version) => {
            return Err(Outcome::Unchanged);
        }
        Some(stored) => newer(version, stored)?,
        None => {}
    }
    Ok(Write::Mark(version))
}

/// Whether a change with this version comes after what is stored.
fn newer(version: Option<u64>, stored: &Entry) -> Result<(), Outcome> {
    let refused = |refusal| Err(Outcome::Refused(refusal));
    match (stored.version, version) {
        (None, _) => Ok(()),
        (Some(stored), None) => refused(Refusal::Unversioned(stored)),
        (Some(stored), Some(version)) if version < stored => refused(Refusal::Stale(stored)),
        (Some(stored), Some(version)) if version == stored => refused(Refusal::Conflict(stored)),
        (Some(_), Some(_)) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_credentials::credential::Workload;

    fn credential(version: Option<u64>, hours: f64) -> (Box<Credential>, Given) {
        let credential = Credential {
            id: "a".to_owned(),
            version,
            workload: Some(Workload {
                hours: Some(hours),
                ..Workload::default()
            }),
            ..Credential::default()
        };
        let given = Given::of(&credential);
        (Box::new(credential), given)
    }

    /// What becomes of writing `(version, hours)` where `stored` is there; `None` hours is a mark.
    fn write(
        version: Option<u64>,
        hours: f64,
        stored: Option<(Option<u64>, Option<f64>)>,
    ) -> Outcome {
        let (credential, given) = credential(version, hours);
        upsert(credential, given, stored.map(entry).as_ref(), None)
            .err()
            .unwrap_or(Outcome::Written)
    }

    fn erase(version: Option<u64>, stored: Option<(Option<u64>, Option<f64>)>) -> Outcome {
        delete(version, stored.map(entry).as_ref())
            .err()
            .unwrap_or(Outcome::Deleted)
    }

    fn entry((version, hours): (Option<u64>, Option<f64>)) -> Entry {
        match hours {
            Some(hours) => {
                let (credential, given) = credential(version, hours);
                Entry::here(&credential, &given, Some(1))
            }
            None => Entry::gone("a", version, 1),
        }
    }

    #[test]
    fn without_versions_the_last_write_counts() {
        assert_eq!(write(None, 1.0, None), Outcome::Written);
        assert_eq!(write(None, 2.0, Some((None, Some(1.0)))), Outcome::Written);
        assert_eq!(
            write(None, 1.0, Some((None, Some(1.0)))),
            Outcome::Unchanged
        );
        assert_eq!(write(None, 1.0, Some((None, None))), Outcome::Written);
        assert_eq!(erase(None, Some((None, Some(1.0)))), Outcome::Deleted);
        assert_eq!(erase(None, Some((None, None))), Outcome::Unchanged);
        assert_eq!(erase(None, None), Outcome::Unchanged);
    }

    #[test]
    fn a_higher_version_replaces_and_the_same_one_again_does_nothing() {
        assert_eq!(
            write(Some(2), 2.0, Some((Some(1), Some(1.0)))),
            Outcome::Written
        );
        assert_eq!(
            write(Some(1), 1.0, Some((Some(1), Some(1.0)))),
            Outcome::Unchanged
        );
        assert_eq!(
            write(Some(1), 1.0, Some((None, Some(1.0)))),
            Outcome::Written
        );
        assert_eq!(write(Some(3), 1.0, Some((Some(2), None))), Outcome::Written);
        assert_eq!(erase(Some(2), Some((Some(1), Some(1.0)))), Outcome::Deleted);
        assert_eq!(erase(Some(2), Some((Some(2), None))), Outcome::Unchanged);
        assert_eq!(erase(Some(2), None), Outcome::Deleted);
    }

    #[test]
    fn what_comes_late_or_says_something_else_is_refused() {
        let refused = Outcome::Refused;
        assert_eq!(
            write(Some(1), 2.0, Some((Some(2), Some(1.0)))),
            refused(Refusal::Stale(2))
        );
        assert_eq!(
            write(Some(1), 2.0, Some((Some(2), None))),
            refused(Refusal::Stale(2))
        );
        assert_eq!(
            write(Some(2), 2.0, Some((Some(2), Some(1.0)))),
            refused(Refusal::Conflict(2))
        );
        assert_eq!(
            write(Some(2), 2.0, Some((Some(2), None))),
            refused(Refusal::Conflict(2))
        );
        assert_eq!(
            write(None, 2.0, Some((Some(2), Some(1.0)))),
            refused(Refusal::Unversioned(2))
        );
        assert_eq!(
            write(None, 2.0, Some((Some(2), None))),
            refused(Refusal::Unversioned(2))
        );
        assert_eq!(
            erase(Some(1), Some((Some(2), Some(1.0)))),
            refused(Refusal::Stale(2))
        );
        assert_eq!(
            erase(Some(2), Some((Some(2), Some(1.0)))),
            refused(Refusal::Conflict(2))
        );
        assert_eq!(
            erase(None, Some((Some(2), Some(1.0)))),
            refused(Refusal::Unversioned(2))
        );
    }
}
