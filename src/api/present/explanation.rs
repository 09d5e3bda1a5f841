//! The explanation of a score in messages: the scorer's own tree, each node with what it speaks of, a label, and, for a skill, the outcome
//! behind it.

use super::reasons::{CoverReason, Explaining};
use super::trust::standing;
use super::{feature, unknown_reason};
use crate::api::wire;
use crate::rank::{Node, Ranked, Subject, Unit};
use skillgap_credentials::credential::{EnumName, LinkEvidence};
use wire::ExplainedPart as Part;
use wire::explanation::Subject as Spoken;

/// Puts a node and all below it in messages.
pub(super) fn explanation(
    on: &Explaining<'_>,
    ranked: &Ranked,
    node: Node,
    covers: &[CoverReason],
) -> wire::Explanation {
    let (subject, label) = named(on, node.subject);
    let (unit, currency) = match node.unit {
        Unit::Share => (wire::ExplainedUnit::Share, None),
        Unit::Hours => (wire::ExplainedUnit::Hours, None),
        Unit::Money(currency) => (wire::ExplainedUnit::Money, Some(currency)),
    };
    let (mut unknown, mut of_signal, mut behind) = (0, 0, None);
    match node.subject {
        Subject::Feature(feature) => {
            unknown = unknown_reason(ranked.part(feature).and_then(|part| part.unknown));
        }
        Subject::Signal(signal) => {
            let mut judged = ranked.trust.signals.iter();
            let judged = judged.find(|judged| judged.signal == signal);
            of_signal = judged.map_or(0, |judged| standing(judged.standing));
        }
        Subject::Skill(at, _) => {
            let skill = on.demand.skills.get(at).map(|demanded| demanded.skill);
            behind = covers.iter().find(|cover| Some(cover.demanded) == skill);
        }
        _ => {}
    }
    let children = node.children.into_iter();
    wire::Explanation {
        subject: Some(subject),
        label,
        value: node.value,
        unit: unit.into(),
        currency,
        weight: node.weight,
        unknown_reason: unknown,
        standing: of_signal,
        children: children
            .map(|child| explanation(on, ranked, child, covers))
            .chain(behind.map(|reason| outcome(on, reason)))
            .collect(),
    }
}

/// What a node speaks of, and its label.
fn named(on: &Explaining<'_>, subject: Subject) -> (Spoken, String) {
    let words = on.present.words;
    let part = |part: Part, key: &str| {
        (
            Spoken::Part(part.into()),
            words.say(&format!("node.{key}"), &[]),
        )
    };
    match subject {
        Subject::Score => part(Part::Score, "score"),
        Subject::Feature(of) => (
            Spoken::Feature(feature(of).into()),
            words.say(&format!("node.{}", of.name()), &[]),
        ),
        Subject::ClosurePerHour => part(Part::ClosurePerHour, "closure_per_hour"),
        Subject::ClosurePerMoney => part(Part::ClosurePerMoney, "closure_per_money"),
        Subject::Requirements => part(Part::Requirements, "requirements"),
        Subject::EntryWords => part(Part::EntryWords, "entry_words"),
        Subject::Known => part(Part::Known, "known"),
        Subject::LevelStep => part(Part::LevelStep, "level_step"),
        Subject::Price => part(Part::Price, "price"),
        Subject::Workload => part(Part::Workload, "workload"),
        Subject::Signal(of) => (
            Spoken::Signal(of.into()),
            words.say(&format!("signal.{}", of.name()), &[]),
        ),
        Subject::Skill(at, _) => {
            let skill = on.demand.skills.get(at);
            let skill = skill.map(|demanded| on.present.skill(demanded.skill));
            let skill = skill.unwrap_or_default();
            (Spoken::SkillUri(skill.uri), skill.label)
        }
    }
}

/// The outcome that teaches a skill, with the confidence of the link; below it the taught skill.
fn outcome(on: &Explaining<'_>, reason: &CoverReason) -> wire::Explanation {
    let (part, key) = if reason.declared() {
        (Part::OutcomeDeclared, "node.outcome.declared")
    } else {
        let key = match reason.evidence {
            LinkEvidence::Title | LinkEvidence::Description => "node.about.inferred",
            _ => "node.outcome.inferred",
        };
        (Part::OutcomeInferred, key)
    };
    let outcome = [("outcome", reason.outcome_text.as_str())];
    let share = |subject, label| wire::Explanation {
        subject: Some(subject),
        label,
        unit: wire::ExplainedUnit::Share.into(),
        ..wire::Explanation::default()
    };
    let taught = on.present.skill(reason.taught);
    wire::Explanation {
        value: Some(reason.confidence),
        children: vec![share(Spoken::SkillUri(taught.uri), taught.label)],
        ..share(
            Spoken::Part(part.into()),
            on.present.words.say(key, &outcome),
        )
    }
}
