//! The sentences on a pathway: what it closes and whether anything could do better, or why there is none; and what to look out for.

use skillgap_credentials::credential::{Credential, text_in};

use super::Words;
use crate::pathway::{Pathway, Why};

/// A smaller share of estimates goes without saying.
const ESTIMATED_MIN: f64 = 0.005;
/// Where less than this can be closed, more stays missing than this catalogue can close.
const MOST: f64 = 0.5;

/// What the numbers of a pathway rest on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Basis {
    /// Share of what is closed that rests on inferred links, in [0, 1].
    pub estimated: f64,
    /// Skills that were recognised in an ad; nothing where no ad was read.
    pub n_recognised: Option<usize>,
    /// Licences and certificates that are asked for and for which only a skill stands.
    pub n_to_show: usize,
    /// Whether a qualification or a part of one was among what was chosen from.
    pub has_parts: bool,
    /// Whether the caller wished for anything that a credential must fulfil.
    pub has_wishes: bool,
}

impl Basis {
    /// The key of a sentence that speaks of wishes, or of the same without any.
    fn key(self, key: &str) -> String {
        let any = if self.has_wishes { "" } else { ".any" };
        format!("{key}{any}")
    }
}

/// Some sentences on a pathway and what its numbers rest on, or on why there is none. `readiness` is nothing where no skill is asked for.
pub fn summary(
    pathway: &Pathway,
    readiness: Option<f64>,
    n_candidates: usize,
    basis: Basis,
    words: &Words,
) -> String {
    if let Some(said) = nothing_to_plan(readiness, n_candidates, basis, words) {
        return said;
    }
    if pathway.steps.is_empty() {
        return words.say(&basis.key("summary.nothing_within"), &[]);
    }
    let mut said = vec![of_the_gap(pathway, basis, words)];
    match basis.estimated {
        ESTIMATED_MIN.. if basis.estimated > 1.0 - ESTIMATED_MIN => {
            said.push(words.say("summary.estimated.all", &[]));
        }
        ESTIMATED_MIN.. => said.push(words.say(
            "summary.estimated",
            &[("estimated", &words.percent(basis.estimated))],
        )),
        _ => {}
    }
    said.extend(counted(basis, words));
    if pathway.closure_upper_bound < MOST {
        said.push(words.say("summary.elsewhere", &[]));
    }
    if basis.has_parts {
        said.push(words.say("summary.parts", &[]));
    }
    said.join(" ")
}

/// Why there is nothing to plan, if there is not: no skill is asked for, none is missing, or nothing helps.
pub fn nothing_to_plan(
    readiness: Option<f64>,
    n_candidates: usize,
    basis: Basis,
    words: &Words,
) -> Option<String> {
    let said = match readiness {
        None if n_candidates == 0 => vec![
            words.say("summary.no_demand", &[]),
            words.say(&basis.key("summary.nothing_near"), &[]),
        ],
        None => vec![words.say("summary.no_demand", &[])],
        Some(1.0..) if basis.n_to_show > 0 => {
            std::iter::once(words.count("summary.no_gap.shown", basis.n_to_show as f64, &[]))
                .chain(counted(basis, words))
                .collect()
        }
        Some(1.0..) => std::iter::once(words.say("summary.no_gap", &[]))
            .chain(counted(basis, words))
            .collect(),
        Some(_) if n_candidates == 0 => vec![words.say(&basis.key("summary.nothing_helps"), &[])],
        Some(_) => return None,
    };
    Some(said.join(" "))
}

/// How many skills of an ad the numbers count.
fn counted(basis: Basis, words: &Words) -> Option<String> {
    basis
        .n_recognised
        .map(|n| words.count("summary.counted", n as f64, &[]))
}

/// What is closed, and what nothing exceeds. The bound is rounded up, so that the sentence stays true.
fn of_the_gap(pathway: &Pathway, basis: Basis, words: &Words) -> String {
    let n_steps = pathway.steps.len() as f64;
    let closure = words.percent(pathway.closure);
    let bound = words.percent(
        (pathway.closure_upper_bound * 100.0 - 1e-6)
            .ceil()
            .clamp(0.0, 100.0)
            / 100.0,
    );
    if pathway.closure_upper_bound <= pathway.closure + 1e-9 {
        return words.count(
            &basis.key("summary.best"),
            n_steps,
            &[("closure", &closure)],
        );
    }
    words.count(
        &basis.key("summary.steps"),
        n_steps,
        &[("closure", &closure), ("bound", &bound)],
    )
}

/// What else a person should know of a pathway: steps that are there only for what comes after, and what would help and cannot be taken.
pub fn notes(
    pathway: &Pathway,
    steps: &[Credential],
    blocked: &[(Credential, Why)],
    language: &str,
    words: &Words,
) -> Vec<String> {
    let title = |credential: &Credential| text_in(&credential.title, language).to_owned();
    let mut notes = Vec::new();
    for (step, credential) in pathway
        .steps
        .iter()
        .zip(steps)
        .filter(|(step, _)| step.for_later)
    {
        let then = step
            .unlocks
            .first()
            .and_then(|at| pathway.steps.iter().position(|later| later.at == *at));
        let then = then.map_or_else(
            || words.say("pathway.later_step", &[]),
            |at| words.quoted(&title(&steps[at])),
        );
        notes.push(words.say(
            "pathway.for_later",
            &[("title", &title(credential)), ("then", &then)],
        ));
    }
    for (credential, why) in blocked {
        let title = title(credential);
        let title = [("title", title.as_str())];
        notes.push(match why {
            Why::Unknown => words.say("pathway.blocked.unknown", &title),
            Why::Constraints => words.say("pathway.blocked.constraints", &title),
            Why::Circle => words.say("pathway.blocked.circle", &title),
        });
    }
    notes
}
