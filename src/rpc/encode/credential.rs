//! How is a credential shown whole? Field by field; what is not stated stays absent.

use skillgap_index::Catalogue;
use skillgap_index::model::credential::{Credential, LinkOrigin, Mode, Outcome, SkillLink, TrustSignal};

use super::further::further;
use super::{money, texts, wire};

/// A credential, with the labels of its skills in `language`.
pub(in crate::rpc) fn credential(catalogue: &Catalogue, credential: &Credential, language: &str) -> wire::Credential {
    wire::Credential {
        id: credential.id.clone(),
        title: texts(&credential.title),
        description: texts(&credential.description),
        outcomes: credential.outcomes.iter().map(|outcome| self::outcome(catalogue, outcome, language)).collect(),
        provider: credential.provider.clone(),
        countries: credential.countries.clone(),
        languages: credential.languages.clone(),
        hours: credential.hours,
        ects: credential.ects,
        eqf_level: credential.eqf_level.map(u32::from),
        cost: credential.cost.as_ref().map(money),
        mode: credential.mode.map(|mode| self::mode(mode).into()),
        prerequisites: credential.prerequisites.clone(),
        skills_required: credential.skills_required.clone(),
        part_of: credential.part_of.clone(),
        trust_signals: credential.trust_signals.iter().map(trust_signal).collect(),
        sector: credential.sector.clone(),
        assessment: credential.assessment.clone(),
        stackability: credential.stackability.clone(),
        standards: credential.standards.clone(),
        cost_note: credential.cost_note.clone(),
        funding: credential.funding.clone(),
        ..further(credential)
    }
}

fn outcome(catalogue: &Catalogue, outcome: &Outcome, language: &str) -> wire::Outcome {
    wire::Outcome { text: texts(&outcome.text), skills: outcome.skills.iter().map(|link| skill_link(catalogue, link, language)).collect() }
}

fn skill_link(catalogue: &Catalogue, link: &SkillLink, language: &str) -> wire::SkillLink {
    let skill = catalogue.esco.skill_by_uri(&link.uri);
    wire::SkillLink {
        uri: link.uri.clone(),
        label: skill.map(|skill| catalogue.skill_label(skill, language).to_owned()).unwrap_or_default(),
        origin: match link.origin {
            LinkOrigin::Declared => wire::LinkOrigin::Declared,
            LinkOrigin::Inferred => wire::LinkOrigin::Inferred,
        }
        .into(),
        confidence: link.confidence,
    }
}

fn mode(mode: Mode) -> wire::DeliveryMode {
    match mode {
        Mode::Onsite => wire::DeliveryMode::Onsite,
        Mode::Online => wire::DeliveryMode::Online,
        Mode::Blended => wire::DeliveryMode::Blended,
        Mode::WorkBased => wire::DeliveryMode::WorkBased,
    }
}

/// A stated fact; the weight is a persona's, and there is none here.
fn trust_signal(stated: &TrustSignal) -> wire::TrustSignal {
    wire::TrustSignal {
        signal: stated.signal.name().to_owned(),
        value: signal_value(Some(stated.value)).into(),
        source: stated.source.clone(),
        weight: 0.0,
        statements: Vec::new(),
    }
}

/// Yes, no, or not stated.
fn signal_value(value: Option<bool>) -> wire::SignalValue {
    match value {
        Some(true) => wire::SignalValue::Yes,
        Some(false) => wire::SignalValue::No,
        None => wire::SignalValue::NotStated,
    }
}
