//! Does a stated fact hold on a given day, and does it count? Accreditation and expiry: as columns, as facts, as a constraint.
//!
//! The one idea: who says something, and from when until when, is kept beside what is said, so that the day and the operator's list of
//! accreditors decide at the time of the request, in the index as well as in the ranking.

use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::query::Query;
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::schema::{FAST, Field, SchemaBuilder};
use tantivy::{DocId, SegmentReader, TantivyDocument};

use crate::accreditors::{Accreditors, body_key, covers_level, speaks_for};
use crate::assessment::attendance_only;
use crate::schema::codes::signal_decode;
use skillgap_credentials::credential::{Credential, DeliveryMode, Signal, WORLDWIDE, day_of};

/// First and last day on which something holds, both included, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    from: i32,
    until: i32,
}

impl Validity {
    /// What is not stated is open.
    pub fn of(from: Option<i64>, until: Option<i64>) -> Self {
        let day = |day: Option<i64>, open: i32| {
            day.map_or(open, |day| {
                day.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
            })
        };
        Self {
            from: day(from, i32::MIN),
            until: day(until, i32::MAX),
        }
    }

    /// Whether it holds on a day.
    pub fn holds_on(self, day: i64) -> bool {
        (i64::from(self.from)..=i64::from(self.until)).contains(&day)
    }

    /// Whether its last day lies before a day.
    pub fn is_over_on(self, day: i64) -> bool {
        i64::from(self.until) < day
    }

    fn code(self) -> u64 {
        u64::from(self.from as u32) << 32 | u64::from(self.until as u32)
    }

    fn decode(code: u64) -> Self {
        Self {
            from: (code >> 32) as u32 as i32,
            until: code as u32 as i32,
        }
    }
}

/// A statement that speaks for one of the two signals of accreditation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endorsement {
    /// [`Signal::ProviderAccredited`] or [`Signal::NationalQualityAssured`].
    pub signal: Signal,
    /// Whether it is an accreditation with its accreditor, not only a signal.
    is_accreditation: bool,
    /// Name and identifier of who accredits, or of who states the signal.
    by: [u64; 2],
    /// When it holds.
    pub validity: Validity,
}

impl Endorsement {
    /// Whether it is an accreditation that counts on the days on which it holds: no stated no stands against it.
    fn accredits(&self, stated: &[(Signal, bool)], accreditors: Option<&Accreditors>) -> bool {
        (self.is_accreditation || self.signal == Signal::ProviderAccredited)
            && !stated.contains(&(self.signal, false))
            && self.counts(accreditors)
    }

    fn counts(self, accreditors: Option<&Accreditors>) -> bool {
        accreditors.is_none_or(|listed| self.by.iter().any(|body| listed.has(*body)))
    }
}

/// Everything that speaks for the signals of accreditation: the signals themselves, and accreditations that cover the credential's level.
fn endorsements(credential: &Credential) -> impl Iterator<Item = Endorsement> + '_ {
    let signals = credential.trust_signals().iter();
    let signals = signals.filter(|stated| stated.is_so() && is_endorsed(stated.signal()));
    let signals = signals.map(|stated| Endorsement {
        signal: stated.signal(),
        is_accreditation: false,
        by: [body_key(stated.source.as_deref().unwrap_or_default()), 0],
        validity: Validity::of(None, day_of(&stated.valid_until)),
    });
    let accreditations = credential.accreditations();
    let accreditations = accreditations.filter(|stated| covers_level(stated, credential.eqf_level));
    let accreditations = accreditations.map(|stated| {
        let id = stated.accreditor_id.as_deref().map_or(0, body_key);
        Endorsement {
            signal: speaks_for(stated),
            is_accreditation: true,
            by: [body_key(&stated.accreditor), id],
            validity: Validity::of(day_of(&stated.valid_from), day_of(&stated.valid_until)),
        }
    });
    signals.chain(accreditations)
}

/// Whether statements of accreditation, beside the signal itself, speak for a signal.
fn is_endorsed(signal: Signal) -> bool {
    matches!(
        signal,
        Signal::ProviderAccredited | Signal::NationalQualityAssured
    )
}

/// How a signal stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Stated to be so.
    Yes,
    /// Stated not to be so.
    No,
    /// Was stated to be so until a day that is past.
    Expired,
    /// Stated by a body that is not on the operator's list.
    NotListed,
    /// Nobody says.
    NotStated,
}

/// What is known of a credential beside its plain facts: who vouches for it, until when, and what it is worth without an assessment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// Statements for the two signals of accreditation.
    pub endorsements: Vec<Endorsement>,
    /// Last days of signals that have one.
    pub signals_until: Vec<(Signal, i64)>,
    /// Whether being there is all that it takes; see [`attendance_only`].
    pub attendance_only: bool,
    /// Whether it is online or offered in every country.
    pub is_anywhere: bool,
}

impl Terms {
    /// Whether it is accredited on a day, as the constraint has it; that it was before; nothing if neither. `stated` are the signals that are stated.
    pub fn accredited(
        &self,
        stated: &[(Signal, bool)],
        day: i64,
        accreditors: Option<&Accreditors>,
    ) -> Option<Standing> {
        let any = |test: fn(Validity, i64) -> bool| {
            let mut all = self.endorsements.iter();
            all.any(|one| one.accredits(stated, accreditors) && test(one.validity, day))
        };
        match any(Validity::holds_on) {
            true => Some(Standing::Yes),
            false => any(Validity::is_over_on).then_some(Standing::Expired),
        }
    }

