//! The reasons for a recommendation: what a credential covers by which outcome, and what a person would ask for and it does not state.

use std::collections::BTreeMap;

use skillgap_catalogue::Catalogue;
use skillgap_credentials::credential::{
    Credential, LinkEvidence, LinkOrigin, Signal, SkillLink, text_in,
};
use skillgap_credentials::net_price::{NetPrice, net_price};
use skillgap_esco::SkillId;

use super::Presenter;
use crate::api::wire::CredentialFact;
use crate::candidates::{Candidate, Needs};
use crate::demand::{Cefr, Demand, Level};
use crate::rank::{Ranked, Ranking};

/// Characters of a description that are quoted where a link was drawn from it.
const DESCRIPTION_CHARS_MAX: usize = 200;

/// A demanded skill that a credential covers, with the outcome that shows it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CoverReason {
    /// The demanded skill.
    pub(super) demanded: SkillId,
    /// How far it is covered, in [0, 1].
    pub(super) coverage: f64,
    /// The taught skill that covers it.
    pub(super) taught: SkillId,
    /// The level of a language that the credential leads to, if the source states it.
    pub(super) level: Option<Level>,
    /// The outcome that teaches it.
    pub(super) outcome_text: String,
    /// Who links the outcome to the skill.
    pub(super) origin: LinkOrigin,
    /// What that link was drawn from.
    pub(super) evidence: LinkEvidence,
    /// Confidence of that link, in [0, 1].
    pub(super) confidence: f64,
}

impl CoverReason {
    /// Whether the provider declares the link from outcome to skill.
    pub(super) fn declared(&self) -> bool {
        self.origin == LinkOrigin::Declared
    }
}

/// What the explanations of one answer share.
pub struct Explaining<'a> {
    /// The languages, and the snapshot.
    pub present: Presenter<'a>,
    /// What is asked for.
    pub demand: &'a Demand,
    /// What was ranked by.
    pub ranking: &'a Ranking<'a>,
}

/// What a credential covers, best first.
pub(super) fn covers(
    on: &Explaining<'_>,
    ranked: &Ranked,
    credential: &Credential,
) -> Vec<CoverReason> {
    let levels = &ranked.candidate.facts.levels;
    let covers = ranked.candidate.covers.iter().filter_map(|covered| {
        let taught = covered.taught;
        let uri = on.present.catalogue.skill_uri(taught);
        let (outcome_text, link) = outcome_of(credential, uri, on.present.language)?;
        let level = levels.iter().find(|(skill, _)| *skill == taught);
        Some(CoverReason {
            demanded: on.demand.skills.get(covered.at)?.skill,
            coverage: covered.coverage,
            taught,
            level: level
                .and_then(|(_, level)| Cefr::at(*level))
                .map(Level::Cefr),
            outcome_text,
            origin: origin_of(link),
            evidence: link.evidence(),
            confidence: link.certainty(),
        })
    });
    let mut covers: Vec<CoverReason> = covers.collect();
    covers.sort_by(|a, b| {
        b.coverage
            .total_cmp(&a.coverage)
            .then(a.demanded.cmp(&b.demanded))
    });
    covers
}

/// What teaches a skill most surely, the outcome, else the title or the description that the link was drawn from, and the link.
fn outcome_of<'a>(
    credential: &'a Credential,
    uri: &str,
    language: &str,
) -> Option<(String, &'a SkillLink)> {
    let links = credential
        .outcomes
        .iter()
        .flat_map(|outcome| outcome.skills.iter().map(move |link| (outcome, link)));
    let (outcome, link) = links
        .filter(|(_, link)| link.uri == uri)
        .max_by(|a, b| a.1.certainty().total_cmp(&b.1.certainty()))?;
    let text = match link.evidence() {
        LinkEvidence::Title => text_in(&credential.title, language).to_owned(),
        LinkEvidence::Description => {
            let text = text_in(&credential.description, language);
            text.chars().take(DESCRIPTION_CHARS_MAX).collect()
        }
        _ => text_in(&outcome.text, language).to_owned(),
    };
    Some((text, link))
}

/// Who says so; where nobody says, the provider does.
fn origin_of(link: &SkillLink) -> LinkOrigin {
    if link.is_inferred() {
        LinkOrigin::Inferred
    } else {
        LinkOrigin::Declared
    }
}

/// Of what these credentials close together, the share that comes by inferred links, in [0, 1]; 0 where they close nothing. Each demanded skill counts by
/// what covers it best; of two that cover it equally, by the declared link.
pub(super) fn estimated_share<'a>(
    catalogue: &Catalogue,
    needs: &Needs,
    credentials: impl IntoIterator<Item = (&'a Candidate, &'a Credential)>,
) -> f64 {
    let mut best: BTreeMap<usize, (f64, bool)> = BTreeMap::new();
    for (candidate, credential) in credentials {
        for covered in &candidate.covers {
            let gain = needs.gain(covered.at, covered.coverage);
            let link = outcome_of(credential, catalogue.skill_uri(covered.taught), "");
            let inferred = link.is_none_or(|(_, link)| origin_of(link) != LinkOrigin::Declared);
            let known = best.entry(covered.at).or_insert((gain, inferred));
            if gain > known.0 || gain == known.0 && !inferred {
                *known = (gain, inferred);
            }
        }
    }
    let all: f64 = best.values().map(|(gain, _)| gain).sum();
    let inferred = best.values().filter(|(_, inferred)| *inferred);
    let inferred: f64 = inferred.map(|(gain, _)| gain).sum();
    if all > 0.0 { inferred / all } else { 0.0 }
}

/// Facts that a person would ask for and that the source does not state, each with its key in `words/*.txt`.
pub(super) fn not_stated(credential: &Credential) -> Vec<(CredentialFact, &'static str)> {
    let assessed =
        credential.assessment_method().is_some() || credential.signal(Signal::Assessed).is_some();
    let facts = [
        (
            CredentialFact::Provider,
            "fact.provider",
            credential.provider_name().is_some(),
        ),
        (
            CredentialFact::Hours,
            "fact.hours",
            credential.hours_at_most().is_some(),
        ),
        (CredentialFact::Cost, "fact.cost", credential.cost.is_some()),
        (
            CredentialFact::Language,
            "fact.language",
            credential.languages().next().is_some(),
        ),
        (
            CredentialFact::Mode,
            "fact.mode",
            credential.delivery_mode().is_some(),
        ),
        (
            CredentialFact::EqfLevel,
            "fact.level",
            credential.eqf_level.is_some(),
        ),
        (CredentialFact::Assessment, "fact.assessment", assessed),
    ];
    let missing = facts.into_iter().filter(|(.., stated)| !stated);
    missing.map(|(fact, key, _)| (fact, key)).collect()
}

/// What is left to pay, where something is known of the person.
pub(super) fn net(on: &Explaining<'_>, credential: &Credential) -> Option<NetPrice> {
    let filter = on.ranking.filter;
    Some(net_price(
        credential.cost.as_ref(),
        credential.funding_schemes(),
        filter.entitlement.as_ref()?,
        filter.as_of_day,
        filter.rates.as_deref(),
    ))
}
