//! A recommendation in messages: with every part of its score, what it covers, and the reasons in sentences.

use skillgap_credentials::credential::{Credential, text_in};
use skillgap_credentials::net_price::NetPrice;

use super::reasons::{self, CoverReason, Explaining};
use super::{explanation, feature, sentences, stated, unknown_reason};
use crate::api::wire;
use crate::candidates::Usefulness;
use crate::engine::Recommendation;
use crate::rank::{Contribution, tree};

/// One recommendation with its reasons, and with its tree if that is asked for.
pub fn recommendation(
    on: &Explaining<'_>,
    recommendation: &Recommendation,
    explain: bool,
) -> wire::Recommendation {
    let Recommendation { ranked, credential } = recommendation;
    let covers = reasons::covers(on, ranked, credential);
    let tree = tree(ranked, on.ranking);
    let net = reasons::net(on, credential);
    wire::Recommendation {
        offer: ranked.candidate.facts.offer.map(|at| at as u32),
        net_price: net.as_ref().map(|net| net_price(net, credential)),
        credential_id: credential.id.clone(),
        title: text_in(&credential.title, on.present.language).to_owned(),
        score: ranked.score(),
        closure: (on.ranking.needs.n_items() > 0).then_some(ranked.candidate.closure),
        usefulness: Some(usefulness(ranked.candidate.usefulness)),
        contributions: ranked.contributions.iter().map(contribution).collect(),
        trust: Some(super::trust::trust(
            &ranked.trust,
            credential,
            on.ranking.filter,
        )),
        reasons: sentences::reasons(on, ranked, &tree, credential, &covers),
        not_stated: reasons::not_stated(credential)
            .into_iter()
            .map(|(fact, _)| fact.into())
            .collect(),
        explanation: explain.then(|| explanation::explanation(on, ranked, tree, &covers)),
        covers: covers.into_iter().map(|cover| covered(on, cover)).collect(),
    }
}

fn net_price(net: &NetPrice, credential: &Credential) -> wire::NetPrice {
    let name = |at: &usize| Some(credential.funding_schemes().get(*at)?.name.clone());
    wire::NetPrice {
        gross: credential.cost.clone(),
        left: net.left.clone(),
        scheme: net.paid_by.as_ref().and_then(name),
        ask_about: net.ask.iter().filter_map(name).collect(),
    }
}

fn usefulness(of: Usefulness) -> wire::Usefulness {
    wire::Usefulness {
        probability: of.probability,
        by_links: of.by_links,
        by_wording: of.by_wording,
        near_usual: of.near_usual,
    }
}

fn contribution(part: &Contribution) -> wire::Contribution {
    wire::Contribution {
        feature: feature(part.feature).into(),
        value: part.value,
        weight: part.weight,
        contribution: part.contribution(),
        unknown_reason: unknown_reason(part.unknown),
    }
}

fn covered(on: &Explaining<'_>, cover: CoverReason) -> wire::CoveredSkill {
    let skill = on.present.skill(cover.demanded);
    wire::CoveredSkill {
        uri: skill.uri,
        label: skill.label,
        label_language_code: skill.label_language_code,
        coverage: cover.coverage,
        taught: Some(on.present.skill(cover.taught)),
        outcome_text: stated(&cover.outcome_text),
        origin: cover.origin.into(),
        confidence: cover.confidence,
        evidence: cover.evidence.into(),
    }
}
