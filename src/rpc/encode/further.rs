//! How are the further fields of a credential shown: who awards it, what it is for, how it is taken part in? As stated; what is not stays absent.

use skillgap_credentials::credential::Credential;
use skillgap_credentials::day;

use super::wire;

/// A credential with these fields only.
pub(super) fn further(credential: &Credential) -> wire::Credential {
    wire::Credential {
        awarding_body: credential.awarding_body.clone(),
        credential_type: credential.credential_type.clone(),
        duration: credential.duration.clone(),
        hours_min: credential.hours_min,
        isced: credential.isced.clone(),
        nqf_level: credential.nqf_level.clone(),
        purpose: credential.purpose.clone(),
        target_groups: credential.target_groups.clone(),
        participation: credential.participation.clone(),
        supervision: credential.supervision.clone(),
        grade: credential.grade.clone(),
        homepage: credential.homepage.clone(),
        further_information: credential.further_information.clone(),
        issued: date(credential.issued_day),
        valid_until: date(credential.valid_until_day),
        valid_from: date(credential.valid_from_day),
        identifiers: credential.identifiers.clone(),
        occupations: credential.occupations.clone(),
        entry_requirements: credential.entry_requirements.clone(),
        format: credential.format.clone(),
        schedule: credential.schedule.clone(),
        ..wire::Credential::default()
    }
}

/// A day as 2026-01-31; empty if there is none.
pub(super) fn date(day: Option<i64>) -> String {
    day.and_then(day::format).unwrap_or_default()
}
