//! How is an answer put into messages? Rows become URIs with labels in the language asked for; nothing is computed but sums.

mod credential;
mod documents;
mod pathway;
mod recommendation;
mod trust;

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::Facet;
use skillgap_credentials::credential::Money;
use skillgap_esco::label_in;
use skillgap_esco::{Labels, NodeId, OccupationId, ReuseLevel, SkillId, SkillType, Text};

use std::ops::Range;

pub(super) use credential::{credential, credential_without_labels};
pub(super) use documents::{held, refused};
pub(super) use pathway::{pathway, prior_learning};
pub(super) use recommendation::recommendation;

use super::wire;
use crate::demand::{Demand, Requirement};
use crate::explain;
use crate::gap::{Gap, GapItem, Held, State};
use crate::rank::Weights;
use crate::reach::About;

pub(super) fn snapshot(catalogue: &Catalogue) -> wire::Snapshot {
    let manifest = &catalogue.manifest;
    wire::Snapshot {
        esco_version: manifest.esco_version.clone(),
        generation: manifest.generation.clone(),
        commit: manifest.commit,
    }
}

pub(super) fn demand(
    catalogue: &Catalogue,
    demand: &Demand,
    language: &str,
) -> Vec<wire::DemandedSkill> {
    let skills = demand.skills.iter().map(|demanded| wire::DemandedSkill {
        uri: catalogue.skill_uri(demanded.skill).to_owned(),
        label: catalogue.skill_label(demanded.skill, language).to_owned(),
        weight: demanded.weight,
        requirement: match demanded.requirement {
            Requirement::Essential => wire::Requirement::Essential,
            Requirement::Optional => wire::Requirement::Optional,
        }
        .into(),
        level: demanded
            .level
            .map(|level| level.to_string())
            .unwrap_or_default(),
        confidence: demanded.confidence,
        spans: spans(&demanded.spans),
        years_min: demanded.years.map(f64::from),
        must_be_shown: demanded.must_be_shown,
    });
    skills.collect()
}

/// Byte ranges of an ad, whose length the limits keep far below what 32 bits hold.
pub(super) fn spans(ranges: &[Range<usize>]) -> Vec<wire::Span> {
    ranges
        .iter()
        .map(|range| wire::Span {
            start: range.start as u32,
            end: range.end as u32,
        })
        .collect()
}

pub(super) fn gap(catalogue: &Catalogue, gap: &Gap, language: &str) -> Vec<wire::GapItem> {
    gap.items
        .iter()
        .map(|item| gap_item(catalogue, item, language))
        .collect()
}

fn gap_item(catalogue: &Catalogue, item: &GapItem, language: &str) -> wire::GapItem {
    let known = wire::GapItem {
        uri: catalogue.skill_uri(item.skill).to_owned(),
        label: catalogue.skill_label(item.skill, language).to_owned(),
        weight: item.weight,
        held: item.held,
        remaining: item.remaining(),
        state: match item.state() {
            State::Met => "met",
            State::Partly => "partly",
            State::Missing => "missing",
        }
        .to_owned(),
        must_be_shown: item.shown.is_some(),
        note: explain::on_proof(catalogue, item, language).unwrap_or_default(),
        ..wire::GapItem::default()
    };
    let Some(((skill, source), by)) = item.nearest.zip(item.by.as_ref()) else {
        return known;
    };
    wire::GapItem {
        nearest_held_uri: catalogue.skill_uri(skill).to_owned(),
        nearest_held_label: catalogue.skill_label(skill, language).to_owned(),
        nearest_held_source: source.name().to_owned(),
        road: by.road.name().to_owned(),
        steps: by.road.steps(),
        coverage: by.coverage,
        certainty: by.certainty,
        level_factor: by.level_factor,
        held_level: by.level.map(|level| level.to_string()).unwrap_or_default(),
        sources: by
            .sources
            .iter()
            .map(|held| held_evidence(catalogue, held, language))
            .collect(),
        level_in_doubt: by.level_in_doubt,
        ..known
    }
}

