//! Trust in messages: all nine signals with their standing, and behind each everyone who says so: who, of what, until when, and whether it counts.

use skillgap_catalogue::Filter;
use skillgap_catalogue::accreditors::{Worth, speaks_for};
use skillgap_credentials::credential::{Accreditation, Credential, Scope, Signal, TrustSignal};

use super::{date, stated};
use crate::api::wire;
use crate::rank::{JudgedSignal, Standing, Trust};

pub(super) fn trust(trust: &Trust, credential: &Credential, filter: &Filter) -> wire::Trust {
    let signals = trust.signals.iter();
    wire::Trust {
        score: trust.score,
        known_share: trust.known_share,
        signals: signals
            .map(|judged| weighed(*judged, credential, filter))
            .collect(),
        attendance_only: trust.attendance_only,
    }
}

fn weighed(judged: JudgedSignal, credential: &Credential, filter: &Filter) -> wire::WeighedSignal {
    let accreditations = credential
        .accreditations
        .iter()
        .filter(|accreditation| speaks_for(accreditation) == judged.signal)
        .map(|accreditation| of_accreditation(accreditation, credential, filter));
    let statement = credential.signal(judged.signal);
    let statement = statement.map(|statement| of_signal(statement, filter));
    wire::WeighedSignal {
        signal: signal(judged.signal).into(),
        standing: standing(judged.standing),
        weight: judged.weight,
        statements: statement.into_iter().chain(accreditations).collect(),
    }
}

pub(super) fn signal(signal: Signal) -> wire::Signal {
    match signal {
        Signal::ProviderAccredited => wire::Signal::ProviderAccredited,
        Signal::NationalQualityAssured => wire::Signal::NationalQualityAssured,
        Signal::IndustryDefinedNeeds => wire::Signal::IndustryDefinedNeeds,
        Signal::PrioritySkillsArea => wire::Signal::PrioritySkillsArea,
        Signal::Comparable => wire::Signal::Comparable,
        Signal::Combinable => wire::Signal::Combinable,
        Signal::Assessed => wire::Signal::Assessed,
        Signal::OutcomeData => wire::Signal::OutcomeData,
        Signal::Guidance => wire::Signal::Guidance,
    }
}

/// Yes, no, or why it is neither.
pub(super) fn standing(standing: Standing) -> i32 {
    match standing {
        Standing::Yes => wire::SignalStanding::Yes,
        Standing::No => wire::SignalStanding::No,
        Standing::Expired => wire::SignalStanding::Expired,
        Standing::NotListed => wire::SignalStanding::NotListed,
        Standing::NotStated => wire::SignalStanding::NotStated,
    }
    .into()
}

fn of_signal(statement: &TrustSignal, filter: &Filter) -> wire::TrustStatement {
    let is_over = statement
        .valid_until_day
        .is_some_and(|until| until < filter.as_of_day);
    let list = filter.accreditors.as_ref();
    let is_listed = || list.is_none_or(|list| list.lists(&statement.source, None));
    let needs_list = statement.value
        && matches!(
            statement.signal,
            Signal::ProviderAccredited | Signal::NationalQualityAssured
        );
    let state = match (is_over, needs_list && !is_listed()) {
        (true, _) => wire::StatementState::Expired,
        (_, true) => wire::StatementState::NotListed,
        _ => wire::StatementState::Counts,
    };
    wire::TrustStatement {
        by: statement.source.clone(),
        source: stated(&statement.source),
        scope: scope(statement.scope),
        valid_until: date(statement.valid_until_day),
        state: state.into(),
        ..wire::TrustStatement::default()
    }
}

fn of_accreditation(
    accreditation: &Accreditation,
    credential: &Credential,
    filter: &Filter,
) -> wire::TrustStatement {
    let worth = Worth::of(
        accreditation,
        credential.eqf_level,
        filter.as_of_day,
        filter.accreditors.as_deref(),
    );
    wire::TrustStatement {
        by: accreditation.accreditor.clone(),
        by_id: accreditation.accreditor_id.clone(),
        source: stated(&accreditation.source),
        scope: scope(accreditation.scope),
        valid_from: date(accreditation.valid_from_day),
        valid_until: date(accreditation.valid_until_day),
        mechanism: accreditation.mechanism.clone(),
        state: match worth {
            Worth::Counts => wire::StatementState::Counts,
            Worth::Expired => wire::StatementState::Expired,
            Worth::NotYet => wire::StatementState::NotYet,
            Worth::NotListed => wire::StatementState::NotListed,
            Worth::LevelNotCovered => wire::StatementState::LevelNotCovered,
        }
        .into(),
        eqf_level_max: accreditation.eqf_level_max.map(u32::from),
    }
}

pub(super) fn scope(scope: Option<Scope>) -> i32 {
    match scope {
        None => wire::QualityScope::Unspecified,
        Some(Scope::Institution) => wire::QualityScope::Institution,
        Some(Scope::Programme) => wire::QualityScope::Programme,
    }
    .into()
}
