//! The presenter: from domain types to messages and sentences. Rows become URIs with labels in the language of the answer, scores become
//! trees and reasons; nothing is computed but sums. The only place that writes text for people; what it says stands in `words/*.txt`.

mod context;
mod demand;
mod documents;
mod explanation;
mod gap;
pub(super) mod market;
mod pathway;
mod reasons;
mod recommendation;
mod sentences;
mod spans;
mod summary;
mod trust;
mod words;

use std::collections::BTreeMap;

use skillgap_catalogue::{Catalogue, Effect, Facet};
use skillgap_esco::{
    Collection, Collections, Labels, NodeId, OccupationId, ReuseLevel, SkillId, SkillType, Text,
};

pub(super) use context::context;
pub(super) use documents::violations;
pub use pathway::Wishes;
pub use reasons::Explaining;
pub use recommendation::recommendation;
pub(super) use spans::Spans;
pub use summary::{Basis, summary};
pub use words::Words;

use super::check::Accepted;
use super::{View, wire};
use crate::demand::{Level, Requirement};
use crate::gap::HeldSource;
use crate::rank::{Feature, Unknown, Weights};

/// Presents the answers to one request.
#[derive(Clone, Copy)]
pub struct Presenter<'a> {
    /// The snapshot.
    pub(super) catalogue: &'a Catalogue,
    /// The language of labels.
    pub(super) language: &'a str,
    /// The language of sentences.
    pub(super) words: &'static Words,
}

impl<'a> Presenter<'a> {
    /// Presents in a language.
    pub fn of(catalogue: &'a Catalogue, language: &'a str) -> Self {
        Self {
            catalogue,
            language,
            words: Words::of(language),
        }
    }

    pub(super) fn new(view: &View<'a>, accepted: &'a Accepted) -> Self {
        Self::of(view.catalogue, &accepted.language)
    }

    /// A concept with its label in the language of the answer, else in English, else in any; its URI if it has none.
    fn concept(self, uri: &str, labels: &[Labels]) -> wire::ConceptRef {
        let of = |code: &str| {
            let mut with_preferred = labels.iter().filter(|labels| !labels.preferred.is_empty());
            with_preferred.find(|labels| code.is_empty() || labels.language == code)
        };
        let found = of(self.language).or_else(|| of("en")).or_else(|| of(""));
        wire::ConceptRef {
            uri: uri.to_owned(),
            label: found.map_or(uri, |labels| &labels.preferred).to_owned(),
            label_language_code: found
                .map(|labels| labels.language.clone())
                .filter(|language| language != self.language),
        }
    }

    /// A skill by URI, with its label.
    pub(super) fn skill(self, skill: SkillId) -> wire::ConceptRef {
        match self.catalogue.esco.skills.get(skill.row()) {
            Some(skill) => self.concept(&skill.uri, &skill.labels),
            None => wire::ConceptRef::default(),
        }
    }

    /// Skills by URI, with their labels.
    pub(super) fn skills(self, skills: impl IntoIterator<Item = SkillId>) -> Vec<wire::ConceptRef> {
        skills.into_iter().map(|skill| self.skill(skill)).collect()
    }

    /// An occupation by URI, with its label.
    pub(super) fn occupation(self, occupation: OccupationId) -> wire::ConceptRef {
        match self.catalogue.esco.occupations.get(occupation.row()) {
            Some(occupation) => self.concept(&occupation.uri, &occupation.labels),
            None => wire::ConceptRef::default(),
        }
    }

    /// A skill or skill group by URI, with its label.
    pub(super) fn node(self, node: NodeId) -> wire::ConceptRef {
        if let Some(skill) = self.catalogue.graph.as_skill(node) {
            return self.skill(skill);
        }
        let esco = &self.catalogue.esco;
        match esco.groups.get(node.0 as usize - esco.skills.len()) {
            Some(group) => self.concept(&group.uri, &group.labels),
            None => wire::ConceptRef::default(),
        }
    }
}

/// Why a value is not known.
fn unknown_reason(unknown: Option<Unknown>) -> i32 {
    match unknown {
        None => wire::UnknownReason::Unspecified,
        Some(Unknown::NotStated) => wire::UnknownReason::NotStated,
        Some(Unknown::NotComparable) => wire::UnknownReason::CurrencyNotComparable,
        Some(Unknown::NotAsked) => wire::UnknownReason::NotAsked,
    }
    .into()
}

/// The weights that were used.
pub(super) fn weights(weights: &Weights) -> Vec<wire::FeatureWeight> {
    let weight = |(of, weight)| wire::FeatureWeight {
        feature: feature(of).into(),
        weight,
    };
    weights.iter().map(weight).collect()
}

fn feature(feature: Feature) -> wire::Feature {
    match feature {
        Feature::Closure => wire::Feature::Closure,
        Feature::Wording => wire::Feature::Wording,
        Feature::Focus => wire::Feature::Focus,
        Feature::Trust => wire::Feature::Trust,
        Feature::Feasibility => wire::Feature::Feasibility,
        Feature::Access => wire::Feature::Access,
        Feature::Cost => wire::Feature::Cost,
        Feature::Time => wire::Feature::Time,
        Feature::Freshness => wire::Feature::Freshness,
    }
}

fn requirement(requirement: Requirement) -> i32 {
    match requirement {
        Requirement::Essential => wire::Requirement::Essential,
        Requirement::Optional => wire::Requirement::Optional,
    }
    .into()
}

