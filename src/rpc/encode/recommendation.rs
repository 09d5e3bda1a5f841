//! How is a recommendation shown? With every part of its score.

use skillgap_index::Catalogue;
use skillgap_index::model::credential::{Credential, text_in};

use super::credential::{signal_value, trust_signal};
use super::wire;
use crate::engine::Recommendation;
use crate::explain::CoverReason;
use crate::rank::{Contribution, Trust};

/// One recommendation with its reasons.
pub(in crate::rpc) fn recommendation(catalogue: &Catalogue, recommendation: Recommendation, language: &str) -> wire::Recommendation {
    let Recommendation { ranked, credential, explanation } = recommendation;
    wire::Recommendation {
        credential_id: credential.id.clone(),
        title: text_in(&credential.title, language).to_owned(),
        score: ranked.score(),
        closure: ranked.candidate.closure,
        contributions: ranked.contributions.iter().map(contribution).collect(),
        covers: explanation.covers.into_iter().map(|cover| covered(catalogue, cover, language)).collect(),
        trust: Some(trust(&ranked.trust, &credential)),
        reasons: explanation.reasons,
        not_stated: explanation.not_stated.into_iter().map(str::to_owned).collect(),
    }
}

fn contribution(contribution: &Contribution) -> wire::Contribution {
    wire::Contribution {
        feature: contribution.feature.name().to_owned(),
        value: contribution.value,
        weight: contribution.weight,
        contribution: contribution.contribution(),
        known: contribution.known,
    }
}

fn covered(catalogue: &Catalogue, cover: CoverReason, language: &str) -> wire::CoveredSkill {
    wire::CoveredSkill {
        uri: catalogue.skill_uri(cover.demanded).to_owned(),
        label: catalogue.skill_label(cover.demanded, language).to_owned(),
        coverage: cover.coverage,
        outcome_text: cover.outcome_text,
        declared: cover.declared,
        taught_uri: catalogue.skill_uri(cover.taught).to_owned(),
        taught_label: catalogue.skill_label(cover.taught, language).to_owned(),
        confidence: cover.confidence,
    }
}

fn trust(trust: &Trust, credential: &Credential) -> wire::Trust {
    let signals = trust.signals.iter().map(|(signal, weight, value)| wire::TrustSignal {
        signal: signal.name().to_owned(),
        value: signal_value(*value).into(),
        weight: *weight,
        ..credential.signal(*signal).map(trust_signal).unwrap_or_default()
    });
    wire::Trust { score: trust.score, known_share: trust.known_share, signals: signals.collect() }
}
