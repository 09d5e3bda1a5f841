//! How is the scorer's tree told to people? Each node gets a key, a label in the caller's language, and, for a skill, the outcome behind it.

use super::{CoverReason, Explaining};
use crate::rank::{Node, Subject, Unit};
use skillgap_credentials::credential::EnumName;

/// A node of the scorer's tree, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// What it speaks of, in one word that does not change with the language.
    pub key: String,
    /// The same in words.
    pub label: String,
    /// URI of the skill, if it speaks of one.
    pub uri: String,
    /// The value.
    pub value: Option<f64>,
    /// `share`, `hours`, or the code of a currency.
    pub unit: String,
    /// How much the value counts in the one above it; nothing where it only says where that comes from.
    pub weight: Option<f64>,
    /// `known`, or in one word why it is not.
    pub state: String,
    /// What it is made of.
    pub children: Vec<Self>,
}

/// Puts a node and all below it in words.
pub(super) fn explained(on: &Explaining<'_>, node: Node, covers: &[CoverReason]) -> Explained {
    let (key, label, uri) = named(on, node.subject);
    let unit = match node.unit {
        Unit::Share => "share".to_owned(),
        Unit::Hours => "hours".to_owned(),
        Unit::Money(currency) => currency,
    };
    let reason = match node.subject {
        Subject::Skill(at, _) => on
            .demand
            .skills
            .get(at)
            .and_then(|demanded| covers.iter().find(|cover| cover.demanded == demanded.skill)),
        _ => None,
    };
    let children = node
        .children
        .into_iter()
        .map(|child| explained(on, child, covers));
    let children = children
        .chain(reason.map(|reason| outcome(on, reason)))
        .collect();
    Explained {
        key,
        label,
        uri,
        value: node.value,
        unit,
        weight: node.weight,
        state: node.state.to_owned(),
        children,
    }
}

/// Key, label and URI of a node.
fn named(on: &Explaining<'_>, subject: Subject) -> (String, String, String) {
    let plain = |key: &str| {
        (
            key.to_owned(),
            on.words.say(&format!("node.{key}"), &[]),
            String::new(),
        )
    };
    match subject {
        Subject::Score => plain("score"),
        Subject::Feature(feature) => plain(feature.name()),
        Subject::ClosurePerHour => plain("closure_per_hour"),
        Subject::ClosurePerMoney => plain("closure_per_money"),
        Subject::Requirements => plain("requirements"),
        Subject::EntryWords => plain("entry_words"),
        Subject::Known => plain("known"),
        Subject::LevelStep => plain("level_step"),
        Subject::Price => plain("price"),
        Subject::Workload => plain("workload"),
        Subject::Signal(signal) => (
            signal.name().to_owned(),
            on.words.say(&format!("signal.{}", signal.name()), &[]),
            String::new(),
        ),
        Subject::Skill(at, _) => {
            let skill = on.demand.skills.get(at).map(|demanded| demanded.skill);
            let text =
                |of: fn(&skillgap_catalogue::Catalogue, skillgap_esco::SkillId, &str) -> String| {
                    skill
                        .map(|skill| of(on.catalogue, skill, on.language))
                        .unwrap_or_default()
                };
            let label = text(|catalogue, skill, language| {
                catalogue.skill_label(skill, language).to_owned()
            });
            (
                "skill".to_owned(),
                label,
                text(|catalogue, skill, _| catalogue.skill_uri(skill).to_owned()),
            )
        }
    }
}

/// The outcome that teaches a skill, with the confidence of the link.
fn outcome(on: &Explaining<'_>, reason: &CoverReason) -> Explained {
    let outcome = [("outcome", reason.outcome_text.as_str())];
    let (key, label) = if reason.declared {
        (
            "outcome_declared",
            on.words.say("node.outcome.declared", &outcome),
        )
    } else {
        (
            "outcome_inferred",
            on.words.say("node.outcome.inferred", &outcome),
        )
    };
    Explained {
        key: key.to_owned(),
        label,
        uri: on.catalogue.skill_uri(reason.taught).to_owned(),
        value: Some(reason.confidence),
        unit: "share".to_owned(),
        weight: None,
        state: "known".to_owned(),
        children: Vec::new(),
    }
}