fn held_evidence(catalogue: &Catalogue, held: &Held, language: &str) -> wire::HeldEvidence {
    wire::HeldEvidence {
        source: held.source.name().to_owned(),
        certainty: held.certainty,
        level: held
            .level
            .map(|level| level.to_string())
            .unwrap_or_default(),
        occupation: held
            .occupation
            .map(|occupation| occupation_ref(catalogue, occupation, language)),
        credential_id: held.credential.clone().unwrap_or_default(),
        spans: spans(&held.spans),
    }
}

pub(super) fn weights(weights: &Weights) -> Vec<wire::FeatureWeight> {
    weights
        .iter()
        .map(|(feature, weight)| wire::FeatureWeight {
            feature: feature.name().to_owned(),
            weight,
        })
        .collect()
}

pub(super) fn money(money: &Money) -> wire::Money {
    wire::Money {
        amount: money.amount,
        currency: money.currency.clone(),
    }
}

/// Counts of hits by one of their facts.
pub(super) fn facet(facet: Facet) -> wire::CredentialFacet {
    wire::CredentialFacet {
        name: facet.name.to_owned(),
        values: facet
            .values
            .into_iter()
            .map(|(name, value)| wire::Count { name, value })
            .collect(),
        not_stated: facet.not_stated,
        more_values: facet.n_more as u32,
    }
}

pub(super) fn texts(texts: &[Text]) -> Vec<wire::LocalizedText> {
    texts
        .iter()
        .map(|text| wire::LocalizedText {
            language: text.language.clone(),
            text: text.text.clone(),
        })
        .collect()
}

pub(super) fn labels(labels: &[Labels]) -> Vec<wire::SkillLabels> {
    let labels = labels.iter().map(|labels| wire::SkillLabels {
        language: labels.language.clone(),
        preferred: labels.preferred.clone(),
        alternatives: labels.alternatives.clone(),
    });
    labels.collect()
}

/// A skill by URI, with its label.
pub(super) fn skill_ref(catalogue: &Catalogue, skill: SkillId, language: &str) -> wire::ConceptRef {
    wire::ConceptRef {
        uri: catalogue.skill_uri(skill).to_owned(),
        label: catalogue.skill_label(skill, language).to_owned(),
    }
}

/// An occupation by URI, with its label.
pub(super) fn occupation_ref(
    catalogue: &Catalogue,
    occupation: OccupationId,
    language: &str,
) -> wire::ConceptRef {
    let found = catalogue.esco.occupations.get(occupation.row());
    let (uri, labels) = found.map_or(("", &[][..]), |occupation| {
        (&occupation.uri, &occupation.labels)
    });
    wire::ConceptRef {
        uri: uri.to_owned(),
        label: label_in(labels, language).unwrap_or(uri).to_owned(),
    }
}

/// An occupation that an ad may be about.
pub(super) fn ad_occupation(
    catalogue: &Catalogue,
    about: &About,
    language: &str,
) -> wire::AdOccupation {
    let wire::ConceptRef { uri, label } = occupation_ref(catalogue, about.occupation, language);
    wire::AdOccupation {
        uri,
        label,
        confidence: about.confidence,
    }
}

/// A skill or skill group by URI, with its label.
pub(super) fn node_ref(catalogue: &Catalogue, node: NodeId, language: &str) -> wire::ConceptRef {
    let (uri, label) = catalogue.node(node, language);
    wire::ConceptRef {
        uri: uri.to_owned(),
        label: label.to_owned(),
    }
}

pub(super) fn skill_type(skill_type: SkillType) -> wire::SkillType {
    match skill_type {
        SkillType::Skill => wire::SkillType::Skill,
        SkillType::Knowledge => wire::SkillType::Knowledge,
        SkillType::NotStated => wire::SkillType::Unspecified,
    }
}

pub(super) fn reuse_level(level: ReuseLevel) -> wire::ReuseLevel {
    match level {
        ReuseLevel::Transversal => wire::ReuseLevel::Transversal,
        ReuseLevel::CrossSector => wire::ReuseLevel::CrossSector,
        ReuseLevel::SectorSpecific => wire::ReuseLevel::SectorSpecific,
        ReuseLevel::OccupationSpecific => wire::ReuseLevel::OccupationSpecific,
        ReuseLevel::NotStated => wire::ReuseLevel::Unspecified,
    }
}
