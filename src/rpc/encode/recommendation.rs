//! How is a recommendation shown? With every part of its score.

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::Filter;
use skillgap_credentials::credential::text_in;

use super::{trust, wire};
use crate::engine::Recommendation;
use crate::explain::{CoverReason, Explained};
use crate::rank::{Contribution, Unknown};

/// One recommendation with its reasons, and with its tree if that is asked for.
pub(in crate::rpc) fn recommendation(
    catalogue: &Catalogue,
    recommendation: Recommendation,
    filter: &Filter,
    request: &wire::RecommendRequest,
    language: &str,
) -> wire::Recommendation {
    let Recommendation {
        ranked,
        credential,
        explanation,
    } = recommendation;
    wire::Recommendation {
        credential_id: credential.id.clone(),
        title: text_in(&credential.title, language).to_owned(),
        score: ranked.score(),
        closure: ranked.candidate.closure,
        contributions: ranked.contributions.iter().map(contribution).collect(),
        covers: explanation
            .covers
            .into_iter()
            .map(|cover| covered(catalogue, cover, language))
            .collect(),
        trust: Some(trust::trust(&ranked.trust, &credential, filter)),
        reasons: explanation.reasons,
        not_stated: explanation
            .not_stated
            .into_iter()
            .map(str::to_owned)
            .collect(),
        explanation: request.explain.then(|| node(explanation.tree)),
    }
}

fn contribution(contribution: &Contribution) -> wire::Contribution {
    wire::Contribution {
        feature: contribution.feature.name().to_owned(),
        value: contribution.value,
        weight: contribution.weight,
        contribution: contribution.contribution(),
        known: contribution.unknown.is_none(),
        unknown: contribution
            .unknown
            .map(Unknown::name)
            .unwrap_or_default()
            .to_owned(),
    }
}

fn node(explained: Explained) -> wire::ExplanationNode {
    wire::ExplanationNode {
        key: explained.key,
        label: explained.label,
        uri: explained.uri,
        value: explained.value,
        unit: explained.unit,
        weight: explained.weight,
        state: explained.state,
        children: explained.children.into_iter().map(node).collect(),
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
