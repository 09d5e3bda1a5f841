//! How is a credential shown whole? As its record says, with the labels of its skills.

use skillgap_catalogue::Catalogue;
use skillgap_credentials::credential::{Credential, EnumName, TrustSignal};

use super::wire;
use crate::rpc::former;

/// A credential, with the labels of its skills in `language`.
pub(in crate::rpc) fn credential(
    catalogue: &Catalogue,
    credential: &Credential,
    language: &str,
) -> wire::Credential {
    let mut shown = former::message(credential);
    for link in shown
        .outcomes
        .iter_mut()
        .flat_map(|outcome| &mut outcome.skills)
    {
        let skill = catalogue.esco.skill_by_uri(&link.uri);
        let label = skill.map(|skill| catalogue.skill_label(skill, language));
        link.label = label.unwrap_or_default().to_owned();
    }
    shown
}

/// A credential on its way to a service, which knows the labels.
pub(in crate::rpc) fn credential_without_labels(credential: &Credential) -> wire::Credential {
    former::message(credential)
}

/// A stated fact; the weight is a persona's, and there is none here.
pub(super) fn trust_signal(stated: &TrustSignal) -> wire::TrustSignal {
    let value = if stated.is_so() {
        wire::SignalValue::Yes
    } else {
        wire::SignalValue::No
    };
    wire::TrustSignal {
        signal: stated.signal().name().to_owned(),
        value: value.into(),
        source: stated.source.clone().unwrap_or_default(),
        scope: stated.scope,
        valid_until: stated.valid_until.clone().unwrap_or_default(),
        ..wire::TrustSignal::default()
    }
}