    /// How a signal stands. A stated no is never overruled by what we gather from accreditations.
    pub fn standing(
        &self,
        signal: Signal,
        stated: Option<bool>,
        day: i64,
        accreditors: Option<&Accreditors>,
    ) -> Standing {
        let is_over = self
            .signals_until
            .iter()
            .any(|(until_of, until)| *until_of == signal && *until < day);
        if signal == Signal::Assessed && self.attendance_only || stated == Some(false) && !is_over {
            return Standing::No;
        }
        if !is_endorsed(signal) {
            return match (stated, is_over) {
                (Some(true), false) => Standing::Yes,
                (Some(true), true) => Standing::Expired,
                _ => Standing::NotStated,
            };
        }
        let any = |counts: bool, test: fn(Validity, i64) -> bool| {
            let all = self.endorsements.iter().filter(|one| one.signal == signal);
            let mut all = all.filter(|one| one.counts(accreditors) == counts);
            all.any(|one| test(one.validity, day))
        };
        if any(true, Validity::holds_on) {
            Standing::Yes
        } else if any(true, Validity::is_over_on) {
            Standing::Expired
        } else if any(false, Validity::holds_on) {
            Standing::NotListed
        } else {
            Standing::NotStated
        }
    }
}

/// The fields of [`Terms`].
pub(crate) struct TermFields {
    endorsements: Field,
    signals_until: Field,
    traits: Field,
}

/// Bits of the column `traits`.
const ATTENDANCE_ONLY: u64 = 1;
const ANYWHERE: u64 = 2;

impl TermFields {
    pub fn new(builder: &mut SchemaBuilder) -> Self {
        Self {
            endorsements: builder.add_u64_field("endorsements", FAST),
            signals_until: builder.add_u64_field("signals_until", FAST),
            traits: builder.add_u64_field("traits", FAST),
        }
    }

    pub fn add(&self, credential: &Credential, document: &mut TantivyDocument) {
        for endorsement in endorsements(credential) {
            let is_accreditation = u64::from(endorsement.is_accreditation);
            let kind = endorsement.signal.index() as u64 | is_accreditation << 8;
            let [name, id] = endorsement.by;
            for value in [kind, name, id, endorsement.validity.code()] {
                document.add_u64(self.endorsements, value);
            }
        }
        for stated in credential.trust_signals() {
            if let Some(until) = day_of(&stated.valid_until) {
                let until = Validity::of(None, Some(until)).until as u32;
                let code = (stated.signal().index() as u64) << 32 | u64::from(until);
                document.add_u64(self.signals_until, code);
            }
        }
        let is_worldwide = credential
            .countries()
            .iter()
            .any(|country| country == WORLDWIDE);
        let is_online = credential.delivery_mode() == Some(DeliveryMode::Online);
        let attendance = u64::from(attendance_only(credential)) * ATTENDANCE_ONLY;
        let anywhere = u64::from(is_online || is_worldwide) * ANYWHERE;
        document.add_u64(self.traits, attendance | anywhere);
    }
}

/// The columns of [`Terms`] in one segment.
pub(crate) struct TermColumns {
    endorsements: Column<u64>,
    signals_until: Column<u64>,
    traits: Column<u64>,
}

impl TermColumns {
    pub fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let columns = reader.fast_fields();
        Ok(Self {
            endorsements: columns.u64("endorsements")?,
            signals_until: columns.u64("signals_until")?,
            traits: columns.u64("traits")?,
        })
    }

    pub fn terms(&self, document: DocId) -> Terms {
        let traits = self.traits.first(document).unwrap_or_default();
        let until = |code: u64| {
            let signal = *Signal::ALL.get((code >> 32) as usize)?;
            Some((signal, i64::from(code as u32 as i32)))
        };
        let signals_until = self.signals_until.values_for_doc(document);
        Terms {
            endorsements: endorsements_in(self.endorsements.values_for_doc(document)).collect(),
            signals_until: signals_until.filter_map(until).collect(),
            attendance_only: traits & ATTENDANCE_ONLY > 0,
            is_anywhere: traits & ANYWHERE > 0,
        }
    }
}

/// Four values an endorsement: kind, name, identifier, validity.
fn endorsements_in(mut values: impl Iterator<Item = u64>) -> impl Iterator<Item = Endorsement> {
    std::iter::from_fn(move || {
        let (kind, name, id) = (values.next()?, values.next()?, values.next()?);
        let validity = values.next()?;
        let signal = *Signal::ALL.get((kind & 0xff) as usize)?;
        Some(Endorsement {
            signal,
            is_accreditation: kind >> 8 > 0,
            by: [name, id],
            validity: Validity::decode(validity),
        })
    })
}

/// Credentials whose provider is stated to be accredited, or that are accredited themselves, on `day`, by a body that counts. Agrees with
/// [`Terms::standing`].
pub(crate) fn accredited(day: i64, accreditors: Option<Arc<Accreditors>>) -> Box<dyn Query> {
    let predicate = FunctionPredicate::from(move |reader: &SegmentReader| {
        let (column, signals) = (
            reader.fast_fields().u64("endorsements")?,
            reader.fast_fields().u64("signals")?,
        );
        let accreditors = accreditors.clone();
        Ok(move |document: DocId| {
            let stated = signal_decode(signals.first(document).unwrap_or_default());
            endorsements_in(column.values_for_doc(document)).any(|endorsement| {
                endorsement.accredits(&stated, accreditors.as_deref())
                    && endorsement.validity.holds_on(day)
            })
        })
    });
    Box::new(DocPredicateQuery::from(predicate))
}

#[cfg(test)]
mod tests;
