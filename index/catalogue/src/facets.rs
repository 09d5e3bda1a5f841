//! How many hits are there of each country, sector, level, mode, time of day and language? Counted in columns, without reading a credential.

use std::collections::BTreeMap;

use tantivy::DocId;

use super::facts::Filter;
use super::segment::Segment;
use crate::schema::codes::{letters_decode, signal_decode};
use crate::terms::Standing;
use skillgap_credentials::credential::{
    BasisOfAward, DeliveryMode, EnumName, Signal, StudyLoad, TimeOfDay,
};

/// Values of one facet that are listed.
const VALUES_MAX: usize = 100;

/// Counts of the hits of a search by one of their facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// Name of the fact, as in the contract.
    pub name: &'static str,
    /// Values with the number of hits that state them, most first, then in the alphabet. A hit that states several counts for each.
    pub values: Vec<(String, u64)>,
    /// Hits that do not state it.
    pub not_stated: u64,
    /// Values that are not listed, because there are too many.
    pub n_more: usize,
}

/// The facts that are counted, in the order of the answer.
#[derive(Clone, Copy)]
enum Fact {
    Country,
    Sector,
    Level,
    Mode,
    Language,
    Accredited,
    TimeOfDay,
    StudyLoad,
    BasisOfAward,
}

const FACTS: [(Fact, &str); 9] = [
    (Fact::Country, "countries"),
    (Fact::Sector, "sector"),
    (Fact::Level, "eqfLevel"),
    (Fact::Mode, "mode"),
    (Fact::Language, "languages"),
    (Fact::Accredited, "accredited"),
    (Fact::TimeOfDay, "timesOfDay"),
    (Fact::StudyLoad, "studyLoad"),
    (Fact::BasisOfAward, "basesOfAward"),
];

/// Codes of whether a credential is accredited: as the constraint has it, not so, or not any more.
const NO: u64 = 0;
const YES: u64 = 1;
const EXPIRED: u64 = 2;

/// What was counted so far.
#[derive(Default)]
pub(super) struct FacetCounts {
    counts: [BTreeMap<String, u64>; FACTS.len()],
    not_stated: [u64; FACTS.len()],
}

/// Counts the hits of one segment, by the codes in its columns; put into words when dropped.
pub(super) struct SegmentCounts<'a> {
    all: &'a mut FacetCounts,
    segment: &'a Segment,
    /// Says the day, and whose accreditation counts.
    filter: &'a Filter,
    counts: [BTreeMap<u64, u64>; FACTS.len()],
}

impl FacetCounts {
    pub fn of<'a>(&'a mut self, segment: &'a Segment, filter: &'a Filter) -> SegmentCounts<'a> {
        SegmentCounts {
            all: self,
            segment,
            filter,
            counts: Default::default(),
        }
    }

    pub fn done(self) -> Vec<Facet> {
        let facets = FACTS.into_iter().zip(self.counts).zip(self.not_stated).map(
            |(((_, name), counts), not_stated)| {
                let mut values: Vec<(String, u64)> = counts.into_iter().collect();
                values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                let n_more = values.len().saturating_sub(VALUES_MAX);
                values.truncate(VALUES_MAX);
                Facet {
                    name,
                    values,
                    not_stated,
                    n_more,
                }
            },
        );
        facets.collect()
    }
}

impl SegmentCounts<'_> {
    /// Counts one hit.
    pub fn add(&mut self, document: DocId) {
        for (at, (fact, _)) in FACTS.into_iter().enumerate() {
            let mut stated = false;
            let counts = &mut self.counts[at];
            codes(fact, self.segment, self.filter, document, &mut |code| {
                stated = true;
                *counts.entry(code).or_default() += 1;
            });
            self.all.not_stated[at] += u64::from(!stated);
        }
    }
}

impl Drop for SegmentCounts<'_> {
    fn drop(&mut self) {
        for (at, (fact, _)) in FACTS.into_iter().enumerate() {
            for (code, count) in &self.counts[at] {
                *self.all.counts[at]
                    .entry(word(fact, self.segment, *code))
                    .or_default() += count;
            }
        }
    }
}

/// The codes that a credential states.
fn codes(
    fact: Fact,
    segment: &Segment,
    filter: &Filter,
    document: DocId,
    each: &mut dyn FnMut(u64),
) {
    match fact {
        Fact::Country => segment.countries.values_for_doc(document).for_each(each),
        Fact::Sector => segment
            .sector
            .iter()
            .flat_map(|sector| sector.ords().first(document))
            .for_each(each),
        Fact::Level => segment.eqf_level.first(document).into_iter().for_each(each),
        Fact::Mode => segment.mode.values_for_doc(document).for_each(each),
        Fact::TimeOfDay => segment.times_of_day.values_for_doc(document).for_each(each),
        Fact::StudyLoad => segment.study_loads.values_for_doc(document).for_each(each),
        Fact::BasisOfAward => segment
            .bases_of_award
            .values_for_doc(document)
            .for_each(each),
        Fact::Language => segment.languages.values_for_doc(document).for_each(each),
        Fact::Accredited => {
            let signals = signal_decode(segment.signals.first(document).unwrap_or_default());
            let accredited = segment.terms.terms(document).accredited(
                &signals,
                filter.as_of_day,
                filter.accreditors.as_deref(),
            );
            let no = || {
                signals
                    .contains(&(Signal::ProviderAccredited, false))
                    .then_some(NO)
            };
            let code = match accredited {
                Some(Standing::Yes) => Some(YES),
                Some(_) => no().or(Some(EXPIRED)),
                None => no(),
            };
            code.into_iter().for_each(each);
        }
    }
}

/// The short name of a value of an enum.
fn name<E: EnumName>(code: u64) -> String {
    let value = E::try_from(code as i32).ok();
    value.map_or("", |value| value.name()).to_owned()
}

/// A code in the words of the contract.
fn word(fact: Fact, segment: &Segment, code: u64) -> String {
    match fact {
        Fact::Country => letters_decode(code).to_uppercase(),
        Fact::Language => letters_decode(code),
        Fact::Level => code.to_string(),
        Fact::Mode => name::<DeliveryMode>(code),
        Fact::TimeOfDay => name::<TimeOfDay>(code),
        Fact::StudyLoad => name::<StudyLoad>(code),
        Fact::BasisOfAward => name::<BasisOfAward>(code),
        Fact::Accredited => match code {
            YES => "yes",
            NO => "no",
            _ => "expired",
        }
        .to_owned(),
        Fact::Sector => {
            let mut word = String::new();
            if let Some(sector) = &segment.sector {
                // A code that is in the column is in its dictionary; if that is damaged, the count stands without a word.
                let _ = sector.ord_to_str(code, &mut word);
            }
            word
        }
    }
}
