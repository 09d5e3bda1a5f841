//! Are the statements about quality and money in a credential valid? Trust signals, accreditations, funding, doubts.

use skillgap_credentials::credential::{
    Accreditation, Doubt, FundingScheme, Scope, Signal, TrustSignal,
};

use super::{Check, wire};

impl Check<'_> {
    /// Stated facts, sorted by signal. Those that are given as not stated are left out, which means the same.
    pub(super) fn trust_signals(
        &mut self,
        field: &str,
        given: &[wire::TrustSignal],
    ) -> Vec<TrustSignal> {
        let stated = self.each(field, given, Self::trust_signal);
        let mut signals: Vec<TrustSignal> = Vec::new();
        for (at, stated) in stated.into_iter().enumerate() {
            let Some(stated) = stated else { continue };
            if signals.iter().any(|known| known.signal == stated.signal) {
                self.refuse(format!("{field}[{at}].signal"), "stands there twice");
            }
            signals.push(stated);
        }
        signals.sort_by_key(|stated| stated.signal);
        signals
    }

    fn trust_signal(&mut self, field: &str, given: &wire::TrustSignal) -> Option<TrustSignal> {
        let signal = Signal::parse(&given.signal);
        if signal.is_none() {
            self.refuse(format!("{field}.signal"), "is no signal");
        }
        let value = match wire::SignalValue::try_from(given.value) {
            Ok(wire::SignalValue::Yes) => Some(true),
            Ok(wire::SignalValue::No) => Some(false),
            Ok(wire::SignalValue::NotStated) => None,
            // What has expired or is not listed is worked out by day and list; a source states yes or no.
            Ok(wire::SignalValue::Expired | wire::SignalValue::NotListed) | Err(_) => {
                self.refuse(format!("{field}.value"), "is none of yes, no, not stated");
                None
            }
        };
        let source = self
            .stated(&format!("{field}.source"), Some(&given.source))
            .unwrap_or_default();
        let scope = self.scope(&format!("{field}.scope"), given.scope);
        let valid_until_day =
            self.day_if_stated(&format!("{field}.validUntil"), &given.valid_until);
        Some(TrustSignal {
            signal: signal?,
            value: value?,
            source,
            scope,
            valid_until_day,
        })
    }

    fn scope(&mut self, field: &str, number: i32) -> Option<Scope> {
        match wire::QualityScope::try_from(number) {
            Ok(wire::QualityScope::Unspecified) => None,
            Ok(wire::QualityScope::Institution) => Some(Scope::Institution),
            Ok(wire::QualityScope::Programme) => Some(Scope::Programme),
            Err(_) => {
                self.refuse(field, "is no scope");
                None
            }
        }
    }

    pub(super) fn accreditation(
        &mut self,
        field: &str,
        given: &wire::Accreditation,
    ) -> Accreditation {
        let at = |name: &str| format!("{field}.{name}");
        let (valid_from_day, valid_until_day) = (
            self.day_if_stated(&at("validFrom"), &given.valid_from),
            self.day_if_stated(&at("validUntil"), &given.valid_until),
        );
        if valid_from_day
            .zip(valid_until_day)
            .is_some_and(|(from, until)| from > until)
        {
            self.refuse(at("validFrom"), "is after validUntil");
        }
        Accreditation {
            accreditor: self.name(&at("accreditor"), &given.accreditor),
            accreditor_id: self.stated(&at("accreditorId"), given.accreditor_id.as_deref()),
            mechanism: self.stated(&at("mechanism"), given.mechanism.as_deref()),
            scope: self.scope(&at("scope"), given.scope),
            eqf_level_max: given
                .eqf_level_max
                .and_then(|level| self.stated_level(&at("eqfLevelMax"), level)),
            valid_from_day,
            valid_until_day,
            source: self
                .stated(&at("source"), Some(&given.source))
                .unwrap_or_default(),
        }
    }

    pub(super) fn funding_scheme(
        &mut self,
        field: &str,
        given: &wire::FundingScheme,
    ) -> FundingScheme {
        let at = |name: &str| format!("{field}.{name}");
        FundingScheme {
            name: self.name(&at("name"), &given.name),
            eligible: self.names(&at("eligible"), &given.eligible),
            amount: given
                .amount
                .as_ref()
                .and_then(|amount| self.money(&at("amount"), amount)),
            share: given
                .share
                .and_then(|share| self.number(&at("share"), share, 0.0..=1.0)),
            until_day: self.day_if_stated(&at("until"), &given.until),
            source: self
                .stated(&at("source"), Some(&given.source))
                .unwrap_or_default(),
        }
    }

    pub(super) fn doubt(&mut self, field: &str, given: &wire::Doubt) -> Doubt {
        Doubt {
            field: self.name(&format!("{field}.field"), &given.field),
            reason: self.name(&format!("{field}.reason"), &given.reason),
        }
    }
}
