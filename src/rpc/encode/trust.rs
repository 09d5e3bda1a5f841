//! How is trust shown? All nine signals with their standing, and behind each everyone who says so: who, of what, until when, and whether it counts.

use skillgap_catalogue::Filter;
use skillgap_catalogue::accreditors::{Worth, speaks_for};
use skillgap_credentials::credential::{
    Accreditation, Credential, EnumName, QualityScope, Signal, TrustSignal, day_of, stated,
};

use super::credential::trust_signal;
use super::wire;
use crate::rank::{JudgedSignal, Standing, Trust};

pub(super) fn trust(trust: &Trust, credential: &Credential, filter: &Filter) -> wire::Trust {
    wire::Trust {
        score: trust.score,
        known_share: trust.known_share,
        signals: trust
            .signals
            .iter()
            .map(|judged| signal(*judged, credential, filter))
            .collect(),
        attendance_only: trust.attendance_only,
    }
}

fn signal(judged: JudgedSignal, credential: &Credential, filter: &Filter) -> wire::TrustSignal {
    let stated = credential.signal(judged.signal);
    let accreditations = credential
        .accreditations()
        .filter(|accreditation| speaks_for(accreditation) == judged.signal);
    let statements = stated.map(|stated| of_signal(stated, filter)).into_iter();
    wire::TrustSignal {
        signal: judged.signal.name().to_owned(),
        value: standing(judged.standing).into(),
        weight: judged.weight,
        statements: statements
            .chain(
                accreditations
                    .map(|accreditation| of_accreditation(accreditation, credential, filter)),
            )
            .collect(),
        ..stated.map(trust_signal).unwrap_or_default()
    }
}

/// Yes, no, or why it is neither.
fn standing(standing: Standing) -> wire::SignalValue {
    match standing {
        Standing::Yes => wire::SignalValue::Yes,
        Standing::No => wire::SignalValue::No,
        Standing::Expired => wire::SignalValue::Expired,
        Standing::NotListed => wire::SignalValue::NotListed,
        Standing::NotStated => wire::SignalValue::NotStated,
    }
}

fn of_signal(stated: &TrustSignal, filter: &Filter) -> wire::TrustStatement {
    let source = stated.source.clone().unwrap_or_default();
    let is_over = day_of(&stated.valid_until).is_some_and(|until| until < filter.as_of_day);
    let is_listed = || {
        filter
            .accreditors
            .as_ref()
            .is_none_or(|list| list.lists(&source, None))
    };
    let needs_list = stated.is_so()
        && matches!(
            stated.signal(),
            Signal::ProviderAccredited | Signal::NationalQualityAssured
        );
    let state = match (is_over, needs_list && !is_listed()) {
        (true, _) => "expired",
        (_, true) => "not_listed",
        _ => "counts",
    };
    wire::TrustStatement {
        by: source.clone(),
        source,
        scope: scope(stated.scope()).to_owned(),
        valid_until: stated.valid_until.clone().unwrap_or_default(),
        state: state.to_owned(),
        ..wire::TrustStatement::default()
    }
}

fn of_accreditation(
    accreditation: &Accreditation,
    credential: &Credential,
    filter: &Filter,
) -> wire::TrustStatement {
    wire::TrustStatement {
        by: accreditation.accreditor.clone(),
        by_id: accreditation.accreditor_id.clone().unwrap_or_default(),
        source: accreditation.source.clone().unwrap_or_default(),
        scope: scope(accreditation.scope()).to_owned(),
        valid_from: accreditation.valid_from.clone().unwrap_or_default(),
        valid_until: accreditation.valid_until.clone().unwrap_or_default(),
        eqf_level_max: accreditation.eqf_level_max,
        mechanism: accreditation.mechanism.clone().unwrap_or_default(),
        state: Worth::of(
            accreditation,
            credential.eqf_level,
            filter.as_of_day,
            filter.accreditors.as_deref(),
        )
        .name()
        .to_owned(),
    }
}

fn scope(scope: QualityScope) -> &'static str {
    stated(scope).map_or("", |scope| scope.name())
}
