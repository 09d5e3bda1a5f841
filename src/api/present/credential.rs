//! A credential in messages, until the record is the message: what is not stated stays absent.

use skillgap_credentials::credential::{
    Accreditation, Credential, FundingScheme, LinkOrigin, Mode, Outcome, SkillLink, TrustSignal,
};

use super::trust::{scope, signal};
use super::{Presenter, date, money, stated, texts};
use crate::api::wire;

/// A credential, with the labels of its skills in the language of the answer.
pub(in crate::api) fn credential(
    presenter: Presenter<'_>,
    credential: &Credential,
) -> wire::Credential {
    let mut whole = credential_without_labels(credential);
    for link in whole
        .outcomes
        .iter_mut()
        .flat_map(|outcome| &mut outcome.skills)
    {
        let skill = presenter.catalogue.esco.skill_by_uri(&link.uri);
        link.label = skill.map(|skill| presenter.skill(skill).label);
    }
    whole
}

/// A credential on its way to a service, which knows the labels.
pub(in crate::api) fn credential_without_labels(of: &Credential) -> wire::Credential {
    wire::Credential {
        id: of.id.clone(),
        title: texts(&of.title),
        description: texts(&of.description),
        outcomes: of.outcomes.iter().map(outcome).collect(),
        provider: organisation(&of.provider),
        access: Some(wire::Access {
            countries: of.countries.clone(),
            languages: of
                .languages
                .iter()
                .map(|code| wire::LanguageLevel {
                    language_code: code.clone(),
                    level: 0,
                })
                .collect(),
            mode: mode(of.mode),
            start_dates: of
                .start_days
                .iter()
                .filter_map(|day| date(Some(*day)))
                .collect(),
            participation: of.participation.clone(),
            format: of.format.clone(),
            schedule: of.schedule.clone(),
            ..wire::Access::default()
        })
        .filter(|access| *access != wire::Access::default()),
        workload: Some(wire::Workload {
            hours: of.hours,
            hours_min: of.hours_min,
            ects: of.ects,
            duration: of.duration.clone(),
        })
        .filter(|workload| *workload != wire::Workload::default()),
        eqf_level: of.eqf_level.map(u32::from),
        cost: of.cost.as_ref().map(money),
        entry: Some(wire::Entry {
            prerequisites: of.prerequisites.clone(),
            prerequisite_groups: of
                .prerequisite_groups
                .iter()
                .map(|group| wire::PrerequisiteGroup {
                    credential_ids: group.of.clone(),
                    held_min: group.at_least,
                })
                .collect(),
            skill_uris: of.skills_required.clone(),
            requirements: of.entry_requirements.clone(),
            ..wire::Entry::default()
        })
        .filter(|entry| *entry != wire::Entry::default()),
        quality: Some(wire::Quality {
            trust_signals: of.trust_signals.iter().map(trust_signal).collect(),
            accreditations: of.accreditations.iter().map(accreditation).collect(),
            standards: of.standards.clone(),
            ..wire::Quality::default()
        })
        .filter(|quality| *quality != wire::Quality::default()),
        assessment: Some(wire::Assessment {
            method: of.assessment.clone(),
            supervision: of.supervision.clone(),
            grading: of.grade.clone(),
        })
        .filter(|assessment| *assessment != wire::Assessment::default()),
        part_of: of.part_of.clone(),
        version: of.version,
        awarding_body: organisation(&of.awarding_body),
        validity: Some(wire::Validity {
            issued: date(of.issued_day),
            valid_from: date(of.valid_from_day),
            valid_until: date(of.valid_until_day),
            ..wire::Validity::default()
        })
        .filter(|validity| *validity != wire::Validity::default()),
        cost_note: of.cost_note.clone(),
        funding: Some(wire::Funding {
            schemes: of.funding_schemes.iter().map(scheme).collect(),
            notes: of.funding.clone(),
        })
        .filter(|funding| *funding != wire::Funding::default()),
        parts: of.parts.clone(),
        stackability: of.stackability.clone(),
        nqf_level: of.nqf_level.clone(),
        credential_type: of.credential_type.clone(),
        identifiers: of.identifiers.clone(),
        isced_codes: of.isced.clone(),
        sector: of.sector.clone(),
        occupations: of.occupations.clone(),
        purpose: of.purpose.clone(),
        target_groups: of.target_groups.clone(),
        page: of.homepage.clone(),
        further_information: of.further_information.clone(),
        modified: date(of.modified_day),
        doubts: of
            .doubts
            .iter()
            .map(|doubt| wire::Doubt {
                field: doubt.field.clone(),
                reason: doubt.reason.clone(),
            })
            .collect(),
        ..wire::Credential::default()
    }
}

fn organisation(name: &Option<String>) -> Option<wire::Organisation> {
    name.as_ref().map(|name| wire::Organisation {
        name: Some(name.clone()),
        ..wire::Organisation::default()
    })
}

fn mode(mode: Option<Mode>) -> i32 {
    match mode {
        None => wire::DeliveryMode::Unspecified,
        Some(Mode::Onsite) => wire::DeliveryMode::Onsite,
        Some(Mode::Online) => wire::DeliveryMode::Online,
        Some(Mode::Blended) => wire::DeliveryMode::Blended,
        Some(Mode::WorkBased) => wire::DeliveryMode::WorkBased,
    }
    .into()
}

fn accreditation(of: &Accreditation) -> wire::Accreditation {
    wire::Accreditation {
        accreditor: of.accreditor.clone(),
        accreditor_id: of.accreditor_id.clone(),
        mechanism: of.mechanism.clone(),
        scope: scope(of.scope),
        eqf_level_max: of.eqf_level_max.map(u32::from),
        valid_from: date(of.valid_from_day),
        valid_until: date(of.valid_until_day),
        source: stated(&of.source),
    }
}

fn scheme(of: &FundingScheme) -> wire::FundingScheme {
    wire::FundingScheme {
        name: of.name.clone(),
        eligible: of.eligible.clone(),
        amount_max: of.amount.as_ref().map(money),
        share: of.share,
        valid_until: date(of.until_day),
        source: stated(&of.source),
        ..wire::FundingScheme::default()
    }
}

fn outcome(outcome: &Outcome) -> wire::Outcome {
    wire::Outcome {
        text: texts(&outcome.text),
        skills: outcome.skills.iter().map(skill_link).collect(),
    }
}

fn skill_link(link: &SkillLink) -> wire::SkillLink {
    wire::SkillLink {
        uri: link.uri.clone(),
        origin: match link.origin {
            LinkOrigin::Declared => wire::LinkOrigin::Declared,
            LinkOrigin::Inferred => wire::LinkOrigin::Inferred,
        }
        .into(),
        confidence: Some(link.confidence),
        ..wire::SkillLink::default()
    }
}

fn trust_signal(of: &TrustSignal) -> wire::TrustSignal {
    let value = if of.value {
        wire::SignalValue::Yes
    } else {
        wire::SignalValue::No
    };
    wire::TrustSignal {
        signal: signal(of.signal).into(),
        value: value.into(),
        source: stated(&of.source),
        scope: scope(of.scope),
        valid_until: date(of.valid_until_day),
    }
}