fn held_source(source: HeldSource) -> i32 {
    match source {
        HeldSource::Stated => wire::HeldSource::Stated,
        HeldSource::Occupation => wire::HeldSource::Occupation,
        HeldSource::Credential => wire::HeldSource::Credential,
        HeldSource::Text => wire::HeldSource::Text,
    }
    .into()
}

fn level(level: Level) -> wire::Level {
    use wire::level::Level as Stated;
    let proficiency = |of: wire::Proficiency| Stated::Proficiency(of.into());
    let level = match level {
        // The ranks are the numbers of the contract.
        Level::Cefr(_) => Stated::Cefr(i32::from(level.rank().1)),
        Level::Eqf(level) => Stated::Eqf(u32::from(level)),
        Level::Basic => proficiency(wire::Proficiency::Basic),
        Level::Intermediate => proficiency(wire::Proficiency::Intermediate),
        Level::Advanced => proficiency(wire::Proficiency::Advanced),
        Level::Expert => proficiency(wire::Proficiency::Expert),
    };
    wire::Level { level: Some(level) }
}

/// A text that is stated, else nothing.
fn stated(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// Texts by their language.
pub(super) fn texts(texts: &[Text]) -> BTreeMap<String, String> {
    let text = |text: &Text| (text.language.clone(), text.text.clone());
    texts.iter().map(text).collect()
}

/// Labels by their language.
pub(super) fn labels(labels: &[Labels]) -> BTreeMap<String, wire::ConceptLabels> {
    let of_language = |labels: &Labels| {
        let all = wire::ConceptLabels {
            preferred: stated(&labels.preferred),
            alternatives: labels.alternatives.clone(),
        };
        (labels.language.clone(), all)
    };
    labels.iter().map(of_language).collect()
}

pub(super) fn skill_type(skill_type: SkillType) -> i32 {
    match skill_type {
        SkillType::Skill => wire::SkillType::Skill,
        SkillType::Knowledge => wire::SkillType::Knowledge,
        SkillType::NotStated => wire::SkillType::Unspecified,
    }
    .into()
}

pub(super) fn reuse_level(level: ReuseLevel) -> i32 {
    match level {
        ReuseLevel::Transversal => wire::ReuseLevel::Transversal,
        ReuseLevel::CrossSector => wire::ReuseLevel::CrossSector,
        ReuseLevel::SectorSpecific => wire::ReuseLevel::SectorSpecific,
        ReuseLevel::OccupationSpecific => wire::ReuseLevel::OccupationSpecific,
        ReuseLevel::NotStated => wire::ReuseLevel::Unspecified,
    }
    .into()
}

/// ESCO's collections of skills.
pub(super) fn collections(collections: Collections) -> Vec<i32> {
    let collection = |collection: Collection| {
        match collection {
            Collection::Green => wire::SkillCollection::Green,
            Collection::Digital => wire::SkillCollection::Digital,
            Collection::Transversal => wire::SkillCollection::Transversal,
            Collection::Language => wire::SkillCollection::Language,
            Collection::Research => wire::SkillCollection::Research,
            Collection::DigComp => wire::SkillCollection::Digcomp,
        }
        .into()
    };
    collections.iter().map(collection).collect()
}

/// The facts that hits are counted by, with their names in the catalogue.
const FACETS: [(wire::CredentialFact, &str); 9] = [
    (wire::CredentialFact::Country, "countries"),
    (wire::CredentialFact::Sector, "sector"),
    (wire::CredentialFact::EqfLevel, "eqfLevel"),
    (wire::CredentialFact::Mode, "mode"),
    (wire::CredentialFact::Language, "languages"),
    (wire::CredentialFact::Accreditation, "accredited"),
    (wire::CredentialFact::TimeOfDay, "timesOfDay"),
    (wire::CredentialFact::StudyLoad, "studyLoad"),
    (wire::CredentialFact::BasisOfAward, "basesOfAward"),
];

/// What a constraint takes away.
pub(super) fn effect(effect: Effect) -> wire::ConstraintEffect {
    wire::ConstraintEffect {
        constraint: effect.constraint.to_owned(),
        n_credentials: effect.n_credentials as u32,
        n_fulfilling: effect.n_fulfilling as u32,
        n_not_stated: effect.n_not_stated as u32,
    }
}

/// Whether hits can be counted by a fact.
pub(super) fn is_counted(fact: wire::CredentialFact) -> bool {
    FACETS.iter().any(|(counted, _)| *counted == fact)
}

/// Counts of hits by one of their facts, if it is one of those asked for.
pub(super) fn facet(facet: Facet, wanted: &[i32]) -> Option<wire::CredentialFacet> {
    let (fact, _) = FACETS.into_iter().find(|(_, name)| *name == facet.name)?;
    let prefix = match fact {
        wire::CredentialFact::Mode => "DELIVERY_MODE_",
        wire::CredentialFact::Accreditation => "SIGNAL_STANDING_",
        wire::CredentialFact::TimeOfDay => "TIME_OF_DAY_",
        wire::CredentialFact::StudyLoad => "STUDY_LOAD_",
        wire::CredentialFact::BasisOfAward => "BASIS_OF_AWARD_",
        _ => "",
    };
    let value = |(value, count): (String, u64)| wire::FacetValue {
        value: if prefix.is_empty() {
            value
        } else {
            format!("{prefix}{}", value.to_uppercase())
        },
        n_credentials: count as u32,
    };
    wanted
        .contains(&i32::from(fact))
        .then(|| wire::CredentialFacet {
            fact: fact.into(),
            values: facet.values.into_iter().map(value).collect(),
            n_not_stated: facet.not_stated as u32,
            n_more_values: facet.n_more as u32,
        })
}
