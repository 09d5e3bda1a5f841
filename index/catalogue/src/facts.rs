//! [`Facts`] of a credential, and the [`Filter`] that they must pass.

use std::ops::Range;
use std::sync::Arc;

use tantivy::DocAddress;

use crate::accreditors::Accreditors;
use crate::terms::Terms;
use skillgap_credentials::credential::{
    BasisOfAward, CefrLevel, DeliveryMode, Money, Place, Signal, StudyLoad, TimeOfDay,
};
use skillgap_credentials::net_price::Entitlement;
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
    /// Only what takes place there; what is online passes.
    pub near: Option<Near>,
    /// Times of day, one of which suffices.
    pub times_of_day: Vec<TimeOfDay>,
    /// Whether it may fill the working week.
    pub study_load: Option<StudyLoad>,
    /// Languages that the person has, with their levels: an offer that needs more of its language fails.
    pub language_levels: Vec<(String, CefrLevel)>,
    /// Ids or names of rights that it must give, one of which suffices.
    pub rights: Vec<String>,
    /// Ways to be awarded it, one of which suffices.
    pub bases_of_award: Vec<BasisOfAward>,
    /// What schemes ask about the person: then a cost is what is left to pay.
    pub entitlement: Option<Entitlement>,
    /// The day that expiry, starts and age are compared with, as days since 1970-01-01.
    pub as_of_day: i64,
    /// Whether a fact that is not stated passes.
    pub include_unknown: bool,
}

/// A place, and how far from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// Coordinates where there is a distance, else a NUTS code, or a country with a postal code.
    pub place: Place,
    /// Most kilometres as the crow flies; without it the same region or postal code.
    pub distance_km_max: Option<f64>,
}

impl Filter {
    /// Whether the language of instruction matters.
    pub(crate) fn asks_for_language(&self) -> bool {
        !(self.languages.is_empty() && self.language_levels.is_empty())
    }

    /// The days of which one must be a start, if a start is asked for.
    pub(crate) fn start_days(&self) -> Option<Range<i64>> {
        self.start_from_day.or(self.start_before_day)?;
        let from = self.start_from_day.unwrap_or(self.as_of_day);
        Some(from..self.start_before_day.unwrap_or(i64::MAX))
    }

    /// Whether something is asked of offers that the columns of single facts do not hold.
    pub(crate) fn asks_for_more_than_columns(&self) -> bool {
        self.near.is_some() || !self.asks_only_near()
    }

    /// Whether of all that the columns do not hold nothing is asked for but a place.
    pub(crate) fn asks_only_near(&self) -> bool {
        self.times_of_day.is_empty()
            && self.study_load.is_none()
            && self.language_levels.is_empty()
            && self.must_be_funded_by.is_empty()
            && self.start_days().is_none()
    }
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
    /// The offer that it is judged by: of those that fulfil the constraints the one that leaves least to pay; nothing where it has none.
    pub offer: Option<usize>,
    /// Cost, if stated: what is left to pay, where the filter says what the person is entitled to. The currency in upper case.
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
