//! What is an accreditation worth? It must hold on the day, cover the credential's level, and be by a body that the operator counts.

use std::collections::BTreeSet;

use skillgap_credentials::credential::{Accreditation, QualityScope, Signal, day_of};
use skillgap_esco::text::{fold, stable_hash};

/// The bodies whose accreditation counts, as the operator lists them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accreditors {
    source: String,
    keys: BTreeSet<u64>,
}

impl Accreditors {
    /// Takes the names and identifiers of the bodies; case, accents and white space do not matter. `source` says whose list it is.
    pub fn new<'a>(source: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        let keys = names
            .into_iter()
            .filter(|name| !name.trim().is_empty())
            .map(body_key)
            .collect();
        Self {
            source: source.trim().to_owned(),
            keys,
        }
    }

    /// Whose list it is.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether a body is on the list, by its name or its identifier.
    pub fn lists(&self, name: &str, id: Option<&str>) -> bool {
        self.has(body_key(name)) || id.is_some_and(|id| self.has(body_key(id)))
    }

    /// Whether a [`body_key`] is on the list.
    pub(crate) fn has(&self, key: u64) -> bool {
        self.keys.contains(&key)
    }
}

/// A body's name or identifier as a number.
pub(crate) fn body_key(name: &str) -> u64 {
    stable_hash(
        fold(name)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .bytes(),
    )
}

/// The signal that an accreditation speaks for. One of a programme says that this programme was assessed from outside, as the national offer is;
/// one of an institution, or of what is not stated, speaks for the provider only.
pub fn speaks_for(accreditation: &Accreditation) -> Signal {
    match accreditation.scope() {
        QualityScope::Programme => Signal::NationalQualityAssured,
        QualityScope::Institution | QualityScope::Unspecified => Signal::ProviderAccredited,
    }
}

/// Whether an accreditation that is valid up to some EQF level covers a credential. Not one above it, nor one that does not state its level.
pub(crate) fn covers_level(accreditation: &Accreditation, level: Option<u32>) -> bool {
    accreditation
        .eqf_level_max
        .is_none_or(|most| level.is_some_and(|level| level <= most))
}

/// What an accreditation is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// It counts.
    Counts,
    /// Its last day is past.
    Expired,
    /// Its first day is to come.
    NotYet,
    /// Its body is not on the operator's list.
    NotListed,
    /// It does not cover the credential's level.
    LevelNotCovered,
}

impl Worth {
    /// The word used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counts => "counts",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
            Self::NotListed => "not_listed",
            Self::LevelNotCovered => "level_not_covered",
        }
    }

    /// Judges an accreditation of a credential of an EQF level, on a day, by a list of bodies or without one.
    pub fn of(
        accreditation: &Accreditation,
        level: Option<u32>,
        day: i64,
        accreditors: Option<&Accreditors>,
    ) -> Self {
        let id = accreditation.accreditor_id.as_deref();
        if day_of(&accreditation.valid_until).is_some_and(|until| until < day) {
            Self::Expired
        } else if day_of(&accreditation.valid_from).is_some_and(|from| from > day) {
            Self::NotYet
        } else if accreditors.is_some_and(|list| !list.lists(&accreditation.accreditor, id)) {
            Self::NotListed
        } else if !covers_level(accreditation, level) {
            Self::LevelNotCovered
        } else {
            Self::Counts
        }
    }
}
