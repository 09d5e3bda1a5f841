//! How is a credential shown whole? Field by field; what is not stated stays absent.

use skillgap_catalogue::Catalogue;
use skillgap_credentials::credential::{
    Accreditation, Credential, FundingScheme, LinkOrigin, Mode, Outcome, Scope, SkillLink,
    TrustSignal,
};
use skillgap_credentials::day;

use super::further::further;
use super::{money, texts, wire};

/// Says the label of a skill by its URI.
type Label<'a> = &'a dyn Fn(&str) -> String;

/// A credential, with the labels of its skills in `language`.
pub(in crate::rpc) fn credential(
    catalogue: &Catalogue,
    credential: &Credential,
    language: &str,
) -> wire::Credential {
    let label = |uri: &str| {
        catalogue
            .esco
            .skill_by_uri(uri)
            .map(|skill| catalogue.skill_label(skill, language).to_owned())
    };
    labelled(credential, &|uri| label(uri).unwrap_or_default())
}

/// A credential on its way to a service, which knows the labels.
pub(in crate::rpc) fn credential_without_labels(credential: &Credential) -> wire::Credential {
    labelled(credential, &|_| String::new())
}

fn labelled(credential: &Credential, label: Label<'_>) -> wire::Credential {
    wire::Credential {
        id: credential.id.clone(),
        title: texts(&credential.title),
        description: texts(&credential.description),
        outcomes: credential
            .outcomes
            .iter()
            .map(|outcome| self::outcome(outcome, label))
            .collect(),
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
        prerequisite_groups: credential
            .prerequisite_groups
            .iter()
            .map(|group| wire::PrerequisiteGroup {
                at_least: group.at_least,
                of: group.of.clone(),
            })
            .collect(),
        parts: credential.parts.clone(),
        accreditations: credential
            .accreditations
            .iter()
            .map(accreditation)
            .collect(),
        funding_schemes: credential
            .funding_schemes
            .iter()
            .map(funding_scheme)
            .collect(),
        start_dates: credential
            .start_days
            .iter()
            .map(|day| date(Some(*day)))
            .collect(),
        modified: date(credential.modified_day),
        doubts: credential
            .doubts
            .iter()
            .map(|doubt| wire::Doubt {
                field: doubt.field.clone(),
                reason: doubt.reason.clone(),
            })
            .collect(),
        version: credential.version,
        ..further(credential)
    }
}

/// A day as 2026-01-31; empty if there is none.
fn date(day: Option<i64>) -> String {
    day.and_then(day::format).unwrap_or_default()
}

fn scope(scope: Option<Scope>) -> i32 {
    match scope {
        None => wire::QualityScope::Unspecified,
        Some(Scope::Institution) => wire::QualityScope::Institution,
        Some(Scope::Programme) => wire::QualityScope::Programme,
    }
    .into()
}

fn accreditation(stated: &Accreditation) -> wire::Accreditation {
    wire::Accreditation {
        accreditor: stated.accreditor.clone(),
        accreditor_id: stated.accreditor_id.clone(),
        mechanism: stated.mechanism.clone(),
        scope: scope(stated.scope),
        eqf_level_max: stated.eqf_level_max.map(u32::from),
        valid_from: date(stated.valid_from_day),
        valid_until: date(stated.valid_until_day),
        source: stated.source.clone(),
    }
}

fn funding_scheme(stated: &FundingScheme) -> wire::FundingScheme {
    wire::FundingScheme {
        name: stated.name.clone(),
        eligible: stated.eligible.clone(),
        amount: stated.amount.as_ref().map(money),
        share: stated.share,
        until: date(stated.until_day),
        source: stated.source.clone(),
    }
}

fn outcome(outcome: &Outcome, label: Label<'_>) -> wire::Outcome {
    wire::Outcome {
        text: texts(&outcome.text),
        skills: outcome
            .skills
            .iter()
            .map(|link| skill_link(link, label))
            .collect(),
    }
}

fn skill_link(link: &SkillLink, label: Label<'_>) -> wire::SkillLink {
    wire::SkillLink {
        uri: link.uri.clone(),
        label: label(&link.uri),
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
pub(super) fn trust_signal(stated: &TrustSignal) -> wire::TrustSignal {
    wire::TrustSignal {
        signal: stated.signal.name().to_owned(),
        value: signal_value(Some(stated.value)).into(),
        source: stated.source.clone(),
        weight: 0.0,
        statements: Vec::new(),
        scope: scope(stated.scope),
        valid_until: date(stated.valid_until_day),
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
