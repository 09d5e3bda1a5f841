//! [`Facts`] of a credential, and the [`Filter`] that they must pass.

use std::sync::Arc;

use tantivy::DocAddress;

use crate::accreditors::Accreditors;
use crate::terms::Terms;
use skillgap_credentials::credential::{DeliveryMode, Money, Signal};
use skillgap_credentials::rates::Rates;
use skillgap_esco::SkillId;

/// What a credential must fulfil. A fact that is not stated fails, unless `include_unknown`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Most hours.
    pub hours_max: Option<f64>,
    /// Most cost. Costs in another currency are converted by `rates`; those that are not in it count as not stated.
    pub cost_max: Option<Money>,
    /// What amounts in several currencies are worth; without it, costs in another currency count as not stated.
    pub rates: Option<Arc<Rates>>,
    /// Languages of instruction, one of which suffices.
    pub languages: Vec<String>,
    /// Countries, one of which suffices; worldwide offers always do.
    pub countries: Vec<String>,
    /// Modes, one of which suffices.
    pub modes: Vec<DeliveryMode>,
    /// Lowest EQF level.
    pub eqf_level_min: Option<u8>,
    /// Highest EQF level.
    pub eqf_level_max: Option<u8>,
    /// Only where the provider is stated to be accredited, or the credential itself is, on `as_of_day`. Passes nothing that is not stated.
    pub must_be_accredited: bool,
    /// Bodies whose accreditation counts; without it, that of every body.
    pub accreditors: Option<Arc<Accreditors>>,
    /// Names of funding schemes, or of who is eligible, one of which suffices; schemes that ran out before `as_of_day` do not count.
    pub must_be_funded_by: Vec<String>,
    /// Only with a start on this day or later; `as_of_day` where only `start_before_day` is set.
    pub start_from_day: Option<i64>,
    /// Only with a start before this day (days since 1970-01-01).
    pub start_before_day: Option<i64>,
    /// The day that expiry, starts and age are compared with, as days since 1970-01-01.
    pub as_of_day: i64,
    /// Whether a fact that is not stated passes.
    pub include_unknown: bool,
}

/// What ranking needs to know of a credential, without reading it whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Where the credential lies in the snapshot.
    pub address: DocAddress,
    /// Its id, by which ties are broken.
    pub id: String,
    /// Hashed id ([`crate::schema::id_hash`]).
    pub id_hash: u64,
    /// Taught skills with the confidence of the link, sorted by row.
    pub teaches: Vec<(SkillId, f64)>,
    /// Levels of taught languages, 1 (A1) to 6 (C2), where they are stated, sorted by row.
    pub levels: Vec<(SkillId, u8)>,
    /// Most hours, if stated.
    pub hours: Option<f64>,
    /// Cost, if stated; the currency in upper case.
    pub cost: Option<Money>,
    /// EQF level, if stated.
    pub eqf_level: Option<u8>,
    /// Trust signals that are stated.
    pub signals: Vec<(Signal, bool)>,
    /// Skills that must be held before.
    pub required: Vec<SkillId>,
    /// Hashed ids ([`crate::schema::id_hash`]) of credentials that must be held before.
    pub prerequisites: Vec<u64>,
    /// Groups of credentials of which some must be held before: how many of which hashed ids.
    pub prerequisite_groups: Vec<(usize, Vec<u64>)>,
    /// Hashed ids, or names, of larger qualifications that it is a part of.
    pub part_of: Vec<u64>,
    /// Hashed ids, or names, of its own parts.
    pub parts: Vec<u64>,
    /// Whether languages, countries and mode are stated.
    pub stated_access: [bool; 3],
    /// Day of the last change, as days since 1970-01-01, if stated.
    pub modified_day: Option<i64>,
    /// Who vouches for it, until when, and what it is worth without an assessment.
    pub terms: Terms,
}
