//! Trust in messages: all nine signals with their standing, and behind each everyone who says so: who, of what, until when, and whether it counts.

use skillgap_catalogue::Filter;
use skillgap_catalogue::accreditors::{Worth, speaks_for};
use skillgap_credentials::credential::{Accreditation, Credential, Signal, TrustSignal, day_of};

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
        .accreditations()
        .filter(|accreditation| speaks_for(accreditation) == judged.signal)
        .map(|accreditation| of_accreditation(accreditation, credential, filter));
    let statement = credential.signal(judged.signal);
    let statement = statement.map(|statement| of_signal(statement, filter));
    wire::WeighedSignal {
        signal: judged.signal.into(),
        standing: standing(judged.standing),
        weight: judged.weight,
        statements: statement.into_iter().chain(accreditations).collect(),
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
    let source = statement.source.clone();
    let is_over = day_of(&statement.valid_until).is_some_and(|until| until < filter.as_of_day);
    let list = filter.accreditors.as_ref();
    let is_listed =
        || list.is_none_or(|list| list.lists(source.as_deref().unwrap_or_default(), None));
    let needs_list = statement.is_so()
        && matches!(
            statement.signal(),
            Signal::ProviderAccredited | Signal::NationalQualityAssured
        );
    let state = match (is_over, needs_list && !is_listed()) {
        (true, _) => wire::StatementState::Expired,
        (_, true) => wire::StatementState::NotListed,
        _ => wire::StatementState::Counts,
    };
    wire::TrustStatement {
        by: statement.source.clone().unwrap_or_default(),
        source: statement.source.clone(),
        scope: statement.scope,
        valid_until: statement.valid_until.clone(),
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
        source: accreditation.source.clone(),
        scope: accreditation.scope,
        valid_from: accreditation.valid_from.clone(),
        valid_until: accreditation.valid_until.clone(),
        mechanism: accreditation.mechanism.clone(),
        state: match worth {
            Worth::Counts => wire::StatementState::Counts,
            Worth::Expired => wire::StatementState::Expired,
            Worth::NotYet => wire::StatementState::NotYet,
            Worth::NotListed => wire::StatementState::NotListed,
            Worth::LevelNotCovered => wire::StatementState::LevelNotCovered,
        }
        .into(),
        eqf_level_max: accreditation.eqf_level_max,
    }
}
